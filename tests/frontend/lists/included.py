"""What makes the lists of what subscriptions include longer."""

from datetime import timedelta

from django.urls import reverse

from subscriptions.models import Allowance, AllowanceUse
from subscriptions.services import grant_allowance, reserve_places
from tests.frontend.lists.world import World, copies


def _gold(world: World) -> Allowance:
    return grant_allowance(
        source_key="gold", organisation=world.customer, name="Gold", places=10_000,
        valid_from=world.today - timedelta(days=30), valid_to=world.today + timedelta(days=300), actor=world.actor,
    )  # fmt: skip


def uses(world: World, numbers: range) -> None:
    """Places of one subscription, each kept for a booking of its own."""

    def make() -> AllowanceUse:
        gold = _gold(world)
        return reserve_places(source_key="use", allowance_id=gold.pk, places=1, label="Safeguarding", on=world.today)

    copies(world.kept("use", make), numbers, source_key=lambda n: f"use:{n}")


def allowances(world: World, numbers: range) -> None:
    """Allowances of one customer, all of them running."""
    copies(world.kept("gold", lambda: _gold(world)), numbers, source_key=lambda n: f"gold:{n}")


def at_allowance(world: World) -> str:
    """The page of the one allowance of which places are kept."""
    [gold] = Allowance.objects.all()
    return reverse("finance-customer-allowance", kwargs={"number": world.customer.number, "pk": gold.pk})
