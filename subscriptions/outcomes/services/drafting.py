"""Drawing up a contract that pays on verification; while nobody but the partnership has seen it, drawing it up again.

A draft that is not wanted is discarded: its number stays, since numbers have no gaps.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import transaction

from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.core import series
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
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
from subscriptions.outcomes.services.contracting import DRAWING_UP, ContractStands, move, record
from subscriptions.outcomes.services.terms import (
    BandTerms,
    ContractTerms,
    ItemTerms,
    MeasureTerms,
    MilestoneTerms,
    StatementTerms,
)

SERIES, PREFIX = "outcome-contract", "CT"
DRAFT, DISCARDED = OutcomeContract.State.DRAFT, OutcomeContract.State.DISCARDED


@transaction.atomic
def draft_contract(*, terms: ContractTerms, on: date, actor: Actor) -> OutcomeContract:
    """A contract drawn up and not yet offered, with its first version. By an organiser or a finance manager.

    Nothing is owed by it. Refused: terms that do not go together.
    """
    actor.require(*DRAWING_UP, to="draw up contracts that pay on outcomes")
    _check(terms)
    series.ensure_series(code=SERIES, prefix=PREFIX)
    [number] = series.claim(series=SERIES)
    made = OutcomeContract.objects.create(number=number, **_columns(terms))
    version = ContractVersion.objects.create(
        contract=made, number=1, proposed_by_id=actor.person_id, proposed_on=on, **_first(terms)
    )
    _write(version, terms)
    record("outcome_contract.drafted", made, actor, value_pence=terms.value.pence)
    return made


@transaction.atomic
def redraft_contract(*, contract: OutcomeContract, terms: ContractTerms, on: date, actor: Actor) -> OutcomeContract:
    """Draws a draft up again under its number: every word, figure and part of it is written anew.

    Refused: a contract that was offered, and one that another package drew up of parts of its own (ContractStands).
    """
    actor.require(*DRAWING_UP, to="draw up contracts that pay on outcomes")
    _check(terms)
    held = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=contract.pk)
    if held.state != DRAFT:
        raise ContractStands(
            f"{held.number} is {held.get_state_display().lower()} now, so it is not drawn up again. Look at it again."
        )
    if held.plan is None:
        raise ContractStands(
            f"{held.number} was not drawn up on this page: other terms hang on its parts. Discard it, and draw up another where "
            "it came from."
        )
    before = held.value_pence
    for part in (OutcomeItem, Measure, Statement):
        part._default_manager.filter(contract=held).delete()
    for price in (Band, Milestone):
        price._default_manager.filter(version__contract=held).delete()
    OutcomeContract.objects.filter(pk=held.pk).update(**_columns(terms))
    first = ContractVersion.objects.filter(contract=held, number=1)
    first.update(proposed_by_id=actor.person_id, proposed_on=on, **_first(terms))
    _write(first.get(), terms)
    held.refresh_from_db()
    record("outcome_contract.redrafted", held, actor, value_pence=held.value_pence, before_pence=before)
    return held


@transaction.atomic
def discard_contract(*, contract: OutcomeContract, on: date, actor: Actor, reason: str = "") -> OutcomeContract:
    """A draft that is not wanted: it is never offered, and its number is not used again. By whoever draws contracts up."""
    actor.require(*DRAWING_UP, to="discard drafts of contracts")
    said = clean_line(reason, what="Reason", limit=300) if reason.strip() else ""
    move(contract, DRAFT, DISCARDED, ended_on=on, end_reason=said)
    record("outcome_contract.discarded", contract, actor, text={"reason": said} if said else None)
    return contract


def _columns(terms: ContractTerms) -> dict[str, Any]:
    return {
        "kind": terms.kind, "side": terms.side, "party": terms.party,
        "title": clean_line(terms.title, what="Title", limit=160), "valid_from": terms.term.start,
        "valid_to": terms.term.end, "value_pence": terms.value.pence, "retention": terms.retention,
        "retention_due_on": terms.retention_due_on, "refund_rule": terms.refund_rule, "cut_places": terms.cut_places,
        "vat_category": terms.vat.category, "vat_rate": terms.vat.rate, "vat_reason": terms.vat.reason,
        "account_id": terms.account_code, "stream_id": terms.stream_code, "analysis_code": terms.analysis_code,
        "purchase_order": terms.purchase_order, "confidential": terms.confidential,
        "heads_target": terms.heads_target, "set_up_pence": terms.set_up.pence, "plan": terms.plan,
    }  # fmt: skip


def _first(terms: ContractTerms) -> dict[str, Any]:
    return {"valid_from": terms.term.start, "valid_to": terms.term.end, "value_pence": terms.value.pence}


def _write(version: ContractVersion, terms: ContractTerms) -> None:
    write_parts(
        version, measures=terms.measures, items=terms.items, bands=terms.bands, milestones=terms.milestones
    )  # fmt: skip
    write_statements(version.contract, terms.statements)


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
            gate=known[one.measure].kind if one.measure else OutcomeItem.Gate.NOTHING, service_from=one.service.start,
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


def _check(terms: ContractTerms) -> None:
    if terms.party.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput("The partnership has no contract with itself. Choose the other party.")
    if terms.value.pence <= 0:
        raise WrongInput("Value must be more than £0.00")
    pays = terms.side == OutcomeContract.Side.PAYS
    wanted = LedgerAccount.Type.EXPENSE if pays else LedgerAccount.Type.INCOME
    if not LedgerAccount.objects.filter(code=terms.account_code, type=wanted, control=False).exists():
        raise WrongInput(
            f"There is no account of {wanted} with the code {terms.account_code}. Choose one of the chart."
        )
    if not IncomeStream.objects.filter(code=terms.stream_code).exists():
        raise WrongInput(f"There is no income stream {terms.stream_code}. Choose one of the chart of accounts.")
    _check_parts(terms)


def _check_parts(terms: ContractTerms) -> None:
    if not terms.statements:
        raise WrongInput("Say on which days it pays: a contract has at least one statement")
    for parts in (terms.measures, terms.items, terms.milestones):
        if len({one.code for one in parts}) != len(parts):
            raise WrongInput("Two parts have the same code. Give each its own.")
    if any(one.pence <= 0 for one in terms.items):
        raise WrongInput("Each amount must be more than £0.00")
    if (whole := sum(one.pence for one in terms.items)) > terms.value.pence:
        raise WrongInput(
            f"The amounts come to {Money(whole)}, more than the contract's value of {terms.value}. Lower them, or raise it."
        )
    term = terms.term
    if any(not (term.start <= one.service.start and one.service.end <= term.end) for one in terms.items):
        raise WrongInput("Each amount is for days within the contract's term")
    if terms.milestones:
        try:
            fees.check_shares({one.code: Fraction(one.share) for one in terms.milestones})
        except ValueError as error:
            raise WrongInput(f"{error}") from None
