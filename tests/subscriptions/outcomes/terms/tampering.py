"""How the invariants of a contract's terms and end are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date, timedelta

from invoicing.services import seed_chart
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import OutcomeItem, Statement
from subscriptions.outcomes.services.ending import end_contracts_over, terminate_contract
from subscriptions.outcomes.services.stating import claw_back, freeze_due
from tests.conftest import START
from tests.invoicing.tampering import after
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of


def ended_early() -> None:
    """A council's contract that ended early, with £740.00 of its first quarter credited back afterwards."""
    actor = platform("test")
    seed_chart()
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Tampered Partnership", valid_from=START, actor=actor)
    council = add_organisation(kind=Organisation.Kind.AUTHORITY, name="Tampered Council", valid_from=START, actor=actor)
    cast = cast_of(partnership(), council, actor)
    contract = agreed_contract(cast, years=1, quarter_pence=9_200_00, at_risk_pence=460_00)
    freeze_due(on=date(2025, 7, 1), actor=cast.manager)
    terminate_contract(
        contract=contract, ended_on=date(2025, 7, 15), reason="Needs changed", on=date(2025, 7, 14), actor=cast.manager
    )
    closing = Statement.objects.get(contract=contract, closing=True)
    freeze_due(on=closing.cut_off + timedelta(days=1), actor=cast.manager)
    paid = OutcomeItem.objects.get(contract=contract, code="q1-base")
    claw_back(item=paid, pence=740_00, reason="Days not given", on=closing.cut_off, actor=cast.manager)
    end_contracts_over(on=closing.cut_off + timedelta(days=2), actor=actor)


_after = after(ended_early)
TAMPERINGS: dict[str, Callable[[], None]] = {
    "outcome-terms-approved-by-both": _after(
        "UPDATE subscriptions_contractversion SET value_pence = value_pence + 1", "subscriptions_contractversion"
    ),
    "outcome-terms-end-as-agreed": _after(
        "UPDATE subscriptions_contractversion SET valid_to = valid_to + 1", "subscriptions_contractversion"
    ),
    "outcome-clawbacks-charged-once": _after(
        "UPDATE invoicing_reduction SET source_key = 'outcome-clawback:0:0' WHERE source_key LIKE 'outcome-clawback:%'"
    ),
}
