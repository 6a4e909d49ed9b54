"""Drawing up a council's contract: its terms beside the outcome contract, its quarters, its indicators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.commissions.models import (
    CouncilContract,
    Indicator,
    IndicatorMeasure,
    QuarterReturn,
)
from subscriptions.commissions.rules.blocks import LineTerms, wrong_lines
from subscriptions.commissions.rules.quarters import Quarter, quarterly
from subscriptions.commissions.services.lining import write_lines
from subscriptions.commissions.services.recording import hold, record, require_live
from subscriptions.outcomes.models import Measure, OutcomeContract
from subscriptions.outcomes.services.contracting import DRAWING_UP
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms

MOST_YEARS = 7
LONGEST_CODE = 30
"""Of an indicator with a part at risk: each quarter's measure adds its own sign to it."""
ACCOUNT = "4110"
"""Where what councils and other bodies pay for is booked."""


def stream_of(kind: str) -> str:
    """The income stream of a kind of contract."""
    return "CC" if kind == OutcomeContract.Kind.COUNCIL else "OB"


@dataclass(frozen=True)
class IndicatorTerms:
    """An indicator as it is agreed; ``target`` in its unit. See ``models.Indicator``."""

    code: str
    name: str
    kind: str
    target: Decimal
    definition: str = ""
    unit: str = ""
    weeks: int | None = None
    lower_is_better: bool = False


@dataclass(frozen=True)
class Terms:
    """What a council's contract adds to an outcome contract."""

    statutory_basis: str
    lines: Sequence[LineTerms]
    notice_days: int = 90
    return_days: int = 21


@transaction.atomic
def draft_quarterly(
    *,
    party: Organisation,
    title: str,
    start: date,
    years: Sequence[Money],
    at_risk: Decimal,
    indicator: IndicatorTerms | None,
    terms: Terms,
    vat: VatTreatment,
    on: date,
    actor: Actor,
    kind: str = OutcomeContract.Kind.COUNCIL,
    account_code: str = ACCOUNT,
    stream_code: str = "",
    purchase_order: str = "",
    analysis_code: str = "",
) -> CouncilContract:
    """A contract of so many pence a year from ``start``, paid by quarter, with ``at_risk`` of each quarter on its indicator.

    By an organiser or a finance manager; offered and agreed by the verbs of the outcome contract. Amounts are before VAT;
    without ``stream_code`` they go to the stream of its kind.
    """
    if not years or len(years) > MOST_YEARS:
        raise WrongInput(f"A contract runs for 1 to {MOST_YEARS} years. Enter its value for each.")
    if not 0 <= at_risk < 1:
        raise WrongInput("The part at risk must be less than 100%")
    if (at_risk > 0) != (indicator is not None):
        raise WrongInput("Say on which indicator a part is at risk, or put nothing at risk")
    if indicator is not None and len(indicator.code) > LONGEST_CODE:
        raise WrongInput(f"The code of an indicator with a part at risk must be {LONGEST_CODE} characters or fewer")
    term = Period(start, add_months(start, 12 * len(years)))
    quarters = quarterly(start=start, years=years, at_risk=at_risk)
    contract = draft_contract(
        terms=ContractTerms(
            kind=kind, side=OutcomeContract.Side.EARNS, party=party, title=title, term=term,
            value=Money(sum(one.pence for one in years)), vat=vat, account_code=account_code,
            stream_code=stream_code or stream_of(kind),
            measures=[_measure(one, indicator) for one in quarters if indicator and one.risk_pence],
            items=[item for one in quarters for item in _items(one, indicator)],
            statements=[StatementTerms(one.service.start, one.cut_off, one.pay_on) for one in quarters],
            purchase_order=purchase_order, analysis_code=analysis_code,
        ), on=on, actor=actor,
    )  # fmt: skip
    council = add_council_terms(contract=contract, terms=terms, on=on, actor=actor)
    if indicator is not None:
        made = add_indicator(council=council, terms=indicator, due_on=term.last_day, actor=actor)
        link_measures(indicator=made, measures=list(contract.measures.all()))
    return council


def _measure(quarter: Quarter, indicator: IndicatorTerms) -> MeasureTerms:
    return MeasureTerms(
        code=f"{indicator.code}-q{quarter.number}"[:40], kind=Measure.Kind.OUTCOME,
        name=f"{indicator.name}, {quarter.name}"[:160], due_on=quarter.risk_due_on, definition=indicator.definition,
        unit=indicator.unit if indicator.kind == Indicator.Kind.NUMBER else "%",
        target=None if indicator.lower_is_better else indicator.target,
    )  # fmt: skip


