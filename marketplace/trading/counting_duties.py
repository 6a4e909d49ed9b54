"""What course dates tell contracts that pay on verification: after the last register, a correction, an evaluation."""

from catalogue.models import CourseRun
from marketplace.core.actors import platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.trading.services.counting import count_date, count_for_contract
from subscriptions.outcomes.models import OutcomeContract

ACTOR = platform("Registers and evaluations")


@handles("run.completed", "register.corrected", "evaluation.given", name="trading.count_date")
def date_counts(event: Event) -> None:
    """Counts the date anew; delivered twice it changes nothing."""
    run = CourseRun.objects.select_related("offer__provider").filter(code=event.subject).first()
    if run is not None:
        count_date(run=run, actor=ACTOR)


@handles("outcome_contract.agreed", name="trading.count_for_contract")
def contract_counts(event: Event) -> None:
    """Counts what was over before the contract was agreed."""
    contract = OutcomeContract.objects.filter(number=event.subject).first()
    if contract is not None:
        count_for_contract(contract=contract, actor=ACTOR)
