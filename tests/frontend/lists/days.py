"""What makes the pages of registers, records and networks longer."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from catalogue.models import CourseRun, Meeting, Offer
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Attendance, Booking, CpdEntry, Network, NetworkMember, Register
from marketplace.trading.services.networks import open_network
from tests.frontend.lists.world import World, copies


def held_runs(world: World, numbers: range) -> None:
    """Dates that are over, each with a place and a meeting whose register is open."""
    first: Booking = world.kept("held booking", lambda: Booking.objects.get(order_line__order=world.order()))
    begun = timezone.now() - timedelta(days=9)
    runs = copies(
        first.run, numbers, code=lambda n: f"held-{n}", taken=lambda n: 1, starts_at=lambda n: begun,
        ends_at=lambda n: begun + timedelta(hours=3), state=lambda n: "open",
    )  # fmt: skip
    Meeting.objects.bulk_create(
        Meeting(run=run, position=1, starts_at=begun, ends_at=begun + timedelta(hours=3)) for run in runs
    )
    copies(
        first, numbers, run_id=lambda n: runs[n - numbers.start].pk, position=lambda n: n + 5_000,
        delegate_name=lambda n: f"Person number {n}",
    )  # fmt: skip


def attended(world: World, numbers: range) -> None:
    """Dates of courses of their own whose registers are closed."""
    held_runs(world, numbers)
    made = list(CourseRun.objects.filter(code__in=[f"held-{n}" for n in numbers]).order_by("pk"))
    offers = copies(made[0].offer, numbers, code=lambda n: f"held-offer-{n}", title=lambda n: f"Held course {n}")
    for run, offer in zip(made, offers, strict=True):
        CourseRun.objects.filter(pk=run.pk).update(offer=offer)
    places = {place.run_id: place for place in Booking.objects.filter(run__in=made)}
    meetings = list(Meeting.objects.filter(run__in=made))
    Attendance.objects.bulk_create(
        Attendance(booking=places[one.run_id], meeting=one, state="here", marked_at=one.starts_at) for one in meetings
    )
    Register.objects.bulk_create(
        Register(meeting=one, run_id=one.run_id, state="closed", closed_on=one.held_on) for one in meetings
    )


def own_attended(world: World, numbers: range) -> None:
    """The same places, which are the delegate's own."""
    attended(world, numbers)
    who = world.person(Role.DELEGATE)
    Booking.objects.filter(run__code__startswith="held-").update(delegate_person_id=who.person_id)


def own_entries(world: World, numbers: range) -> None:
    who = world.person(Role.DELEGATE)
    CpdEntry.objects.bulk_create(
        CpdEntry(person_id=who.person_id or 0, held_on=world.today, title=f"Entry number {n}", minutes=60)
        for n in numbers
    )


def _network(world: World, code: str = "reading") -> Network:
    def make() -> Network:
        world._offer()  # the partnership is a provider by now
        return open_network(code=code, name="Reading network", on=date(2026, 1, 1), actor=world.actor)

    return world.kept(f"network {code}", make)


def networks(world: World, numbers: range) -> None:
    """Networks, each with the customer as a member."""
    first = _network(world)
    offers: list[Offer] = copies(first.offer, numbers, code=lambda n: f"network-{n}")
    made = Network.objects.bulk_create(
        Network(code=f"n-{n}", name=f"Network number {n}", offer=offers[n - numbers.start]) for n in numbers
    )
    NetworkMember.objects.bulk_create(
        NetworkMember(network=one, organisation=world.customer, valid_from=date(2026, 1, 1)) for one in made
    )


def members(world: World, numbers: range) -> None:
    """Members of one network."""
    first = _network(world)
    organisations: list[Organisation] = copies(
        world.customer, numbers, number=lambda n: f"C-8{n:05d}", name=lambda n: f"Member number {n}"
    )
    NetworkMember.objects.bulk_create(
        NetworkMember(network=first, organisation=one, valid_from=date(2026, 1, 1)) for one in organisations
    )


def one_network(_: World) -> str:
    return reverse("organise-network", kwargs={"code": "reading"})
