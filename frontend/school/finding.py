"""Find: the catalogue searched, for anybody with list prices, for a buyer with their own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.listing import ListedPrice, next_dates, prices_on_page
from catalogue.queries import FACETS, PAGE_SIZE, TEXT_LIMIT, FacetValue, Filters, SearchPage, search
from catalogue.queries_of_finding import favourite_ids, ratings_of
from catalogue.rules.classes import PriceClass
from frontend.buying import Buyer, SignedInRequest, buyer_for, buyers_of, usual_buyer
from frontend.fields import ShortDateField
from frontend.formats import long_date, money, plural
from frontend.jinja import query
from frontend.numbers import whole
from subscriptions.commissions.funding import funded_shares
from subscriptions.queries import price_class_on, theme_discounts_on

FACET_WORDS = {"kind": "Kind", "theme": "Theme", "phase": "Phase", "mode": "How it is held", "provider": "Provider"}
SHOWN_FIRST = 8
MOST_TICKED = 12
SORT_WORDS = [
    ("relevance", "Best match"),
    ("title", "Title, A to Z"),
    ("date", "Next date first"),
    ("rating", "Best rated first"),
    ("price", "Lowest list price first"),
]


class FindForm(forms.Form):
    """What a person types to search; the other filters are links."""

    q = forms.CharField(label="Search", required=False, max_length=TEXT_LIMIT)
    from_date = ShortDateField(label="From this date", required=False, help_text="For example 1/9/26")
    sort = forms.ChoiceField(label="Sort by", choices=SORT_WORDS, required=False)


@dataclass(frozen=True)
class Facet:
    """One group of links; ``more`` are those behind "Show all"."""

    name: str
    label: str
    first: list[dict[str, Any]]
    more: list[dict[str, Any]]


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The catalogue for anybody: list prices. Whoever buys for one organisation is sent to their own prices."""
    if (own := own_buyer(request)) is not None:
        return redirect(f"{own.url('school-find')}?{request.GET.urlencode()}".rstrip("?"))
    return render(request, "public/find.html", _results(request, None))


