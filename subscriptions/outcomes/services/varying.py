"""Varying a contract: previewed, proposed, approved by both sides, and only then done.

| state of a version | meaning | who moves it |
|---|---|---|
| proposed | waits for whichever side has not approved | ``approve_variation``, ``decline_variation``, ``withdraw_variation`` |
| agreed | done: what it left out is cancelled, what it added may be claimed | nobody |
| declined, withdrawn | nothing changed | nobody |

The partnership proposes; somebody else there approves for it, and the other party for itself. Each look, the proposal and
the last approval work it out anew from the contract as it then stands (``rules.variation``), so a statement that was frozen
or a claim that was made in between is never undone by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.rules import variation as rule
from subscriptions.outcomes.services.changes import Changes, from_facts, to_facts
from subscriptions.outcomes.services.contracting import (
    AGREEING,
    DRAWING_UP,
    ContractStands,
    record,
    write_parts,
    write_statements,
)

State = ContractVersion.State


class VariationStands(DomainError):
    """The variation was decided, or withdrawn, before."""

    code = "variation_stands"


class VariationImpossible(DomainError):
    """What was proposed no longer goes with the contract as it stands: something was claimed, verified or frozen since."""

    code = "variation_impossible"


@dataclass(frozen=True)
class Held:
    """A contract held for writing, as the rule reads it."""

    contract: OutcomeContract
    standing: rule.Contract


def preview_variation(*, contract: OutcomeContract, valid_from: date, value: Money, changes: Changes) -> rule.Preview:
    """What both sides would see, and nothing is written. Raises WrongInput with the first reason why it cannot be."""
    _check_measures(contract, changes)
    try:
        return rule.work_out(standing_of(contract), _wish(valid_from, value, changes))
    except rule.NotPossible as error:
        raise WrongInput(f"{error}") from None


def preview_of(version: ContractVersion) -> rule.Preview:
    """A proposed variation worked out from the contract as it stands now. Raises VariationImpossible."""
    try:
        return rule.work_out(standing_of(version.contract), _wish_of(version))
    except rule.NotPossible as error:
        raise VariationImpossible(f"{error} Withdraw this variation, and propose another.") from None


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
    notice_given_on: date | None = None,
) -> ContractVersion:
    """Puts other terms before both sides, from ``valid_from`` on. By an organiser or a finance manager; nothing changes yet.

    ``value`` is the contract's whole value from then on, ``notice_given_on`` the day of notice where the contract asks for
    one. Refused: a contract that is not in force, a second proposal beside one that waits, terms that cannot be.
    """
    actor.require(*DRAWING_UP, to="propose variations of contracts")
    held = _hold(contract)
    if ContractVersion.objects.filter(contract=contract, state=State.PROPOSED).exists():
        raise VariationStands(
            "A variation of this contract waits to be approved. Have it decided, or withdraw it, first."
        )
    if notice_given_on is not None and notice_given_on > valid_from:
        raise WrongInput("Notice must be given on or before the day on which the variation begins")
    preview = preview_variation(contract=held.contract, valid_from=valid_from, value=value, changes=changes)
    number = ContractVersion.objects.filter(contract=contract).count() + 1
    version = ContractVersion.objects.create(
        contract=held.contract, number=number, valid_from=valid_from, value_pence=value.pence,
        reason=clean_line(reason, what="Reason", limit=300), changes=to_facts(changes), notice_given_on=notice_given_on,
        proposed_by_id=actor.person_id, proposed_on=on,
    )  # fmt: skip
    _record("outcome_variation.proposed", version, actor, value_pence=value.pence, before_pence=preview.value_before)
    return version


@transaction.atomic
def approve_variation(*, version: ContractVersion, on: date, actor: Actor) -> ContractVersion:
    """Approves for the side for which the actor acts; done at once when the other side approved before.

    For the partnership not by whoever proposed it. Refused: a second approval of one side, one person for both, and
    terms that the contract meanwhile does not allow (VariationImpossible; nothing is written).
    """
    held = _hold(version.contract)
    version = _waiting(version)
    side = side_of(held.contract, actor)
    if side == "ours" and actor.person_id is not None and actor.person_id == version.proposed_by_id:
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
        _carry_out(held, version, actor)
    return version


@transaction.atomic
def decline_variation(*, version: ContractVersion, reason: str, on: date, actor: Actor) -> ContractVersion:
    """Either side does not want it; nothing changes. Not by whoever proposed it, who withdraws it instead."""
    held = _hold(version.contract)
    version = _waiting(version)
    side_of(held.contract, actor)
    if actor.person_id is not None and actor.person_id == version.proposed_by_id:
        raise NotAllowed("You proposed this variation. Withdraw it instead.")
    reason = clean_line(reason, what="Reason", limit=300)
    return _end(
        version, State.DECLINED, "outcome_variation.declined", actor, text={"reason": reason}, on=on.isoformat()
    )


@transaction.atomic
def withdraw_variation(*, version: ContractVersion, on: date, actor: Actor) -> ContractVersion:
    """The partnership takes its proposal back; nothing changes. By an organiser or a finance manager."""
    actor.require(*DRAWING_UP, to="withdraw variations of contracts")
    _hold(version.contract)
    return _end(_waiting(version), State.WITHDRAWN, "outcome_variation.withdrawn", actor, on=on.isoformat())


def withdraw_waiting(contract: OutcomeContract, *, on: date, actor: Actor) -> None:
    """What waits to be approved falls away with its contract. The caller holds the contract's row."""
    for version in ContractVersion.objects.select_related("contract").filter(contract=contract, state=State.PROPOSED):
        _end(version, State.WITHDRAWN, "outcome_variation.withdrawn", actor, on=on.isoformat())


