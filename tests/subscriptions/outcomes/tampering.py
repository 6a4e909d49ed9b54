"""How the invariants of outcome contracts are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from invoicing.services import seed_chart
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.services.accruing import accrue_expected
from subscriptions.outcomes.services.stating import claw_back, freeze_statement
from tests.conftest import START
from tests.invoicing.tampering import after
from tests.subscriptions.outcomes.hub_year import hub_cast, hub_contract, item, statement, verified


def frozen_year() -> None:
    """Two statements that paid, part of the first taken back on the second, and a month's end accrued."""
    actor = platform("test")
    seed_chart()
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Tampered Partnership", valid_from=START, actor=actor)
    school = add_organisation(kind=Organisation.Kind.OTHER, name="Elm Park", valid_from=START, actor=actor)
    cast = hub_cast(partnership(), school, actor)
    contract = hub_contract(cast)
    verified(contract, "autumn-1", date(2026, 12, 10), cast)
    accrue_expected(month_end=date(2026, 10, 31), on=date(2026, 11, 1), actor=cast.officer)
    freeze_statement(statement=statement(contract, date(2026, 12, 31)), on=date(2027, 1, 2), actor=cast.officer)
    claw_back(
        item=item(contract, "autumn-1"), pence=100_00, reason="A day less", on=date(2027, 1, 5), actor=cast.manager
    )
    verified(contract, "spring-1", date(2027, 4, 20), cast)
    freeze_statement(statement=statement(contract, date(2027, 4, 30)), on=date(2027, 5, 4), actor=cast.officer)


_after = after(frozen_year)
_ITEM, _CONTRACT = "subscriptions_outcomeitem", "subscriptions_outcomecontract"
_STATEMENT, _LINE, _CLAIM = "subscriptions_statement", "subscriptions_statementline", "subscriptions_submission"
TAMPERINGS: dict[str, Callable[[], None]] = {
    "outcome-items-paid-by-lines": _after(
        f"UPDATE {_ITEM} SET settled_pence = settled_pence - 1 WHERE settled_pence > 0", _ITEM
    ),
    "outcome-contracts-within-value": _after(f"UPDATE {_CONTRACT} SET value_pence = settled_pence - 1", _CONTRACT),
    "outcome-statements-add-up": _after(f"UPDATE {_LINE} SET pence = pence + 1 WHERE kind = 'item'", _LINE),
    "outcome-statements-owed-once": _after(
        "UPDATE invoicing_payable SET source_key = 'outcome-statement:0' WHERE source_key LIKE 'outcome-statement:%'"
        " AND id = (SELECT max(id) FROM invoicing_payable)"
    ),
    "outcomes-verified-before-paid": _after(
        f"UPDATE {_CLAIM} SET state = 'rejected', reason = 'x' WHERE state = 'accepted'", _CLAIM
    ),
    "outcomes-verified-by-another": _after(
        f"UPDATE {_CLAIM} SET decided_organisation_id = claimant_organisation_id", _CLAIM
    ),
    "outcome-clawbacks-taken": _after(
        "UPDATE subscriptions_clawback SET taken_pence = taken_pence - 1", "subscriptions_clawback"
    ),
    "outcome-accruals-taken-back": _after(
        "UPDATE subscriptions_outcomeaccrual SET pence = pence + 1", "subscriptions_outcomeaccrual"
    ),
}
