"""What did not go as planned: places cancelled in time, and invoices that finance had to credit."""

from datetime import date

from frontend.demonstration.calendar import Year, day_before
from frontend.demonstration.courses import FEW_LEFT, FULL
from frontend.demonstration.directory import Directory
from frontend.demonstration.orders import PlannedOrder
from frontend.demonstration.places import chance, number_of
from invoicing.documents.models import Document
from invoicing.receivables.left_to_credit import left_to_credit
from invoicing.services import credit_in_full, credit_invoice
from marketplace.core.actors import Actor
from marketplace.trading.models import Order
from marketplace.trading.services import cancel_booking

_DAYS_AHEAD = 32  # free under every policy of the demonstration
_PERCENT = 22
_LEAST_PENCE = 1_000


def cancelled_on(year: Year, planned: PlannedOrder) -> date | None:
    """The day on which one place of this order is cancelled, after it was invoiced; None for most orders."""
    line = planned.lines[0]
    if not line.run or line.offer in (FEW_LEFT, FULL) or not chance(_PERCENT, f"cancels {planned.buyer} {line.run}"):
        return None
    run_day = date.fromisoformat(line.run.rsplit("-", 1)[-1])
    day = day_before(run_day, _DAYS_AHEAD)
    invoiced = next((batch for batch in year.batches() if batch >= planned.day), year.today)
    return day if invoiced < day <= year.last_batch else None


def cancel_one(directory: Directory, order: Order, *, on: date) -> None:
    """Cancels the first place of an order, as its school would."""
    line = order.lines.order_by("pk").first()
    booking = line.bookings.order_by("position").first() if line else None
    if booking is not None:
        cancel_booking(booking=booking, on=on, actor=directory.actors[order.organisation.name])


def credit_one(numbers: list[str], *, on: date, actor: Actor) -> None:
    """One invoice of a batch turns out to be wrong: ordered twice, or priced by the wrong count of pupils."""
    if not numbers:
        return
    number = numbers[number_of(f"credit {on}") % len(numbers)]
    invoice = Document.objects.get(number=number)
    left = left_to_credit(invoice)
    line = max(left, key=lambda pk: (left[pk], -pk))
    if left[line] < _LEAST_PENCE:
        return
    if chance(40, f"whole {number}"):
        credit_in_full(invoice=invoice, reason="Ordered twice by mistake", on=on, actor=actor)
        return
    reason = "Price corrected after the school's query"
    credit_invoice(invoice=invoice, amounts={line: left[line] // 5}, reason=reason, on=on, actor=actor)
