"""What makes the lists of visits and of margins longer: more dates of one booking, more bookings."""

from datetime import timedelta
from decimal import Decimal

from marketplace.trading.engagements.models import Engagement, EngagementDate
from marketplace.trading.engagements.services.visits import write_up
from marketplace.trading.engagements.visit_models import Visit
from providers.models import Provider
from providers.services import add_consultant, add_provider
from tests.frontend.lists.world import World, copies
from tests.trading.engagements.world import accredit, book, on_day, rate_of


def _first(world: World) -> Visit:
    """Four days ago, with the school since; the partnership's own consultant, since its staff look at the list."""
    provider = Provider.objects.filter(organisation=world.partnership).first() or add_provider(
        organisation=world.partnership, code="us", actor=world.actor
    )
    ago = world.today - timedelta(days=30)
    year = ago - timedelta(days=365)
    nadia = add_consultant(provider=provider, code="nadia", name="Nadia Fenwick", actor=world.actor, joined_on=year)
    accredit(nadia, year, world.today + timedelta(days=365))
    rate_of(nadia, audience="other")
    booking = book(
        world.customer, nadia, world.actor, on_day(world.today - timedelta(days=4)), quantity=Decimal(9_000), on=ago
    )
    return write_up(
        date=booking.dates.get(), done="Read together", next_steps="", miles=0, on=world.today - timedelta(days=4),
        actor=world.actor,
    )  # fmt: skip


def visits(world: World, numbers: range) -> None:
    """Dates of the booking, each written up and with the school."""
    first: Visit = world.kept("visit", lambda: _first(world))
    date_ = EngagementDate.objects.select_related("slot").get(pk=first.date_id)

    def during(number: int):  # type: ignore[no-untyped-def]
        ago = timedelta(hours=7 * (number + 1))
        return (date_.starts_at - ago, date_.starts_at - ago + timedelta(hours=1))

    slots = dict(
        zip(
            numbers,
            copies(date_.slot, numbers, source_key=lambda n: f"list:visit:{n}", during=during),  # type: ignore[type-var]
            strict=True,
        )
    )
    dates = dict(
        zip(
            numbers,
            copies(
                date_, numbers, ordinal=lambda n: n + 2, slot_id=lambda n: slots[n].pk,
                starts_at=lambda n: during(n)[0], ends_at=lambda n: during(n)[1],
            ),
            strict=True,
        )
    )  # fmt: skip
    copies(first, numbers, date_id=lambda n: dates[n].pk)


def bookings(world: World, numbers: range) -> None:
    """Bookings of the same consultant."""
    first: Visit = world.kept("visit", lambda: _first(world))
    copies(Engagement.objects.get(pk=first.date.engagement_id), numbers, number=lambda n: f"CB-9{n:05}")
