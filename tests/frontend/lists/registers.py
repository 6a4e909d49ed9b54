"""What makes the contract register longer."""

from marketplace.core.actors import Role
from tests.frontend.lists.world import World
from tests.subscriptions.register.held import held


def contracts(world: World, numbers: range) -> None:
    """Contracts of the customer with others."""
    buyer = world.person(Role.BUYER)
    for number in numbers:
        held(world.customer, buyer, title=f"Service {number}")
