"""What schools ask about their invoices, and who was reminded: three queries, a run of reminders, a pause, the rates."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from frontend.demonstration.directory import Directory
from invoicing.credit_control.models import InvoiceQuery
from invoicing.credit_control.rules.late_payment import half_year_of
from invoicing.credit_control.services.reminders import mark_of
from invoicing.queries import open_items_for
from invoicing.receivables.models import ReceivableItem
from invoicing.services import (
    load_reference_rate,
    open_query,
    pause_reminders,
    propose_reminders,
    seed_reminder_levels,
    send_reminders,
    set_late_payment,
    write_message,
)
from marketplace.core.actors import BUYING, Actor

RATE = Decimal("0.0375")
_LONDON = ZoneInfo("Europe/London")
_SENT_BEFORE, _ANSWERED_BEFORE = timedelta(days=14), timedelta(days=2)
# Who asks, days ago, what, and what finance answered. The head's is older than the reminders and the council's journals,
# which leave it alone.
_HEADS = (
    "head", 40, "We have no record of this. Who ordered it?",
    "Your office did: the order and the names of those who came stand on the invoice's page. Is that enough?",
)  # fmt: skip
_LATER = [
    ("buyer", 4, "One of us was ill and another school sent somebody in that place. Is it theirs to pay?", ""),
    ("trust_finance", 4, "Which of our schools is this for?",
     "For both halls of the same school: the rooms stand on the order. Does that answer it?"),
]  # fmt: skip


def add_reminding(directory: Directory, *, today: date) -> None:
    """Queries of three customers, two of them answered; reminders of a fortnight ago; interest is on from then."""
    officer, manager = directory.signed["finance_officer"], directory.signed["finance_manager"]
    seed_reminder_levels()
    _rates(today, manager)
    sent_on = today - _SENT_BEFORE
    set_late_payment(from_on=sent_on, claims=True, actor=manager)
    _query(directory, *_HEADS, today, officer)
    shown = {one.customer_id: mark_of(one) for one in propose_reminders(on=sent_on).reminders}
    send_reminders(on=sent_on, shown=shown, actor=officer)
    for query in _LATER:
        _query(directory, *query, today, officer)
    _pause(today, officer)


def _rates(today: date, manager: Actor) -> None:
    """The same invented rate for each half-year of the year of trading."""
    half = half_year_of(today)
    for _ in range(4):
        load_reference_rate(half_from=half, rate=RATE, actor=manager)
        half = half_year_of(half - timedelta(days=1))


def _query(directory: Directory, who: str, days_ago: int, text: str, answer: str, today: date, officer: Actor) -> None:
    asked = _ask(directory.signed[who], text, today - timedelta(days=days_ago))
    if asked is not None and answer:
        write_message(query=asked, text=answer, at=_at(today - _ANSWERED_BEFORE), actor=officer)


def _ask(actor: Actor, text: str, on: date) -> InvoiceQuery | None:
    """One line of the earliest invoice, issued by then, that is open at the actor's own organisation."""
    own = open_items_for(actor).filter(organisation_id__in=actor.organisations(*BUYING))
    item = own.filter(document__issued_on__lte=on).first()
    if item is None:
        return None
    line = item.document.lines.earliest("position")
    return open_query(
        document=item.document, organisation=item.organisation, line_ids=[line.pk], text=text,
        at=_at(on), actor=actor,
    )  # fmt: skip


def _pause(today: date, officer: Actor) -> None:
    """One of those who are due a reminder today has said when it pays."""
    due = propose_reminders(on=today).reminders
    if len(due) > 1:
        customer = ReceivableItem.objects.get(pk=due[-1].items[0].item_id).organisation
        until = today + timedelta(days=15)
        pause_reminders(
            customer=customer, from_on=today, until_on=until, reason="Pays with its next run", actor=officer
        )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), tzinfo=_LONDON)
