"""Registers: who came to each meeting, closed once, corrected with a reason; and what follows from the last one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from catalogue.models import CourseRun, Meeting
from catalogue.rules.cancellation import late_is_absent
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.core.wording import london_day, long_date
from marketplace.trading.models import Attendance, Booking, Register
from marketplace.trading.rules.attending import attended, missed
from marketplace.trading.services.attending import charge_not_attended, not_attended_fee, undo_not_attended
from marketplace.trading.services.baskets import NAME_LIMIT
from marketplace.trading.services.certificates import issue_certificate, withdraw_certificate

State = Attendance.State
MARKS = (State.HERE, State.LATE, State.ABSENT, State.NOT_ASKED)
REASON_LIMIT = 300


class RegisterClosed(DomainError):
    """The register was closed: what stands in it changes only by a correction."""

    code = "register_closed"


class RegisterNotYet(DomainError):
    """The meeting lies ahead, so nobody can have come to it."""

    code = "register_not_yet"


class RegisterIncomplete(DomainError):
    """Somebody is not marked. ``missing`` says how many."""

    code = "register_incomplete"


class FeesChanged(DomainError):
    """Closing would invoice something else than was shown. ``now`` is in pence before VAT."""

    code = "register_fees_changed"


@dataclass(frozen=True)
class Closing:
    """What closing a register does: ``missing`` are not marked yet; ``last`` says that it ends the course date.

    ``absent`` are the places of those who attended no meeting, ``fee`` what is invoiced for them, before VAT.
    """

    missing: int
    last: bool
    absent: int
    fee: Money


def standing(run: CourseRun) -> list[Booking]:
    """The places of a date that are booked and not cancelled, in the order of their ids."""
    found = Booking.objects.filter(run=run, state=Booking.State.BOOKED)
    return list(found.select_related("order_line__order", "order_line__offer", "school", "run__offer").order_by("pk"))


@transaction.atomic
def mark_register(
    *, meeting: Meeting, marks: Mapping[int, str], at: datetime, actor: Actor, names: Mapping[int, str] | None = None
) -> int:
    """Marks places at one meeting, by the id of the booking; ``names`` names places that had no name yet.

    From the day of the meeting until its register is closed, as often as wanted; the last mark counts. Returns how many
    marks changed. Refuses who has no place on the date (WrongInput), an early day and a closed register.
    """
    actor.require(Role.ORGANISER, to="take registers")
    if london_day(at) < meeting.held_on:
        raise RegisterNotYet(f"The register can be taken from {long_date(meeting.held_on)} on, the day of the meeting.")
    register, _ = Register.objects.get_or_create(meeting=meeting, defaults={"run_id": meeting.run_id})
    _open(register.pk)
    places = _places(meeting, [*marks, *(names or {})])
    named = _name(places, names or {}, actor)
    changed = _write(meeting, {places[pk].pk: _state(mark) for pk, mark in marks.items()}, at, actor)
    if changed:
        counts = {state.value: sum(mark == state for mark in marks.values()) for state in MARKS}
        _record("register.marked", meeting, actor, payload={"changed": changed, **counts})
    return changed + named


def _open(register_id: int) -> Register:
    """The register, locked; refuses a closed one."""
    register = Register.objects.select_for_update().get(pk=register_id)
    if register.state == Register.State.CLOSED and register.closed_on is not None:
        raise RegisterClosed(
            f"This register was closed on {long_date(register.closed_on)}. Correct a mark, with the reason, instead."
        )
    return register


def _places(meeting: Meeting, ids: list[int]) -> dict[int, Booking]:
    wanted = set(ids)
    found = {one.pk: one for one in standing(meeting.run) if one.pk in wanted}
    if wanted - set(found):
        raise WrongInput("Somebody on this register has no place any more. Load the page again and mark the others")
    return found


def _state(mark: str) -> State:
    if mark not in MARKS:
        raise WrongInput("Mark each person as here, late, not here or not asked")
    return State(mark)


def _name(places: Mapping[int, Booking], names: Mapping[int, str], actor: Actor) -> int:
    """Names of those whom nobody had named; a name that stands is changed by sending somebody else, not here."""
    named = 0
    for pk, given in names.items():
        name = clean_line(given, what="Name", limit=NAME_LIMIT, required=False)
        if not name or places[pk].delegate_name:
            continue
        named += Booking.objects.filter(pk=pk, delegate_name="").update(delegate_name=name)
        events.record(
            kind="booking.delegate_changed",
            subject_kind="booking",
            subject=str(pk),
            organisation_ids=[places[pk].school_id, places[pk].order_line.order.organisation_id],
            payload={"order": places[pk].order_line.order.number, "run": places[pk].run.code},
            actor=actor,
        )
    return named


def _write(meeting: Meeting, states: Mapping[int, State], at: datetime, actor: Actor) -> int:
    """Writes the marks that differ from what stands."""
    held = Attendance.objects.select_for_update().filter(meeting=meeting, booking_id__in=states).order_by("pk")
    known = {one.booking_id: one for one in held}
    changed = [one for pk, one in known.items() if one.state != states[pk]]
    for one in changed:
        one.state, one.marked_at, one.marked_by_person_id = states[one.booking_id], at, actor.person_id
    Attendance.objects.bulk_update(changed, ["state", "marked_at", "marked_by_person"])
    new = [
        Attendance(booking_id=pk, meeting=meeting, state=state, marked_at=at, marked_by_person_id=actor.person_id)
        for pk, state in sorted(states.items())
        if pk not in known
    ]
    Attendance.objects.bulk_create(new)
    return len(changed) + len(new)


def closing_preview(*, meeting: Meeting) -> Closing:
    """What closing the register would do: the calculation that ``close_register`` uses."""
    places = standing(meeting.run)
    marks = dict(Attendance.objects.filter(meeting=meeting).values_list("booking_id", "state"))
    missing = sum(marks.get(one.pk, State.NOT_ASKED) == State.NOT_ASKED for one in places)
    last = _others_closed(meeting)
    states = _states(meeting.run) if last else {}
    absent = [one for one in places if _missed(one, states)] if last else []
    fee = sum((not_attended_fee(booking=one) for one in absent), Money(0))
    return Closing(missing, last, len(absent), fee)


def _others_closed(meeting: Meeting) -> bool:
    others = Meeting.objects.filter(run_id=meeting.run_id).exclude(pk=meeting.pk)
    return not others.exclude(register__state=Register.State.CLOSED).exists()


def _states(run: CourseRun) -> dict[int, list[str]]:
    """The marks of each place at the meetings of a date."""
    found: dict[int, list[str]] = {}
    for pk, state in Attendance.objects.filter(meeting__run=run).values_list("booking_id", "state"):
        found.setdefault(pk, []).append(state)
    return found


def _missed(booking: Booking, states: Mapping[int, list[str]]) -> bool:
    """Whether the person of a place missed the whole date; coming late is coming, unless the order's policy says not."""
    return missed(states.get(booking.pk, []), late_is_absent=late_is_absent(booking.order_line.cancellation))


