"""The customers and the partnership's people of a walk."""

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.stateful.base import World, prepare_world
from tests.shop import person


def trading_world(partnership: Organisation, school: Organisation, council: Organisation, actor: Actor) -> World:
    """A school, its council and a trust; an officer, and two managers who approve each other's."""
    trust = add_organisation(kind=Organisation.Kind.OTHER, name="Harbour Trust", valid_from=START, actor=actor)
    return prepare_world(
        World(
            customers={"oakfield": school, "council": council, "trust": trust},
            officer=person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer"),
            managers=[
                person(partnership, actor, role=Role.FINANCE_MANAGER, name=name)
                for name in ("Marek Manager", "Ruth Manager")
            ],
        )
    )
