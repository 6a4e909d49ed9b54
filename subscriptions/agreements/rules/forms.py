"""The words and shapes of an agreement's terms. No database, no clock."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.core.periods import Period

TERM_STARTS = ("09-01", "01-01", "04-01")
"""Where nothing else is agreed, termly payments begin with September, January and April."""


class Every(StrEnum):
    """How often is charged."""

    YEAR = "year"
    TERM = "term"
    MONTH = "month"

    @property
    def words(self) -> str:
        return {"year": "Once a year", "term": "Each term", "month": "Each month"}[self.value]


class Timing(StrEnum):
    """Whether a period is charged when it begins or when it has ended."""

    ADVANCE = "advance"
    ARREARS = "arrears"

    @property
    def words(self) -> str:
        return {"advance": "In advance", "arrears": "In arrears"}[self.value]


class Prorate(StrEnum):
    """What a part of a year costs: a started month is a whole one; by days; or the full year however late one joins."""

    MONTHS = "months"
    DAYS = "days"
    FULL = "full"

    @property
    def words(self) -> str:
        return {"months": "By months", "days": "By days", "full": "The full year"}[self.value]


class CreditRule(StrEnum):
    """What comes back when an agreement ends before its term."""

    MONTHS = "months"
    DAYS = "days"
    NONE = "none"

    @property
    def words(self) -> str:
        return {"months": "Whole months not used", "days": "Each day not used", "none": "Nothing"}[self.value]


@dataclass(frozen=True)
class Billing:
    """How an agreement is charged."""

    every: Every = Every.YEAR
    timing: Timing = Timing.ADVANCE
    prorate: Prorate = Prorate.MONTHS
    term_starts: tuple[str, ...] = TERM_STARTS


@dataclass(frozen=True)
class LineTerms:
    """What is taken: ``base_pence`` buys ``base`` (a year, as a rule), of which ``valid`` is agreed.

    ``valid`` lies within ``base``. ``vat`` is (category, rate, reason printed). ``bill_on`` moves the first charge. With a
    ``charge_stem`` the first charge is made at once under that source, for whenever it is to be invoiced.
    """

    slot: int
    title: str
    base: Period
    base_pence: int
    valid: Period
    vat: tuple[str, Decimal, str]
    account_code: str
    stream_code: str
    cfr_code: str = ""
    aar_code: str = ""
    analysis_code: str = ""
    offer_id: int | None = None
    price_id: int | None = None
    consumer_id: int | None = None
    supplier_id: int | None = None
    source: str = ""
    level: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    quantity: Decimal = Decimal(1)
    unit_pence: int | None = None
    recognition: str = "over_time"
    label: str = ""
    instalments: int = 1
    bill_on: date | None = None
    charge_stem: str = ""

    def __post_init__(self) -> None:
        if not (self.base.start <= self.valid.start and self.valid.end <= self.base.end):
            raise ValueError("A line runs within the period that its price buys")
        if self.base_pence < 0:
            raise ValueError("A price is not negative")
