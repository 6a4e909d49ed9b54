"""How many heads a statement is for: returned by who is paid, decided by another, then priced by the contract's bands.

| return | meaning | moved by |
|---|---|---|
| submitted | waits to be verified; pays nothing | ``return_volume`` |
| accepted | counts on its statement and in the bands of later ones | ``decide_volume`` |
| rejected | sent back with a reason; another may be returned | ``decide_volume`` |
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.wording import long_date
from subscriptions.outcomes.acting import require_claimant, require_decider
from subscriptions.outcomes.models import ContractVersion, Milestone, OutcomeContract, Statement, VolumeReturn
from subscriptions.outcomes.services.contracting import record
from subscriptions.outcomes.services.items import IN_FORCE, clean_reason

State = VolumeReturn.State


class ReturnStands(DomainError):
    """What is asked does not go with the state that the return or its statement is in."""

    code = "volume_return_stands"


@transaction.atomic
def return_volume(
    *, statement: Statement, milestone: Milestone, billable: int, refundable: int = 0, on: date, actor: Actor
) -> VolumeReturn:
    """Returns how many heads reached a milestone by a statement's last day, and how many are given back.

    By who claims under the contract. Refused: a statement that is not open, a milestone whose terms do not hold on its last
    day, and a second return while one waits or counts (ReturnStands). It pays nothing before it is accepted.
    """
    contract, held = _hold(statement)
    owner = require_claimant(contract, actor, on, to="return heads")
    if billable < 0 or refundable < 0 or not billable + refundable:
        raise WrongInput("Enter how many heads reached it, or how many are given back")
    if held.state != Statement.State.OPEN:
        raise ReturnStands(f"The statement to {long_date(held.cut_off)} is frozen. Return them on the next one.")
    if milestone.version_id != _version_on(contract, held.cut_off):
        raise WrongInput("Choose a milestone of the terms that hold on the statement's last day")
    so_far = VolumeReturn.objects.filter(statement=held, milestone=milestone)
    if so_far.exclude(state=State.REJECTED).exists():
        raise ReturnStands(f"Heads of {milestone.name} were returned for this statement. Wait for the decision.")
    made = VolumeReturn.objects.create(
        statement=held, milestone=milestone, billable=billable, refundable=refundable, claimant_id=actor.person_id or 0,
        claimant_organisation=owner, submitted_on=on,
        ordinal=(so_far.aggregate(last=Max("ordinal"))["last"] or 0) + 1,
    )  # fmt: skip
    record(
        "outcome_volume.returned", contract, actor, statement=held.ordinal, milestone=milestone.code, billable=billable,
        refundable=refundable,
    )  # fmt: skip
    return made


@transaction.atomic
def decide_volume(*, returned: VolumeReturn, accepted: bool, on: date, actor: Actor, reason: str = "") -> VolumeReturn:
    """Accepts a return, or sends it back with the reason. By a verifier who is neither claimant nor of that organisation.

    Accepted only while its statement is open (ReturnStands). More is not given back than was returned before.
    """
    contract, held = _hold(returned.statement)
    found = VolumeReturn.objects.select_for_update(of=("self",)).select_related("milestone").get(pk=returned.pk)
    organisation = require_decider(contract, None, actor, on, claimant_id=found.claimant_id)
    if found.state != State.SUBMITTED:
        raise ReturnStands(f"This return is {found.get_state_display().lower()} already. Look at it again.")
    if accepted and held.state != Statement.State.OPEN:
        raise ReturnStands(f"The statement to {long_date(held.cut_off)} is frozen. Send the return back.")
    found.state = State.ACCEPTED if accepted else State.REJECTED
    found.reason = "" if accepted else clean_reason(reason, limit=500)
    found.decided_by_id, found.decided_organisation_id, found.decided_on = actor.person_id, organisation, on
    try:
        found.save(update_fields=["state", "reason", "decided_by", "decided_organisation", "decided_on"])
    except IntegrityError:
        raise ReturnStands("This return was decided meanwhile. Look at it again.") from None
    record(
        "outcome_volume.accepted" if accepted else "outcome_volume.rejected", contract, actor, statement=held.ordinal,
        milestone=found.milestone.code, billable=found.billable, refundable=found.refundable,
        text={"reason": found.reason},
    )  # fmt: skip
    return found


def _hold(statement: Statement) -> tuple[OutcomeContract, Statement]:
    """The contract and the statement under lock, in this order, as everything that freezes takes them."""
    contract = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(
        pk=statement.contract_id
    )  # fmt: skip
    if contract.state not in IN_FORCE:
        raise ReturnStands(
            f"{contract.number} is {contract.get_state_display().lower()}, so nothing is returned for it."
        )
    return contract, Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)


def _version_on(contract: OutcomeContract, day: date) -> int | None:
    """The version whose bands hold on a day."""
    agreed = ContractVersion.objects.filter(
        contract=contract, state=ContractVersion.State.AGREED, valid_from__lte=day, bands__isnull=False
    )
    return agreed.order_by("-number").values_list("pk", flat=True).first()