@transaction.atomic
def close_register(*, meeting: Meeting, expected_fee: Money, on: date, actor: Actor) -> Closing:
    """Closes the register of a meeting. With the last one of a date the course is over: who attended nothing is charged
    the fee of their order's policy, who attended enough gets a certificate, and people are asked what they thought.

    ``expected_fee`` is what was shown (``closing_preview``). Refuses a register that is not complete, one that is closed,
    and another fee than expected; then nothing is closed.
    """
    actor.require(Role.ORGANISER, to="close registers")
    if on < meeting.held_on:
        raise RegisterNotYet(
            f"The register can be closed from {long_date(meeting.held_on)} on, the day of the meeting."
        )
    CourseRun.objects.select_for_update().get(pk=meeting.run_id)  # two last registers do not close past each other
    register, _ = Register.objects.get_or_create(meeting=meeting, defaults={"run_id": meeting.run_id})
    _open(register.pk)
    preview = closing_preview(meeting=meeting)
    if preview.missing:
        raise RegisterIncomplete(
            f"{preview.missing} on this register {'is' if preview.missing == 1 else 'are'} not marked. "
            "Mark each as here, late or not here, then close it.",
            missing=preview.missing,
        )
    if preview.fee != expected_fee:
        raise FeesChanged(
            f"Closing would invoice {preview.fee} before VAT, not {expected_fee}. The register is still open: look again.",
            now=preview.fee.pence,
        )
    Register.objects.filter(pk=register.pk, state=Register.State.OPEN).update(
        state=Register.State.CLOSED, closed_on=on, closed_by_person_id=actor.person_id
    )
    facts = {"last": preview.last, "absent": preview.absent, "fee_pence": preview.fee.pence}
    _record("register.closed", meeting, actor, payload=facts)
    if preview.last:
        _finish(meeting.run, on, actor)
    return preview


