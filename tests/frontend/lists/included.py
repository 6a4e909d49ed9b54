"""What makes the statement of use of included places longer."""

from datetime import timedelta

from subscriptions.models import AllowanceUse
from subscriptions.services import grant_allowance, reserve_places
from tests.frontend.lists.world import World, copies


def uses(world: World, numbers: range) -> None:
    """Places of one subscription, each kept for a booking of its own."""

    def make() -> AllowanceUse:
        gold = grant_allowance(
            source_key="gold", organisation=world.customer, name="Gold", places=10_000,
            valid_from=world.today - timedelta(days=30), valid_to=world.today + timedelta(days=300), actor=world.actor,
        )  # fmt: skip
        return reserve_places(source_key="use", allowance_id=gold.pk, places=1, label="Safeguarding", on=world.today)

    copies(world.kept("use", make), numbers, source_key=lambda n: f"use:{n}")
