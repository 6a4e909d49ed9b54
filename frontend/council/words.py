"""How council contracts read: figures of indicators, units, where something stands. Used on both sides' pages."""

from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch

from frontend.formats import long_date, money, plural
from frontend.jinja import url
from subscriptions.commissions.councillors import figure
from subscriptions.commissions.desk_queries import FundedSchool, IndicatorStanding, PackageStanding, Summary
from subscriptions.commissions.models import Indicator, IndicatorReading, QuarterReturn
from subscriptions.commissions.rules.forecasting import finding

NAMES_NO_PUPIL = "Do not name pupils. Write “a pupil in year 9” or use the school's case reference"


def address(name: str, **keys: object) -> str:
    """The address of a page of another desk, or nothing where it is not built."""
    try:
        return url(name, **keys)
    except NoReverseMatch:
        return ""


def units(value: Decimal, unit: str) -> str:
    """ "1 day", "2.5 days", "20 classes"."""
    ending = "es" if unit.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{value.normalize():,f} {unit}{'' if value == 1 else ending}"


def state_of_return(report: QuarterReturn, *, ours: bool) -> str:
    """The key in ``formats.STATES``: what is yellow for one side is blue for the other."""
    if report.state == QuarterReturn.State.SENT:
        return "return with council" if ours else "return to accept"
    if report.state == QuarterReturn.State.QUERIED:
        return "return queried" if ours else "return with partnership"
    return f"return {report.state}"


def reading_words(indicator: Indicator, reading: IndicatorReading | None) -> str:
    """ "85% (17 of 20, 2 exceptions)" as those who may see all of it read it."""
    if reading is None:
        return "No reading yet"
    if reading.value is None:
        return "Nothing to count"
    said = figure(indicator, reading.value)
    if reading.whole is None:
        return said
    excepted = f", {plural(reading.excepted, 'exception')}" if reading.excepted else ""
    return f"{said} ({reading.part} of {reading.whole}{excepted})"


def target_words(indicator: Indicator) -> str:
    """ "At least 90% by 31 March 2027, within 20 weeks"."""
    said = f"{'At most' if indicator.lower_is_better else 'At least'} {figure(indicator, indicator.target)}"
    weeks = f", within {indicator.weeks} weeks" if indicator.weeks else ""
    return f"{said}{weeks} by {long_date(indicator.due_on)}"


def indicator_row(one: IndicatorStanding) -> dict[str, Any]:
    """One indicator as the pages draw it, with the bars of its quarters (name, amount, words)."""
    return {
        "name": one.indicator.name,
        "definition": one.indicator.definition,
        "target": target_words(one.indicator),
        "latest": reading_words(one.indicator, one.latest),
        "source": one.latest.source if one.latest else "",
        "state": f"indicator {one.state}",
        "risk_pence": one.risk_pence,
        "bars": [
            (
                f"{reading.report.quarter_from:%b %Y}",
                int((reading.value or Decimal(0)) * 100),
                reading_words(one.indicator, reading),
            )
            for reading in one.readings
        ],
        "most": _most(one),
    }


def _most(one: IndicatorStanding) -> int:
    """The amount of the longest bar: all of a hundred for percentages."""
    if one.indicator.kind != Indicator.Kind.NUMBER:
        return 10_000
    return int(max([one.indicator.target, *(reading.value or Decimal(0) for reading in one.readings)]) * 100)


def package_row(one: PackageStanding) -> dict[str, Any]:
    """One package as the pages draw it."""
    package, said = one.package, one.forecast.unspent_pence
    return {
        "package": package,
        "drawn": f"{units(package.drawn, package.unit)} of {units(package.allocation, package.unit)}",
        "drawn_pence": one.drawn_pence,
        "allocated_pence": one.allocated_pence,
        "reached": f"{len(one.eligible) - len(one.idle)} of {len(one.eligible)}",
        "unspent": "Too early to say" if said is None else _pounds(said),
    }


def _pounds(pence: int) -> str:
    return f"£{(pence + 50) // 100:,}"


def headlines(summary: Summary) -> list[dict[str, str]]:
    """The three figures of a contract."""
    contract = summary.council.contract
    return [
        {"figure": money(contract.settled_pence), "label": f"charged of {money(contract.value_pence)}"},
        {"figure": f"{summary.reached} of {summary.eligible}", "label": "eligible schools reached"},
        {"figure": f"{summary.on_target} of {len(summary.indicators)}", "label": "indicators on target"},
    ]


def forecast_words(summary: Summary) -> str:
    """ "£18,400 will be unspent; these six schools are eligible"; empty where a contract has no packages."""
    return finding(summary.unspent_pence, len(summary.idle)) if summary.packages else ""


def offer_links(summary: Summary, page: str) -> list[tuple[str, str]]:
    """The packages that may be offered to all schools of the forecast at once, each with its page of that name."""
    number = summary.council.contract.number
    return [
        (one.package.title, url(page, number=number, code=one.package.code))
        for one in summary.packages
        if one.forecast.unspent_pence and one.idle and not one.package.confidential
    ]


def idle_rows(summary: Summary, page: str) -> list[dict[str, Any]]:
    """The schools of the forecast, each with the packages that may be offered to it, on the page of that name."""
    if not summary.unspent_pence:
        return []
    left = [one for one in summary.packages if one.forecast.unspent_pence]
    number = summary.council.contract.number
    return [
        {
            "school": school,
            "links": [
                (one.package.title, f"{url(page, number=number, code=one.package.code)}?school={school.number}")
                for one in left
                if school in one.idle and not one.package.confidential
            ],
            "confidential": any(school in one.idle and one.package.confidential for one in left),
        }
        for school in summary.idle
    ]


def school_words(row: FundedSchool) -> str:
    """By what a school is paid for; that it causes concern is never said."""
    return ", ".join(row.packages) or "No longer eligible"
