"""Reads over the day of a course and what came after: registers, certificates, satisfaction, a person's own record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from catalogue.models import CourseRun, Meeting, Offer
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Attendance, Booking, Certificate, CpdEntry, Evaluation, Register
from marketplace.trading.rules.attending import FEWEST, PRESENT, Satisfaction, part_shown

# --- Registers ------------------------------------------------------------------------------------------------


def meeting_for(actor: Actor, code: str, position: int) -> Meeting:
    """A meeting of a course date, for organisers; NotFound for everybody else and where there is none."""
    found = Meeting.objects.filter(run__code=code, position=position).select_related("run__offer", "register").first()
    if found is None or not actor.has(Role.ORGANISER):
        raise NotFound("There is no such register.")
    return found


@dataclass(frozen=True)
class RegisterRow:
    """One place on a register and how it is marked; "not_asked" where nobody asked yet."""

    booking: Booking
    mark: str
    marked_at: datetime | None


def register_rows(meeting: Meeting) -> list[RegisterRow]:
    """The places of a date by name, unnamed ones last. Two queries."""
    marks = {one.booking_id: one for one in Attendance.objects.filter(meeting=meeting)}
    places = Booking.objects.filter(run_id=meeting.run_id, state=Booking.State.BOOKED).select_related("school")
    rows = [
        RegisterRow(one, held.state, held.marked_at)
        if (held := marks.get(one.pk))
        else RegisterRow(one, "not_asked", None)
        for one in places
    ]
    return sorted(
        rows, key=lambda row: (not row.booking.delegate_name, row.booking.delegate_name.lower(), row.booking.pk)
    )


def open_registers(at: datetime) -> QuerySet[Meeting]:
    """Meetings that have begun, of dates with places taken, whose register is not closed; the oldest first."""
    begun = Meeting.objects.filter(starts_at__lte=at, run__state=CourseRun.State.OPEN, run__taken__gt=0)
    return begun.exclude(register__state=Register.State.CLOSED).select_related("run__offer").order_by("starts_at", "pk")


def places_to_ask(code: str) -> list[Booking]:
    """Places on a date whose person attended and has not said what they thought, with what asking them needs."""
    came = Attendance.objects.filter(booking=OuterRef("pk"), state__in=PRESENT)
    found = Booking.objects.filter(Exists(came), run__code=code, state=Booking.State.BOOKED, evaluation=None)
    return list(
        found.select_related(
            "run__offer", "order_line__order__placed_by_person__user", "order_line__order__organisation__school",
            "order_line__order__organisation__trust",
        ).order_by("pk")
    )  # fmt: skip


# --- Attendance and satisfaction ------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseFigures:
    """One course: marks here or late of all marks in closed registers, and what people thought."""

    offer: Offer
    dates: int
    present: int
    marks: int
    satisfaction: Satisfaction

    @property
    def attendance_percent(self) -> int | None:
        """How many of 100 who had a place came, half up; None where no register is closed."""
        return (self.present * 200 + self.marks) // (2 * self.marks) if self.marks else None


def courses_held() -> QuerySet[Offer]:
    """Courses with a closed register, by title."""
    held = Register.objects.filter(state=Register.State.CLOSED).values("run__offer")
    return Offer.objects.filter(pk__in=held).select_related("provider").order_by("title", "pk")


def figures_of(offers: Sequence[Offer]) -> list[CourseFigures]:
    """Attendance and satisfaction of these courses. Two queries, however many."""
    closed = Attendance.objects.filter(
        meeting__register__state=Register.State.CLOSED, meeting__run__offer__in=offers, booking__state="booked"
    )
    counts = (
        closed.order_by()
        .values("meeting__run__offer")
        .annotate(
            dates=Count("meeting__run", distinct=True),
            present=Count("pk", filter=Q(state__in=PRESENT)),
            marks=Count("pk"),
        )
    )
    rows = counts.values_list("meeting__run__offer", "dates", "present", "marks")
    counted = {pk: figures for pk, *figures in rows}
    thought = _thought("run__offer", Evaluation.objects.filter(run__offer__in=offers))
    none = Satisfaction(0, 0, 0)
    found = []
    for offer in offers:
        dates, present, marks = counted.get(offer.pk, (0, 0, 0))
        found.append(CourseFigures(offer, dates, present, marks, thought.get(offer.pk, none)))
    return found


def _thought(by: str, evaluations: QuerySet[Evaluation]) -> dict[int, Satisfaction]:
    rows = evaluations.order_by().values(by).annotate(
        people=Count("pk"), points=Sum("score"), recommend=Count("pk", filter=Q(recommends=True))
    )  # fmt: skip
    return {row[by]: Satisfaction(row["people"], row["points"], row["recommend"]) for row in rows}


def satisfaction_of_run(run: CourseRun) -> Satisfaction | None:
    """What people thought of one date, or None where that, or the rest of its course, would tell of fewer than 5."""
    by_run = _thought("run", Evaluation.objects.filter(run__offer_id=run.offer_id))
    whole = Satisfaction(0, 0, 0)
    for one in by_run.values():
        whole = Satisfaction(whole.people + one.people, whole.points + one.points, whole.recommend + one.recommend)
    part = by_run.get(run.pk, Satisfaction(0, 0, 0))
    return part if part_shown(part, whole) else None


def attendance_of_run(run: CourseRun) -> tuple[int, int]:
    """Marks here or late, and all marks, in the closed registers of a date."""
    found = Attendance.objects.filter(meeting__run=run, meeting__register__state="closed", booking__state="booked")
    row = found.aggregate(marks=Count("pk"), present=Count("pk", filter=Q(state__in=PRESENT)))
    return row["present"], row["marks"]


def words_about(offer: Offer) -> list[dict[str, str]]:
    """What people wrote about a course, without who or when, in an order that says neither; nothing below 5 answers."""
    found = Evaluation.objects.filter(run__offer=offer)
    if found.count() < FEWEST:
        return []
    said = found.exclude(change="", comment="").values("change", "comment")
    return sorted(
        ({"change": one["change"], "comment": one["comment"]} for one in said), key=lambda one: tuple(one.values())
    )


# --- A person's own -------------------------------------------------------------------------------------------


def own_places(actor: Actor) -> QuerySet[Booking]:
    """Places of the actor's own person, whichever school booked them."""
    found = Booking.objects.select_related(
        "run__offer__provider__organisation", "school", "certificate", "evaluation", "order_line"
    ).prefetch_related("run__meetings")
    if actor.person_id is None:
        return found.none()
    return found.filter(delegate_person_id=actor.person_id)


