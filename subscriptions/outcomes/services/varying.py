"""Varying a contract: previewed, proposed by either side, approved by both, and only then done.

| state of a version | meaning | who moves it |
|---|---|---|
| proposed | waits for whichever side has not approved | ``approve_variation``, ``decline_variation``, ``withdraw_variation`` |
| agreed | done: what it left out is cancelled, what it added may be claimed | nobody |
| declined, withdrawn | nothing changed | nobody |

Either side proposes. Somebody of each side approves for it, never whoever proposed it; the side that proposed may withdraw. Each
look, the proposal and the last approval work it out anew from the contract as it then stands (``rules.variation``), so a
statement that was frozen or a claim that was made in between is never undone by it.
"""

from datetime import date

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract
from subscriptions.outcomes.rules import variation as rule
from subscriptions.outcomes.services.carrying_out import (
    carry_out,
    standing_of,
    whole_prices,
    wish,
    work_out_of,
)
from subscriptions.outcomes.services.changes import Changes, to_facts
from subscriptions.outcomes.services.contracting import AGREEING, DRAWING_UP, ContractStands, record

State = ContractVersion.State


class VariationStands(DomainError):
    """The variation was decided, or withdrawn, before."""

    code = "variation_stands"


def preview_variation(
    *, contract: OutcomeContract, valid_from: date, value: Money, changes: Changes, valid_to: date | None = None
) -> rule.Preview:
    """What both sides would see, and nothing is written. Raises WrongInput with the first reason why it cannot be."""
    _check_measures(contract, changes)
    asked = wish(
        valid_from=valid_from, valid_to=valid_to or contract.valid_to, value_pence=value.pence,
        changes=whole_prices(contract, changes),
    )  # fmt: skip
    try:
        return rule.work_out(standing_of(contract), asked)
    except rule.NotPossible as error:
        raise WrongInput(f"{error}") from None


def preview_of(version: ContractVersion) -> rule.Preview:
    """A proposed variation worked out from the contract as it stands now. Raises VariationImpossible."""
    return work_out_of(version, standing_of(version.contract))


@transaction.atomic
def propose_variation(
    *,
    contract: OutcomeContract,
    valid_from: date,
    value: Money,
    changes: Changes,
    reason: str,
    on: date,
    actor: Actor,
    valid_to: date | None = None,
    notice_given_on: date | None = None,
) -> ContractVersion:
    """Puts other terms before both sides, from ``valid_from`` on. By either side (``side_of``); nothing changes yet.

    ``value`` is the contract's whole value from then on, ``valid_to`` its end where it becomes longer (the day after its last),
    ``notice_given_on`` the day of notice where the contract asks for one. Refused: a contract that is not in force, a second
    proposal beside one that waits, terms that cannot be.
    """
    side = side_of(contract, actor, to="propose variations of this contract")
    held = _hold(contract)
    if ContractVersion.objects.filter(contract=contract, state=State.PROPOSED).exists():
        raise VariationStands(
            "A variation of this contract waits to be approved. Have it decided, or withdraw it, first."
        )
    if notice_given_on is not None and notice_given_on > valid_from:
        raise WrongInput("Notice must be given on or before the day on which the variation begins")
    if notice_given_on is not None and notice_given_on > on:
        raise WrongInput("The day on which notice was given must be today or in the past")
    preview = preview_variation(
        contract=held, valid_from=valid_from, valid_to=valid_to, value=value, changes=changes
    )  # fmt: skip
    number = ContractVersion.objects.filter(contract=contract).count() + 1
    version = ContractVersion.objects.create(
        contract=held, number=number, valid_from=valid_from, valid_to=preview.term_after.end, value_pence=value.pence,
        reason=clean_line(reason, what="Reason", limit=300), changes=to_facts(whole_prices(held, changes)),
        notice_given_on=notice_given_on, proposed_by_id=actor.person_id, proposed_on=on, proposed_for=side,
    )  # fmt: skip
    _record(
        "outcome_variation.proposed", version, actor, value_pence=value.pence, before_pence=preview.value_before,
        valid_to=version.valid_to.isoformat(), side=side,
    )  # fmt: skip
    return version


