"""What a school's subscription includes: granted, used, kept, left, and each thing that happened to it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.finance.listing import csv_response, csv_url, page_of, wants_csv
from frontend.included_words import (
    MOVEMENTS_CSV,
    days_of,
    left_sentence,
    lines_of,
    movement_cells,
    standing_row,
    what_for,
    what_happened,
)
from subscriptions.allowances.rules.units import amount
from subscriptions.models import Allowance, AllowanceMovement
from subscriptions.queries import allowances_of, movements_of, standings_of

PER_PAGE = 25


@login_required
@require_safe
def places_left(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """All that the school was granted, and what happened to it or to the one chosen, the latest first. Also as CSV."""
    buyer = buyer_for(request, kind, code)
    on = timezone.localdate()
    granted = list(allowances_of(buyer.organisation))
    chosen = next((one for one in granted if str(one.pk) == request.GET.get("of")), None)
    found = movements_of([chosen] if chosen else granted)
    if wants_csv(request):
        return csv_response(f"included-{buyer.organisation.number}", MOVEMENTS_CSV, movement_cells(found))
    page = page_of(request, found, per_page=PER_PAGE)
    here = buyer.url("school-places-left")
    context = {
        "buyer": buyer,
        "page_obj": page,
        "granted": [standing_row(one, href=f"{here}?of={one.allowance.pk}#movements") for one in standings_of(granted)],
        "sentences": [left_sentence(one) for one in granted if one.valid_from <= on < one.valid_to],
        "chosen": chosen,
        "chosen_words": _named(chosen) if chosen else "",
        "rows": _rows(buyer, list(page), several=len(granted) > 1 and not chosen),
        "several": len(granted) > 1 and not chosen,
        "csv_url": csv_url(request),
        "all_url": here,
    }
    return render(request, "school/places_left.html", context)


def _named(one: Allowance) -> str:
    return f"{one.name}, {one.get_unit_display().lower()}, {days_of(one)}"


def _rows(buyer: Buyer, movements: list[AllowanceMovement], *, several: bool) -> list[list[Any]]:
    """Day, what happened, what for with a link to the order, of which subscription, how many, left afterwards."""
    lines = lines_of(movements)
    rows: list[list[Any]] = []
    for one in movements:
        line = lines.get(one.use.source_key) if one.use else None
        # What a trust ordered stands among the trust's orders.
        ours = line is not None and line.order.organisation_id == buyer.organisation.pk
        order = buyer.url("school-order", number=line.order.number) if line and ours else ""
        rows.append(
            [
                {"text": f"{one.on:%-d %b %Y}", "classes": "app-nowrap"},
                what_happened(one),
                {"text": what_for(one), "href": order} if order else what_for(one),
                *([one.allowance.name] if several else []),
                amount(abs(one.units), one.allowance.unit),
                amount(one.left_after, one.allowance.unit),  # type: ignore[attr-defined]
            ]
        )
    return rows
