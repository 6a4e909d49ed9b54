"""The report for councillors as a PDF, set like our other papers: archival and accessible, each chart with its table."""

from decimal import Decimal

from invoicing.documents.pdf.document_view import DEMONSTRATION
from invoicing.documents.pdf.engine import typeset
from invoicing.documents.pdf.glyphs import printable_values
from marketplace.core.money import Money
from marketplace.core.wording import period_words
from subscriptions.commissions.councillors import CouncillorReport, IndicatorLine

SMALL_NUMBERS = (
    "Numbers about one to four schools or cases are not shown, nor numbers from which they could be worked out."
)


def render_report(report: CouncillorReport, *, partnership: str, demonstration: bool = False) -> bytes:
    """The PDF; the same report gives the same bytes."""
    quarter = period_words(report.quarter_from, report.quarter_to)
    most = max((one.pence for one in report.packages), default=0)
    view = {
        "title": report.title,
        "number": "",
        "metadata_title": f"{report.title}, {quarter}: report to councillors",
        "seller": {"name": partnership, "address": [], "numbers": []},
        "demonstration": DEMONSTRATION if demonstration else "",
        "facts": [
            {"name": "For", "value": report.council},
            {"name": "Contract", "value": report.number},
            {"name": "Quarter", "value": quarter},
        ],
        "headlines": [
            {"name": "Charged so far", "value": f"{Money(report.charged_pence)} of {Money(report.value_pence)}"},
            {"name": "Schools reached in the quarter", "value": report.reached},
            {"name": "Indicators on target", "value": f"{report.on_target} of {len(report.indicators)}"},
        ],
        "packages": [
            {
                "title": one.title, "amount": f"{Money(one.pence)}", "schools": one.schools,
                "share": one.pence * 100 // most if most else 0,
            }
            for one in report.packages
        ],
        "total": f"{Money(report.spent_pence)}",
        "indicators": [
            {"name": one.name, "value": one.value, "target": one.target, "state": one.state.capitalize()}
            for one in report.indicators
        ],
        "series": [_series(one) for one in report.indicators if len(one.quarters) > 1],
        "narrative": [line for line in report.narrative.splitlines() if line.strip()],
        "note": SMALL_NUMBERS,
    }  # fmt: skip
    return typeset(template="council-report.typ", data=printable_values(view), dated=report.quarter_to)


def _series(one: IndicatorLine) -> dict[str, object]:
    """An indicator by quarter: each bar as a share of the longest."""
    most = max((value for _, value, _ in one.quarters if value is not None), default=Decimal(0))
    return {
        "name": one.name,
        "quarters": [
            {"name": name, "words": words, "share": int(value * 100 / most) if value and most else 0}
            for name, value, words in one.quarters
        ],
    }
