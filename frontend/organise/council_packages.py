"""Packages of a council contract as the partnership keeps them: a new one, its schools, the offers it pays for, its draws."""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.council.telling import tell_page
from frontend.council.words import units
from frontend.finance.listing import page_of
from frontend.formats import money, plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.council_contracts import SECTION
from frontend.organise.council_forms import AllocationForm, ListForm, OffersForm, PackageForm, RuleForm
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.commissions.models import Package
from subscriptions.commissions.queries import council_contract_for, draws_for, eligible_of, package_for
from subscriptions.commissions.services.packaging import (
    PackageTerms,
    add_package,
    change_allocation,
    change_rule,
    fund_offers,
    left_of_block,
    list_schools,
)


@organiser_page(READ_AND_WRITE, section=SECTION)
def new(request: OrganiserRequest, number: str) -> HttpResponse:
    """What the contract pays for which schools."""
    council = council_contract_for(request.actor, number)
    contract = council.contract
    initial = {"first": contract.valid_from, "last": contract.valid_to - timedelta(days=1)}
    form = PackageForm(request.POST or None, council=council, initial=initial)
    if form.is_valid():
        given = dict(form.cleaned_data)
        term = Period(given.pop("first"), given.pop("last") + timedelta(days=1))
        terms = PackageTerms(
            **{name: given[name] for name in ("code", "title", "what", "unit", "block", "allocation", "each_most", "by", "confidential")},
            price=Money(given["price"]), term=term, phases=tuple(given["phases"]),
            billing_classes=tuple(given["billing_classes"]),
        )  # fmt: skip
        try:
            made = add_package(council=council, terms=terms, actor=request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{made.title} is added.")
            return redirect(url("organise-council-package", number=number, code=made.code))
    context = {"form": form, "contract": contract, "back_url": url("organise-council-contract", number=number)}
    return show(request, "council_package_new.html", context, status=400 if form.errors else 200)


@organiser_page(READ_AND_WRITE, section=SECTION)
def package(request: OrganiserRequest, number: str, code: str) -> HttpResponse:
    """One package: its schools, the offers it pays for, what was drawn."""
    on = timezone.localdate()
    found = package_for(request.actor, number, code)
    schools = [one.organisation for one in eligible_of(found, on)]
    do = request.POST.get("do", "")
    forms = _forms(request, found, schools, do)
    form = forms.get(do, forms["list"])
    if do and form.is_valid():
        try:
            messages.success(request, _done(request, found, do, form))
            return redirect(url("organise-council-package", number=number, code=code))
        except DomainError as error:
            form.add_error(None, error.message)
    page = page_of(request, draws_for(request.actor).filter(package=found), per_page=25)
    context = {
        "package": found, "contract": found.council.contract, "schools": schools, "form": form,
        "listing": forms["list"], "funding": forms["offers"], "allocating": forms["allocation"], "rule": forms["rule"],
        "room": _room(found), "page_obj": page, "drawn": units(found.drawn, found.unit), "of": units(found.allocation, found.unit),
        "draws": [(one, units(one.kept, found.unit)) for one in page], "last": found.valid_to - timedelta(days=1),
        "back_url": url("organise-council-contract", number=number),
    }  # fmt: skip
    return show(request, "council_package.html", context, status=400 if form.errors else 200)


def _lines(schools: list[Organisation]) -> str:
    return "\n".join(one.name for one in schools)


def _offers(found: Package) -> str:
    return "\n".join(
        f"{one.offer.code}: {(one.share * 100).normalize():f}"
        for one in found.offers.select_related("offer").order_by("pk")
    )


def _forms(
    request: OrganiserRequest, found: Package, schools: list[Organisation], do: str
) -> dict[str, Form]:  # fmt: skip
    """By what is pressed the form that belongs to it; bound is the one that was sent."""
    given = {one: request.POST if do == one else None for one in ("list", "offers", "allocation", "rule")}
    return {
        "list": ListForm(given["list"], initial={"schools": _lines(schools)}),
        "offers": OffersForm(given["offers"], initial={"offers": _offers(found)}),
        "allocation": AllocationForm(given["allocation"], initial={"allocation": f"{found.allocation.normalize():f}"}),
        "rule": RuleForm(
            given["rule"], initial={"phases": found.phases, "billing_classes": found.billing_classes}
        ),
    }  # fmt: skip


def _room(found: Package) -> str:
    """How few and how many units there may be: what is drawn, and what the block's lines have left."""
    least = f"At least {found.drawn.normalize():f}, which is drawn" if found.drawn else "More than 0"
    left = left_of_block(found.council, found)
    if not found.price_pence:
        return least
    most = (Decimal(left) / found.price_pence).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return f"{least}; at most {most.normalize():f}, for which its block has {money(left)}"


def _done(request: OrganiserRequest, found: Package, do: str, form: Form) -> str:
    given, actor = form.cleaned_data, request.actor
    if do == "offers":
        fund_offers(package=found, offers=given["offers"], actor=actor)
        return "Saved which offers it pays for."
    if do == "allocation":
        made = change_allocation(package=found, actor=actor, **given)
        return f"There are {units(made.allocation, made.unit)} now. The commissioner reads why on the contract."
    if do == "rule":
        made = change_rule(package=found, actor=actor, **given)
        return f"The rule finds {plural(eligible_of(made, timezone.localdate()).count(), 'school')} now."
    list_schools(package=found, schools=given["schools"], on=timezone.localdate(), actor=actor)
    return f"The list has {plural(len(given['schools']), 'school')} now."


@organiser_page(READ_AND_WRITE, section=SECTION)
def tell(request: OrganiserRequest, number: str, code: str) -> HttpResponse:
    """Tells schools that drew nothing that the package pays for them."""
    back = url("organise-council-contract", number=number)
    found = package_for(request.actor, number, code)
    return tell_page(request, found, layout="organise/base.html", back=back)
