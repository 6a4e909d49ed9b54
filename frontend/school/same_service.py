"""The same service at nine prices: what the schools of a trust pay for it a year and a pupil, and what could be saved."""

from fractions import Fraction
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest
from frontend.finance.listing import csv_response, csv_url, pounds, wants_csv
from frontend.formats import money, plural
from frontend.school.contracts import holders_of, register_buyer
from marketplace.core.errors import NotFound
from subscriptions.queries import same_services
from subscriptions.register.entries import OURS
from subscriptions.register.same_service import SameService, SchoolPrice

MOST_SHOWN = 30
HEADER = ["service", "school", "supplier", "a_year_before_vat", "pupils", "counted_on", "a_pupil", "could_save_a_year"]


@login_required
@require_safe
def same_service(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """For a trust: each service that several of its schools have, the one that could save most first. Also as CSV."""
    buyer = register_buyer(request, kind, code)
    if kind != TRUST:
        raise NotFound("Page not found")
    found = same_services(request.actor, holders_of(buyer, request), timezone.localdate())
    if wants_csv(request):
        rows = [_cells(service, price) for service in found for price in service.prices]
        return csv_response(f"same-service-{buyer.organisation.number}", HEADER, rows)
    saving = sum(one.saving_pence for one in found)
    context = {
        "buyer": buyer,
        "services": [_shown(buyer, one) for one in found[:MOST_SHOWN]],
        "more": len(found) - MOST_SHOWN,
        "count_text": plural(len(found), "service"),
        "saving": saving,
        "csv_url": csv_url(request),
        "back_url": buyer.url("school-contracts"),
    }
    return render(request, "school/same_service.html", context)


def _shown(buyer: Buyer, one: SameService) -> dict[str, Any]:
    """A service as the page draws it: the finding as a sentence, the bars, the rows."""
    bars = [(price.organisation.name, price.a_pupil_pence or 0) for price in one.compared]
    return {
        "service": one,
        "finding": _finding(one),
        "bars": bars,
        "most": max((pence for _, pence in bars), default=0),
        "rows": [(price, _links(buyer, price), one.saving_of(price)) for price in one.prices],
        "not_counted": [price.organisation.name for price in one.prices if price.a_pupil is None],
    }


def _finding(one: SameService) -> str:
    """ "£34.47 to £51.00 a pupil; the lowest price for all would save £2,310.00 a year"."""
    low, high = one.lowest, one.highest
    if low is None or high is None or len(one.compared) < 2:
        return f"{plural(len(one.prices), 'school')}, {money(one.year_pence)} a year in all"
    said = f"{_pupil(low.a_pupil_pence)} to {_pupil(high.a_pupil_pence)} a pupil a year"
    if not one.saving_pence:
        return f"{said}: nothing to save"
    return f"{said}; the lowest price for all would save {money(one.saving_pence)} a year"


def _pupil(pence: int | None) -> str:
    return money(pence or 0)


def _links(buyer: Buyer, price: SchoolPrice) -> list[tuple[str, str]]:
    """The contracts behind a price, each with its address."""
    found = []
    for kind, number in price.numbers:
        try:
            found.append((number, buyer.url("school-service" if kind == OURS else "school-contract", number=number)))
        except NoReverseMatch:
            found.append((number, ""))
    return found


def _cells(service: SameService, price: SchoolPrice) -> list[object]:
    count = price.count
    a_pupil = "" if price.a_pupil is None else pounds(_half_up(price.a_pupil))
    return [
        service.title, price.organisation.name, ", ".join(price.suppliers), pounds(price.year_pence),
        count.pupils if count else "", count.counted_on if count else None, a_pupil,
        pounds(service.saving_of(price)) if price.a_pupil is not None else "",
    ]  # fmt: skip


def _half_up(figure: Fraction) -> int:
    return int(figure + Fraction(1, 2))
