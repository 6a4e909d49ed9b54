"""Drawing up a contract that pays on verification, offering it, and agreeing it: two sides, two people.

| state | meaning | who moves it |
|---|---|---|
| draft | being drawn up | ``offer_contract`` |
| offered | waits for the other party | ``agree_contract``, ``decline_contract`` |
| active | in force: its parts may be claimed, its statements are frozen | ``end_contracts_over``, ``terminate_contract`` |
| declined, ended, terminated | over | nobody |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events, series
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.core.working_days import previous_working_day
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import (
    Band,
    ContractVersion,
    Measure,
    Milestone,
    OutcomeContract,
    OutcomeItem,
    Statement,
)
from subscriptions.outcomes.rules import fees

SERIES, PREFIX = "outcome-contract", "CT"
DRAWING_UP = (Role.ORGANISER, Role.FINANCE_MANAGER)
AGREEING = {
    OutcomeContract.Side.PAYS: (Role.HUB_LEAD, Role.APPROVER, Role.PROVIDER),
    OutcomeContract.Side.EARNS: (Role.COMMISSIONER,),
}
"""Who may agree for the other party, by the contract's side."""
Kind, Side, State, Gate = OutcomeContract.Kind, OutcomeContract.Side, OutcomeContract.State, OutcomeItem.Gate


class ContractStands(DomainError):
    """What is asked does not go with the state that the contract is in."""

    code = "contract_stands"


@dataclass(frozen=True)
class MeasureTerms:
    """One measure as it is agreed; figures in its unit. See ``models.Measure``."""

    code: str
    kind: str
    name: str
    due_on: date
    definition: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    weight: Decimal = Decimal(1)
    decide_days: int = 10
    evidence_types: tuple[str, ...] = ()
    partial: str = Measure.Partial.WHOLE
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    counts: str = ""
    verifier: Organisation | None = None


@dataclass(frozen=True)
class ItemTerms:
    """One amount as it is agreed, in pence before VAT. ``measure`` is the code of what it hangs on; empty for nothing."""

    code: str
    name: str
    pence: int
    service: Period
    claimed_from: date
    due_on: date
    measure: str = ""


@dataclass(frozen=True)
class StatementTerms:
    """One statement as it is agreed: what is verified by ``cut_off``, its last day, is paid on ``pay_on``.

    A day of payment that is none of work is moved to the working day before when the contract is drawn up.
    """

    service_from: date
    cut_off: date
    pay_on: date


@dataclass(frozen=True)
class BandTerms:
    """So many heads at so many pence each; ``service`` is the part of it that is paid on time."""

    capacity: int
    price_pence: int
    service: Decimal = Decimal(0)


@dataclass(frozen=True)
class MilestoneTerms:
    """A point that heads reach, and its share of the output part."""

    code: str
    name: str
    share: Decimal


@transaction.atomic
def draft_contract(
    *,
    kind: str,
    side: str,
    party: Organisation,
    title: str,
    term: Period,
    value: Money,
    vat: VatTreatment,
    account_code: str,
    stream_code: str,
    measures: Sequence[MeasureTerms],
    items: Sequence[ItemTerms],
    statements: Sequence[StatementTerms],
    on: date,
    actor: Actor,
    bands: Sequence[BandTerms] = (),
    milestones: Sequence[MilestoneTerms] = (),
    retention: Decimal = Decimal(0),
    retention_due_on: date | None = None,
    refund_rule: str = OutcomeContract.RefundRule.IN_ORDER,
    heads_target: int = 0,
    set_up: Money = Money(0),
    cut_places: int | None = None,
    analysis_code: str = "",
    purchase_order: str = "",
    confidential: bool = False,
) -> OutcomeContract:
    """A contract drawn up and not yet offered, with its first version. By an organiser or a finance manager.

    ``value`` is the most that it pays before VAT; its items come to no more. The account is one of expense where the
    partnership pays, of income where it earns. Statements follow each other without a gap. Nothing is owed by it.
    By heads: the part that ``bands`` pay on time is reckoned for ``heads_target`` heads, less ``set_up``.
    """
    actor.require(*DRAWING_UP, to="draw up contracts that pay on outcomes")
    _check(side, party, value, account_code, stream_code)
    _check_parts(measures, items, statements, milestones, term, value)
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = OutcomeContract.objects.create(
        number=number, kind=kind, side=side, party=party, title=clean_line(title, what="Title", limit=160),
        valid_from=term.start, valid_to=term.end, value_pence=value.pence, retention=retention,
        retention_due_on=retention_due_on, refund_rule=refund_rule, cut_places=cut_places, vat_category=vat.category,
        vat_rate=vat.rate, vat_reason=vat.reason, account_id=account_code, stream_id=stream_code,
        analysis_code=analysis_code, purchase_order=purchase_order, confidential=confidential,
        heads_target=heads_target, set_up_pence=set_up.pence,
    )  # fmt: skip
    version = ContractVersion.objects.create(
        contract=made, number=1, valid_from=term.start, value_pence=value.pence, proposed_by_id=actor.person_id,
        proposed_on=on,
    )  # fmt: skip
    write_parts(version, measures=measures, items=items, bands=bands, milestones=milestones)
    write_statements(made, statements)
    record("outcome_contract.drafted", made, actor, value_pence=value.pence)
    return made


