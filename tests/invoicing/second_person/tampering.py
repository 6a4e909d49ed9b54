"""How the invariant of finance's settings is broken by someone who may write the tables."""

from collections.abc import Callable
from datetime import date

from invoicing.second_person.models import Action
from invoicing.services import set_limit
from marketplace.core.actors import platform
from tests.invoicing.tampering import after


def _limited() -> None:
    """A second person approves refunds from £100.00 on."""
    set_limit(action=Action.REFUND, pence=10_000, valid_from=date(2026, 9, 1), actor=platform("test"))


TAMPERINGS: dict[str, Callable[[], None]] = {
    "settings-as-set": after(_limited)("UPDATE invoicing_financelimit SET pence = 99000000"),
}
