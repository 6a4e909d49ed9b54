"""Moving a place to another date of the same course: the old place cancelled under its policy, the new one ordered.

Both in one transaction, so that documents say what happened: what comes back for the old date is credited on its own
days of delivery, and the new date is charged at the price of the day and delivered on its own.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from catalogue.models import CourseRun, PlaceTaking
from catalogue.services import release_places
from marketplace.core import events
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money, TaxedAmount
from marketplace.trading.models import Basket, Booking
from marketplace.trading.queries import booking_for
from marketplace.trading.rules.cancelling import CancellationResult
from marketplace.trading.services.apart import fill_apart, undone
from marketplace.trading.services.bookings import cancel_booking, cancellation_result
from marketplace.trading.services.checking import check_basket
from marketplace.trading.services.ordering import place_order
from marketplace.trading.services.writing import included_key
from subscriptions.services import release_included


class MoveChanged(DomainError):
    """Moving costs something else than was seen. ``now`` and ``expected`` are the difference in pence with VAT."""

    code = "move_changed"


@dataclass(frozen=True)
class TransferResult:
    """What moving to ``run`` on a day does: what the old place gives back, and what the new one costs, with VAT.

    ``included`` says whether the new place comes from a subscription; ``problem`` why the move cannot be made.
    """

    on: date
    run: CourseRun
    old: CancellationResult
    new: TaxedAmount
    included: bool
    problem: str = ""

    @property
    def difference_pence(self) -> int:
        """What is to pay on top, with VAT and with a fee for the old place; below zero it comes back."""
        old = self.old.fee_with_vat.gross.pence - self.old.back_with_vat.gross.pence
        return self.new.gross.pence + old

    @property
    def sentence(self) -> str:
        """Today's result in a school's words."""
        if self.included and self.old.place_returned:
            return "Move today: the included place moves with you, at no cost."
        if not self.difference_pence:
            return "Move today: nothing more to pay, nothing comes back."
        if self.difference_pence < 0:
            return f"Move today: {Money(-self.difference_pence)} comes back."
        kept = f", since {self.old.kept} before VAT of the old place stays owed" if self.old.kept else ""
        return f"Move today: {Money(self.difference_pence)} more to pay{kept}."


def dates_to_move_to(*, booking: Booking, on: date) -> QuerySet[CourseRun]:
    """Other dates of the same course that are still to come, soonest first, full ones too."""
    runs = CourseRun.objects.filter(offer_id=booking.run.offer_id, state=CourseRun.State.OPEN)
    return runs.filter(starts_at__date__gt=on).exclude(pk=booking.run_id).select_related("offer").order_by("starts_at")


@transaction.atomic
def transfer_result(*, booking: Booking, run: CourseRun, on: date, actor: Actor) -> TransferResult:
    """What moving a place to another date would do today: the cancelling and the ordering themselves, taken back.

    Raises BookingClosed for a place that can no longer be cancelled, WrongInput for a date of another course.
    """
    booking = _lock(booking, run, actor)
    old = cancellation_result(booking=booking, on=on)
    with undone():
        changed = {"state": Booking.State.CANCELLED, "cancelled_on": on, "place_returned": old.place_returned}
        Booking.objects.filter(pk=booking.pk).update(**changed)
        release_places(source_key=booking.order_line.place_source_key, places=1)
        if old.place_returned:
            release_included(source_key=included_key(booking.order_line_id), places=1, on=on)
        return _result(booking, run, old, _basket(booking, run, on, actor), on, actor)


@transaction.atomic
def transfer_booking(*, booking: Booking, run: CourseRun, expected_pence: int, on: date, actor: Actor) -> Booking:
    """Moves a place to another date of its course, with who comes and what they need; returns the new place.

    ``expected_pence`` is the difference with VAT that was seen (``transfer_result(…).difference_pence``). Under the policy
    of the old order what stays owed of it stays owed; the new place has the price and the policy of today. All or nothing:
    raises MoveChanged, PlacesGone, BookingClosed, and what ``place_order`` refuses, with the old place kept.
    """
    booking = _lock(booking, run, actor)
    order = booking.order_line.order
    old = cancel_booking(booking=booking, on=on, actor=actor)
    basket = _basket(booking, run, on, actor)
    result = _result(booking, run, old, basket, on, actor)
    if not result.problem and result.difference_pence != expected_pence:
        raise MoveChanged(
            f"{result.sentence} This is not what you saw. Nothing is moved. Decide again.",
            now=result.difference_pence,
            expected=expected_pence,
        )
    new_order = place_order(
        basket=basket, purchase_order=order.purchase_order, expected_pence=result.new.gross.pence, on=on, actor=actor
    )
    made = Booking.objects.select_related("run", "order_line__order").get(order_line__order=new_order)
    Booking.objects.filter(pk=made.pk).update(
        moved_from=booking,
        delegate_name=booking.delegate_name,
        delegate_email=booking.delegate_email,
        delegate_person=booking.delegate_person_id,
        needs=booking.needs,
    )
    Booking.objects.filter(pk=booking.pk).update(needs="")
    _record(booking, made, new_order.number, result, actor)
    made.refresh_from_db()
    return made


def _lock(booking: Booking, run: CourseRun, actor: Actor) -> Booking:
    """The place, what holds it and both dates, locked in this order as every other change of places locks them."""
    booking = booking_for(actor, booking.pk)
    if booking.order_line.order.organisation_id not in actor.organisations(*BUYING):
        raise NotAllowed(f"{booking.order_line.order.organisation.name} ordered this place. Ask them to move it.")
    if run.offer_id != booking.run.offer_id or run.pk == booking.run_id:
        raise WrongInput("Choose another date of the same course")
    Booking.objects.select_for_update().get(pk=booking.pk)
    PlaceTaking.objects.select_for_update().filter(source_key=booking.order_line.place_source_key).first()
    list(CourseRun.objects.select_for_update().filter(pk__in=[run.pk, booking.run_id]).order_by("pk"))
    booking.refresh_from_db()
    run.refresh_from_db()
    return booking


def _basket(booking: Booking, run: CourseRun, on: date, actor: Actor) -> Basket:
    """The new place: from the subscription where the old one was."""
    line = booking.order_line
    return fill_apart(
        organisation=line.order.organisation, run=run, school=booking.school, places=1, facts=line.facts,
        use_included=None if booking.included else 0, on=on, actor=actor,
    )  # fmt: skip


def _result(
    booking: Booking, run: CourseRun, old: CancellationResult, basket: Basket, on: date, actor: Actor
) -> TransferResult:
    check = check_basket(basket=basket, on=on, actor=actor)
    quotes = [checked.quote for checked in check.lines if checked.quote is not None]
    problem = " ".join(check.problems) or (check.route.sentence if check.route else "")
    return TransferResult(on, run, old, check.total, any(quote.included for quote in quotes), problem)


def _record(booking: Booking, made: Booking, number: str, result: TransferResult, actor: Actor) -> None:
    order = booking.order_line.order
    events.record(
        kind="booking.moved",
        subject_kind="booking",
        subject=str(booking.pk),
        organisation_ids=[booking.school_id, order.organisation_id],
        payload={
            "order": order.number,
            "new_order": number,
            "booking": made.pk,
            "difference_pence": result.difference_pence,
            "before": {"run": booking.run.code},
            "after": {"run": made.run.code},
        },
        actor=actor,
    )
