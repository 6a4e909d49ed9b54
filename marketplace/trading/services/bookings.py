"""Changing what was booked: cancelling a place, sending someone else, what a person needs."""

from datetime import date

from django.db import transaction

from catalogue.lengths import length_of
from catalogue.rules.cancellation import substitution_until
from catalogue.services import release_places
from invoicing.services import left_of
from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.trading.models import Booking, BookingFee
from marketplace.trading.queries import booking_for
from marketplace.trading.rules.cancelling import CancellationResult, Place, cancelled_by_us, cancelling
from marketplace.trading.services.attending import take_back, undo_not_attended
from marketplace.trading.services.delegates import NAME_LIMIT, clean_email, people_at
from marketplace.trading.services.fees import charge_fee
from marketplace.trading.services.funded import give_back_funded
from marketplace.trading.services.offering import offer_places
from marketplace.trading.services.writing import included_key
from subscriptions.services import release_included

NEEDS_LIMIT = 500


REASON_LIMIT = 200


class SubstitutionClosed(DomainError):
    """The policy allows somebody else only up to a day that is over."""

    code = "substitution_closed"


class BookingClosed(DomainError):
    """The place was cancelled already, waits for approval, or its course has been."""

    code = "booking_closed"


def cancellation_result(*, booking: Booking, on: date) -> CancellationResult:
    """What cancelling on a day gives back or costs, with the ladder of dates: the calculation that ``cancel_booking`` uses.

    Raises BookingClosed for a place that was cancelled already, one that waits for approval, and a course that has been.
    """
    if booking.state == Booking.State.HELD:
        raise BookingClosed("This place waits for the approval of its order. Withdraw the order to give it back.")
    _check_open(booking, on)
    return cancelling(
        policy=booking.order_line.cancellation,
        event=booking.run.starts_on,
        on=on,
        place=place_of(booking),
        moved_until=booking.run.free_cancelling_until,
    )


def place_of(booking: Booking) -> Place:
    """What the terms of its policy ask of a booked place."""
    line = booking.order_line
    return Place(
        net=Money(booking.net_pence),
        left=Money(left_of(line.charge_source_key)),
        included=booking.included,
        vat_rate=line.vat_rate,
        mode=booking.run.mode,
        length=length_of(booking.run),
    )


def _check_open(booking: Booking, on: date) -> None:
    _check_not_cancelled(booking)
    if on > booking.run.starts_on:
        raise BookingClosed(f"This course was on {booking.run.starts_on:%-d %B %Y}, so the place cannot change.")


def _check_not_cancelled(booking: Booking) -> None:
    if booking.state == Booking.State.CANCELLED and booking.cancelled_on is not None:
        raise BookingClosed(f"This place was cancelled on {booking.cancelled_on:%-d %B %Y} already.")


@transaction.atomic
def cancel_booking(*, booking: Booking, on: date, actor: Actor) -> CancellationResult:
    """Cancels one place under the policy of its order: the seat is free again, what comes back is credited.

    Before invoicing the item to invoice shrinks; afterwards a credit note is issued at once. A place without a price may
    cost the policy's fee, which becomes an item to invoice. An included place cancelled in time may be used again, later
    it stays used. Cancelling twice is refused; nothing comes back twice.
    """
    booking = _changeable(booking, actor)
    result = cancellation_result(booking=booking, on=on)
    _give_up(booking, result, reason=f"Place cancelled on {on:%-d %B %Y}", actor=actor)
    if result.fee:
        charge_fee(booking=booking, kind=BookingFee.Kind.CANCELLED, fee=result.fee, on=on, actor=actor)
    _record_cancelled(booking, result, actor)
    return result