@transaction.atomic
def approve_variation(*, version: ContractVersion, on: date, actor: Actor) -> ContractVersion:
    """Approves for the side for which the actor acts; done at once when the other side approved before.

    Not by whoever proposed it, on either side. Refused: a second approval of one side, one person for both, and
    terms that the contract meanwhile does not allow (VariationImpossible; nothing is written).
    """
    held = _hold(version.contract)
    version = _waiting(version)
    side = side_of(held, actor)
    if actor.person_id is not None and actor.person_id == version.proposed_by_id:
        raise NotAllowed("You proposed this variation, so someone else must approve it.")
    if getattr(version, f"approved_{side}_on") is not None:
        raise VariationStands("Your side has approved this variation. It waits for the other side.")
    other = version.approved_theirs_by_id if side == "ours" else version.approved_ours_by_id
    if actor.person_id is not None and other == actor.person_id:
        raise NotAllowed("You approved this variation for the other side, so someone else must approve it.")
    setattr(version, f"approved_{side}_by_id", actor.person_id)
    setattr(version, f"approved_{side}_on", on)
    version.save(update_fields=[f"approved_{side}_by", f"approved_{side}_on"])
    _record("outcome_variation.approved", version, actor, side=side)
    if version.approved_ours_on is not None and version.approved_theirs_on is not None:
        before = held.value_pence
        carry_out(version, held)
        _record(
            "outcome_variation.agreed", version, actor, value_pence=version.value_pence, before_pence=before,
            valid_to=version.valid_to.isoformat(),
        )  # fmt: skip
    return version


@transaction.atomic
def decline_variation(*, version: ContractVersion, reason: str, on: date, actor: Actor) -> ContractVersion:
    """Either side does not want it; nothing changes. Not by whoever proposed it, who withdraws it instead."""
    held = _hold(version.contract)
    version = _waiting(version)
    side_of(held, actor)
    if actor.person_id is not None and actor.person_id == version.proposed_by_id:
        raise NotAllowed("You proposed this variation. Withdraw it instead.")
    reason = clean_line(reason, what="Reason", limit=300)
    return _end(
        version, State.DECLINED, "outcome_variation.declined", actor, text={"reason": reason}, on=on.isoformat()
    )


@transaction.atomic
def withdraw_variation(*, version: ContractVersion, on: date, actor: Actor) -> ContractVersion:
    """The side that proposed it takes it back; nothing changes. By anybody who may propose for that side."""
    held = _hold(version.contract)
    version = _waiting(version)
    side = side_of(held, actor, to="withdraw variations of this contract")
    if side != version.proposed_for:
        who = held.party.name if side == "ours" else "The partnership"
        raise NotAllowed(f"{who} proposed this variation and may withdraw it. You may decline it instead.")
    return _end(version, State.WITHDRAWN, "outcome_variation.withdrawn", actor, on=on.isoformat())


def withdraw_waiting(contract: OutcomeContract, *, on: date, actor: Actor) -> None:
    """What waits to be approved falls away with its contract. The caller holds the contract's row."""
    for version in ContractVersion.objects.select_related("contract").filter(contract=contract, state=State.PROPOSED):
        _end(version, State.WITHDRAWN, "outcome_variation.withdrawn", actor, on=on.isoformat())


def side_of(contract: OutcomeContract, actor: Actor, *, to: str = "decide this variation") -> str:
    """``theirs`` for who may bind the other party, ``ours`` for who draws contracts up. Raises NotAllowed."""
    roles = AGREEING[OutcomeContract.Side(contract.side)]
    if not actor.system and contract.party_id in actor.organisations(*roles):
        return "theirs"
    if actor.has(*DRAWING_UP):
        return "ours"
    words = " or ".join(role.one for role in roles)
    raise NotAllowed(f"You may not {to}. Ask {words} of {contract.party.name} to do it.")


def _hold(contract: OutcomeContract) -> OutcomeContract:
    """The contract's row locked: freezing its statements and deciding its claims wait until this is over."""
    found = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=contract.pk)
    if found.state != OutcomeContract.State.ACTIVE:
        raise ContractStands(f"{found.number} is {found.get_state_display().lower()}, so its terms change no more.")
    return found


def _waiting(version: ContractVersion) -> ContractVersion:
    found = ContractVersion.objects.select_for_update(of=("self",)).select_related("contract__party").get(pk=version.pk)
    if found.state != State.PROPOSED:
        raise VariationStands(f"This variation is {found.get_state_display().lower()}. Look at the contract again.")
    return found


def _end(
    version: ContractVersion,
    state: str,
    kind: str,
    actor: Actor,
    *,
    text: dict[str, str] | None = None,
    **payload: object,
) -> ContractVersion:
    version.state = state
    version.save(update_fields=["state"])
    _record(kind, version, actor, text=text, **payload)
    return version


def _check_measures(contract: OutcomeContract, changes: Changes) -> None:
    known = set(Measure.objects.filter(contract=contract).values_list("code", flat=True))
    added = [one.code for one in changes.measures]
    if len({*known, *added}) != len(known) + len(added):
        raise WrongInput("The code of a new measure is used in this contract. Give it another.")
    if unknown := {one.measure for one in changes.items if one.measure} - known - set(added):
        raise WrongInput(f"There is no measure {sorted(unknown)[0]} in this contract. Add it, or choose another.")


def _record(
    kind: str, version: ContractVersion, actor: Actor, *, text: dict[str, str] | None = None, **payload: object
) -> None:
    record(kind, version.contract, actor, text=text, version=version.number, **payload)
