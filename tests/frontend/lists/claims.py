"""What makes the verifier's lists longer: returns that wait, that were sent back, that were drawn for audit."""

from typing import Any

from marketplace.core.actors import Actor, Role
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Submission
from tests.frontend.lists.outcome_contracts import contracts
from tests.frontend.lists.world import World, copies
from tests.shop import person


def _returns(world: World, numbers: range, **decided: Any) -> None:
    """Returns of the customer's under a contract in force, one for each number."""
    if "an outcome contract" not in world._kept:
        contracts(world, range(0))
    contract: OutcomeContract = world.kept("an outcome contract", lambda: None)
    offered = {"offered_on": world.today, "agreed_on": world.today}
    OutcomeContract.objects.filter(pk=contract.pk, state="draft").update(state="offered", **offered)
    OutcomeContract.objects.filter(pk=contract.pk, state="offered").update(state="active")
    lead: Actor = world.kept("a lead", lambda: person(world.customer, world.actor, role=Role.HUB_LEAD))
    item = OutcomeItem.objects.filter(contract=contract, measure__isnull=False).earliest("pk")
    state = "submitted" if not decided else "rejected"
    at = dict(
        zip(
            numbers,
            copies(
                item, numbers, code=lambda n: f"return-{n}", name=lambda n: f"Return number {n}", state=lambda n: state,
                reason=lambda n: "Unsigned" if decided else "",
            ),
            strict=True,
        )
    )  # fmt: skip
    first = Submission(
        item=item, ordinal=1, claimant_id=lead.person_id, claimant_organisation=world.customer,
        submitted_on=world.today, decide_by=world.today, **decided,
    )  # fmt: skip
    copies(first, numbers, item_id=lambda n: at[n].pk)


def waiting(world: World, numbers: range) -> None:
    _returns(world, numbers)


def _decided(world: World) -> dict[str, Any]:
    verifier = world.person(Role.VERIFIER)
    return {
        "state": "rejected", "reason": "Unsigned", "decided_by_id": verifier.person_id,
        "decided_organisation": world.partnership, "decided_on": world.today,
    }  # fmt: skip


def sent_back(world: World, numbers: range) -> None:
    _returns(world, numbers, **_decided(world))


def sampled(world: World, numbers: range) -> None:
    _returns(world, numbers, **_decided(world), sampled_on=world.today)
