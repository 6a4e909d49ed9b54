"""What makes the list of months longer."""

from invoicing.ledger.posting import NewEntry, NewMovement, post
from marketplace.core.periods import add_months
from tests.frontend.lists.world import World


def months(world: World, numbers: range) -> None:
    """An entry in the month so many ago; the months between are listed too."""
    for number in numbers:
        on = add_months(world.today.replace(day=1), -number)
        movement = NewMovement("1000", "4900", 500, stream="OT")
        post(entries=[NewEntry("journal", f"month:{number}", on, "Letting", [movement])], actor=world.actor)
