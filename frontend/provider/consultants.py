"""Who works in schools for a provider: adding somebody, what the directory says of them, their last day."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.rules.phases import PHASES
from frontend.buying import SignedInRequest
from frontend.fields import ShortDateField
from frontend.finance.access import posted
from frontend.formats import long_date
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Person, RoleAssignment
from providers.models import Consultant, Provider
from providers.profiles.changing import BIOGRAPHY_LIMIT
from providers.services import add_consultant, change_profile, end_consultant, keeps_consultants, spare_code

WRITE = ("GET", "HEAD", "POST")


class ProfileForm(forms.Form):
    """Name, what they do, for whom, whether schools see them, and who signs in as them."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter their name"})
    summary = forms.CharField(label="What they do, in a sentence", max_length=300, required=False)
    biography = forms.CharField(
        label="About them", max_length=BIOGRAPHY_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Their experience. Schools read it before they ask for a quote",
    )  # fmt: skip
    themes = forms.CharField(
        label="Themes", max_length=400, required=False, help_text="Separated by commas, like: behaviour, early reading"
    )
    phases = forms.MultipleChoiceField(
        label="Phases", choices=[(one, one.capitalize()) for one in PHASES], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label="Signs in as", queryset=Person.objects.none(), required=False, empty_label="Nobody yet",
        help_text="Whoever has the role “consultant” at the provider; they get a calendar and write up visits",
    )  # fmt: skip
    published = forms.BooleanField(label="Show them in the directory of consultants", required=False)

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        held = RoleAssignment.objects.filter(organisation=provider.organisation, role=Role.CONSULTANT)
        people = Person.objects.filter(pk__in=held.exclude(valid_to__lte=today).values("person"))
        self.fields["person"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]

    def profile(self) -> dict[str, Any]:
        """What the verbs take, themes as a list."""
        given = dict(self.cleaned_data)
        given["themes"] = [part.strip() for part in given["themes"].split(",") if part.strip()]
        return {
            name: given[name] for name in ("name", "summary", "biography", "themes", "phases", "person", "published")
        }

    def clean_themes(self) -> str:
        text: str = self.cleaned_data["themes"]
        if any(len(part.strip()) > 40 for part in text.split(",")):
            raise forms.ValidationError("Each theme must be 40 characters or fewer. Separate them by commas")
        return text


class NewForm(ProfileForm):
    """Also the first day."""

    joined_on = ShortDateField(label="Works for you since", error_messages={"required": "Enter since when"})


class EndForm(forms.Form):
    """The last day."""

    last_day = ShortDateField(label="Last day", error_messages={"required": "Enter the last day"})


def _provider(request: SignedInRequest, code: str) -> Provider:
    """The provider of the address, for its staff and for our organisers and administrators."""
    found = Provider.objects.select_related("organisation").filter(code=code).first()
    if found is None or not keeps_consultants(request.actor, found):
        raise NotFound("Page not found")
    request.section_path = url("provider-accreditation", provider=code)
    return found


def _back(request: SignedInRequest, provider: Provider) -> str:
    """The list from which one came: the provider's own, or the organisers'."""
    own = provider.organisation_id in request.actor.organisations(Role.PROVIDER)
    if own:
        return url("provider-accreditation", provider=provider.code)
    if request.actor.has(Role.ORGANISER):
        return url("organise-provider", code=provider.code)
    return url("office-organisation", number=provider.organisation.number)


def _field_of(error: DomainError, form: forms.Form) -> str | None:
    field = str(error.facts.get("field", ""))
    return field if field in form.fields else None


@login_required
@require_http_methods(WRITE)
def add(request: SignedInRequest, provider: str) -> HttpResponse:
    """Somebody new. Accreditation comes afterwards: nobody is booked without it."""
    found = _provider(request, provider)
    form = NewForm(posted(request), provider=found, initial={"joined_on": timezone.localdate()})
    if form.is_bound and form.is_valid():
        given = form.profile()
        try:
            made = add_consultant(
                provider=found, code=spare_code(given["name"]), joined_on=form.cleaned_data["joined_on"],
                actor=request.actor, **given,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(_field_of(error, form), error.message)
        else:
            messages.success(request, f"{made.name} is added. Schools may book them once they are accredited.")
            return redirect(_back(request, found))
    context = {
        "form": form, "provider": found, "title": "Add a consultant", "submit": "Add this consultant",
        "back_url": _back(request, found),
    }  # fmt: skip
    return render(request, "provider/consultant.html", context, status=400 if form.errors else 200)


def _consultant(provider: Provider, code: str) -> Consultant:
    one = Consultant.objects.select_related("provider__organisation", "person").filter(provider=provider, code=code)
    if (found := one.first()) is None:
        raise NotFound("Page not found")
    return found


@login_required
@require_http_methods(WRITE)
def consultant(request: SignedInRequest, provider: str, code: str) -> HttpResponse:
    """What the directory says of one, to be changed."""
    found = _provider(request, provider)
    one = _consultant(found, code)
    initial = {
        "name": one.name, "summary": one.summary, "biography": one.biography, "themes": ", ".join(one.themes),
        "phases": one.phases, "person": one.person_id, "published": one.published,
    }  # fmt: skip
    form = ProfileForm(posted(request), provider=found, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = change_profile(consultant=one, actor=request.actor, **form.profile())
        except DomainError as error:
            form.add_error(_field_of(error, form), error.message)
        else:
            messages.success(request, f"Saved: this is what schools read of {made.name}.")
            return redirect(_back(request, found))
    context = {
        "form": form, "provider": found, "one": one, "title": one.name, "submit": "Save",
        "left": long_date(one.left_on - timedelta(days=1)) if one.left_on else "",
        "end_url": url("provider-consultant-end", provider=provider, code=code), "back_url": _back(request, found),
    }  # fmt: skip
    return render(request, "provider/consultant.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(WRITE)
def end(request: SignedInRequest, provider: str, code: str) -> HttpResponse:
    """The last day on which somebody works for the provider."""
    found, on = _provider(request, provider), timezone.localdate()
    one = _consultant(found, code)
    form = EndForm(posted(request), initial={"last_day": on})
    if form.is_bound and form.is_valid():
        try:
            end_consultant(consultant=one, last_day=form.cleaned_data["last_day"], on=on, actor=request.actor)
        except DomainError as error:
            form.add_error("last_day", error.message)
        else:
            messages.success(request, f"{one.name} works here until {long_date(form.cleaned_data['last_day'])}.")
            return redirect(_back(request, found))
    context = {
        "form": form, "provider": found, "one": one,
        "back_url": url("provider-consultant", provider=provider, code=code),
    }  # fmt: skip
    return render(request, "provider/consultant_end.html", context, status=400 if form.errors else 200)
