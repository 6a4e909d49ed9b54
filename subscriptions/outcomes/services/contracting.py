"""Offering a contract that pays on verification, and agreeing it: two sides, two people. Drawing it up: ``drafting``.

| state | meaning | who moves it |
|---|---|---|
| draft | being drawn up | ``offer_contract``, ``drafting.discard_contract`` |
| offered | waits for the other party | ``agree_contract``, ``decline_contract`` |
| active | in force: its parts may be claimed, its statements are frozen | ``end_contracts_over``, ``terminate_contract`` |
| discarded, declined, ended, terminated | over | nobody |
"""

from datetime import date
from typing import Any

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.text import clean_line
from subscriptions.outcomes.models import ContractVersion, OutcomeContract

DRAWING_UP = (Role.ORGANISER, Role.FINANCE_MANAGER)
AGREEING = {
    OutcomeContract.Side.PAYS: (Role.HUB_LEAD, Role.APPROVER, Role.PROVIDER),
    OutcomeContract.Side.EARNS: (Role.COMMISSIONER,),
}
"""Who may agree for the other party, by the contract's side."""
State = OutcomeContract.State


class ContractStands(DomainError):
    """What is asked does not go with the state that the contract is in."""

    code = "contract_stands"


@transaction.atomic
def offer_contract(*, contract: OutcomeContract, on: date, actor: Actor) -> OutcomeContract:
    """Puts a draft before the other party. By an organiser or a finance manager."""
    actor.require(*DRAWING_UP, to="offer contracts that pay on outcomes")
    move(contract, State.DRAFT, State.OFFERED, offered_by_id=actor.person_id, offered_on=on)
    record("outcome_contract.offered", contract, actor)
    return contract


@transaction.atomic
def agree_contract(*, contract: OutcomeContract, on: date, actor: Actor) -> OutcomeContract:
    """The other party agrees: the contract is in force. Not by whoever offered it, whichever roles they hold."""
    require_party(contract, actor, to="agree this contract")
    if actor.person_id is not None and actor.person_id == contract.offered_by_id:
        raise NotAllowed("You offered this contract, so someone else must agree it.")
    move(contract, State.OFFERED, State.ACTIVE, agreed_by_id=actor.person_id, agreed_on=on)
    ContractVersion.objects.filter(contract=contract, number=1).update(
        state=ContractVersion.State.AGREED, approved_ours_by_id=contract.offered_by_id,
        approved_ours_on=contract.offered_on, approved_theirs_by_id=actor.person_id, approved_theirs_on=on,
    )  # fmt: skip
    record("outcome_contract.agreed", contract, actor)
    return contract


@transaction.atomic
def decline_contract(*, contract: OutcomeContract, reason: str, on: date, actor: Actor) -> OutcomeContract:
    """The other party does not want it; the partnership may draw up another."""
    require_party(contract, actor, to="decline this contract")
    reason = clean_line(reason, what="Reason", limit=300)
    move(contract, State.OFFERED, State.DECLINED, ended_on=on, end_reason=reason)
    record("outcome_contract.declined", contract, actor, text={"reason": reason})
    return contract


def require_party(contract: OutcomeContract, actor: Actor, *, to: str) -> None:
    """Refuses unless the actor holds, at the contract's other party, a role that may bind it (the platform may)."""
    roles = AGREEING[OutcomeContract.Side(contract.side)]
    if not actor.system and contract.party_id not in actor.organisations(*roles):
        words = " or ".join(role.one for role in roles)
        raise NotAllowed(f"You may not {to}. Ask {words} of {contract.party.name} to do it.")


def move(contract: OutcomeContract, before: str, after: str, **values: Any) -> None:
    """From one state to another, or ContractStands where somebody came first."""
    if OutcomeContract.objects.filter(pk=contract.pk, state=before).update(state=after, **values) != 1:
        contract.refresh_from_db()
        raise ContractStands(f"{contract.number} is {contract.get_state_display().lower()} now. Look at it again.")
    contract.refresh_from_db()


def record(
    kind: str, contract: OutcomeContract, actor: Actor, *, text: dict[str, str] | None = None, **payload: object
) -> None:
    """An event of a contract, in the scope of its other party. What a person wrote goes into ``text``."""
    events.record(
        kind=kind, subject_kind="outcome_contract", subject=contract.number, organisation_ids=[contract.party_id],
        payload=dict(payload), text=text, actor=actor,
    )  # fmt: skip
