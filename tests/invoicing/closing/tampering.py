"""How each invariant of closed months is broken by someone who switched the guards off."""

from collections.abc import Callable

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from tests.invoicing.books import run_sql
from tests.invoicing.closing.months import SEPTEMBER, closed
from tests.invoicing.tampering import drop_constraints
from tests.shop import person


def _after(statement: str, *without_constraints: str) -> Callable[[], None]:
    """Closes a month with the guards on, then tampers with them off."""

    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
        officer = person(ours, platform("test"), name="Month Officer", role=Role.FINANCE_OFFICER)
        manager = person(ours, platform("test"), name="Month Manager", role=Role.FINANCE_MANAGER)
        closed(SEPTEMBER, (officer, manager))
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in without_constraints:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "closed-months-stand": _after(
        "UPDATE invoicing_journalentry SET posted_on = '2026-10-05' WHERE id = (SELECT min(id) FROM invoicing_journalentry)"
    ),
    "months-by-two-people": _after(
        "UPDATE invoicing_monthclose SET closed_by_id = asked_by_id", "invoicing_monthclose",
    ),
}  # fmt: skip
