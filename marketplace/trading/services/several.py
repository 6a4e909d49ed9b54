"""Changing several places of an order at once: naming the people, cancelling some of them with one total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from catalogue.models import CourseRun, PlaceTaking
from invoicing.services import left_of
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.trading.models import Booking, Order
from marketplace.trading.queries import booking_for, lines_for
from marketplace.trading.rules.cancelling import CancellationResult
from marketplace.trading.services.bookings import cancel_booking, cancellation_result, change_delegate, set_needs


class TotalChanged(DomainError):
    """Cancelling the places gives back something else than was seen. ``now`` and ``expected`` are pence with VAT."""

    code = "cancellation_total_changed"


@dataclass(frozen=True)
class SeveralResult:
    """What cancelling several places on a day does: each place with its own result, in the order of cancelling."""

    places: list[tuple[Booking, CancellationResult]]

    @property
    def back_pence(self) -> int:
        """What comes back for all of them, with VAT."""
        return sum(result.back_with_vat.gross.pence for _, result in self.places)

    @property
    def fee_pence(self) -> int:
        """What is invoiced as a fee for places without a price, with VAT."""
        return sum(result.fee_with_vat.gross.pence for _, result in self.places)

    @property
    def total_pence(self) -> int:
        """What comes back less what is invoiced, with VAT."""
        return self.back_pence - self.fee_pence

    @property
    def kept(self) -> Money:
        """What stays owed of all of them, before VAT."""
        return Money(sum(result.kept.pence for _, result in self.places))

    @property
    def returned(self) -> int:
        """How many included places may be used again."""
        return sum(result.place_returned for _, result in self.places)


def several_result(*, bookings: Sequence[Booking], on: date) -> SeveralResult:
    """What cancelling these places on a day gives back: the calculation that ``cancel_several`` uses.

    Of places on one line together never more comes back than is left of the line. Raises BookingClosed where one of them
    can no longer be cancelled.
    """
    if not bookings:
        raise WrongInput("Choose at least one place")
    left: dict[str, int] = {}
    places = []
    for booking in sorted(bookings, key=lambda one: (one.run_id, one.pk)):
        result, key = cancellation_result(booking=booking, on=on), booking.order_line.charge_source_key
        if result.back:
            before = left.setdefault(key, left_of(key))
            result = replace(result, back=min(result.back, Money(before)))
            left[key] = before - result.back.pence
        places.append((booking, result))
    return SeveralResult(places)


@transaction.atomic
def cancel_several(
    *, order: Order, bookings: Sequence[Booking], expected_pence: int, on: date, actor: Actor
) -> SeveralResult:
    """Cancels several places of an order at once, each under its policy: all of them, or none.

    ``expected_pence`` is the total that was seen (``several_result(…).total_pence``). Raises TotalChanged, BookingClosed, NotFound for a place
    of another order, and what ``cancel_booking`` refuses.
    """
    bookings = [_of_order(order, booking.pk, actor) for booking in bookings]
    _lock(bookings)
    expected = several_result(bookings=bookings, on=on)
    done = [(booking, cancel_booking(booking=booking, on=on, actor=actor)) for booking, _ in expected.places]
    result = SeveralResult(done)
    if result.total_pence != expected_pence:
        raise TotalChanged(
            f"Cancelling these places gives {Money(result.total_pence)} back, not {Money(expected_pence)}. "
            "Nothing is cancelled. Look at the consequence again.",
            now=result.total_pence,
            expected=expected_pence,
        )
    return result


def _of_order(order: Order, pk: int, actor: Actor) -> Booking:
    found = booking_for(actor, pk)
    if found.order_line.order_id != order.pk:
        raise NotFound("There is no such booking.")
    return found


def _lock(bookings: Sequence[Booking]) -> None:
    """Places, what holds them and their dates, in the order in which every change of places locks them."""
    pks, runs = [booking.pk for booking in bookings], {booking.run_id for booking in bookings}
    keys = {booking.order_line.place_source_key for booking in bookings}
    list(Booking.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    list(PlaceTaking.objects.select_for_update().filter(source_key__in=keys).order_by("pk").values_list("pk"))
    list(CourseRun.objects.select_for_update().filter(pk__in=runs).order_by("pk").values_list("pk"))


@dataclass(frozen=True)
class Coming:
    """Who comes to one place. An empty name leaves it as it is; ``email`` and ``needs`` of None do so too."""

    name: str = ""
    email: str | None = None
    needs: str | None = None


@transaction.atomic
def name_people(*, order: Order, people: Mapping[int, Coming], on: date, actor: Actor) -> int:
    """Names who comes to places of an order, by the place's id. All or nothing; returns how many were given.

    Raises NotFound for a place of another order, BookingClosed where one of them cannot change any more.
    """
    given = 0
    for pk, coming in sorted(people.items()):
        booking = _of_order(order, pk, actor)
        if coming.name or coming.email is not None:
            name = coming.name or booking.delegate_name
            change_delegate(booking=booking, name=name, email=coming.email, on=on, actor=actor)
            given += 1
        if coming.needs is not None:
            set_needs(booking=booking, needs=coming.needs, on=on, actor=actor)
    return given


def places_to_change(*, order: Order, actor: Actor, on: date) -> list[Booking]:
    """Booked places of the order that the actor may see and that are still to come, in the order of its lines."""
    found = Booking.objects.filter(
        order_line__in=lines_for(actor, order), state=Booking.State.BOOKED, run__starts_at__date__gte=on
    )
    return list(found.select_related("run__offer", "school", "order_line__order").order_by("order_line_id", "position"))
