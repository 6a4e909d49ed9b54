"""What makes the lists of waivers and of cancellation policies longer."""

from datetime import timedelta

from marketplace.core.actors import Role
from marketplace.trading.models import CancellationPolicy, Waiver
from marketplace.trading.services import ask_waiver
from marketplace.trading.services.policies import keep_policy
from tests.frontend.lists.world import World, copies

RULE = {"free_until": {"count": 400, "days": "calendar"}, "then_percent": "100"}


def waivers(world: World, numbers: range) -> None:
    """Waivers that wait, each of a place of its own."""

    def make() -> Waiver:
        line = world.order().lines.get()
        type(line).objects.filter(pk=line.pk).update(cancellation=RULE)
        return ask_waiver(
            booking=line.bookings.get(),
            reason="ofsted",
            on=world.today - timedelta(days=1),
            actor=world.person(Role.BUYER),
        )

    first = world.kept("waiver", make)
    places = copies(first.booking, numbers, position=lambda n: n + 2)
    copies(first, range(len(places)), booking_id=lambda n: places[n].pk)


def policies(world: World, numbers: range) -> None:
    """Policies of the library."""
    first: CancellationPolicy = world.kept(
        "policy", lambda: keep_policy(code="a-policy", title="A policy", rule=RULE, on=world.today, actor=world.actor)
    )
    copies(first, numbers, code=lambda n: f"policy-{n}", title=lambda n: f"Policy {n}")
