"""What every verb of council contracts needs: who may, in which state, and its event."""

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed
from subscriptions.commissions.models import CouncilContract, Package
from subscriptions.outcomes.models import OutcomeContract

State = OutcomeContract.State
LIVE = (State.DRAFT, State.OFFERED, State.ACTIVE)
AGREED = (State.ACTIVE, State.ENDED, State.TERMINATED)


class CommissionStands(DomainError):
    """What is asked does not go with the state that the contract, or its return, is in."""

    code = "commission_stands"


def hold(council: CouncilContract) -> CouncilContract:
    """The contract's terms, held until the transaction ends: lines and packages change one after the other."""
    rows = CouncilContract.objects.select_for_update(of=("self",)).select_related("contract__party")
    return rows.get(pk=council.pk)


def require_live(council: CouncilContract, *, active: bool = False) -> None:
    """Refuses a contract that is over; with ``active`` also one that is not agreed yet."""
    contract = council.contract
    if contract.state not in ((State.ACTIVE,) if active else LIVE):
        raise CommissionStands(
            f"{contract.number} is {contract.get_state_display().lower()}, so nothing can be changed in it."
        )


def require_commissioner(council: CouncilContract, actor: Actor, *, to: str) -> None:
    """Refuses whoever is no commissioner of the contract's other party; also the platform, which decides nothing here."""
    party = council.contract.party
    if actor.system or party.pk not in actor.organisations(Role.COMMISSIONER):
        raise NotAllowed(f"You may not {to}. Ask a commissioner of {party.name} to do it.")


def record(
    kind: str,
    council: CouncilContract,
    actor: Actor,
    *,
    text: dict[str, str] | None = None,
    schools: tuple[int, ...] = (),
    **payload: object,
) -> None:
    """An event of a council contract, in the scope of its council and of ``schools``.

    Of a confidential package no school is ever named: not in the scope, not in the payload. See ``told``.
    """
    events.record(
        kind=kind, subject_kind="outcome_contract", subject=council.contract.number,
        organisation_ids=[council.contract.party_id, *schools], payload=dict(payload), text=text, actor=actor,
    )  # fmt: skip


def told(package: Package) -> str:
    """The package's code for an event, which finance and the auditor read: nothing where it is confidential."""
    return "" if package.confidential else package.code
