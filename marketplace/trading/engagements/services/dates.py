"""The dates of a booking: more of them, another time, giving one up, and the head's release of a school's own leader."""

from datetime import date, datetime

from django.db import transaction

from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import LONDON
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.rules.terms import Consequence
from marketplace.trading.engagements.services.access import refusal
from marketplace.trading.engagements.services.agreeing import record
from marketplace.trading.engagements.services.cancelling import consequence_of, settle_cancelled
from marketplace.trading.engagements.services.planning import (
    NewDate,
    check_dates,
    day_of,
    left_to_plan,
    plan,
    require_accredited,
    save_guarded,
    slot_key,
)
from providers.services import move_slot, release_slot

State, Release = EngagementDate.State, EngagementDate.Release
WHOLE = ("engagement__school", "engagement__consultant__provider__organisation", "engagement__consultant__home_school")


class BookingClosed(DomainError):
    """The booking is done or cancelled, so nothing of it is planned any more."""

    code = "consultant_booking_closed"


class DateClosed(DomainError):
    """The date was cancelled, written up, or is over, so that it does not change."""

    code = "consultant_date_closed"


class ReleaseDecided(DomainError):
    """The head of the consultant's school answered already."""

    code = "release_decided"


@transaction.atomic
def add_date(*, engagement: Engagement, new: NewDate, on: date, actor: Actor) -> EngagementDate:
    """Plans one more date of a booking, as far as it is not used up.

    The school and organisers may, and the provider for the school. Refused: a booking that is closed (BookingClosed), more
    than is left (TooManyDates), a day without accreditation (NotAccredited), a time that is taken (SlotTaken).
    """
    engagement = _held(engagement)
    _require_party(engagement, actor)
    if engagement.state != Engagement.State.AGREED:
        raise BookingClosed(f"{engagement.number} is {engagement.get_state_display().lower()}. Agree another booking.")
    check_dates([new], left_to_plan(engagement), engagement.unit, on)
    require_accredited(engagement.consultant, [new.day])
    last = engagement.dates.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
    [made] = plan(engagement=engagement, dates=[new], first_ordinal=last + 1, on=on, actor=actor)
    record("engagement.date_added", engagement, actor, ordinal=made.ordinal, day=new.day.isoformat())
    return made


@transaction.atomic
def move_date(
    *, planned: EngagementDate, starts_at: datetime, ends_at: datetime, on: date, actor: Actor
) -> EngagementDate:
    """Gives a planned date another time of the same length in units; its old time is free again.

    Moving costs nothing while cancelling is free; later it is for the provider and organisers alone, because the school
    would otherwise go round the cancellation terms. A school's own leader needs their head's release anew.
    """
    planned = _open(planned, on)
    booking = planned.engagement
    _require_party(booking, actor)
    before, day = day_of(planned), starts_at.astimezone(LONDON).date()
    if ends_at <= starts_at:
        raise WrongInput("The end of a date must be after its start")
    if day < on:
        raise WrongInput(f"{day:%-d %B %Y} is over. Choose a day from today on")
    if consequence_of(planned=planned, on=on).provider and not _delivers(booking, actor):
        raise DateClosed(
            f"{before:%-d %B %Y} is too near to be moved free of charge. Ask {booking.consultant.name} to move it, or"
            " cancel it: the page says what that costs."
        )
    require_accredited(booking.consultant, [day])
    move_slot(source_key=slot_key(booking, planned.ordinal), starts_at=starts_at, ends_at=ends_at)
    planned.starts_at, planned.ends_at = starts_at, ends_at
    if planned.release != Release.NOT_NEEDED:
        planned.release = Release.ASKED
    save_guarded(planned, booking.consultant)
    record("engagement.date_moved", booking, actor, ordinal=planned.ordinal, day=day.isoformat(),
           before=before.isoformat())  # fmt: skip
    return planned


@transaction.atomic
def cancel_date(*, date: EngagementDate, on: date, reason: str, by_school: bool, actor: Actor) -> Consequence:
    """Gives a planned date up under the terms of its booking; the time is free again. Returns what it costs.

    ``by_school`` False says that the consultant cannot come: nothing is owed. The school may say the first, the provider and
    the consultant the second, organisers either. Cancelling twice is refused (DateClosed); nothing is charged twice.
    """
    planned = _open(date, on)
    booking = planned.engagement
    _require_party(booking, actor)
    _require_side(booking, by_school, actor)
    result = consequence_of(planned=planned, on=on, by_school=by_school)
    _give_up(planned, reason, on)
    settle_cancelled(planned=planned, result=result, on=on, actor=actor)
    record("engagement.date_cancelled", booking, actor, ordinal=planned.ordinal, by_school=by_school,
           school_pence=result.school.pence, provider_pence=result.provider.pence)  # fmt: skip
    return result


