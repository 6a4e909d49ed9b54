"""How the invariant of roles is broken by someone who switched the guards off, or may write the table."""

from collections.abc import Callable
from datetime import date

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.delegation import set_approval_rule
from tests.invoicing.tampering import after
from tests.shop import person


def _built() -> None:
    """Somebody with a role at the partnership."""
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    person(ours, platform("test"), name="Ola Officer", role=Role.FINANCE_OFFICER)


def _scheme() -> None:
    """A step that a governor must approve."""
    _built()
    set_approval_rule(
        organisation=Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP), from_pence=50_000,
        valid_from=date(2026, 9, 1), email="chair@ours.example", title="the chair", actor=platform("test"),
    )  # fmt: skip


TAMPERINGS: dict[str, Callable[[], None]] = {
    "roles-as-given": after(_built)(
        "UPDATE organisations_roleassignment SET role = 'finance_manager'"
        " WHERE id = (SELECT max(id) FROM organisations_roleassignment)"
    ),
    "schemes-as-set": after(_scheme)("UPDATE organisations_approvalrule SET from_pence = 9000000"),
}
