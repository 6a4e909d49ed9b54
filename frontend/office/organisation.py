"""One organisation for the administrator: its name by date, its people, its scheme of delegation; making it a provider."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.buying import SignedInRequest
from frontend.fields import PoundsField, ShortDateField, ShownField
from frontend.finance.history import history_of
from frontend.formats import long_date, money, plural
from frontend.office.adding import organisation_of
from frontend.people.words import held_words
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import ApprovalRule, Identity, Organisation, Person, RoleAssignment
from marketplace.organisations.services.by_hand import CHANGED_BY_HAND
from marketplace.organisations.services.delegation import KEEPS_DAYS, end_approval_rule, set_approval_rule
from providers.models import Provider
from providers.services import add_provider

SHOWN = 12
BUYS = (Organisation.Kind.SCHOOL, Organisation.Kind.TRUST, Organisation.Kind.AUTHORITY, Organisation.Kind.OTHER)
ROLES = {"approver": Role.APPROVER, "trust_finance": Role.TRUST_FINANCE}
PERSON, GOVERNOR = "person", "governor"


class SchemeForm(forms.Form):
    """From which sum on who must approve."""

    from_amount = PoundsField(label="Orders of at least", error_messages={"required": "Enter from which sum on"})
    who = forms.ChoiceField(
        label="Who must approve them?",
        choices=[
            ("approver", "Any approver"), ("trust_finance", "Any of the trust's finance"),
            (PERSON, "One person"), (GOVERNOR, "A governor by e-mail"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who must approve"},
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label="Which person", queryset=Person.objects.none(), required=False, empty_label="Choose a person"
    )
    email = forms.EmailField(
        label="E-mail address of the governor", required=False,
        error_messages={"invalid": "Enter an e-mail address, like chair@school.example"},
    )  # fmt: skip
    title = forms.CharField(label="How pages name the governor", max_length=80, required=False)
    keeps_days = forms.IntegerField(label="Places are kept for", min_value=1, max_value=60, initial=KEEPS_DAYS)
    valid_from = ShortDateField(label="From", error_messages={"required": "Enter the first day"})

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("who") == PERSON and not given.get("person"):
            self.add_error("person", "Choose which person must approve")
        if given.get("who") == GOVERNOR:
            for field, words in (
                ("email", "Enter the governor's e-mail address"),
                ("title", "Enter how pages name them"),
            ):
                if not given.get(field) and field not in self.errors:
                    self.add_error(field, words)
        return given


class ProviderForm(forms.Form):
    """Under which code, and what it does."""

    code = forms.SlugField(
        label="Code", max_length=40, help_text="Part of its addresses: small letters, digits and hyphens, like ridgeway",
        error_messages={
            "required": "Enter a code", "invalid": "Code must be small letters, digits and hyphens, like ridgeway",
        },
    )  # fmt: skip
    summary = forms.CharField(label="What it does, in a sentence", max_length=300, required=False)


@login_required
@require_safe
def organisation(request: SignedInRequest, number: str) -> HttpResponse:
    """What is on record: names by date, people, the scheme of delegation."""
    found, on = organisation_of(request, number), timezone.localdate()
    standing = RoleAssignment.objects.filter(organisation=found).exclude(valid_to__lte=on)
    roles = standing.select_related("person", "organisation").order_by("person__name", "role", "pk")
    provider = Provider.objects.filter(organisation=found).first()
    buys = found.kind in BUYS
    context = {
        "organisation": found,
        "facts": _facts(found),
        "earlier": _earlier(found),
        "may_change": found.kind in CHANGED_BY_HAND,
        "people": [(one.person_id, one.person.name, held_words(one, on, place=False)) for one in roles[:SHOWN]],
        "more": max(0, roles.count() - SHOWN),
        "buys": buys,
        "scheme": [_step(rule) for rule in _steps(found)] if buys else [],
        "provider": provider,
        "history": history_of(subject_kind="organisation", subject=found.number)[:20],
        "back_url": reverse("organisations"),
    }
    return render(request, "office/organisation.html", context)


def _facts(found: Organisation) -> list[dict[str, Any]]:
    identity = Identity.objects.filter(organisation=found, valid_to__isnull=True).order_by("-valid_from").first()
    school = getattr(found, "school", None)
    rows = [
        {"key": "Number", "value": found.number},
        {"key": "Kind", "value": found.get_kind_display()},
        {"key": "Address", "value": ", ".join(identity.address_lines) if identity else "None on record"},
        {"key": "VAT number", "value": (identity.vat_number if identity else "") or "None on record"},
        {"key": "Company number", "value": (identity.company_number if identity else "") or "None on record"},
        {"key": "Address for notices", "value": found.notify_email or "None on record"},
    ]
    if school is not None:
        decide = reverse("organisation-decide", kwargs={"urn": school.urn})
        rows.insert(1, {"key": "URN", "value": school.urn})
        rows.append(
            {"key": "Billed as", "value": school.get_billing_class_display(), "href": decide, "action": "Decide"}
        )
    return rows


def _earlier(found: Organisation) -> list[str]:
    """Names and addresses that were so before, newest first."""
    past = Identity.objects.filter(organisation=found, valid_to__isnull=False).order_by("-valid_from")[:10]
    return [
        f"{one.name}{', ' if one.address_lines else ''}{', '.join(one.address_lines)}: until "
        f"{long_date(one.valid_to - timedelta(days=1))}"
        for one in past
        if one.valid_to is not None
    ]


def _steps(found: Organisation) -> list[ApprovalRule]:
    """The steps that stand or are to begin, by their sum."""
    rules = ApprovalRule.objects.filter(organisation=found).exclude(valid_to__lte=timezone.localdate())
    return list(rules.select_related("approver_person").order_by("from_pence", "valid_from"))


def _step(rule: ApprovalRule) -> dict[str, Any]:
    person = rule.approver_person.name if rule.approver_person else ""
    governor = f"{rule.approver_title} by link to {rule.approver_email}" if rule.approver_email else ""
    who = person or governor or f"any {Role(rule.approver_role).words}"
    until = f", until {long_date(rule.valid_to - timedelta(days=1))}" if rule.valid_to else ""
    return {
        "pence": rule.from_pence,
        "sum": f"{money(rule.from_pence)} or more",
        "who": who[:1].upper() + who[1:],
        "keeps": plural(rule.keeps_days, "day"),
        "from": long_date(rule.valid_from) + until,
        "ends": rule.valid_to is None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_step(request: SignedInRequest, number: str) -> HttpResponse:
    """A step of the scheme of delegation, from a day on; the one at the same sum ends."""
    found, on = organisation_of(request, number), timezone.localdate()
    form = SchemeForm(request.POST if request.method == "POST" else None, initial={"valid_from": on})
    held = RoleAssignment.objects.filter(organisation=found).exclude(valid_to__lte=on)
    form.fields["person"].queryset = Person.objects.filter(pk__in=held.values("person")).order_by("name")  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid():
        try:
            rule = _set_step(found, form.cleaned_data, request.actor)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"From {long_date(rule.valid_from)}: {_step(rule)['sum']}, {_step(rule)['who']}.")
            return redirect("office-organisation", number=number)
    context = {
        "form": form, "organisation": found,
        "back_url": reverse("office-organisation", kwargs={"number": number}),
    }  # fmt: skip
    return render(request, "office/scheme.html", context, status=400 if form.errors else 200)


def _set_step(found: Organisation, given: dict[str, Any], actor: Actor) -> ApprovalRule:
    on = timezone.localdate()
    if given["valid_from"] < on:
        raise WrongInput("The first day must be today or later")
    who = given["who"]
    return set_approval_rule(
        organisation=found, from_pence=given["from_amount"], valid_from=given["valid_from"], role=ROLES.get(who),
        person=given["person"] if who == PERSON else None, email=given["email"] if who == GOVERNOR else "",
        title=given["title"] if who == GOVERNOR else "", keeps_days=given["keeps_days"], actor=actor,
    )  # fmt: skip


@login_required
@require_POST
def end_step(request: SignedInRequest, number: str) -> HttpResponse:
    """Ends the step at a sum from today on."""
    found = organisation_of(request, number)
    field = ShownField(required=False)
    try:
        pence = field.clean(request.POST.get("pence", ""))
    except forms.ValidationError:
        pence = None
    ended = 0
    if pence is not None:
        ended = end_approval_rule(organisation=found, from_pence=pence, on=timezone.localdate(), actor=request.actor)
    words = (
        f"Orders of {money(pence)} or more need no approval of their own any more." if ended else "That step is over."
    )
    messages.success(request, words)
    return redirect("office-organisation", number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make_provider(request: SignedInRequest, number: str) -> HttpResponse:
    """Lets an organisation sell here: it may write offers, and has consultants."""
    found = organisation_of(request, number)
    form = ProviderForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            add_provider(organisation=found, code=given["code"].lower(), summary=given["summary"], actor=request.actor)
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            messages.success(request, f"{found.name} is a provider. Give somebody there the role “provider”.")
            return redirect("office-organisation", number=number)
    context = {
        "form": form, "organisation": found,
        "back_url": reverse("office-organisation", kwargs={"number": number}),
    }  # fmt: skip
    return render(request, "office/make_provider.html", context, status=400 if form.errors else 200)
