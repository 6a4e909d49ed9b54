"""What subscriptions include: over all customers, of one customer, and one allowance with its movements."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.customers import customer_for
from frontend.finance.included_forms import CarryForm, CorrectForm, GrantForm, IncludedFilter
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, wants_csv
from frontend.included_words import (
    MOVEMENTS_CSV,
    days_of,
    last_day,
    movement_cells,
    standing_row,
    what_for,
    what_happened,
)
from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation
from subscriptions.allowances.queries import SOME_LEFT
from subscriptions.allowances.rules.units import Unit, amount, counted
from subscriptions.models import Allowance
from subscriptions.queries import allowances_for, allowances_of, movements_of, standings_of
from subscriptions.services import carry_over, correct_allowance, grant_allowance

SOON = timedelta(days=60)
LIST_CSV = [
    "customer", "number", "subscription", "unit", "first_day", "last_day", "granted", "used", "kept", "lapsed",
    "carried_over", "left", "percent_used",
]  # fmt: skip


def _filtered(actor: Actor, form: IncludedFilter, on: date) -> QuerySet[Allowance]:
    """Those that match, those that end first in front."""
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "unit": "", "show": ""}
    found = allowances_for(actor).order_by("valid_to", "pk")
    if wanted["unit"]:
        found = found.filter(unit=wanted["unit"])
    if text := wanted["q"].strip():
        found = found.filter(Q(organisation__name__icontains=text) | Q(organisation__number__iexact=text))
    if wanted["show"] == "lapsing":
        return found.filter(SOME_LEFT, valid_from__lte=on, valid_to__gt=on, valid_to__lte=on + SOON)
    if wanted["show"] == "ended":
        return found.filter(valid_to__lte=on).order_by("-valid_to", "-pk")
    return found if wanted["show"] == "all" else found.filter(valid_from__lte=on, valid_to__gt=on)


def _sums(found: QuerySet[Allowance]) -> list[str]:
    """ "40 of 63 places are kept or used: 63%" for each unit."""
    totals = found.order_by().values_list("unit").annotate(taken=Sum("taken"), granted=Sum("granted"))
    return [
        f"{amount(taken, unit)} of {counted(granted, unit)} kept or used, {taken * 100 // granted}%"
        for unit, taken, granted in sorted(totals)
        if granted
    ]


@finance_page(section="finance-customers")
def included(request: FinanceRequest) -> HttpResponse:
    """Over all customers: how much of what was granted is used, and what lapses soon. Also as CSV."""
    form, on = IncludedFilter(request.GET), timezone.localdate()
    found = _filtered(request.actor, form, on)
    if wants_csv(request):
        rows = (
            [one.allowance.organisation.name, one.allowance.organisation.number, one.allowance.name, one.allowance.unit,
             one.allowance.valid_from, last_day(one.allowance), one.allowance.granted, one.used, one.kept,
             one.allowance.expired, one.allowance.carried, one.allowance.left, one.percent]
            for one in standings_of(found)
        )  # fmt: skip
        return csv_response(f"included-{on.isoformat()}", LIST_CSV, rows)
    page = page_of(request, found)
    context = {
        "form": form,
        "chosen": chosen(request, form),
        "page_obj": page,
        "rows": [_list_row(one) for one in standings_of(page)],
        "sums": _sums(found),
        "csv_url": csv_url(request),
    }
    return show(request, "included.html", context)


def _list_row(one: Any) -> list[Any]:
    row = one.allowance
    name, what, days, granted, used, kept, lapsed, carried, left = standing_row(one)
    number = row.organisation.number
    return [
        {"text": row.organisation.name, "href": url("finance-customer-places", number=number),
         "brief": f"{counted(row.left, row.unit, row.name)} left"},
        {"text": name, "href": url("finance-customer-allowance", number=number, pk=row.pk)},
        what, {"text": days, "classes": "app-nowrap"}, granted, used, kept, f"{one.percent}%", lapsed, carried, left,
    ]  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def included_places(request: FinanceRequest, number: str) -> HttpResponse:
    """What the customer was granted; posting grants more."""
    customer = customer_for(request.actor, number)
    form = GrantForm(posted(request), initial={"first": timezone.localdate()})
    status = 200
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to="grant included places")
        if form.is_valid():
            try:
                made = _grant(customer, form.cleaned_data, request.actor)
            except DomainError as error:
                form.add_error("places", " ".join(said(error)))
            else:
                got = counted(made.granted, made.unit)
                messages.success(request, f"{customer.name} has {got} from {made.name}.")
                return redirect(url("finance-customer-places", number=number))
        status = 400
    context = {
        "customer": customer,
        "form": form,
        "granted": [
            standing_row(one, href=url("finance-customer-allowance", number=number, pk=one.allowance.pk))
            for one in standings_of(allowances_of(customer))
        ],
        "may_grant": request.actor.has(Role.FINANCE_MANAGER),
        "back_url": url("finance-customer", number=number),
    }
    return show(request, "included_places.html", context, status=status)


def _grant(customer: Organisation, given: dict[str, Any], actor: Actor) -> Allowance:
    first, end, unit = given["first"], given["last"] + timedelta(days=1), given["unit"]
    what = f"{given['name']}:{unit}" if unit != Unit.PLACE else given["name"]
    return grant_allowance(
        source_key=f"by-hand:{customer.number}:{what}:{first}:{end}", organisation=customer, name=given["name"],
        places=given["places"], unit=unit, carry_most=given["carry_most"] or 0, valid_from=first, valid_to=end,
        on=timezone.localdate(), actor=actor,
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def allowance(request: FinanceRequest, number: str, pk: int) -> HttpResponse:
    """One allowance with its movements; a finance manager corrects it with a reason, or carries over what is left."""
    customer, on = customer_for(request.actor, number), timezone.localdate()
    row = allowances_of(customer).filter(pk=pk).first()
    if row is None:
        raise NotFound(f"{customer.name} has no such allowance.")
    correct, carry, status = _forms(request, row, on)
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to="change what a subscription includes")
        form = carry if request.POST.get("do") == "carry" and carry else correct
        if form.is_valid():
            try:
                done = _change(request, row, form, on)
            except DomainError as error:
                form.add_error("into" if form is carry else "granted", " ".join(said(error)))
            else:
                messages.success(request, done)
                return redirect(request.path)
        status = 400
    if wants_csv(request):
        return csv_response(f"included-{customer.number}-{row.pk}", MOVEMENTS_CSV, movement_cells(movements_of([row])))
    forms = {"forms": [one for one in (carry, correct) if one], "correct": correct, "carry": carry}
    return show(request, "allowance.html", {**_shown(request, customer, row), **forms}, status=status)


def _shown(request: FinanceRequest, customer: Organisation, row: Allowance) -> dict[str, Any]:
    """The figures of an allowance, a page of its movements with who moved it, and what may be carried over."""
    page = page_of(request, movements_of([row]))
    [stands] = standings_of([row])
    return {
        "customer": customer,
        "row": row,
        "unit_words": Unit(row.unit).words,
        "days": days_of(row),
        "figures": standing_row(stands)[3:],
        "percent": stands.percent,
        "page_obj": page,
        "rows": [
            [f"{one.on:%-d %b %Y}", what_happened(one), what_for(one), one.person.name if one.person else "The platform",
             amount(abs(one.units), row.unit), amount(one.left_after, row.unit)]
            for one in page
        ],
        "carry_words": counted(min(row.left + row.expired, row.carry_most), row.unit),
        "may_change": request.actor.has(Role.FINANCE_MANAGER),
        "csv_url": csv_url(request),
        "back_url": url("finance-customer-places", number=customer.number),
    }  # fmt: skip


def _forms(request: FinanceRequest, row: Allowance, on: date) -> tuple[CorrectForm, CarryForm | None, int]:
    """The form that corrects, and where something may be carried over the one that does."""
    sent, doing = posted(request), request.POST.get("do")
    shown = {"granted": amount(row.granted, row.unit).replace("½", ".5").replace(",", ""), "seen": row.granted}
    if shown["granted"] == ".5":
        shown["granted"] = "0.5"
    correct = CorrectForm(sent if doing != "carry" else None, unit=row.unit, initial=shown)
    if row.valid_to > on or row.carried_into_id or not min(row.left + row.expired, row.carry_most):
        return correct, None, 200
    same = Allowance.objects.filter(organisation=row.organisation_id, unit=row.unit, valid_to__gt=F("valid_from"))
    later = list(same.filter(valid_to__gt=max(row.valid_to, on)).order_by("valid_from", "pk"))
    carry = CarryForm(sent if doing == "carry" else None, later=later) if later else None
    return correct, carry, 200


def _change(request: FinanceRequest, row: Allowance, form: CorrectForm | CarryForm, on: date) -> str:
    given = form.cleaned_data
    if isinstance(form, CarryForm):
        into = Allowance.objects.get(pk=given["into"])
        moved = carry_over(allowance=row, into=into, on=on, actor=request.actor)
        return f"{counted(moved, row.unit)} went over into {into.name}, {days_of(into)}."
    made = correct_allowance(
        allowance=row, granted=given["granted"], seen=given["seen"], reason=given["reason"], on=on, actor=request.actor
    )
    return f"{counted(made.granted, made.unit, made.name)} are granted now."