def _finish(run: CourseRun, on: date, actor: Actor) -> None:
    """The date is over: fees, certificates, and the event on which people are asked for their evaluation."""
    states, meetings = _states(run), list(run.meetings.all())
    for booking in standing(run):
        _settle(booking, states, meetings, on, actor)
    events.record(
        kind="run.completed",
        subject_kind="run",
        subject=run.code,
        organisation_ids=[],
        payload={"attended": sum(attended(marks) > 0 for marks in states.values())},
        actor=actor,
    )


def _settle(booking: Booking, states: Mapping[int, list[str]], meetings: list[Meeting], on: date, actor: Actor) -> None:
    """What one place leads to by now; doing it again changes nothing that is right already."""
    if _missed(booking, states):
        charge_not_attended(booking=booking, on=on, actor=actor)
    else:
        undo_not_attended(booking=booking, on=on, actor=actor)
    if not issue_certificate(booking=booking, meetings=meetings, on=on, actor=actor):
        withdraw_certificate(booking=booking, on=on, actor=actor)


@transaction.atomic
def correct_attendance(
    *, booking: Booking, meeting: Meeting, mark: str, reason: str, at: datetime, actor: Actor
) -> Attendance:
    """Changes one mark in a closed register, with the reason. What followed from it is put right: a fee is charged or
    taken back, a certificate issued or withdrawn. Refuses an open register, a place of another date, and no reason.
    """
    actor.require(Role.ORGANISER, to="correct registers")
    reason = clean_line(reason, what="Reason", limit=REASON_LIMIT)
    state, on = _state(mark), london_day(at)
    if state == State.NOT_ASKED:
        raise WrongInput("A closed register says of everybody whether they came. Choose here, late or not here")
    CourseRun.objects.select_for_update().get(pk=meeting.run_id)
    register = Register.objects.filter(meeting=meeting, state=Register.State.CLOSED).first()
    if register is None:
        raise WrongInput("This register is still open. Mark the person in it")
    place = _places(meeting, [booking.pk])[booking.pk]
    kept, made = Attendance.objects.get_or_create(
        booking=place,
        meeting=meeting,
        defaults={
            "state": state, "marked_at": at, "marked_by_person_id": actor.person_id, "corrected_on": on,
        },
    )  # fmt: skip
    before = "" if made else kept.state
    if not made and kept.state != state:
        kept.state, kept.marked_at, kept.marked_by_person_id, kept.corrected_on = state, at, actor.person_id, on
        kept.save(update_fields=["state", "marked_at", "marked_by_person", "corrected_on"])
    changes = {"place": place.pk, "before": {"state": str(before)}, "after": {"state": state.value}}
    _record("register.corrected", meeting, actor, payload=changes, text={"reason": reason})
    if _others_closed(meeting):
        run = meeting.run
        _settle(place, _states(run), list(run.meetings.all()), on, actor)
    return kept


def _record(
    kind: str, meeting: Meeting, actor: Actor, *, payload: dict[str, Any], text: Mapping[str, str] | None = None
) -> None:
    events.record(
        kind=kind,
        subject_kind="run",
        subject=meeting.run.code,
        organisation_ids=[],
        payload={"meeting": meeting.position, **payload},
        text=text,
        actor=actor,
    )
