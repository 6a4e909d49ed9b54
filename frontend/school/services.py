"""Services: what a school has agreed for a term, what it is asked to accept, what is over; a trust sees its schools'."""

from collections import Counter
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.agreement_words import (
    limit_words,
    next_charge_words,
    notice_words,
    own_state_of,
    price_words,
    term_words,
    whole_term_words,
)
from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.finance.listing import page_of
from frontend.formats import plural
from marketplace.core.errors import NotFound
from subscriptions.agreements.models import Agreement
from subscriptions.queries import agreements_for
from subscriptions.renewals.reading import worth_of

PER_PAGE = 25
State = Agreement.State
OVER = [State.ENDED, State.DECLINED, State.WITHDRAWN]


def services_of(buyer: Buyer, request: SignedInRequest) -> QuerySet[Agreement]:
    """Every agreement of the buyer; of a trust those of its schools as well."""
    own = [buyer.organisation]
    if buyer.kind == TRUST:
        own = receivers_for(buyer, request.actor)
    return agreements_for(request.actor).filter(organisation__in=own)


def service_of(buyer: Buyer, request: SignedInRequest, number: str) -> Agreement:
    """One of them by its number, or NotFound."""
    found = services_of(buyer, request).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def parted(rows: QuerySet[Agreement], on: date) -> dict[str, QuerySet[Agreement]]:
    """What is agreed and not over on the day, what is offered, what is over."""
    over = Q(state__in=OVER) | Q(state=State.ACTIVE, term_to__lte=on)
    return {
        "now": rows.exclude(over).exclude(state=State.OFFERED),
        "offered": rows.filter(state=State.OFFERED),
        "ended": rows.filter(over),
    }


@login_required
@require_safe
def services(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """What is agreed now; ``?show=ended`` what was. What waits for an answer stands above."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    parts = parted(services_of(buyer, request), on)
    show = request.GET.get("show", "")
    show = show if show in ("offered", "ended") else "now"
    counts = {name: rows.count() for name, rows in parts.items()}
    found = parts[show].order_by("organisation__name", "organisation_id", "-term_to", "title", "pk")
    page = page_of(request, found, per_page=PER_PAGE)
    new = parts["offered"].filter(succeeds=None).order_by("organisation__name", "term_from", "pk")
    years = parts["offered"].exclude(succeeds=None).order_by().values_list("term_from__year", flat=True)
    offers = list(new[:PER_PAGE]) if show != "offered" else []
    context = {
        "buyer": buyer, "page_obj": page, "show": show, "counts": counts, "schools": _by_school(list(page), on),
        "offers": _offer_rows(offers, request, on), "several": buyer.kind == TRUST,
        "count_text": plural(counts[show], "agreement"), "year": _renewal_year(parts["now"], on),
        "new_offers": new.count() if offers else 0, "renewals": sorted(Counter(years).items()),
    }  # fmt: skip
    return render(request, "school/services.html", context)


def _by_school(found: list[Agreement], on: date) -> list[dict[str, Any]]:
    """The rows of a page, under the school that each is for."""
    worth = worth_of(found, on)
    rows: list[dict[str, Any]] = [
        {
            "agreement": one,
            "state": own_state_of(one, on),
            "term": term_words(one),
            "price": price_words(worth[one.pk]),
            "whole": whole_term_words(worth[one.pk]),
            "notice": notice_words(one, on),
            "next": next_charge_words(worth[one.pk]),
        }
        for one in found
    ]
    grouped = groupby(rows, key=lambda row: row["agreement"].organisation)
    return [{"name": school.name, "rows": list(own)} for school, own in grouped]


def _offer_rows(found: list[Agreement], request: SignedInRequest, on: date) -> list[dict[str, Any]]:
    """What waits for an answer, with its sum over the whole term and whether one's limit covers it."""
    worth = worth_of(found, on)
    return [
        {
            "agreement": one,
            "term": term_words(one),
            "whole": whole_term_words(worth[one.pk]),
            "limit": limit_words(
                request.actor.spending_limit(one.organisation_id), worth[one.pk].value.gross.pence
            ),
        }
        for one in found
    ]  # fmt: skip


def _renewal_year(now: QuerySet[Agreement], on: date) -> int | None:
    """The year in which the next of them end, for the link to their renewal."""
    first = now.filter(term_to__gt=on).exclude(renewal=Agreement.Renewal.NONE).order_by("term_to").first()
    return first.term_to.year if first else None
