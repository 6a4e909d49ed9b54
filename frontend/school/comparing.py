"""Up to four offers side by side: what they are, what they cost this buyer and why, when, and what cancelling costs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from catalogue.listing import ListedPrice, prices_on_page
from catalogue.models import CourseRun, Offer
from catalogue.queries import published_offers
from catalogue.queries_of_finding import ratings_of
from catalogue.rules.classes import PriceClass
from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.formats import money, plural, short_date
from frontend.school.finding import own_buyer, price_words
from frontend.school.words import cancelling_words, steps_of
from subscriptions.commissions.funding import funded_shares
from subscriptions.queries import price_class_on, theme_discounts_on

MOST, DATES = 4, 3


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Offers beside each other at list prices. Whoever buys for one organisation is sent to their own prices."""
    if (own := own_buyer(request)) is not None:
        return redirect(f"{own.url('school-compare')}?{request.GET.urlencode()}".rstrip("?"))
    return render(request, "public/compare.html", _context(request, None))


@login_required
@require_safe
def school_compare(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Offers beside each other at the buyer's own prices."""
    return render(request, "public/compare.html", _context(request, buyer_for(request, kind, code)))


def _context(request: HttpRequest, buyer: Buyer | None) -> dict[str, Any]:
    asked = list(dict.fromkeys(one.replace("\0", "")[:60] for one in request.GET.getlist("offer") if one))
    codes = asked[:MOST]
    by_code = {
        offer.code: offer
        for offer in published_offers().filter(code__in=codes).select_related("provider__organisation", "sold_by")
    }
    offers = [by_code[code] for code in codes if code in by_code]
    back = buyer.url("school-find") if buyer else reverse("find")
    kept = [offer.code for offer in offers]
    return {
        "buyer": buyer,
        "columns": [{"text": "What is compared", "hidden": True}, *(_heading(offer, buyer) for offer in offers)],
        "rows": _rows(offers, buyer, timezone.localdate(), timezone.now()) if offers else [],
        "remove": [
            {"title": offer.title, "href": _query([code for code in kept if code != offer.code], "offer") or "?"}
            for offer in offers
        ],
        "count_text": plural(len(offers), "offer"),
        "left_out": len(asked) - len(codes),
        "gone": len(codes) - len(offers),
        "most": MOST,
        "add_url": back + _query(kept, "compare") if len(offers) < MOST else "",
        "back_url": back + _query(kept, "compare"),
    }


def _query(codes: Iterable[str], name: str) -> str:
    given = urlencode([(name, code) for code in codes])
    return f"?{given}" if given else ""


def _heading(offer: Offer, buyer: Buyer | None) -> dict[str, Any]:
    href = buyer.url("school-offer", offer=offer.code) if buyer else reverse("find-offer", kwargs={"offer": offer.code})
    return {"text": offer.title, "href": href}


def _rows(offers: Sequence[Offer], buyer: Buyer | None, on: date, now: datetime) -> list[list[Any]]:
    organisation = buyer.organisation if buyer else None
    price_class = price_class_on(organisation, on) if organisation else PriceClass.NON_MEMBER
    off = theme_discounts_on([organisation.pk], on) if organisation else None
    prices = prices_on_page(
        offers=offers, organisation=organisation, price_class=price_class, on=on, themes_off=off,
        funded=funded_shares([(organisation.pk, one) for one in offers], on) if organisation else None,
    )  # fmt: skip
    dates, ratings = _dates(offers, now), ratings_of(offers)
    lines: list[tuple[str, list[Any]]] = [
        ("Kind", [_kind(offer) for offer in offers]),
        ("About", [offer.summary or None for offer in offers]),
        ("Your price" if buyer else "List price", [_price(offer, prices[offer.pk]) for offer in offers]),
        ("Next dates and places left", [_runs(offer, dates[offer.pk]) for offer in offers]),
        ("By", [_by(offer) for offer in offers]),
        ("Rating", [ratings[offer.pk].words for offer in offers]),
        ("Evidence", [_evidence(offer) for offer in offers]),
        ("For", [", ".join(offer.phases) or "All phases" for offer in offers]),
        ("Codes", [_codes(offer) for offer in offers]),
        ("If plans change", [_cancelling(offer, dates[offer.pk], on) for offer in offers]),
    ]
    return [[name, *cells] for name, cells in lines if any(cell is not None for cell in cells)]


def _kind(offer: Offer) -> str:
    return offer.get_kind_display() + (f", for {plural(offer.term_months, 'month')}" if offer.term_months else "")


def _price(offer: Offer, listed: ListedPrice) -> Any:
    if offer.signposted_url:
        return "Booked with them"
    if listed.quote is None:
        return price_words(listed)
    steps = [_step(step) for step in steps_of(listed.quote)]
    return {"html": format_html("<div><strong>{}</strong>, before VAT{}</div>", price_words(listed), _list(steps))}


def _step(step: dict[str, Any]) -> str:
    """ "2 places: £280.00"; an amount below nought keeps its sign beside it where the line is full."""
    if step["pence"] is None:
        return str(step["text"])
    return format_html('{}: <span class="app-nowrap">{}</span>', step["text"], money(step["pence"]))


def _list(words: Sequence[str]) -> SafeString:
    items = format_html_join("", "<li>{}</li>", ((one,) for one in words))
    return format_html('<ul class="govuk-list app-compare__list">{}</ul>', items)


def _dates(offers: Sequence[Offer], now: datetime) -> dict[int, list[CourseRun]]:
    """The next three dates of each offer by its id. Two queries."""
    place = Window(RowNumber(), partition_by=F("offer_id"), order_by=[F("starts_at"), F("pk")])
    coming = CourseRun.objects.filter(offer__in=offers, state=CourseRun.State.OPEN, starts_at__gt=now)
    coming = coming.prefetch_related("meetings")
    found: dict[int, list[CourseRun]] = defaultdict(list)
    for run in coming.annotate(place=place).filter(place__lte=DATES).order_by("starts_at", "pk"):
        found[run.offer_id].append(run)
    return found


def _runs(offer: Offer, runs: Sequence[CourseRun]) -> Any:
    if offer.kind != Offer.Kind.COURSE:
        return None
    if not runs:
        return "No date yet"
    return {"html": _list([_run(run) for run in runs])}


def _run(run: CourseRun) -> str:
    where = "online" if run.mode == CourseRun.Mode.ONLINE else run.venue or run.get_mode_display().lower()
    left = plural(run.places_left, "place") + " left" if run.places_left > 0 else "full"
    several = len(run.meetings.all())
    first = f"{several} meetings from " if several > 1 else ""
    return f"{first}{short_date(run.starts_at)}, {where}, {left}"


def _by(offer: Offer) -> str:
    seller = f"sold by {offer.sold_by.name}" if offer.sold_by else "sold by us"
    return f"{offer.provider.organisation.name}, {seller}"


def _evidence(offer: Offer) -> Any:
    if not offer.evidence_url:
        return None
    words = offer.get_evidence_display()
    return {"html": format_html('<a class="govuk-link" href="{}">{}</a>', offer.evidence_url, words)}


def _codes(offer: Offer) -> str:
    return f"CFR {offer.cfr_code}" + (f", academies {offer.aar_code}" if offer.aar_code else "")


def _cancelling(offer: Offer, runs: Sequence[CourseRun], on: date) -> Any:
    words = cancelling_words(offer, runs[0] if runs else None, on)
    return {"html": _list(words)} if words else None
