"""A school's budget against what it bought: a year by code, the lines behind each figure, and what the school enters."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import TRUST, Buyer, SignedInRequest, buyer_for, buyer_of
from frontend.fields import PoundsField
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import money, plural
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import financial_year_of
from marketplace.trading.budget_queries import (
    YearBudget,
    budget_for,
    own_budget,
    purchases_for,
    year_of,
    year_starting,
    years_around,
)
from marketplace.trading.models.budgets import CODE_LIMIT
from marketplace.trading.purchases import Purchase
from marketplace.trading.rules.budgets import CODE, What
from marketplace.trading.services import clean_code, set_budget

PER_PAGE = 25
NEW_CODES = 4  # empty boxes for codes that have neither a budget nor a purchase yet
CSV_HEADER = ["code", "budget", "ordered_not_invoiced", "invoiced", "credited", "left"]
LINES_HEADER = [
    "date", "what", "school", "order", "invoice", "code", "our_code", "description", "service_from", "service_to",
    "before_vat",
]  # fmt: skip
WORDS = {What.ORDERED: "Ordered, not invoiced", What.INVOICED: "Invoiced", What.CREDITED: "Credited"}


def year_asked(request: SignedInRequest, buyer: Buyer) -> Period:
    """The year of ``?year=2026-04-01``, by its first day; this year where none is asked, or none begins on that day."""
    on = timezone.localdate()
    try:
        return year_starting(buyer.organisation, date.fromisoformat(request.GET.get("year", "")), on=on)
    except (ValueError, DomainError):
        return year_of(buyer.organisation, on)


def year_links(buyer: Buyer, page: str, chosen: Period, **more: Any) -> list[dict[str, Any]]:
    """Last year, this year and next year as links to a page."""
    return [
        {"year": year, "href": f"{buyer.url(page, **more)}?year={year.start.isoformat()}", "chosen": year == chosen}
        for year in years_around(buyer.organisation, timezone.localdate())
    ]


@login_required
@require_safe
def budget(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """A year by code: budget, ordered, invoiced, credited, left; each figure opens its lines. Also as CSV."""
    buyer = buyer_for(request, kind, code)
    year = year_asked(request, buyer)
    found = budget_for(request.actor, buyer.organisation, year)
    if wants_csv(request):
        rows = [
            [row.code, *(pounds(p) for p in (row.budget, row.ordered, row.invoiced, -row.credited, row.left))]
            for row in found.rows
        ]
        return csv_response(f"budget-{buyer.organisation.number}-{year.start.isoformat()}", CSV_HEADER, rows)
    context = {
        "buyer": buyer,
        "found": found,
        "year": year,
        "years": year_links(buyer, "school-budget", year),
        "assumed": financial_year_of(buyer.organisation, year.start) is None,
        "finding": _finding(found),
        "over": [row for row in found.rows if row.left < 0 and row.budget],
        "members": _members(found, year),
        "csv_url": csv_url(request),
        "year_query": f"?year={year.start.isoformat()}",
        "lines_url": lambda row=None, what="": _lines_url(buyer, year, row.code if row else None, what),
    }
    return render(request, "school/budget.html", context)


def _lines_url(buyer: Buyer, year: Period, code: str | None, what: str) -> str:
    given = {"year": year.start.isoformat()} | ({"code": code} if code is not None else {})
    return f"{buyer.url('school-budget-lines')}?{urlencode(given | ({'what': what} if what else {}))}"


def _finding(found: YearBudget) -> str:
    """What the picture says, in a sentence."""
    total = found.total
    if not found.rows:
        return ""
    if not total.budget:
        return f"{money(total.used)} is ordered and invoiced; no budget is entered yet"
    if total.left < 0:
        return f"{money(total.used)} is used, {money(-total.left)} more than the budget of {money(total.budget)}"
    return f"{money(total.used)} of {money(total.budget)} is used, {money(total.left)} is left"


def _members(found: YearBudget, year: Period) -> list[tuple[str, str, Any]]:
    """For a trust: name, address and sum of each school; the trust itself is this page."""
    pks = [one.pk for one, _ in found.members]
    places = {
        one.pk: buyer_of(one) for one in Organisation.objects.filter(pk__in=pks).select_related("school", "trust")
    }
    return [
        (
            one.name,
            f"{places[one.pk].url('school-budget')}?year={_first_day(year)}" if places[one.pk].kind != TRUST else "",
            row,
        )
        for one, row in found.members
    ]


def _first_day(year: Period) -> str:
    return year.start.isoformat()


@login_required
@require_safe
def budget_lines(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The lines behind a figure: of one code or of all, of one kind or of all. Also as CSV."""
    buyer = buyer_for(request, kind, code)
    year = year_asked(request, buyer)
    what = request.GET.get("what", "")
    what = what if what in WORDS else ""
    chosen_code = request.GET.get("code")
    found = purchases_for(request.actor, buyer.organisation, year, code=chosen_code, what=what)
    if wants_csv(request):
        name = f"purchases-{buyer.organisation.number}-{year.start.isoformat()}"
        return csv_response(name, LINES_HEADER, [_line_cells(one) for one in found])
    page = page_of(request, found, per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "year": year,
        "page_obj": page,
        "rows": [(one, document_url(buyer, one, request), order_url(buyer, one)) for one in page],
        "total_pence": sum(one.signed for one in found),
        "count_text": plural(len(found), "line"),
        "title": f"{WORDS[What(what)] if what else 'Bought'}{f', {chosen_code}' if chosen_code else ''}",
        "words": WORDS,
        "kinds_differ": not what,
        "several_schools": kind == TRUST,
        "csv_url": csv_url(request),
        "back_url": f"{buyer.url('school-budget')}?year={year.start.isoformat()}",
    }
    return render(request, "school/budget_lines.html", context)


