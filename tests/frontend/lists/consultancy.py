"""What makes the lists of consultants, of requests to them, of their bookings and of releases longer."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from marketplace.core.actors import Role
from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.requests import ConsultantRequest
from marketplace.trading.engagements.services.asking import Need, ask_consultants
from providers.models import Accreditation, Consultant, Provider, Rate
from providers.services import add_consultant, add_provider
from tests.frontend.lists.world import World, copies
from tests.trading.engagements.world import accredit, book, on_day, rate_of

DAY = timedelta(days=1)


def _consultant(world: World, code: str = "mira", **more: object) -> Consultant:
    provider = Provider.objects.filter(organisation=world.partnership).first() or add_provider(
        organisation=world.partnership, code="us", actor=world.actor
    )
    made = add_consultant(
        provider=provider, code=code, name=code.capitalize(), actor=world.actor, published=True,
        joined_on=world.today - 90 * DAY, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    accredit(made, world.today - 90 * DAY, world.today + 900 * DAY)
    rate_of(made, audience="other")
    return made


def consultants(world: World, numbers: range) -> None:
    """Accredited consultants with a price each."""
    first: Consultant = world.kept("a consultant", lambda: _consultant(world))
    made = copies(first, numbers, code=lambda n: f"mira-{n}", name=lambda n: f"Mira {n}")
    by = {n: made[n - numbers.start].pk for n in numbers}
    copies(Accreditation.objects.get(consultant=first), numbers, consultant_id=lambda n: by[n])
    copies(Rate.objects.get(consultant=first), numbers, consultant_id=lambda n: by[n])


def _request(world: World) -> ConsultantRequest:
    soon = world.today + 20 * DAY
    need = Need("Coaching", "For leaders", "day", on_day().quantity, soon, soon + 40 * DAY)
    return ask_consultants(
        school=world.customer, consultants=[world.kept("a consultant", lambda: _consultant(world))], need=need,
        answer_by=soon, on=world.today, actor=world.person(Role.BUYER),
    )  # fmt: skip


def requests(world: World, numbers: range) -> None:
    """Requests of the customer, each with a quote that waits."""
    first: ConsultantRequest = world.kept("a request", lambda: _request(world))
    made = copies(first, numbers, number=lambda n: f"CR-9{n:05d}")
    copies(first.quotes.get(), numbers, request_id=lambda n: made[n - numbers.start].pk)


def _booking(world: World) -> Engagement:
    consultant = world.kept("a consultant", lambda: _consultant(world))
    return book(world.customer, consultant, world.actor, on_day(world.today + 30 * DAY), on=world.today)


def bookings(world: World, numbers: range) -> None:
    """Bookings of the customer by one consultant of ours."""
    first: Engagement = world.kept("a consultant booking", lambda: _booking(world))
    copies(first, numbers, number=lambda n: f"CB-9{n:05d}")


def _asked(world: World) -> EngagementDate:
    leader = _consultant(world, "lea", home_school=world.customer)
    booked = book(
        world.customers(range(900, 901))[0],
        leader,
        world.actor,
        on_day(world.today + 30 * DAY),
        on=world.today,
        quantity=Decimal(2_000),
    )
    return booked.dates.get()


def releases(world: World, numbers: range) -> None:
    """Days of the customer's own leader that wait for its head."""
    first: EngagementDate = world.kept("a release", lambda: _asked(world))

    def during(number: int):  # type: ignore[no-untyped-def]
        after = (number + 1) * DAY
        return (first.starts_at + after, first.ends_at + after)

    assert first.slot is not None
    slots = copies(first.slot, numbers, source_key=lambda n: f"list:release:{n}", during=during)
    copies(
        first, numbers, ordinal=lambda n: n + 2, slot_id=lambda n: slots[n - numbers.start].pk,
        starts_at=lambda n: during(n)[0], ends_at=lambda n: during(n)[1],
    )  # fmt: skip


def at_provider(page: str):  # type: ignore[no-untyped-def]
    def path(world: World) -> str:
        world.kept("a consultant", lambda: _consultant(world))
        return reverse(page, kwargs={"provider": "us"})

    return path
