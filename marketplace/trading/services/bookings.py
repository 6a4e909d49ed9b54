"""Changing what was booked: cancelling a place, sending someone else, what a person needs."""

from contextlib import suppress
from datetime import date

from django.db import transaction

from catalogue.services import release_places
from invoicing.receivables.backing import CreditNotBacked
from invoicing.services import issue_credits_due, left_of, reduce
from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.trading.models import Booking
from marketplace.trading.queries import booking_for
from marketplace.trading.rules.cancelling import CancellationResult, cancelling
from marketplace.trading.services.baskets import NAME_LIMIT

NEEDS_LIMIT = 500


class BookingClosed(DomainError):
    """The place was cancelled already, waits for approval, or its course has been."""

    code = "booking_closed"


def cancellation_result(*, booking: Booking, on: date) -> CancellationResult:
    """What cancelling on a day gives back, with the ladder of dates: the calculation that ``cancel_booking`` uses.

    Raises BookingClosed for a place that was cancelled already, one that waits for approval, and a course that has been.
    """
    line = booking.order_line
    if booking.state == Booking.State.HELD:
        raise BookingClosed("This place waits for the approval of its order. Withdraw the order to give it back.")
    _check_open(booking, on)
    return cancelling(
        policy=line.cancellation,
        event=booking.run.starts_on,
        on=on,
        net=Money(booking.net_pence),
        left=Money(left_of(line.charge_source_key)),
        included=booking.included,
        vat_rate=line.vat_rate,
    )


def _check_open(booking: Booking, on: date) -> None:
    if booking.state == Booking.State.CANCELLED and booking.cancelled_on is not None:
        raise BookingClosed(f"This place was cancelled on {booking.cancelled_on:%-d %B %Y} already.")
    if on > booking.run.starts_on:
        raise BookingClosed(f"This course was on {booking.run.starts_on:%-d %B %Y}, so the place cannot change.")


@transaction.atomic
def cancel_booking(*, booking: Booking, on: date, actor: Actor) -> CancellationResult:
    """Cancels one place under the policy of its order: the seat is free again, what comes back is credited.

    Before invoicing the item to invoice shrinks; afterwards a credit note is issued at once. An included place
    cancelled in time may be used again, later it stays used. Cancelling twice is refused; nothing comes back twice.
    """
    booking = _changeable(booking, actor)
    result = cancellation_result(booking=booking, on=on)
    changed = Booking.objects.filter(pk=booking.pk, state=Booking.State.BOOKED).update(
        state=Booking.State.CANCELLED, cancelled_on=on, place_returned=result.place_returned
    )
    if changed != 1:
        raise BookingClosed("This place was cancelled a moment ago. Open the order to see it.")
    line = booking.order_line
    release_places(source_key=line.place_source_key, places=1)
    if result.back:
        reduce(
            source_key=f"booking:{booking.pk}:cancelled",
            of=line.charge_source_key,
            pence=result.back.pence,
            reason=f"Place cancelled on {on:%-d %B %Y}",
            on=on,
            actor=actor,
        )
        with suppress(CreditNotBacked):  # a debt that was given up: the credit stays due until finance has looked at it
            issue_credits_due(charge_source_keys=[line.charge_source_key], on=on, actor=actor)
    _record(
        "booking.cancelled",
        booking,
        actor,
        back_pence=result.back.pence,
        kept_pence=result.kept.pence,
        place_returned=result.place_returned,
        before={"state": str(Booking.State.BOOKED)},
        after={"state": str(Booking.State.CANCELLED)},
    )
    return result


@transaction.atomic
def change_delegate(*, booking: Booking, name: str, on: date, actor: Actor) -> Booking:
    """Names who comes, or sends someone else, at no cost up to the day itself. The needs of the person before go."""
    booking = _changeable(booking, actor)
    _check_open(booking, on)
    name = clean_line(name, what="Name", limit=NAME_LIMIT)
    if name != booking.delegate_name:
        needs = "" if booking.delegate_name else booking.needs
        Booking.objects.filter(pk=booking.pk).update(delegate_name=name, needs=needs)
        booking.delegate_name, booking.needs = name, needs
        _record("booking.delegate_changed", booking, actor)
    return booking


@transaction.atomic
def set_needs(*, booking: Booking, needs: str, on: date, actor: Actor) -> None:
    """What a person needs (diet, access), for the organisers alone; empty takes it away."""
    booking = _changeable(booking, actor)
    _check_open(booking, on)
    needs = clean_line(needs, what="Needs", limit=NEEDS_LIMIT, required=False)
    Booking.objects.filter(pk=booking.pk).update(needs=needs)
    _record("booking.needs_given", booking, actor)


@transaction.atomic
def read_needs(*, booking: Booking, actor: Actor) -> str:
    """What the person needs. Organisers only, and each sight is recorded."""
    actor.require(Role.ORGANISER, to="see what people need")
    needs = Booking.objects.values_list("needs", flat=True).get(pk=booking.pk)
    _record("booking.needs_seen", booking, actor)
    return needs


def _changeable(booking: Booking, actor: Actor) -> Booking:
    """The booking as it is now, locked. Its school, the organisation that ordered it and organisers may change it."""
    booking = booking_for(actor, booking.pk)
    own = {booking.school_id, booking.order_line.order.organisation_id} & actor.organisations(*BUYING)
    if not own and not actor.has(Role.ORGANISER):
        raise NotAllowed("You may look at bookings but not change them. Ask the school or our course organisers.")
    Booking.objects.select_for_update().get(pk=booking.pk)
    booking.refresh_from_db(fields=["state", "cancelled_on", "delegate_name", "needs"])
    return booking


def _record(kind: str, booking: Booking, actor: Actor, **payload: object) -> None:
    events.record(
        kind=kind,
        subject_kind="booking",
        subject=str(booking.pk),
        organisation_ids=[booking.school_id, booking.order_line.order.organisation_id],
        payload={"order": booking.order_line.order.number, "run": booking.run.code, **payload},
        actor=actor,
    )