@transaction.atomic
def cancel_for_school(*, booking: Booking, reason: str, on: date, actor: Actor) -> CancellationResult:
    """We cancel the place, whatever its policy says: everything comes back, an included place may be used again.

    Organisers only, at any time, also after the day. Cancelled already, or waiting for approval: BookingClosed. A fee for
    not attending that stood is taken back.
    """
    actor.require(Role.ORGANISER, to="cancel places on behalf of the partnership")
    booking = _locked(booking_for(actor, booking.pk))
    _check_not_cancelled(booking)
    if booking.state == Booking.State.HELD:
        raise BookingClosed("This place waits for the approval of its order. Close the order to give it back.")
    undo_not_attended(booking=booking, on=on, actor=actor)
    result = cancelled_by_us(on=on, place=place_of(booking))
    _give_up(booking, result, reason=clean_line(reason, what="Reason", limit=REASON_LIMIT), actor=actor)
    _record_cancelled(booking, result, actor, by_us=True)
    return result


def _give_up(booking: Booking, result: CancellationResult, *, reason: str, actor: Actor) -> None:
    """The place is free, and what comes back of its price is taken off."""
    changed = Booking.objects.filter(pk=booking.pk, state=Booking.State.BOOKED).update(
        state=Booking.State.CANCELLED, cancelled_on=result.on, place_returned=result.place_returned
    )
    if changed != 1:
        raise BookingClosed("This place was cancelled a moment ago. Open the order to see it.")
    line = booking.order_line
    release_places(source_key=line.place_source_key, places=1)
    offer_places(run_id=booking.run_id, on=result.on)
    if result.place_returned:
        release_included(
            source_key=included_key(line.pk), places=1, after_use=True, on=result.on, person_id=actor.person_id
        )
    if not booking.included:
        give_back_funded(line.pk, result, actor.person_id)
    if result.back:
        take_back(
            source_key=f"booking:{booking.pk}:cancelled",
            of=line.charge_source_key,
            back=result.back,
            reason=reason,
            on=result.on,
            actor=actor,
        )


def _record_cancelled(booking: Booking, result: CancellationResult, actor: Actor, *, by_us: bool = False) -> None:
    _record(
        "booking.cancelled",
        booking,
        actor,
        back_pence=result.back.pence,
        kept_pence=result.kept.pence,
        fee_pence=result.fee.pence,
        place_returned=result.place_returned,
        by_us=by_us,
        before={"state": str(Booking.State.BOOKED)},
        after={"state": str(Booking.State.CANCELLED)},
    )


def substitution_last_day(booking: Booking) -> date:
    """The last day on which somebody else may be sent instead of the person named."""
    return substitution_until(booking.order_line.cancellation, booking.run.starts_at)


@transaction.atomic
def change_delegate(*, booking: Booking, name: str, on: date, actor: Actor, email: str | None = None) -> Booking:
    """Names who comes, or sends someone else, at no cost up to the day itself, or to the day that the policy says for
    sending someone else (SubstitutionClosed). The needs and the address of the person before go.

    ``email`` may be the person's address. Whether it belongs to somebody who signs in at the school is never told; if so,
    the place is that person's to see.
    """
    booking = _changeable(booking, actor)
    _check_open(booking, on)
    name = clean_line(name, what="Name", limit=NAME_LIMIT)
    other = name != booking.delegate_name
    if other:
        last = substitution_last_day(booking)
        if booking.delegate_name and on > last and not actor.has(Role.ORGANISER):
            raise SubstitutionClosed(
                f"Somebody else could be sent until {last:%-d %B %Y}. Ask our course organisers if you have to change it."
            )
    before = "" if other and booking.delegate_name else booking.delegate_email
    address = before if email is None else clean_email(email)
    if other or address != booking.delegate_email:
        if other and booking.delegate_name:
            booking.needs = ""
        booking.delegate_name, booking.delegate_email = name, address
        booking.delegate_person_id = people_at([address], booking.school_id, on).get(address)
        booking.save(update_fields=["delegate_name", "delegate_email", "delegate_person", "needs"])
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
    return _locked(booking)


def _locked(booking: Booking) -> Booking:
    """The booking with what may have changed meanwhile, locked until the end of the transaction."""
    Booking.objects.select_for_update().get(pk=booking.pk)
    booking.refresh_from_db(
        fields=["state", "cancelled_on", "delegate_name", "delegate_email", "delegate_person", "needs"]
    )
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
