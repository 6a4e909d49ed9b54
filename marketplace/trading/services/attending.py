"""What not coming costs: the fee of the policy that stood in the order, charged once, taken back when the register was wrong."""

from contextlib import suppress
from datetime import date

from django.db import transaction

from catalogue.lengths import length_of
from catalogue.rules.cancellation import Basis, not_attended
from invoicing.receivables.backing import CreditNotBacked
from invoicing.services import issue_credits_due, left_of, reduce
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.trading.models import Booking, BookingFee
from marketplace.trading.services.fees import charge_fee, standing_fee


class NotYetHeld(DomainError):
    """Whether somebody came is known on the day, for a place that stands."""

    code = "not_yet_held"


def basis_of(booking: Booking) -> Basis:
    """How the place is paid."""
    if booking.included:
        return Basis.INCLUDED
    return Basis.CHARGED if booking.net_pence else Basis.FREE


def not_attended_fee(*, booking: Booking) -> Money:
    """What not coming costs before VAT: ``charge_not_attended`` charges just that. £0.00 for a place that has a price: it
    stays owed, and nothing is added."""
    return not_attended(
        booking.order_line.cancellation,
        mode=booking.run.mode,
        basis=basis_of(booking),
        length=length_of(booking.run),
    )


@transaction.atomic
def charge_not_attended(*, booking: Booking, on: date, actor: Actor) -> Money:
    """Charges the fee for somebody who did not come, before VAT, once; £0.00 where the policy has none. An included place
    stays used. Organisers only.

    Raises NotYetHeld before the first day and for a place that is not booked.
    """
    actor.require(Role.ORGANISER, to="say who did not attend")
    booking = _held(booking)
    if booking.state != Booking.State.BOOKED or on < booking.run.starts_on:
        raise NotYetHeld(
            f"Nobody can have missed {booking.run.offer.title} on {booking.run.starts_on:%-d %B %Y} with this place: "
            "it is not booked, or the day has not come."
        )
    if standing := standing_fee(booking):
        return Money(standing.pence)
    if not (fee := not_attended_fee(booking=booking)):
        return fee
    charge_fee(booking=booking, kind=BookingFee.Kind.NOT_ATTENDED, fee=fee, on=on, actor=actor)
    _record("booking.not_attended", booking, actor, fee)
    return fee


@transaction.atomic
def undo_not_attended(*, booking: Booking, on: date, actor: Actor) -> Money:
    """The register was wrong, the person came: the fee is taken back whole, by a credit note where it was invoiced.
    Returns what came back before VAT; £0.00 where no fee stood. Organisers only."""
    actor.require(Role.ORGANISER, to="correct who attended")
    booking = _held(booking)
    fee = standing_fee(booking)
    if fee is None or fee.kind != BookingFee.Kind.NOT_ATTENDED:
        return Money(0)
    back = Money(left_of(fee.charge_source_key))
    if back:
        take_back(
            source_key=f"{fee.charge_source_key}:undone",
            of=fee.charge_source_key,
            back=back,
            reason="The register was corrected: the person attended",
            on=on,
            actor=actor,
        )
    BookingFee.objects.filter(pk=fee.pk, undone_on__isnull=True).update(undone_on=on)
    _record("booking.attended_after_all", booking, actor, back)
    return back


def take_back(*, source_key: str, of: str, back: Money, reason: str, on: date, actor: Actor) -> None:
    """Reduces an item and issues the credit note at once where it was invoiced."""
    reduce(source_key=source_key, of=of, pence=back.pence, reason=reason, on=on, actor=actor)
    with suppress(CreditNotBacked):  # a debt that was given up: the credit stays due until finance has looked at it
        issue_credits_due(charge_source_keys=[of], on=on, actor=actor)


def _held(booking: Booking) -> Booking:
    """The booking as it is now, locked, with what the fee needs."""
    Booking.objects.select_for_update().get(pk=booking.pk)
    return Booking.objects.select_related("run__offer", "order_line__order").get(pk=booking.pk)


def _record(kind: str, booking: Booking, actor: Actor, fee: Money) -> None:
    events.record(
        kind=kind,
        subject_kind="booking",
        subject=str(booking.pk),
        organisation_ids=[booking.school_id, booking.order_line.order.organisation_id],
        payload={"order": booking.order_line.order.number, "run": booking.run.code, "fee_pence": fee.pence},
        actor=actor,
    )