def own_place(actor: Actor, pk: int) -> Booking:
    """One of the actor's own places, or NotFound."""
    found = own_places(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such booking.")
    return found


@dataclass(frozen=True)
class RecordLine:
    """One thing in a record: a course attended (with its certificate, where earned) or an own entry (``entry``)."""

    held_on: date
    title: str
    provider: str
    themes: list[str]
    minutes: int
    school: str = ""
    certificate: str = ""
    booking: int | None = None
    entry: int | None = None


_LASTED = ExpressionWrapper(F("meeting__ends_at") - F("meeting__starts_at"), output_field=DurationField())


def attended_minutes(bookings: Iterable[int]) -> dict[int, int]:
    """Minutes attended by place, in closed registers; places without any are left out. One query."""
    found = Attendance.objects.filter(
        booking__in=list(bookings), booking__state="booked", state__in=PRESENT, meeting__register__state="closed"
    )
    rows = found.order_by().values("booking").annotate(lasted=Sum(_LASTED))
    return {row["booking"]: int(row["lasted"].total_seconds()) // 60 for row in rows}


def record_of(actor: Actor) -> list[RecordLine]:
    """The actor's own record, newest first: what they attended, from whichever school, and what they wrote in."""
    places = list(own_places(actor).filter(state=Booking.State.BOOKED))
    minutes = attended_minutes([one.pk for one in places])
    lines = [_line(one, minutes[one.pk]) for one in places if one.pk in minutes]
    lines += [
        RecordLine(one.held_on, one.title, one.provider, [one.theme] if one.theme else [], one.minutes, entry=one.pk)
        for one in CpdEntry.objects.filter(person_id=actor.person_id or 0)
    ]
    return sorted(lines, key=lambda line: (line.held_on, line.title), reverse=True)


def _line(place: Booking, minutes: int) -> RecordLine:
    held = getattr(place, "certificate", None)
    return RecordLine(
        place.run.starts_on, place.run.offer.title, place.run.offer.provider.organisation.name,
        list(place.run.offer.themes), minutes, place.school.name,
        held.number if held and held.withdrawn_on is None else "", place.pk,
    )  # fmt: skip


# --- A school's staff -----------------------------------------------------------------------------------------


def staff_hours(actor: Actor, organisation: Organisation, since: date, until: date) -> Any:
    """Who came to what a school booked, by name, in the half-open dates: ``courses`` and ``lasted`` for each person.

    Only what was booked for this school: nothing of a person's own record.
    """
    if organisation.pk not in actor.organisations(*BUYING):
        raise NotFound("Page not found")
    found = Attendance.objects.filter(
        booking__school=organisation, booking__state="booked", state__in=PRESENT, meeting__register__state="closed",
        meeting__starts_at__date__gte=since, meeting__starts_at__date__lt=until,
    )  # fmt: skip
    named = found.order_by().values(name=F("booking__delegate_name"), person=F("booking__delegate_person"))
    return named.annotate(courses=Count("booking", distinct=True), lasted=Sum(_LASTED)).order_by("name", "person")


# --- Certificates ---------------------------------------------------------------------------------------------


def certificate_by_number(number: str) -> Certificate | None:
    """A certificate by its number, for anybody who has it: valid or not, the course and its day, never the person."""
    found = Certificate.objects.select_related("booking__run__offer__provider__organisation")
    return found.filter(number=number.strip().upper()).first()


def certificate_for(actor: Actor, number: str) -> Certificate:
    """A certificate with the name on it: for its person, who booked the place, and organisers. Or NotFound."""
    found = Certificate.objects.select_related(
        "booking__run__offer__provider__organisation", "booking__order_line__order"
    )
    own = actor.organisations(*BUYING)
    reach = Q(booking__school_id__in=own) | Q(booking__order_line__order__organisation_id__in=own)
    if actor.person_id is not None:
        reach |= Q(booking__delegate_person_id=actor.person_id)
    if not actor.has(Role.ORGANISER):
        found = found.filter(reach)
    held = found.filter(number=number, withdrawn_on=None).first()
    if held is None:
        raise NotFound("There is no such certificate.")
    return held
