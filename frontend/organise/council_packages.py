"""Packages of a council contract as the partnership keeps them: a new one, its schools, the offers it pays for, its draws."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.council.words import units
from frontend.finance.listing import page_of
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from frontend.organise.council_contracts import SECTION
from frontend.organise.council_forms import ListForm, OffersForm, PackageForm
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.commissions.models import Package
from subscriptions.commissions.queries import council_contract_for, draws_for, eligible_of, package_for
from subscriptions.commissions.services.packaging import PackageTerms, add_package, fund_offers, list_schools


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
    listing = ListForm(request.POST if do == "list" else None, initial={"schools": _lines(schools)})
    funding = OffersForm(request.POST if do == "offers" else None, initial={"offers": _offers(found)})
    form = funding if do == "offers" else listing
    if do and form.is_valid():
        try:
            messages.success(request, _done(request, found, do, form))
            return redirect(url("organise-council-package", number=number, code=code))
        except DomainError as error:
            form.add_error(None, error.message)
    page = page_of(request, draws_for(request.actor).filter(package=found), per_page=25)
    context = {
        "package": found, "contract": found.council.contract, "schools": schools, "listing": listing, "form": form,
        "funding": funding, "page_obj": page, "drawn": units(found.drawn, found.unit), "of": units(found.allocation, found.unit),
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


def _done(request: OrganiserRequest, found: Package, do: str, form: ListForm | OffersForm) -> str:
    if do == "offers":
        offers = form.cleaned_data["offers"]
        fund_offers(package=found, offers=offers, actor=request.actor)
        return "Saved which offers it pays for."
    schools = form.cleaned_data["schools"]
    list_schools(package=found, schools=schools, on=timezone.localdate(), actor=request.actor)
    return f"The list has {len(schools)} schools now."
