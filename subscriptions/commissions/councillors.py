"""The report for councillors: what a quarter's return says, without a number that is about one to four schools or cases.

Of confidential packages nothing is in it, not even their sum. What the page shows and what the paper shows is this.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from subscriptions.commissions.models import Indicator, IndicatorReading, QuarterReturn
from subscriptions.commissions.rules.indicators import standing
from subscriptions.commissions.rules.suppressing import FEW, NOT_SHOWN, cell_words, cells, part_words, small


@dataclass(frozen=True)
class PackageLine:
    """What a package came to in the quarter, in pence before VAT, and how many schools drew on it as published."""

    title: str
    pence: int
    schools: str


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator: what it was, what it should be, where it stands, and the quarters before (name, value, as published)."""

    name: str
    value: str
    target: str
    state: str
    quarters: tuple[tuple[str, Decimal | None, str], ...]


@dataclass(frozen=True)
class CouncillorReport:
    """One quarter of a contract as it may be published."""

    number: str
    title: str
    council: str
    quarter_from: date
    quarter_to: date
    charged_pence: int
    value_pence: int
    reached: str
    packages: tuple[PackageLine, ...]
    indicators: tuple[IndicatorLine, ...]
    narrative: str

    @property
    def on_target(self) -> int:
        return sum(one.state == "on target" for one in self.indicators)

    @property
    def spent_pence(self) -> int:
        """What the packages in it came to in the quarter."""
        return sum(one.pence for one in self.packages)


def report_of(report: QuarterReturn) -> CouncillorReport:
    """The report of a return that was sent. Three queries."""
    contract, figures = report.council.contract, report.figures
    return CouncillorReport(
        number=contract.number,
        title=contract.title,
        council=contract.party.name,
        quarter_from=report.quarter_from,
        quarter_to=report.quarter_to,
        charged_pence=figures["charged_pence"],
        value_pence=figures["value_pence"],
        reached=part_words(figures["schools_reached"], figures["schools_eligible"]),
        packages=_packages(figures["packages"]),
        indicators=tuple(_indicators(report)),
        narrative=report.narrative,
    )


def _packages(rows: list[dict[str, Any]]) -> tuple[PackageLine, ...]:
    shown = cells([row["schools"] for row in rows])
    return tuple(
        PackageLine(row["title"], row["pence"], cell_words(count)) for row, count in zip(rows, shown, strict=True)
    )


def _indicators(report: QuarterReturn) -> list[IndicatorLine]:
    readings: dict[int, list[IndicatorReading]] = {}
    sent = IndicatorReading.objects.filter(
        report__council=report.council_id, report__ordinal__lte=report.ordinal, report__sent_on__isnull=False
    )
    for reading in sent.select_related("report").order_by("report__ordinal"):
        readings.setdefault(reading.indicator_id, []).append(reading)
    return [_line(one, readings.get(one.pk, []), report) for one in report.council.indicators.order_by("code")]


def _line(one: Indicator, readings: list[IndicatorReading], report: QuarterReturn) -> IndicatorLine:
    latest = readings[-1] if readings and readings[-1].report_id == report.pk else None
    shown = latest is not None and may_show(one, latest)
    value = latest.value if latest and shown else None
    state = standing(
        value, one.target, lower_is_better=one.lower_is_better, due_on=one.due_on, on=report.quarter_to
    )  # fmt: skip
    return IndicatorLine(
        name=one.name,
        value=published(one, latest) if latest else "No reading",
        target=f"{'at most' if one.lower_is_better else 'at least'} {figure(one, one.target)}",
        state=state if latest is None or shown else "not shown",
        quarters=tuple(
            (f"{past.report.quarter_from:%b %Y}", past.value if may_show(one, past) else None, published(one, past))
            for past in readings
        ),
    )


def may_show(one: Indicator, reading: IndicatorReading) -> bool:
    """Whether a reading may be published: neither those that count nor the others nor all of them are 1 to 4."""
    if one.kind == Indicator.Kind.NUMBER:
        return reading.value is not None and not small(reading.value)
    part, whole = reading.part or 0, reading.whole or 0
    return not any(small(count) for count in (part, whole, whole - part))


def published(one: Indicator, reading: IndicatorReading) -> str:
    """A reading as it may be published, in words."""
    if may_show(one, reading) and reading.value is not None:
        return figure(one, reading.value)
    if one.kind == Indicator.Kind.NUMBER:
        return FEW
    return "Nothing to count" if reading.whole == 0 else NOT_SHOWN


def figure(one: Indicator, value: Decimal) -> str:
    """ "85.5%" with at most one decimal, half up; a number with its unit."""
    if one.kind == Indicator.Kind.NUMBER:
        return f"{value.normalize():f} {one.unit}".strip()
    rounded = value.quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")
    return f"{rounded.normalize():f}%"
