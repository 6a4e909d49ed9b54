"""A school's year end: what is ordered and not invoiced, paid in advance, owed and committed, each with its lines."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, buyer_of
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.papers import statement_snapshot
from frontend.formats import long_date, plural
from frontend.school.budget import document_url, order_url, year_asked, year_links
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.budget_queries import CarriedLine, YearEnd, year_end_for

PER_PAGE = 25
LINES_HEADER = [
    "school", "order", "invoice", "date", "code", "our_code", "description", "service_from", "service_to", "before_vat",
    "by_year_end", "after_year_end",
]  # fmt: skip
OWED_HEADER = ["customer", "number", "what", "date", "due", "charged", "settled", "left"]


class Part(NamedTuple):
    """One list of the page: its address, its title and what it means for the accounts; ``{day}`` is the year's end."""

    slug: str
    title: str
    words: str
    empty: str


ORDERED = Part(
    "ordered",
    "Ordered, not invoiced",
    "Ordered by {day} and not invoiced by then. What was delivered by that day is to be accrued; the rest is a commitment.",
    "All that was ordered by {day} was invoiced by then.",
)
ADVANCE = Part(
    "in-advance",
    "Paid in advance",
    "Invoiced by {day} for what is delivered after it, credits taken off: a prepayment, by whole months of the service, "
    "else by days. An invoice that is still to be paid stands under what you owe as well.",
    "Nothing that was invoiced by {day} goes beyond it.",
)
COMMITMENTS = Part(
    "commitments",
    "Commitments",
    "Ordered by {day}, not invoiced, and to be delivered after it. What has no dates yet counts here.",
    "Nothing that was ordered by {day} is still to be delivered and invoiced.",
)
OWED = Part(
    "owed",
    "Owed to suppliers",
    "Invoices of {day} or earlier that were not paid by then, with VAT, less money on account: what the statement of that day says.",
    "Nothing was owed on {day}.",
)
PARTS = {part.slug: part for part in (ORDERED, ADVANCE, COMMITMENTS, OWED)}


@login_required
@require_safe
def year_end(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The four sums of a year's end, each with what it means; each opens its lines."""
    buyer = buyer_for(request, kind, code)
    year = year_asked(request, buyer)
    found = year_end_for(request.actor, buyer.organisation, year)
    context = {
        "buyer": buyer,
        "year": year,
        "years": year_links(buyer, "school-year-end", year),
        "found": found,
        "parts": [
            (part.title, _said(part, year), _pence(found, part), f"{_url(buyer, part)}?year={year.start.isoformat()}")
            for part in PARTS.values()
        ],
        "open_year": year.end > timezone.localdate(),
        "statement_url": statement_url(buyer, year),
        "back_url": f"{buyer.url('school-budget')}?year={year.start.isoformat()}",
    }
    return render(request, "school/year_end.html", context)


def _url(buyer: Buyer, part: Part) -> str:
    return buyer.url("school-year-end-part", part=part.slug)


def _said(part: Part, year: Period) -> str:
    return part.words.format(day=long_date(year.last_day))


def _pence(found: YearEnd, part: Part) -> int:
    return {
        ORDERED.slug: found.delivered_pence + found.committed_pence,
        ADVANCE.slug: found.in_advance_pence,
        COMMITMENTS.slug: found.committed_pence,
        OWED.slug: found.owed_pence,
    }[part.slug]


def statement_url(buyer: Buyer, year: Period) -> str:
    """The statement of the year: to its last day, or to today while it runs."""
    first, last = year.start, min(year.last_day, max(timezone.localdate(), year.start))
    dates = [f"{name}_{part}={getattr(day, part)}" for name, day in (("first", first), ("last", last)) for part in ("day", "month", "year")]  # fmt: skip
    return f"{buyer.url('school-statement')}?{'&'.join(dates)}"


@login_required
@require_safe
def year_end_part(request: SignedInRequest, kind: str, code: str, part: str) -> HttpResponse:
    """The lines of one of the sums, with their total; also as CSV."""
    buyer = buyer_for(request, kind, code)
    if part not in PARTS:
        raise NotFound("Page not found")
    year, chosen = year_asked(request, buyer), PARTS[part]
    found = year_end_for(request.actor, buyer.organisation, year)
    name = f"{part}-{buyer.organisation.number}-{year.last_day.isoformat()}"
    context = {
        "buyer": buyer,
        "year": year,
        "part": chosen,
        "said": _said(chosen, year),
        "empty": chosen.empty.format(day=long_date(year.last_day)),
        "total_pence": _pence(found, chosen),
        "several_schools": kind == TRUST,
        "csv_url": csv_url(request),
        "statement_url": statement_url(buyer, year),
        "back_url": f"{buyer.url('school-year-end')}?year={year.start.isoformat()}",
    }
    if chosen == OWED:
        return _owed(request, buyer, year, found, context, name)
    lines = _lines(found, chosen)
    if wants_csv(request):
        return csv_response(name, LINES_HEADER, [_cells(line) for line in lines])
    page = page_of(request, lines, per_page=PER_PAGE)
    context |= {
        "page_obj": page,
        "rows": [(one, document_url(buyer, one.purchase, request), order_url(buyer, one.purchase)) for one in page],
        "count_text": plural(len(lines), "line"),
        "by_then_pence": sum(line.by_then for line in lines),
        "after_pence": sum(line.after for line in lines),
    }
    return render(request, "school/year_end_lines.html", context)


def _lines(found: YearEnd, part: Part) -> list[CarriedLine]:
    lines = {ORDERED.slug: found.ordered, ADVANCE.slug: found.in_advance, COMMITMENTS.slug: found.commitments}
    return lines[part.slug]


def _cells(line: CarriedLine) -> list[object]:
    one = line.purchase
    return [
        one.school, one.order, one.document, one.on, one.code, one.our_code, one.description, one.service_from,
        one.service.last_day if one.service else None, pounds(line.pence), pounds(line.by_then), pounds(line.after),
    ]  # fmt: skip


def _owed(
    request: SignedInRequest, buyer: Buyer, year: Period, found: YearEnd, context: dict[str, Any], name: str
) -> HttpResponse:
    """What was open on each invoice: a school's own; of a trust the sum of each school, which opens its own page."""
    customers = [one for one, _ in found.owed]
    last = year.end - timedelta(days=1)
    if wants_csv(request):
        rows = [
            [
                one.name, line.number, line.what, line.on, line.due_on, pounds(line.charged_pence),
                pounds(line.paid_pence), pounds(line.balance_pence),
            ]
            for one in customers
            for line in statement_snapshot(one, as_at=last).lines
        ]  # fmt: skip
        return csv_response(name, OWED_HEADER, rows)
    context |= {
        "lines": []
        if buyer.kind == TRUST or not customers
        else statement_snapshot(buyer.organisation, as_at=last).lines,
        "customers": _places(found, year) if buyer.kind == TRUST else [],
    }
    return render(request, "school/year_end_owed.html", context)


def _places(found: YearEnd, year: Period) -> list[tuple[str, str, int]]:
    """Name, statement and pence of each that owes something."""
    owed = {one.pk: pence for one, pence in found.owed}
    places = Organisation.objects.filter(pk__in=owed).select_related("school", "trust").order_by("name", "pk")
    return [(one.name, statement_url(buyer_of(one), year), owed[one.pk]) for one in places]