def _items(quarter: Quarter, indicator: IndicatorTerms | None) -> list[ItemTerms]:
    """What is paid on time and what is at risk of one quarter."""
    found = [
        ItemTerms(
            code=f"q{quarter.number}", name=f"{quarter.name}, paid on time", pence=quarter.sure_pence,
            service=quarter.service, claimed_from=quarter.cut_off, due_on=quarter.cut_off,
        )
    ]  # fmt: skip
    if indicator is not None and quarter.risk_pence:
        found.append(
            ItemTerms(
                code=f"q{quarter.number}-risk", name=f"{quarter.name}, at risk", pence=quarter.risk_pence,
                service=quarter.service, claimed_from=quarter.cut_off, due_on=quarter.risk_due_on,
                measure=f"{indicator.code}-q{quarter.number}"[:40],
            )
        )  # fmt: skip
    return found


@transaction.atomic
def add_council_terms(*, contract: OutcomeContract, terms: Terms, on: date, actor: Actor) -> CouncilContract:
    """Makes a draft in which the other party pays a council's contract: its basis, its lines, a return for each quarter."""
    actor.require(*DRAWING_UP, to="draw up council contracts")
    if contract.side != OutcomeContract.Side.EARNS or contract.state != OutcomeContract.State.DRAFT:
        raise WrongInput("Only a draft in which the other party pays can become a council contract")
    term = Period(contract.valid_from, contract.valid_to)
    if wrong := wrong_lines(terms.lines, value_pence=contract.value_pence, term=term):
        raise WrongInput(wrong)
    council = CouncilContract.objects.create(
        contract=contract, statutory_basis=clean_line(terms.statutory_basis, what="Statutory basis", limit=240),
        notice_days=terms.notice_days, return_days=terms.return_days,
    )  # fmt: skip
    write_lines(council, terms.lines)
    plan_returns(council, term)
    record("commission.drafted", council, actor, lines=len(terms.lines), value_pence=contract.value_pence)
    return council


def plan_returns(council: CouncilContract, term: Period) -> int:
    """One return for each three months behind those that are planned, to the term's end; the last one may be shorter. Returns how
    many were added: none a second time."""
    planned = QuarterReturn.objects.filter(council=council).order_by("ordinal").last()
    begin, number = (planned.quarter_to, planned.ordinal) if planned else (term.start, 0)
    quarters: list[Period] = []
    first = begin
    while first < term.end:
        last = min(add_months(begin, 3 * (len(quarters) + 1)), term.end)
        quarters.append(Period(first, last))
        first = last
    made = QuarterReturn.objects.bulk_create(
        QuarterReturn(
            council=council, ordinal=at, quarter_from=one.start, quarter_to=one.end,
            due_on=one.last_day + timedelta(days=council.return_days),
        )
        for at, one in enumerate(quarters, start=number + 1)
    )  # fmt: skip
    return len(made)


@transaction.atomic
def add_indicator(*, council: CouncilContract, terms: IndicatorTerms, due_on: date, actor: Actor) -> Indicator:
    """An indicator to be reached by a day. Of a kind ``within_weeks`` it says how many weeks there are."""
    actor.require(*DRAWING_UP, to="agree indicators")
    council = hold(council)
    require_live(council)
    kind = Indicator.Kind(terms.kind)
    if kind != Indicator.Kind.NUMBER and terms.target > 100:
        raise WrongInput("A target in percent must be 100 or less")
    if terms.target < 0:
        raise WrongInput("Target must be 0 or more")
    if (kind == Indicator.Kind.WITHIN_WEEKS) != bool(terms.weeks):
        raise WrongInput("Enter the statutory weeks, for an indicator that counts cases within them alone")
    if council.indicators.filter(code=terms.code).exists():
        raise WrongInput(f"There is an indicator {terms.code} already. Give this one another code.")
    made = Indicator.objects.create(
        council=council, code=terms.code, name=clean_line(terms.name, what="Name", limit=160),
        definition=terms.definition, kind=kind, unit=terms.unit, weeks=terms.weeks, target=terms.target,
        lower_is_better=terms.lower_is_better, due_on=due_on,
    )  # fmt: skip
    record("commission.indicator_added", council, actor, indicator=made.code, target=str(made.target))
    return made


def link_measures(*, indicator: Indicator, measures: Sequence[Measure]) -> None:
    """Says which measures of the outcome contract are at risk on an indicator."""
    if any(one.contract_id != indicator.council.contract_id for one in measures):
        raise WrongInput("A measure of another contract cannot be at risk on this indicator")
    IndicatorMeasure.objects.bulk_create(IndicatorMeasure(indicator=indicator, measure=one) for one in measures)