@transaction.atomic
def cancel_booking(
    *, engagement: Engagement, on: date, reason: str, by_school: bool, actor: Actor
) -> list[Consequence]:
    """Cancels the whole booking: each planned date under its terms, in order. What was delivered stays.

    Refuses a booking that is closed already, and one with a visit that is written up and not agreed.
    """
    engagement = _held(engagement)
    _require_party(engagement, actor)
    _require_side(engagement, by_school, actor)
    if engagement.state != Engagement.State.AGREED:
        raise BookingClosed(f"{engagement.number} is {engagement.get_state_display().lower()} already.")
    if engagement.dates.filter(state__in=[State.WRITTEN_UP, State.QUERIED]).exists():
        raise BookingClosed("A visit of this booking waits for an answer. Agree or query it first, then cancel.")
    reason = clean_line(reason, what="Reason", limit=240)
    planned = engagement.dates.filter(state=State.PLANNED).select_related(*WHOLE).order_by("ordinal")
    results = [
        cancel_date(date=one, on=on, reason=reason, by_school=by_school, actor=actor)
        for one in planned
        if day_of(one) >= on
    ]
    done = engagement.dates.filter(state=State.AGREED).exists()
    engagement.state = Engagement.State.DONE if done else Engagement.State.CANCELLED
    engagement.reason = reason
    engagement.save(update_fields=["state", "reason"])
    record("engagement.cancelled", engagement, actor, by_school=by_school, dates=len(results))
    return results


@transaction.atomic
def release_leader(*, date: EngagementDate, released: bool, reason: str, on: date, actor: Actor) -> EngagementDate:
    """The head of the consultant's own school releases them for a date, or refuses; refused, the time is free again.

    Approvers of the home school alone. Asked already answered: ReleaseDecided.
    """
    planned = _open(date, on)
    booking = planned.engagement
    if booking.consultant.home_school_id not in actor.organisations(Role.APPROVER):
        raise NotFound("Page not found")
    if planned.release != Release.ASKED:
        raise ReleaseDecided("This date was answered already. Open the list again to see what waits for you.")
    if released:
        EngagementDate.objects.filter(pk=planned.pk).update(release=Release.RELEASED)
        planned.release = Release.RELEASED
    else:
        planned.release = Release.REFUSED
        _give_up(planned, reason, on)
        settle_cancelled(
            planned=planned, result=consequence_of(planned=planned, on=on, by_school=False), on=on, actor=actor
        )
    kind = "engagement.date_released" if released else "engagement.date_refused"
    record(kind, booking, actor, ordinal=planned.ordinal)
    return planned


def _give_up(planned: EngagementDate, reason: str, on: date) -> None:
    """The date stands no more, and its time is free."""
    planned.reason = clean_line(reason, what="Reason", limit=240)
    planned.state, planned.slot = State.CANCELLED, None
    planned.save(update_fields=["state", "slot", "reason", "release"])
    release_slot(source_key=slot_key(planned.engagement, planned.ordinal))


def _held(engagement: Engagement) -> Engagement:
    """The booking as it is now, locked, so that two changes of its dates follow each other."""
    related = ("school", "consultant__provider__organisation", "consultant__home_school")
    return Engagement.objects.select_for_update(of=("self",)).select_related(*related).get(pk=engagement.pk)


def _open(planned: EngagementDate, on: date) -> EngagementDate:
    """The date as it is now, its booking locked; DateClosed where it does not change any more."""
    _held(planned.engagement)
    found = EngagementDate.objects.select_for_update(of=("self",)).select_related(*WHOLE).get(pk=planned.pk)
    if found.state != State.PLANNED:
        raise DateClosed(f"This date is {found.get_state_display().lower()} already. Open the booking to see it.")
    if day_of(found) < on:
        raise DateClosed(f"{day_of(found):%-d %B %Y} is over, so the date does not change. Write the visit up instead.")
    return found


def _delivers(booking: Engagement, actor: Actor) -> bool:
    """Whether the actor speaks for the consultant: the provider, the consultant, an organiser."""
    consultant = booking.consultant
    if actor.has(Role.ORGANISER) or consultant.provider.organisation_id in actor.organisations(Role.PROVIDER):
        return True
    return actor.person_id is not None and consultant.person_id == actor.person_id


def _buys(booking: Engagement, actor: Actor) -> bool:
    return actor.has(Role.ORGANISER) or booking.school_id in actor.organisations(*BUYING)


def _require_party(booking: Engagement, actor: Actor) -> None:
    """The school of the booking, its consultant's side, or an organiser. Outsiders are told nothing."""
    if not _buys(booking, actor) and not _delivers(booking, actor):
        raise refusal(actor, [booking.school_id, booking.consultant.provider.organisation_id], "change this booking")


def _require_side(booking: Engagement, by_school: bool, actor: Actor) -> None:
    """Nobody cancels in the other side's name: it decides what is owed."""
    if by_school and not _buys(booking, actor):
        raise WrongInput("Only the school can say that it cancels. Say that you cannot come instead.")
    if not by_school and not _delivers(booking, actor):
        raise WrongInput("Only the consultant's side can say that they cannot come. Cancel for the school instead.")
