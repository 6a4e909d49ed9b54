"""What waits for finance, for the home page: a count, a sum, and the page where it is done."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.utils.timezone import localdate

from frontend.formats import long_date, plural
from frontend.jinja import url
from invoicing.agency.models import AgencySettlement
from invoicing.banking.models import BankAccount, BankLine
from invoicing.credit_control.models import InvoiceQuery
from invoicing.credit_control.queries import queried_pence
from invoicing.journals.models import ManualJournal, OpeningPosition, Purchase
from invoicing.receivables.models import Charge, ReceivableItem, Reduction, Refund
from invoicing.second_person.models import PreparedAction
from invoicing.vat_returns.models import VatReturn
from invoicing.vat_returns.queries import may_lock
from invoicing.vat_returns.rules import due_on
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.messaging.queries import failing
from marketplace.organisations.models import CustomerTerms

Item = dict[str, Any]


def waits_for(actor: Actor, on: date) -> list[Item]:
    """What waits for a finance officer or manager on a day, most pressing first, as ``waits`` draws it.

    Nothing for anybody else; the auditor reads but has nothing to do. A fixed number of queries, however much waits.
    """
    if actor.system or not actor.has(*FINANCE):
        return []
    return [
        *_to_approve(actor), *_prepared(actor), *_settlements(actor), *_bank(actor), *_queries(), *_items(on), *_credits(), *_refunds(), *_overdue(on),
        *_vat_returns(actor, on), *_not_sent(actor),
    ]  # fmt: skip


def _to_approve(actor: Actor) -> Iterator[Item]:
    """What others prepared and this finance manager may approve."""
    if not actor.has(Role.FINANCE_MANAGER):
        return
    waiting = PreparedAction.objects.filter(state=PreparedAction.State.WAITING).exclude(prepared_by_id=actor.person_id)
    found = waiting.aggregate(count=Count("pk"), pence=Sum("pence", default=0), since=Min("prepared_at"))
    if found["count"]:
        yield {
            "text": f"Approve {plural(found['count'], 'thing')} that a colleague prepared",
            "href": url("finance-to-approve"),
            "pence": found["pence"],
            "next": f"The oldest waits since {long_date(localdate(found['since']))}",
        }


def _prepared(actor: Actor) -> Iterator[Item]:
    """Journals, purchases and old books that others handed in and this finance manager may approve."""
    if not actor.has(Role.FINANCE_MANAGER):
        return
    kinds: list[tuple[type[ManualJournal] | type[Purchase], str, str, str]] = [
        (ManualJournal, "pence", "journal", "finance-journals"),
        (Purchase, "gross_pence", "purchase", "finance-purchases"),
    ]
    for model, amount, word, page in kinds:
        waiting = model.objects.filter(state="submitted").exclude(prepared_by_id=actor.person_id)
        found = waiting.aggregate(count=Count("pk"), pence=Sum(amount, default=0))
        if found["count"]:
            named = "state" if word == "journal" else "show"
            yield {
                "text": f"Approve {plural(found['count'], word)}",
                "href": f"{url(page)}?{named}=submitted",
                "pence": found["pence"],
                "next": "Nothing of it is posted until you do",
            }
    if OpeningPosition.objects.filter(state="submitted").exclude(prepared_by_id=actor.person_id).exists():
        yield {"text": "Approve the opening position", "href": url("finance-opening"), "next": "It is taken over once"}


def _settlements(actor: Actor) -> Iterator[Item]:
    """Settlements with suppliers that this finance manager may approve, and those that are to be paid."""
    unpaid = AgencySettlement.objects.order_by().values_list("state")
    others = ~Q(state=AgencySettlement.State.PREPARED, prepared_by_id=actor.person_id)
    mine = unpaid.filter(
        others, state__in=["prepared", "approved"] if actor.has(Role.FINANCE_MANAGER) else ["approved"]
    )
    for state, count, pence in mine.annotate(count=Count("pk"), sum=Sum("pence")).order_by("-state"):
        approve = state == AgencySettlement.State.PREPARED
        yield {
            "text": f"{'Approve' if approve else 'Pay'} {plural(count, 'settlement')} with suppliers",
            "href": url("finance-agency"),
            "pence": pence,
            "next": "Nothing of it is posted until you do"
            if approve
            else "Approved: the suppliers wait for their money",
        }


def _vat_returns(actor: Actor, on: date) -> Iterator[Item]:
    """VAT returns whose period is over: to lock, where a colleague prepared them, and to send."""
    for found in VatReturn.objects.filter(state__in=["prepared", "locked"], end__lte=on).order_by("end")[:2]:
        locked = found.state == VatReturn.State.LOCKED
        if locked or may_lock(actor, found):
            yield {
                "text": f"{'Send' if locked else 'Lock'} the VAT return {found}",
                "href": url("finance-vat-return", key=found.key),
                "due": due_on(found.end),
                "next": "Then record HMRC's receipt" if locked else "Nothing of it is posted until you do",
            }


def _refunds() -> Iterator[Item]:
    """Refunds that were approved and have not left the bank."""
    found = Refund.objects.filter(paid_on__isnull=True).aggregate(
        count=Count("pk"), pence=Sum("pence", default=0), since=Min("refunded_on")
    )
    if found["count"]:
        yield {
            "text": f"Pay {plural(found['count'], 'refund')}",
            "href": url("finance-refunds"),
            "pence": found["pence"],
            "next": f"The oldest is of {long_date(found['since'])}",
        }


def _bank(actor: Actor) -> Iterator[Item]:
    waiting = BankLine.objects.filter(state__in=[BankLine.State.UNMATCHED, BankLine.State.UNIDENTIFIED])
    rows = waiting.order_by("account__ledger_account").values(
        "account", "account__name", "account__ledger_account", "state"
    )
    found = list(rows.annotate(count=Count("pk"), pence=Sum("pence"), since=Min("on")))
    if not found and actor.has(Role.FINANCE_MANAGER) and not BankAccount.objects.exists():
        yield {
            "text": "Add the partnership's bank account",
            "href": url("finance-bank-account-add"),
            "pence": None,
            "next": "Then its files can be uploaded and matched.",
        }
    for row in found:
        if row["state"] == BankLine.State.UNMATCHED:
            yield {
                "text": f"Match {plural(row['count'], 'bank line')} of {row['account__name']}",
                "href": url("finance-bank-match", account=row["account"]),
                "pence": row["pence"],
                "next": f"The oldest is of {long_date(row['since'])}",
            }
    unknown = [row for row in found if row["state"] == BankLine.State.UNIDENTIFIED]
    if unknown:
        yield {
            "text": f"Find who paid {plural(sum(row['count'] for row in unknown), 'unidentified receipt')}",
            "href": url("finance-bank-unidentified"),
            "pence": sum(row["pence"] for row in unknown),
            "next": f"The oldest is of {long_date(min(row['since'] for row in unknown))}",
        }


def _queries() -> Iterator[Item]:
    """Queries of invoices that finance must answer."""
    waiting = InvoiceQuery.objects.filter(state=InvoiceQuery.State.OPEN)
    found = waiting.aggregate(count=Count("pk"), since=Min("opened_on"))
    if found["count"]:
        yield {
            "text": f"Answer {plural(found['count'], 'query', 'queries')} of invoices",
            "href": f"{url('finance-queries')}?show=open",
            "pence": sum(queried_pence(waiting.values("pk")).values()),
            "next": f"The oldest was asked on {long_date(found['since'])}",
        }


def _items(on: date) -> Iterator[Item]:
    """Items whose day has come: ready, held for a purchase order, held for another reason."""
    by_hand = ~Q(held_reason="")
    order = Q(held_reason="", invoice_to__terms__purchase_order_rule="required", purchase_order="")
    due = Charge.objects.filter(state=Charge.State.PENDING, bill_on__lte=on, net_pence__gt=F("reduced_pence"))
    net = F("net_pence") - F("reduced_pence")
    found = due.aggregate(
        all=Count("pk"), pence=Sum(net, default=0),
        orders=Count("pk", filter=order), orders_pence=Sum(net, filter=order, default=0),
        held=Count("pk", filter=by_hand), held_pence=Sum(net, filter=by_hand, default=0),
    )  # fmt: skip
    ready = found["all"] - found["orders"] - found["held"]
    if ready:
        yield {
            "text": f"Invoice {plural(ready, 'item')} due today",
            "href": f"{url('finance-invoice-batches')}?on={on.isoformat()}",
            "pence": found["pence"] - found["orders_pence"] - found["held_pence"],
            "next": "Before VAT. You see the batch before anything is issued",
        }
    if found["orders"]:
        yield {
            "text": f"Get the purchase order for {plural(found['orders'], 'item')}",
            "href": f"{url('finance-invoicing')}?held=order",
            "pence": found["orders_pence"],
            "next": "The customer acts next: the invoice waits for its number",
        }
    if found["held"]:
        yield {
            "text": f"Decide on {plural(found['held'], 'held item')}",
            "href": f"{url('finance-invoicing')}?held=yes",
            "pence": found["held_pence"],
            "next": "Held by one of us: look, then release it",
        }


def _credits() -> Iterator[Item]:
    due = Reduction.objects.filter(state=Reduction.State.DUE).aggregate(
        count=Count("pk"), pence=Sum("pence", default=0)
    )
    if due["count"]:
        yield {
            "text": f"Issue credit notes for {plural(due['count'], 'credit')} due",
            "href": url("finance-credits-due"),
            "pence": due["pence"],
            "next": "Before VAT",
        }


def _overdue(on: date) -> Iterator[Item]:
    late = ReceivableItem.objects.filter(outstanding_pence__gt=0, due_on__lt=on)
    # Nobody is reminded of what a council settles by journal.
    late = late.exclude(organisation__terms__settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL)
    found = late.aggregate(
        count=Count("document", distinct=True), pence=Sum("outstanding_pence", default=0), since=Min("due_on")
    )
    if found["count"]:
        yield {
            "text": f"Ask for {plural(found['count'], 'overdue invoice')}",
            "href": url("finance-reminders"),
            "pence": found["pence"],
            "next": f"The customers act next; the oldest was due on {long_date(found['since'])}",
        }


def _not_sent(actor: Actor) -> Iterator[Item]:
    """E-mails about money that did not arrive; where one is the administrator too, all are told there."""
    count = 0 if actor.has(Role.ADMINISTRATOR) else failing(actor).count()
    if count:
        yield {
            "text": f"Mend {plural(count, 'e-mail')} that did not arrive",
            "href": f"{url('messages')}?show=not_sent",
            "next": "Ask the customer for the right address, then send it again",
        }