def write_parts(
    version: ContractVersion,
    *,
    measures: Sequence[MeasureTerms] = (),
    items: Sequence[ItemTerms] = (),
    bands: Sequence[BandTerms] = (),
    milestones: Sequence[MilestoneTerms] = (),
) -> None:
    """Writes what a version adds. The caller has checked it; a code that the contract has already is refused here."""
    contract_id = version.contract_id
    Measure.objects.bulk_create(
        Measure(
            contract_id=contract_id, version=version, code=one.code, kind=one.kind, name=one.name,
            definition=one.definition, unit=one.unit, baseline=one.baseline, target=one.target,
            tolerance=one.tolerance, weight=one.weight, due_on=one.due_on, decide_days=one.decide_days,
            evidence_types=list(one.evidence_types), partial=one.partial,
            steps=[[str(a), str(b)] for a, b in one.steps], counts=one.counts, verifier=one.verifier,
        )
        for one in measures
    )  # fmt: skip
    known = {measure.code: measure for measure in Measure.objects.filter(contract=contract_id)}
    if unknown := {one.measure for one in items if one.measure} - set(known):
        raise WrongInput(f"There is no measure {sorted(unknown)[0]} in this contract. Add it, or choose another.")
    OutcomeItem.objects.bulk_create(
        OutcomeItem(
            contract_id=contract_id, version=version, code=one.code, name=one.name, pence=one.pence,
            measure=known[one.measure] if one.measure else None,
            gate=known[one.measure].kind if one.measure else Gate.NOTHING, service_from=one.service.start,
            service_to=one.service.end, claimed_from=one.claimed_from, due_on=one.due_on,
        )
        for one in items
    )  # fmt: skip
    Band.objects.bulk_create(
        Band(version=version, position=at, capacity=one.capacity, price_pence=one.price_pence, service=one.service)
        for at, one in enumerate(bands, start=1)
    )
    Milestone.objects.bulk_create(
        Milestone(version=version, position=at, code=one.code, name=one.name, share=one.share)
        for at, one in enumerate(milestones, start=1)
    )


def write_statements(contract: OutcomeContract, statements: Sequence[StatementTerms]) -> None:
    """Adds statements behind those that the contract has."""
    first = Statement.objects.filter(contract=contract).count() + 1
    Statement.objects.bulk_create(
        Statement(
            contract=contract, ordinal=at, service_from=one.service_from, cut_off=one.cut_off,
            pay_on=previous_working_day(one.pay_on),
        )
        for at, one in enumerate(sorted(statements, key=lambda one: one.cut_off), start=first)
    )  # fmt: skip


def _check(side: str, party: Organisation, value: Money, account_code: str, stream_code: str) -> None:
    if party.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("The partnership has no contract with itself. Choose the other party.")
    if value.pence <= 0:
        raise WrongInput("Value must be more than £0.00")
    wanted = LedgerAccount.Type.EXPENSE if side == Side.PAYS else LedgerAccount.Type.INCOME
    if not LedgerAccount.objects.filter(code=account_code, type=wanted, control=False).exists():
        raise WrongInput(f"There is no account of {wanted} with the code {account_code}. Choose one of the chart.")
    if not IncomeStream.objects.filter(code=stream_code).exists():
        raise WrongInput(f"There is no income stream {stream_code}. Choose one of the chart of accounts.")


def _check_parts(
    measures: Sequence[MeasureTerms],
    items: Sequence[ItemTerms],
    statements: Sequence[StatementTerms],
    milestones: Sequence[MilestoneTerms],
    term: Period,
    value: Money,
) -> None:
    if not statements:
        raise WrongInput("Say on which days it pays: a contract has at least one statement")
    for codes in ([one.code for one in measures], [one.code for one in items], [one.code for one in milestones]):
        if len(set(codes)) != len(codes):
            raise WrongInput("Two parts have the same code. Give each its own.")
    if any(one.pence <= 0 for one in items):
        raise WrongInput("Each amount must be more than £0.00")
    if (whole := sum(one.pence for one in items)) > value.pence:
        raise WrongInput(
            f"The amounts come to {Money(whole)}, more than the contract's value of {value}. Lower them, or raise it."
        )
    if any(not (term.start <= one.service.start and one.service.end <= term.end) for one in items):
        raise WrongInput("Each amount is for days within the contract's term")
    if milestones:
        try:
            fees.check_shares({one.code: Fraction(one.share) for one in milestones})
        except ValueError as error:
            raise WrongInput(f"{error}") from None


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
        words = " or a ".join(role.words for role in roles)
        raise NotAllowed(f"You may not {to}. Ask a {words} of {contract.party.name} to do it.")


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
