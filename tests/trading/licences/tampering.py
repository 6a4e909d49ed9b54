"""How the invariant of licences is broken by someone who switched the guards off."""

from collections.abc import Callable

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.tampering import after
from tests.shop import Shop, person
from tests.trading.licences.kits import kit, ordered


def _licensed() -> None:
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Infants", valid_from=START, actor=actor)
    author = add_organisation(kind=Organisation.Kind.OTHER, name="Larkfield Juniors", valid_from=START, actor=actor)
    ordered(person(customer, actor, name="Una Office"), customer, kit(Shop(actor), author=author))


_after = after(_licensed)

TAMPERINGS: dict[str, Callable[[], None]] = {
    "licences-as-ordered": _after("UPDATE trading_licence SET ends = ends + 1"),
}