@login_required
@require_safe
def school_find(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The catalogue with the buyer's own prices."""
    return render(request, "school/find.html", _results(request, buyer_for(request, kind, code)))


def own_buyer(request: HttpRequest) -> Buyer | None:
    """For whom the person buys, where there is no doubt."""
    return usual_buyer(buyers_of(request.actor)) if request.user.is_authenticated else None  # type: ignore[attr-defined]


def _results(request: HttpRequest, buyer: Buyer | None) -> dict[str, Any]:
    on = timezone.localdate()
    form = FindForm({"sort": "relevance", **request.GET.dict()})
    given = form.cleaned_data if form.is_valid() else {}
    text = given.get("q") or _plain(request.GET.get("q", ""))[:TEXT_LIMIT]
    filters = Filters(
        **{facet: _plain(request.GET.get(facet, ""))[:60] for facet in FACETS}, from_date=given.get("from_date")
    )
    sort = given.get("sort") or "relevance"
    page = search(text=text, on=on, filters=filters, sort=sort, page=_page_number(request))
    return {
        "form": form if form.errors else None,
        "search_form": form,
        "text": text,
        "buyer": buyer,
        "page_obj": _paginator_page(page),
        "count_text": plural(page.total, "result"),
        "cards": _cards(request, page, buyer, on),
        "calendar_url": buyer.url("school-calendar") if buyer else reverse("calendar"),
        **_beside(request, page, buyer, bool(text or filters.facets())),
        "facets": [_facet(request, name, page.facets[name]) for name in FACET_WORDS],
        "chosen": _chosen(request, page, filters, text),
        "clear_url": request.path,
        "did_you_mean": _meant(request, page, filters, on),
        "kept": {name: value for name, value in request.GET.items() if name in FACETS and value},
    }


def _plain(text: str) -> str:
    """What an address says, as the database can look for it: without null characters."""
    return text.replace("\0", "")


def _page_number(request: HttpRequest) -> int:
    return whole(request.GET.get("page"), otherwise=1, digits=5)


def _paginator_page(page: SearchPage) -> Any:
    """The search's page in the form that the pagination component draws."""
    return Paginator(range(page.total), PAGE_SIZE).get_page(page.page)


def _beside(request: HttpRequest, page: SearchPage, buyer: Buyer | None, narrowed: bool) -> dict[str, Any]:
    """What is ticked to be compared, here and on other pages of results, and whether the search can be kept."""
    ticked = list(dict.fromkeys(_plain(code)[:60] for code in request.GET.getlist("compare") if code))[:MOST_TICKED]
    shown = {offer.code for offer in page.results}
    return {
        "compare_url": buyer.url("school-compare") if buyer else reverse("find-compare"),
        "ticked": ticked,
        "ticked_elsewhere": [code for code in ticked if code not in shown],
        "can_keep": narrowed and request.user.is_authenticated,
        "here": request.get_full_path(),
    }


def _cards(request: HttpRequest, page: SearchPage, buyer: Buyer | None, on: date) -> list[dict[str, Any]]:
    organisation = buyer.organisation if buyer else None
    price_class = price_class_on(organisation, on) if organisation else PriceClass.NON_MEMBER
    off = theme_discounts_on([organisation.pk], on) if organisation else None
    prices = prices_on_page(
        offers=page.results, organisation=organisation, price_class=price_class, on=on, themes_off=off,
        funded=funded_shares([(organisation.pk, one) for one in page.results], on) if organisation else None,
    )  # fmt: skip
    runs = next_dates(offers=page.results, after=timezone.now())
    ratings = ratings_of(page.results)
    marked = favourite_ids(request.actor, page.results)  # type: ignore[attr-defined]
    return [
        {
            "offer": offer,
            "rating": ratings[offer.pk].mean and ratings[offer.pk].words,
            "is_favourite": offer.pk in marked,
            "href": buyer.url("school-offer", offer=offer.code)
            if buyer
            else reverse("find-offer", kwargs={"offer": offer.code}),
            "run": runs.get(offer.pk),
            "price": price_words(prices[offer.pk]),
        }
        for offer in page.results
    ]


def price_words(listed: ListedPrice) -> str:
    """ "£140.00 a place", "£2,485.39", or why there is no figure."""
    if listed.quote is None:
        return listed.why_not
    return money(listed.quote.net.pence) + (" for one" if listed.each else "")


def _facet(request: HttpRequest, name: str, values: list[FacetValue]) -> Facet:
    links = [
        {
            "text": value.label[:1].upper() + value.label[1:],
            "count": value.count,
            "chosen": value.chosen,
            "href": query(request, **{name: None if value.chosen else value.value}, page=None),
        }
        for value in values
    ]
    return Facet(name, FACET_WORDS[name], links[:SHOWN_FIRST], links[SHOWN_FIRST:])


def _chosen(request: HttpRequest, page: SearchPage, filters: Filters, text: str) -> list[dict[str, str]]:
    """Everything that narrows the results, each with the link that removes it."""
    chips = [{"text": f"“{text}”", "remove_url": query(request, q=None, page=None)}] if text else []
    for name, label in FACET_WORDS.items():
        for value in page.facets[name]:
            if value.chosen:
                chips.append(
                    {"text": f"{label}: {value.label}", "remove_url": query(request, **{name: None}, page=None)}
                )
    if filters.from_date:
        said = f"From {long_date(filters.from_date)}"
        chips.append({"text": said, "remove_url": query(request, from_date=None, page=None)})
    return chips


def _meant(request: HttpRequest, page: SearchPage, filters: Filters, on: date) -> dict[str, Any] | None:
    """The nearest words that are known, with how many results they have under the same filters."""
    if not page.did_you_mean:
        return None
    count = search(text=page.did_you_mean, on=on, filters=filters).total
    return {
        "text": page.did_you_mean,
        "count": plural(count, "result"),
        "href": query(request, q=page.did_you_mean, page=None),
    }
