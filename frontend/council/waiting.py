"""What waits for a commissioner: invoices, returns, claims, variations, money likely unspent; for organisers, returns to send."""

from datetime import date
from typing import Any

from django.db.models import Q

from frontend.council.words import forecast_words
from frontend.formats import long_date, money
from frontend.jinja import url
from invoicing.credit_control.models import InvoiceQuery
from marketplace.core.actors import Actor, Role
from marketplace.core.wording import period_words
from subscriptions.commissions.desk_queries import summaries_of
from subscriptions.commissions.models import QuarterReturn
from subscriptions.commissions.queries import council_contracts_for, invoices_to_approve, returns_for
from subscriptions.outcomes.models import OutcomeContract

MOST = 20
WORTH_SAYING = 1_000_00
"""Less than £1,000.00 likely unspent is not told."""


def waits_for(actor: Actor, on: date) -> list[dict[str, Any]]:
    """In the form of the component ``waits``; nothing is asked for others."""
    if actor.system:
        return []
    found = _returns_of_ours(actor, on) if actor.has(Role.ORGANISER) else []
    if not actor.organisations(Role.COMMISSIONER):
        return found
    return [*found, *_invoices(actor), *_returns(actor), *_contracts(actor, on)]


def _returns_of_ours(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Returns that an organiser sends: those that a commissioner asked about, and those whose quarter is over."""
    asked = Q(state=QuarterReturn.State.QUERIED)
    over = Q(state=QuarterReturn.State.DRAFT, quarter_to__lte=on)
    live = returns_for(actor).filter(asked | over, council__contract__state=OutcomeContract.State.ACTIVE)
    return [
        {
            "text": f"{'Answer the question about' if one.query else 'Send'} the return of "
            f"{period_words(one.quarter_from, one.quarter_to)}",
            "href": url("organise-council-return", number=one.council.contract.number, ordinal=one.ordinal),
            "due": one.due_on, "next": one.council.contract.title + (f": {one.query}" if one.query else ""),
        }
        for one in live[:MOST]
    ]  # fmt: skip


def _invoices(actor: Actor) -> list[dict[str, Any]]:
    queried = InvoiceQuery.objects.exclude(state=InvoiceQuery.State.RESOLVED).values("document")
    waiting = invoices_to_approve(actor).filter(commissioner_approval=None, items__outstanding_pence__gt=0)
    return [
        {
            "text": f"Approve invoice {one.number}", "href": url("council-invoice", number=one.number),
            "pence": one.gross_pence, "due": one.due_on, "next": "Or query what is not right",
        }
        for one in waiting.exclude(pk__in=queried).distinct()
    ]  # fmt: skip


def _returns(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "text": f"Accept the return of {period_words(one.quarter_from, one.quarter_to)}",
            "href": url("council-return", number=one.council.contract.number, ordinal=one.ordinal),
            "since": one.sent_on, "next": f"{one.council.contract.title}, sent on {long_date(one.sent_on)}",
        }
        for one in returns_for(actor).filter(state=QuarterReturn.State.SENT)
        if one.sent_on
    ]  # fmt: skip


def _contracts(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Indicators that are behind, and money that is likely unspent, of contracts in force."""
    found = []
    running = council_contracts_for(actor).filter(contract__state=OutcomeContract.State.ACTIVE)
    for summary in summaries_of(actor, list(running), on):
        council = summary.council
        href = url("council-contract", number=council.contract.number)
        behind = [one for one in summary.indicators if one.state in ("behind", "missed")]
        found += [
            {
                "text": f"{one.indicator.name} is behind", "href": href,
                "next": council.contract.title + (f", {money(one.risk_pence)} hangs on it" if one.risk_pence else ""),
            }
            for one in behind
        ]  # fmt: skip
        if (summary.unspent_pence or 0) >= WORTH_SAYING:
            found.append({"text": forecast_words(summary), "href": href, "next": council.contract.title})
    return found
