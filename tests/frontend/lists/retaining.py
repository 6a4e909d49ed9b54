"""What makes the lists of retainers, of visits as schools saw them and of presenters to replace longer."""

from datetime import timedelta
from decimal import Decimal

from catalogue.models import CourseRun, CourseRunPresenter
from catalogue.services import name_presenters
from marketplace.core.actors import Actor, Grant, Role
from marketplace.trading.engagements.services.retaining import offer_retainer
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.models import Retainer
from providers.services import suspend
from tests.frontend.lists import visits
from tests.frontend.lists.consultancy import _consultant
from tests.frontend.lists.world import World, copies
from tests.shop import Shop


def _retainer(world: World) -> Retainer:
    return offer_retainer(
        school=world.customer, consultant=world.kept("a consultant", lambda: _consultant(world)), title="Reading",
        unit="day", quantity=Decimal(2), fee_pence=80_000, earned_pence=60_000, every="month", periods=3,
        valid_from=world.today, unused="lapse", owed="visit", on=world.today, actor=world.actor,
    )  # fmt: skip


def retainers(world: World, numbers: range) -> None:
    """Retainers offered to the customer."""
    first: Retainer = world.kept("a retainer", lambda: _retainer(world))
    copies(first, numbers, number=lambda n: f"RT-9{n:05d}")


def reviews(world: World, numbers: range) -> None:
    """Visits that the school queried."""
    visits.visits(world, numbers)
    Visit.objects.filter(query_reason="").update(query_reason="It was shorter")


def _meeting(world: World) -> CourseRunPresenter:
    shop = Shop(world.actor)
    run = shop.run(shop.course(), day=world.today + timedelta(days=60))
    consultant = _consultant(world, "petra")
    name_presenters(run=run, consultants=[consultant], on=world.today, actor=world.actor)
    someone = Actor(
        world.person(Role.ORGANISER).person_id, None, "Olga", frozenset({Grant(Role.ORGANISER, world.partnership.pk)})
    )
    suspend(consultant=consultant, on=world.today, reason="Something is looked at", actor=someone)
    return CourseRunPresenter.objects.get(run=run)


def presenters(world: World, numbers: range) -> None:
    """Dates whose presenter is suspended."""
    first: CourseRunPresenter = world.kept("a presenter", lambda: _meeting(world))
    run = CourseRun.objects.get(pk=first.run_id)
    runs = copies(run, numbers, code=lambda n: f"presented-{n}")
    by = {n: runs[n - numbers.start].pk for n in numbers}
    copies(run.meetings.get(), numbers, run_id=lambda n: by[n])
    copies(first, numbers, run_id=lambda n: by[n])
