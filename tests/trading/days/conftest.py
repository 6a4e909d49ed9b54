"""A course date of Oakfield's that is held: places booked, meetings to mark."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catalogue.models import CourseRun, Meeting, Offer
from catalogue.services import MeetingTimes, add_run
from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking
from marketplace.trading.services import close_register, closing_preview, mark_register
from tests.shop import person
from tests.trading.conftest import Buying

LONDON = ZoneInfo("Europe/London")
FIRST = date(2026, 10, 6)
NAMES = ["Ann Lee", "Bo Ray", "Cy Day", ""]


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


@pytest.fixture
def organiser(partnership: Organisation, actor: Actor) -> Actor:
    """The partnership's course organiser."""
    return person(partnership, actor, name="Orla Organiser", role=Role.ORGANISER)


@dataclass(frozen=True)
class Held:
    """A course date with its meetings and Oakfield's places on it."""

    run: CourseRun
    meetings: list[Meeting]
    places: list[Booking]
    organiser: Actor

    def mark(self, meeting: int, *states: str) -> None:
        """Marks the places of the first register, second register … in their order."""
        one = self.meetings[meeting]
        marks = {place.pk: state for place, state in zip(self.places, states, strict=False)}
        mark_register(meeting=one, marks=marks, at=one.starts_at, actor=self.organiser)

    def close(self, meeting: int) -> Any:
        one = self.meetings[meeting]
        fee = closing_preview(meeting=one).fee
        return close_register(meeting=one, expected_fee=fee, on=one.held_on, actor=self.organiser)

    def hold(self, *states: str) -> None:
        """Every meeting with these marks, closed."""
        for index in range(len(self.meetings)):
            self.mark(index, *states)
            self.close(index)


def meetings_of(course: Offer, actor: Actor, count: int, first: date = FIRST, **more: Any) -> CourseRun:
    """A date of ``count`` meetings, a week apart, of two and a half hours."""
    days = [first + timedelta(weeks=index) for index in range(count)]
    times = [MeetingTimes(at(day, 10), at(day, 12) + timedelta(minutes=30)) for day in days]
    given: dict[str, Any] = {"capacity": 20, "venue": "Tidewell", "code": f"{course.code}-{first:%Y%m%d}"} | more
    return add_run(
        offer=course, mode=CourseRun.Mode.FACE_TO_FACE, meetings=times,
        actor=actor, **given,
    )  # fmt: skip


@pytest.fixture
def held(course: Offer, school: Organisation, sam: Actor, buying: Buying, organiser: Actor, actor: Actor) -> Held:
    """Three meetings, four places: Ann Lee, Bo Ray, Cy Day and somebody whom nobody named."""
    run = meetings_of(course, actor, 3)
    basket = buying.add(sam, school, course, 4, run=run, delegates=NAMES[:3])
    buying.order(sam, basket)
    places = list(Booking.objects.filter(run=run).select_related("run__offer", "order_line").order_by("position"))
    return Held(run, list(run.meetings.all()), places, organiser)


NOTHING = Money(0)
