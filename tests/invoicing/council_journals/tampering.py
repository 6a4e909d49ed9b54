"""How each invariant of council journals is broken by someone who switched the guards off."""

from collections.abc import Callable

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from tests.invoicing.books import run_sql
from tests.invoicing.council_journals.maintained import build_council_journals
from tests.invoicing.tampering import drop_constraints


def _after(statement: str, *without_constraints: str) -> Callable[[], None]:
    """Builds the world with the guards on, then tampers with them off."""

    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        build_council_journals(
            ours=Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP),
            council=Organisation.objects.get(kind=Organisation.Kind.AUTHORITY),
            actor=platform("test"),
        )
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        for table in without_constraints:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "council-journals-to-be-received": _after(
        "UPDATE invoicing_counciljournal SET received_pence = received_pence + 1 WHERE state = 'confirmed'"
    ),
    "council-journals-add-up": _after(
        "UPDATE invoicing_counciljournalline SET vat_pence = vat_pence - 1, net_pence = net_pence + 1"
    ),
    "on-one-council-journal": _after(
        "UPDATE invoicing_counciljournalitem SET live = true, settled_pence = NULL WHERE NOT live",
        "invoicing_counciljournalitem",
    ),
    "council-journal-numbers-gapless": _after(
        "UPDATE invoicing_counciljournal SET number = 'CJ-000009' WHERE number = 'CJ-000001'"
    ),
}
