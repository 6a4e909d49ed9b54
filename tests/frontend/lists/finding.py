"""What makes the calendar and what one keeps longer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from catalogue.models import CourseRun, Favourite, Meeting, Offer
from marketplace.core.actors import Role
from tests.frontend.lists.world import World, copies

_LONDON = ZoneInfo("Europe/London")


def _month(world: World) -> str:
    return f"?month={world.today + timedelta(days=90):%Y-%m}"


def calendar(world: World) -> str:
    return reverse("calendar") + _month(world)


def own_calendar(world: World) -> str:
    return world.own("school-calendar") + _month(world)


def meetings(world: World, numbers: range) -> None:
    """A date with a meeting for each number, all in one month."""
    day = (world.today + timedelta(days=90)).replace(day=10)
    starts = datetime(day.year, day.month, day.day, 9, 30, tzinfo=_LONDON)
    first = CourseRun.objects.filter(offer=world._offer()).earliest("pk")
    runs = copies(first, numbers, code=lambda n: f"calendar-{n}")
    Meeting.objects.bulk_create(
        Meeting(run=run, position=1, starts_at=starts, ends_at=starts + timedelta(hours=6)) for run in runs
    )


def favourites(world: World, numbers: range) -> None:
    """Offers that the buyer marked."""
    world.offers(numbers)
    person = world.person(Role.BUYER).person_id
    Favourite.objects.bulk_create(
        Favourite(person_id=person, offer=Offer.objects.get(code=f"course-{n}"), added_at=timezone.now())
        for n in numbers
    )
