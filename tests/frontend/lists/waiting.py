"""What makes the pages of waiting lists longer."""

from django.urls import reverse
from django.utils import timezone

from catalogue.models import CourseRun
from marketplace.core.actors import Role
from marketplace.trading.models import WaitingEntry
from marketplace.trading.services import join_waiting, leave_waiting
from tests.frontend.lists.world import World, copies


def _entry(world: World) -> WaitingEntry:
    def make() -> WaitingEntry:
        buyer = world.person(Role.BUYER)
        run = CourseRun.objects.get(offer=world._offer())
        CourseRun.objects.filter(pk=run.pk).update(taken=run.capacity)
        entry = join_waiting(
            run=run, organisation=world.customer, school=world.customer, seats=1, together=True, at=timezone.now(),
            actor=buyer,
        )  # fmt: skip
        CourseRun.objects.filter(pk=run.pk).update(taken=0)
        return leave_waiting(entry=entry, on=world.today, actor=buyer)

    return world.kept("waiting", make)  # type: ignore[no-any-return]


def entries(world: World, numbers: range) -> None:
    """Entries that were left again, so that a school has many on one list."""
    copies(_entry(world), numbers)


def of_date(world: World) -> str:
    return reverse("organise-waiting", kwargs={"code": _entry(world).run.code})
