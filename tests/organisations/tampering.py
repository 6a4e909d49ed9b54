"""How the invariant of roles is broken by someone who switched the guards off, or may write the table."""

from collections.abc import Callable

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from tests.invoicing.tampering import after
from tests.shop import person


def _built() -> None:
    """Somebody with a role at the partnership."""
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    person(ours, platform("test"), name="Ola Officer", role=Role.FINANCE_OFFICER)


TAMPERINGS: dict[str, Callable[[], None]] = {
    "roles-as-given": after(_built)(
        "UPDATE organisations_roleassignment SET role = 'finance_manager'"
        " WHERE id = (SELECT max(id) FROM organisations_roleassignment)"
    ),
}
