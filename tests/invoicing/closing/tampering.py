"""How each invariant of closed months is broken by someone who switched the guards off."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from invoicing.ledger.telling import tell_days
from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from tests.invoicing.closing.months import SEPTEMBER, closed
from tests.invoicing.tampering import after
from tests.shop import person


def _built() -> None:
    """A closed month."""
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    officer = person(ours, platform("test"), name="Month Officer", role=Role.FINANCE_OFFICER)
    manager = person(ours, platform("test"), name="Month Manager", role=Role.FINANCE_MANAGER)
    closed(SEPTEMBER, (officer, manager))


_after = after(_built)


def _told() -> None:
    """The log was told of every day on which entries were written."""
    tell_days(today=datetime.now(UTC).date() + timedelta(days=2), actor=platform("test"))


TAMPERINGS: dict[str, Callable[[], None]] = {
    "days-as-told": after(_told)(
        "UPDATE invoicing_journalentry SET actor_person_id = 4711 WHERE id = (SELECT min(id) FROM invoicing_journalentry)"
    ),
    "closed-months-stand": _after(
        "UPDATE invoicing_journalentry SET posted_on = '2026-10-05' WHERE id = (SELECT min(id) FROM invoicing_journalentry)"
    ),
    "months-by-two-people": _after(
        "UPDATE invoicing_monthclose SET closed_by_id = asked_by_id", "invoicing_monthclose",
    ),
}  # fmt: skip