def document_url(buyer: Buyer, one: Purchase, request: SignedInRequest) -> str:
    """Where the invoice opens, "" where it is not this person's to read: a trust's invoice is not its school's."""
    if one.document and one.customer_id in request.actor.organisations():
        return buyer.url("school-invoice", number=one.document) if _reaches(buyer, one) else ""
    return ""


def _reaches(buyer: Buyer, one: Purchase) -> bool:
    """A trust reads its schools' invoices too; a school its own."""
    return buyer.kind == TRUST or one.customer_id == buyer.organisation.pk


def order_url(buyer: Buyer, one: Purchase) -> str:
    return buyer.url("school-order", number=one.order) if one.order else ""


def _line_cells(one: Purchase) -> list[object]:
    return [
        one.on, WORDS[one.what], one.school, one.order, one.document, one.code, one.our_code, one.description,
        one.service_from, one.service.last_day if one.service else None, pounds(one.signed),
    ]  # fmt: skip


class BudgetForm(forms.Form):
    """One amount for each code that has a budget or a purchase, and empty boxes for further codes."""

    def __init__(self, codes: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in codes:
            self.fields[f"amount-{code}"] = PoundsField(label=code, required=False)
        for number in range(1, NEW_CODES + 1):
            self.fields[f"code{number}"] = forms.CharField(
                label=f"Further code {number}", required=False, max_length=CODE_LIMIT
            )
            self.fields[f"new{number}"] = PoundsField(label=f"Budget of further code {number}", required=False)

    @property
    def known(self) -> list[Any]:
        """The fields of the codes that are known."""
        return [self[name] for name in self.fields if name.startswith("amount-")]

    @property
    def further(self) -> list[tuple[Any, Any]]:
        """Code and amount of each empty pair."""
        return [(self[f"code{number}"], self[f"new{number}"]) for number in range(1, NEW_CODES + 1)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, NEW_CODES + 1):
            self._check_pair(given, number)
        return given

    def _check_pair(self, given: dict[str, Any], number: int) -> None:
        code, amount = given.get(f"code{number}"), given.get(f"new{number}")
        if amount and not code:
            self.add_error(f"code{number}", f"Enter the code of {money(amount)}")
        if not code:
            return
        try:
            cleaned = clean_code(code)
        except WrongInput as error:
            self.add_error(f"code{number}", error.message)
            return
        others = {given.get(f"code{other}") for other in range(1, number)}
        if f"amount-{cleaned}" in self.fields or cleaned in others:
            self.add_error(f"code{number}", f"{cleaned} is there already. Enter its budget once")
        given[f"code{number}"] = cleaned

    def budget(self) -> dict[str, int]:
        """Pence by code, those without an amount left out."""
        given = self.cleaned_data
        found = {name.removeprefix("amount-"): given[name] for name in self.fields if name.startswith("amount-")}
        found |= {given[f"code{n}"]: given[f"new{n}"] for n in range(1, NEW_CODES + 1) if given[f"code{n}"]}
        return {code: pence for code, pence in found.items() if pence}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def budget_edit(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The budget of a year on one form; what is left empty has none."""
    buyer = buyer_for(request, kind, code)
    year = year_asked(request, buyer)
    now = own_budget(request.actor, buyer.organisation, year)
    form = BudgetForm(_codes(request, buyer, year, now), request.POST or None, initial=_initial(now))
    back = f"{buyer.url('school-budget')}?year={year.start.isoformat()}"
    if form.is_bound and form.is_valid():
        try:
            total = set_budget(organisation=buyer.organisation, year=year, budget=form.budget(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"The budget is saved: {money(total)} in all.")
            return redirect(back)
    context = {"buyer": buyer, "year": year, "form": form, "back_url": back, "several_schools": kind == TRUST}
    return render(request, "school/budget_edit.html", context, status=400 if form.errors else 200)


def _codes(request: SignedInRequest, buyer: Buyer, year: Period, now: dict[str, int]) -> list[str]:
    """Those with a budget, a purchase, or an amount in the form that came back."""
    bought = {one.code for one in purchases_for(request.actor, buyer.organisation, year)}
    posted = {name.removeprefix("amount-") for name in request.POST if name.startswith("amount-")}
    return sorted(code for code in {*now, *bought, *posted} if CODE.fullmatch(code))


def _initial(now: dict[str, int]) -> dict[str, int]:
    return {f"amount-{code}": pence for code, pence in now.items()}
