"""An organisation that is in no register: adding it, and its new name or address."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.office.organisations import require_administrator
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Identity, Organisation
from marketplace.organisations.queries import organisations_for
from marketplace.organisations.services.by_hand import (
    BY_HAND,
    CHANGED_BY_HAND,
    LIMITS,
    NameTaken,
    add_by_hand,
    change_identity,
)
from marketplace.organisations.services.registry import Address

ADDRESS = ("street", "locality", "town", "county", "postcode")
NUMBERS = ("vat_number", "company_number")
KINDS = [(kind.value, kind.label) for kind in BY_HAND]


class IdentityForm(forms.Form):
    """Name, address, VAT and company number."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Enter the name"})
    street = forms.CharField(label="Street", max_length=LIMITS["street"], required=False)
    locality = forms.CharField(label="Locality", max_length=LIMITS["locality"], required=False)
    town = forms.CharField(label="Town", max_length=LIMITS["town"], required=False)
    county = forms.CharField(label="County", max_length=LIMITS["county"], required=False)
    postcode = forms.CharField(label="Postcode", max_length=LIMITS["postcode"], required=False)
    vat_number = forms.CharField(
        label="VAT number", max_length=LIMITS["vat_number"], required=False, help_text="Such as GB 123 4567 89"
    )
    company_number = forms.CharField(
        label="Company number", max_length=LIMITS["company_number"], required=False, help_text="From Companies House"
    )

    def address(self) -> Address:
        return Address(**{name: self.cleaned_data[name] for name in ADDRESS})

    def numbers(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in NUMBERS}


class AddForm(IdentityForm):
    """Of which kind as well, and a shared address for notices."""

    kind = forms.ChoiceField(
        label="What is it?", choices=KINDS, widget=forms.RadioSelect, error_messages={"required": "Choose what it is"}
    )
    notify_email = forms.EmailField(
        label="Shared e-mail address for notices", required=False,
        error_messages={"invalid": "Enter an e-mail address, like office@name.example"},
    )  # fmt: skip


def organisation_of(request: SignedInRequest, number: str) -> Organisation:
    """The organisation of the address, for an administrator."""
    require_administrator(request.actor)
    found = organisations_for(request.actor).select_related("school", "trust").filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def _field_of(error: DomainError, form: forms.Form) -> str | None:
    field = "name" if isinstance(error, NameTaken) else str(error.facts.get("field", ""))
    return field if field in form.fields else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """A provider or another customer."""
    require_administrator(request.actor)
    form = AddForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = add_by_hand(
                kind=Organisation.Kind(given["kind"]), name=given["name"], address=form.address(),
                notify_email=given["notify_email"], on=timezone.localdate(), actor=request.actor, **form.numbers(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(_field_of(error, form), error.message)
        else:
            messages.success(request, f"{made.name} is added as {made.number}. Now say who may do what there.")
            return redirect("office-organisation", number=made.number)
    context = {
        "form": form, "title": "Add an organisation", "submit": "Add this organisation",
        "hints": {
            Organisation.Kind.PROVIDER: "Delivers courses, consultants or services",
            Organisation.Kind.OTHER: "Buys or supplies, and is no school, trust or council",
        },
        "back_url": reverse("organisations"),
    }  # fmt: skip
    return render(request, "office/identity.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, number: str) -> HttpResponse:
    """Another name or address from today on; what the register names is changed there."""
    found = organisation_of(request, number)
    if found.kind not in CHANGED_BY_HAND:
        raise NotFound("Page not found")
    form = IdentityForm(request.POST if request.method == "POST" else None, initial=_now(found))
    if form.is_bound and form.is_valid():
        try:
            change_identity(
                organisation=found, name=form.cleaned_data["name"], address=form.address(), on=timezone.localdate(),
                actor=request.actor, **form.numbers(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(_field_of(error, form), error.message)
        else:
            messages.success(request, "Changed from today on. Documents that were issued keep what they say.")
            return redirect("office-organisation", number=number)
    context = {
        "form": form, "title": f"Change the name or address of {found.name}", "submit": "Save", "hints": {},
        "back_url": reverse("office-organisation", kwargs={"number": number}),
    }  # fmt: skip
    return render(request, "office/identity.html", context, status=400 if form.errors else 200)


def _now(organisation: Organisation) -> dict[str, Any]:
    found = Identity.objects.filter(organisation=organisation, valid_to__isnull=True).order_by("-valid_from").first()
    if found is None:
        return {"name": organisation.name}
    return {field: getattr(found, field) for field in ("name", *ADDRESS, *NUMBERS)}