def side_of(contract: OutcomeContract, actor: Actor) -> str:
    """``theirs`` for who may bind the other party, ``ours`` for who draws contracts up. Raises NotAllowed."""
    roles = AGREEING[OutcomeContract.Side(contract.side)]
    if not actor.system and contract.party_id in actor.organisations(*roles):
        return "theirs"
    if actor.has(*DRAWING_UP):
        return "ours"
    words = " or a ".join(role.words for role in roles)
    raise NotAllowed(f"You may not decide this variation. Ask a {words} of {contract.party.name} to do it.")


def standing_of(contract: OutcomeContract) -> rule.Contract:
    """The contract as the rule reads it: its amounts, its statements, and what is paid and retained."""
    items = OutcomeItem.objects.filter(contract=contract).order_by("due_on", "pk")
    statements = Statement.objects.filter(contract=contract).exclude(state=Statement.State.CANCELLED)
    return rule.Contract(
        term=Period(contract.valid_from, contract.valid_to),
        value_pence=contract.value_pence,
        paid_pence=contract.settled_pence + contract.retained_pence,
        amounts=[
            rule.Amount(
                code=one.code, name=one.name, pence=one.pence, service=Period(one.service_from, one.service_to),
                at_risk=one.gate != OutcomeItem.Gate.NOTHING, state=one.state,
            )
            for one in items
        ],
        statements=[
            rule.Paying(one.service_from, one.cut_off, frozen=one.state != Statement.State.OPEN) for one in statements
        ],
    )  # fmt: skip


def _hold(contract: OutcomeContract) -> Held:
    """The contract's row locked: freezing its statements and deciding its claims wait until this is over."""
    found = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=contract.pk)
    if found.state != OutcomeContract.State.ACTIVE:
        raise ContractStands(f"{found.number} is {found.get_state_display().lower()}, so its terms change no more.")
    return Held(found, standing_of(found))


def _waiting(version: ContractVersion) -> ContractVersion:
    found = ContractVersion.objects.select_for_update(of=("self",)).select_related("contract__party").get(pk=version.pk)
    if found.state != State.PROPOSED:
        raise VariationStands(f"This variation is {found.get_state_display().lower()}. Look at the contract again.")
    return found


def _carry_out(held: Held, version: ContractVersion, actor: Actor) -> None:
    """Both sides approved: what is left out is cancelled, what is added is written, and the value is the new one."""
    try:
        rule.work_out(held.standing, _wish_of(version))
    except rule.NotPossible as error:
        raise VariationImpossible(f"{error} Withdraw this variation, and propose another.") from None
    changes = from_facts(version.changes)
    _leave_out(version, changes.left_out)
    write_parts(version, measures=changes.measures, items=changes.items)
    write_statements(held.contract, changes.statements)
    OutcomeContract.objects.filter(pk=held.contract.pk).update(value_pence=version.value_pence)
    version.state = State.AGREED
    version.save(update_fields=["state"])
    _record(
        "outcome_variation.agreed",
        version,
        actor,
        value_pence=version.value_pence,
        before_pence=held.contract.value_pence,
    )


def _leave_out(version: ContractVersion, codes: Sequence[str]) -> None:
    wanted = OutcomeItem.objects.filter(
        contract_id=version.contract_id, code__in=codes,
        state__in=[OutcomeItem.State.PLANNED, OutcomeItem.State.REJECTED],
    )  # fmt: skip
    done = wanted.update(state=OutcomeItem.State.CANCELLED, reason=f"Left out by variation {version.number}")
    if done != len(set(codes)):
        raise VariationImpossible(
            "An amount that this variation leaves out was claimed meanwhile. Withdraw it, and propose another."
        )


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


def _wish(valid_from: date, value: Money, changes: Changes) -> rule.Wish:
    return rule.Wish(
        valid_from=valid_from, value_pence=value.pence, left_out=list(changes.left_out),
        amounts=[
            rule.Amount(code=one.code, name=one.name, pence=one.pence, service=one.service, at_risk=bool(one.measure))
            for one in changes.items
        ],
        statements=[rule.Paying(one.service_from, one.cut_off) for one in changes.statements],
    )  # fmt: skip


def _wish_of(version: ContractVersion) -> rule.Wish:
    return _wish(version.valid_from, Money(version.value_pence), from_facts(version.changes))


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
