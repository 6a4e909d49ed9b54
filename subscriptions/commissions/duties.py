"""What a council's contract owes once a variation made it longer: a return for each quarter more."""

from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.periods import Period
from subscriptions.commissions.models import CouncilContract
from subscriptions.commissions.services.drafting import plan_returns


@handles("outcome_variation.agreed", name="commissions.plan_returns")
def plan_returns_of_longer_contract(event: Event) -> None:
    """Nothing where the contract is no council's or has its returns."""
    rows = CouncilContract.objects.select_related("contract").select_for_update(of=("self",))
    council = rows.filter(contract__number=event.subject).first()
    if council is not None:
        plan_returns(council, Period(council.contract.valid_from, council.contract.valid_to))
