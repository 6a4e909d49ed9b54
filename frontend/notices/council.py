"""E-mails to commissioners about their council's contracts: returns, invoices to approve, what will likely stay unspent.

No school is named. Organisers hear what a commissioner decided on a return; its reason stands on the page alone.
"""

from datetime import date, timedelta

from django.utils import timezone

from frontend.council.waiting import WORTH_SAYING
from frontend.council.words import forecast_words
from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.notices.outcome_contracts import called, facts_of
from frontend.notices.readers import absolute, to_roles
from frontend.notices.telling import Told, tell
from frontend.notices.topics_of_outcomes import COUNCIL
from invoicing.credit_control.models import InvoiceQuery
from invoicing.documents.models import Document
from marketplace.core import periodic
from marketplace.core.actors import Role, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day, period_words
from marketplace.organisations.queries import partnership
from subscriptions.commissions.desk_queries import summaries_of
from subscriptions.commissions.models import CouncilContract, QuarterReturn
from subscriptions.commissions.queries import council_contracts_for
from subscriptions.outcomes.models import OutcomeContract

ACTOR = platform("notices")
INVOICE_DAYS, FIRST_DAYS, MOST = 14, 14, 200
"""Invoices are told within so many days of their issue, forecasts in the first days of a quarter."""
_DECIDED = {"commission.return_accepted": "Accepted", "commission.return_queried": "Answer a question about"}


def _return(event: Event) -> QuarterReturn:
    rows = QuarterReturn.objects.select_related("council__contract__party")
    return rows.get(council__contract__number=event.subject, ordinal=event.payload["quarter"])


@handles("commission.return_sent", name="notices.council_return_sent")
def return_sent(event: Event) -> None:
    """Asks the commissioners to accept it, unless it was decided meanwhile."""
    found = _return(event)
    contract = found.council.contract
    if found.state != QuarterReturn.State.SENT:
        return
    link = absolute(url("council-return", number=contract.number, ordinal=found.ordinal))
    days = period_words(found.quarter_from, found.quarter_to)
    said = Told(
        f"Accept the return of {days}: {called(contract)}", [*facts_of(contract), ("Return of", days)],
        ["It says what was delivered and where each indicator stands. Accept it, or ask about it."], "Read the return", link,
    )  # fmt: skip
    readers = to_roles(contract.party_id, [Role.COMMISSIONER], london_day(event.at))
    tell(readers, said, key=f"council-return:{event.pk}", topic=COUNCIL, event=event)


@handles(*_DECIDED, name="notices.council_return_decided")
def return_decided(event: Event) -> None:
    """Tells the organisers."""
    found = _return(event)
    contract = found.council.contract
    days = period_words(found.quarter_from, found.quarter_to)
    accepted = event.kind.endswith("accepted")
    said = Told(
        f"{_DECIDED[event.kind]} the return of {days}: {called(contract)}", facts_of(contract),
        ["It stays as it was sent." if accepted else "The question stands on the return's page. Change it and send it again."],
        "Open the contract", absolute(url("organise-council-contract", number=contract.number)),
    )  # fmt: skip
    readers = to_roles(partnership().pk, [Role.ORGANISER], london_day(event.at))
    tell(readers, said, key=f"council-return:{event.pk}", topic=COUNCIL, event=event)


def tell_invoices(*, on: date) -> int:
    """Invoices to councils with contracts that wait for approval with a purchase order, within two weeks. How many."""
    councils = OutcomeContract.objects.filter(council__isnull=False).values("party")
    asked = InvoiceQuery.objects.exclude(state=InvoiceQuery.State.RESOLVED).values("document")
    waiting = Document.objects.filter(
        customer__in=councils, kind=Document.Kind.INVOICE, state=Document.State.ISSUED, issued_on__lte=on,
        issued_on__gte=on - timedelta(days=INVOICE_DAYS), commissioner_approval=None, items__outstanding_pence__gt=0,
    )  # fmt: skip
    rows = list(waiting.exclude(pk__in=asked).select_related("customer").distinct().order_by("issued_on", "pk")[:MOST])
    for one in rows:
        by = long_date(one.due_on) if one.due_on else ""
        order = one.purchase_order
        said = Told(
            f"Approve{f' by {by}' if by else ''}: invoice {one.number}, {money(one.gross_pence)}",
            [("Invoice", one.number or ""), ("With VAT", money(one.gross_pence)), ("To be paid by", by),
             ("Purchase order on it", order or "None yet")],
            ["It waits for your approval with a purchase order, so that your payments team can pay it. Or query it."],
            "Approve or query it", absolute(url("council-invoice", number=one.number or "")),
        )  # fmt: skip
        tell(to_roles(one.customer_id, [Role.COMMISSIONER], on), said, key=f"council-invoice:{one.pk}", topic=COUNCIL)
    return len(rows)


def tell_unspent(*, on: date) -> int:
    """Once in each quarter's first two weeks: contracts of which £1,000.00 or more will likely stay unspent. How many."""
    if on.month % 3 != 1 or on.day > FIRST_DAYS:
        return 0
    running = council_contracts_for(ACTOR).filter(contract__state=OutcomeContract.State.ACTIVE)
    told = 0
    for summary in summaries_of(ACTOR, list(running), on):
        if (summary.unspent_pence or 0) < WORTH_SAYING:
            continue
        told += tell(
            to_roles(summary.council.contract.party_id, [Role.COMMISSIONER], on), _forecast(summary.council, forecast_words(summary)),
            key=f"council-unspent:{summary.council.pk}:{on.year}:{on.month}", topic=COUNCIL,
        )  # fmt: skip
    return told


def _forecast(council: CouncilContract, words: str) -> Told:
    contract = council.contract
    sentence = f"{words}, if schools go on drawing as they did."
    return Told(
        f"Likely unspent: {called(contract)}", facts_of(contract),
        ["See its forecast."] if contract.confidential else [sentence, "See which schools, and offer it to them."],
        "Open the contract", absolute(url("council-contract", number=contract.number)),
    )  # fmt: skip


def tell_of_today() -> None:
    """Of the day in London."""
    on = timezone.localdate()
    tell_invoices(on=on)
    tell_unspent(on=on)


periodic.every(3600, "notices.council", tell_of_today)
