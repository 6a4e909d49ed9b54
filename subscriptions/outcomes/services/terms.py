"""What a contract that pays on verification is drawn up from: its words, its figures, and each of its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import Measure, OutcomeContract
from subscriptions.outcomes.rules.heads_variation import HeadsBand, HeadsPoint

NOTHING = Money(0)
BandTerms = HeadsBand
MilestoneTerms = HeadsPoint


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


@dataclass(frozen=True, kw_only=True)
class ContractTerms:
    """Everything that a contract is drawn up from. ``value`` is the most that it pays before VAT; its items come to no more.

    The account is one of expense where the partnership pays, of income where it earns. Statements follow each other without a
    gap. By heads: the part that ``bands`` pay on time is reckoned for ``heads_target`` heads, less ``set_up``. ``plan`` are the few
    words from which it was drawn up; none where its parts were worked out elsewhere.
    """

    kind: str
    side: str
    party: Organisation
    title: str
    term: Period
    value: Money
    vat: VatTreatment
    account_code: str
    stream_code: str
    measures: Sequence[MeasureTerms]
    items: Sequence[ItemTerms]
    statements: Sequence[StatementTerms]
    bands: Sequence[BandTerms] = ()
    milestones: Sequence[MilestoneTerms] = ()
    retention: Decimal = Decimal(0)
    retention_due_on: date | None = None
    refund_rule: str = OutcomeContract.RefundRule.IN_ORDER
    heads_target: int = 0
    set_up: Money = NOTHING
    cut_places: int | None = None
    analysis_code: str = ""
    purchase_order: str = ""
    confidential: bool = False
    plan: Mapping[str, Any] | None = None
