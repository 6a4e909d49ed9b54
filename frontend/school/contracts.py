"""The contract register of a school, and of a trust over all its schools: what is agreed with us and with others."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date, money, plural, state_tag
from frontend.jinja import query
from frontend.school.contract_forms import ContractFilter
from marketplace.core.periods import add_months
from marketplace.organisations.queries import partnership
from subscriptions.queries import missing_declarations, missing_quotes, register_of, totals_of
from subscriptions.register.entries import OURS, Choice, Entry
from subscriptions.register.rules.buying import related_rule
from subscriptions.register.rules.categories import category_words

PER_PAGE = 25
MOST_PRINTED = 2000
SOON = timedelta(days=90)
HEADER = [
    "number", "with", "school", "supplier", "service", "category", "a_year_before_vat", "whole_term_before_vat",
    "whole_term_vat", "whole_term_with_vat", "first_day", "last_day", "notice_by", "state", "decided", "related_party",
    "declaration", "band", "quotes_needed", "quotes_recorded",
]  # fmt: skip
TAGS = {
    "offered": "own agreement offered", "coming": "agreement to begin", "running": "agreement active",
    "paused": "agreement suspended", "over": "agreement ended",
}  # fmt: skip


def register_buyer(request: SignedInRequest, kind: str, code: str) -> Buyer:
    """The organisation of the address, its pages shown under Services."""
    buyer = buyer_for(request, kind, code)
    request.section_path = buyer.url("school-services")
    return buyer


def holders_of(buyer: Buyer, request: SignedInRequest) -> list[int]:
    """The ids of the organisations whose contracts stand on the buyer's pages."""
    return [one.pk for one in receivers_for(buyer, request.actor)]


@login_required
@require_safe
def contracts(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Every contract with filters, its totals in a sentence, what is missing, and the list as CSV or to print."""
    buyer, on = register_buyer(request, kind, code), timezone.localdate()
    form = ContractFilter(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    everything = register_of(request.actor, holders_of(buyer, request), on, Choice(show="all"))
    choice = _choice(given, on)
    found = _sorted([one for one in everything if choice.takes(one, on)], given.get("sort", ""))
    if wants_csv(request):
        return csv_response(f"contracts-{buyer.organisation.number}", HEADER, [_cells(one) for one in found])
    printed = request.GET.get("print") == "all"
    page = page_of(request, found, per_page=MOST_PRINTED if printed else PER_PAGE)
    context = {
        "buyer": buyer,
        "filter_form": form,
        "page_obj": page,
        "rows": [(one, entry_url(buyer, one)) for one in page],
        "tags": TAGS,
        "us": partnership().name,
        "states_differ": len({one.state for one in found}) > 1,
        "several_schools": kind == TRUST,
        "sentence": _sentence(found, on),
        "whole": totals_of(found)[2].gross.pence,
        "year": totals_of(found)[1],
        "count_text": plural(len(found), "contract"),
        "chosen": chosen(request, form),
        "empty": _empty(everything, found, buyer),
        "undeclared": [(one, entry_url(buyer, one)) for one in missing_declarations(everything)],
        "related": related_rule(on),
        "unquoted": [(one, entry_url(buyer, one)) for one in missing_quotes(everything)],
        "category_words": category_words,
        "csv_url": csv_url(request),
        "print_url": query(request, print="all", page=None),
        "printed": printed,
    }
    return render(request, "school/contracts.html", context)


def entry_url(buyer: Buyer, one: Entry) -> str:
    """Where a contract opens; "" where there is no page of it."""
    if one.kind != OURS:
        return buyer.url("school-contract", number=one.number)
    try:
        return buyer.url("school-service", number=one.number)
    except NoReverseMatch:
        return ""


def _choice(given: dict[str, Any], on: date) -> Choice:
    ends, notice = given.get("ends"), given.get("notice")
    return Choice(
        show=given.get("show", ""),
        ends_before=add_months(on, int(ends)) if ends else None,
        notice_before=on + timedelta(days=int(notice)) if notice else None,
        category=given.get("category", ""),
        related=given.get("related", ""),
        source=given.get("source", ""),
        text=given.get("q", "") or "",
    )


def _sorted(found: list[Entry], by: str) -> list[Entry]:
    """They come soonest end first, and stay so among equals."""
    if by == "notice":
        return sorted(found, key=lambda one: (one.notice_by is None, one.notice_by or date.max))
    if by == "service":
        return sorted(found, key=lambda one: (one.title.lower(), one.organisation.name))
    if by == "price":
        return sorted(found, key=lambda one: -one.year_pence)
    return found


def _sentence(found: Sequence[Entry], on: date) -> str:
    """ "14 contracts stand: £48,210.00 a year before VAT, £131,000.00 over their whole terms with VAT."."""
    count, year, whole = totals_of(found)
    if not count:
        return ""
    said = f"{plural(count, 'contract')} {'stands' if count == 1 else 'stand'}: {money(year)} a year before VAT, "
    said += f"{money(whole.gross.pence)} over {'its whole term' if count == 1 else 'their whole terms'} with VAT."
    near = [
        one for one in found
        if one.stands and one.notice_by and on <= one.notice_by <= on + SOON and not one.decision
    ]  # fmt: skip
    if near:
        first = min(one.notice_by for one in near if one.notice_by)
        said += f" {plural(len(near), 'notice date')} within 90 days, the first on {long_date(first)}."
    return said


def _empty(everything: Sequence[Entry], found: Sequence[Entry], buyer: Buyer) -> str:
    if found:
        return ""
    if not everything:
        return (
            f"No contracts yet. What {buyer.name} agrees with us appears here by itself; "
            "enter what it holds with others, and notice dates are not missed."
        )
    return f"None of {plural(len(everything), 'contract')} matches these filters."


def _cells(one: Entry) -> list[object]:
    return [
        one.number, "us" if one.kind == OURS else "others", one.organisation.name, one.supplier, one.title,
        " ".join(one.categories), pounds(one.year_pence), pounds(one.whole.net.pence), pounds(one.whole.vat.pence),
        pounds(one.whole.gross.pence), one.term.start, one.term.last_day, one.notice_by, state_tag(TAGS[one.state])["text"],
        {"keep": "keep", "notice": "notice given"}.get(one.decision, ""), one.related if one.kind != OURS else "",
        "there" if one.declared else "missing" if one.needs_declaration else "", one.band_words, one.band.quotes,
        one.quotes if one.kind != OURS else "",
    ]  # fmt: skip
