"""What a provider's consultants say they know, and whom they or the provider are close to: said here, read by schools."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.fields import ShortDateField
from frontend.finance.access import posted, said
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.reviews import SchoolField
from frontend.provider.accreditation import last_day
from frontend.provider.rates import may_write, provider_seen
from marketplace.core.errors import DomainError
from providers.models import Consultant, Expertise, Provider, RelatedParty
from providers.queries import own_consultants
from providers.services import declare_expertise, declare_related_party

WRITE = ("GET", "HEAD", "POST")
OF_PROVIDER = "provider"


class ExpertiseForm(forms.Form):
    """Who knows what, with which pupils, and how well by their own word."""

    consultant = forms.ModelChoiceField(
        label="Consultant", queryset=Consultant.objects.none(), to_field_name="code", empty_label=None,
        error_messages={"required": "Choose the consultant"},
    )  # fmt: skip
    theme = forms.CharField(label="Theme", max_length=40, error_messages={"required": "Enter the theme"})
    phase = forms.CharField(label="Phase", max_length=24, required=False)
    level = forms.ChoiceField(
        label="How well?", choices=Expertise.Level.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose how well the consultant knows it"},
    )  # fmt: skip

    def __init__(self, *args: Any, consultants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["consultant"]
        field.queryset = consultants
        field.label_from_instance = lambda one: one.name


class LinkForm(forms.Form):
    """Who is close to which organisation, how, and from when to when."""

    whose = forms.ChoiceField(label="Who is close to it?", error_messages={"required": "Choose who is close to it"})
    organisation = SchoolField(label="Organisation", error_messages={"required": "Enter the organisation"})
    nature = forms.CharField(
        label="What the link is", max_length=160, error_messages={"required": "Enter what the link is"}
    )
    first = ShortDateField(label="Since", error_messages={"required": "Enter since when"})
    last = ShortDateField(label="Last day", required=False)

    def __init__(self, *args: Any, whose: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices = whose  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given


def _team(request: SignedInRequest, provider: Provider) -> Any:
    """The provider's consultants whom the reader may speak for: all for its staff, themselves for a consultant."""
    return own_consultants(request.actor).filter(provider=provider, left_on=None).order_by("name", "pk")


@login_required
@require_http_methods(WRITE)
def expertise(request: SignedInRequest, provider: str) -> HttpResponse:
    """What each consultant says they know, with what we found when we tested it; saying more."""
    found = provider_seen(request.actor, provider)
    team = _team(request, found)
    form = ExpertiseForm(posted(request), consultants=team)
    if form.is_bound and form.is_valid():
        try:
            made = declare_expertise(**form.cleaned_data, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            after = (
                "It was tested before and stays so." if made.result else "Schools see it as not tested until we did."
            )
            messages.success(
                request, f"{made.theme.capitalize()} of {made.consultant.name} is in the directory. {after}"
            )
            return redirect(url("provider-expertise", provider=provider))
    rows = list(Expertise.objects.filter(consultant__in=team).select_related("consultant").order_by(
        "consultant__name", "theme", "phase"))  # fmt: skip
    context = {
        "provider": found, "form": form, "rows": rows, "count_text": plural(len(rows), "entry", "entries"),
        "team": list(team),
    }  # fmt: skip
    return render(request, "provider/expertise.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(WRITE)
def links(request: SignedInRequest, provider: str) -> HttpResponse:
    """Close links that schools read before they book; declaring another."""
    found, on = provider_seen(request.actor, provider), timezone.localdate()
    team = list(_team(request, found))
    whose = [(one.code, one.name) for one in team]
    if staff := may_write(request.actor, found):
        whose.insert(0, (OF_PROVIDER, found.organisation.name))
    form = LinkForm(posted(request), whose=whose)
    if form.is_bound and form.is_valid():
        try:
            made = _declared(request, found, team, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.organisation.name} reads of this link before it books.")
            return redirect(url("provider-links", provider=provider))
    held = RelatedParty.objects.filter(consultant__in=team)
    if staff:
        held = held | RelatedParty.objects.filter(provider=found)
    shown = held.select_related("consultant", "organisation").order_by("-valid_from", "-pk")
    context = {
        "provider": found, "form": form, "may_declare": bool(whose),
        "rows": [(one, one.consultant.name if one.consultant else found.organisation.name, _when(one, on)) for one in shown],
        "count_text": plural(len(shown), "close link"),
    }  # fmt: skip
    return render(request, "provider/links.html", context, status=400 if form.errors else 200)


def _declared(
    request: SignedInRequest, provider: Provider, team: list[Consultant], given: dict[str, Any]
) -> RelatedParty:
    whom = given["whose"]
    last = given["last"]
    return declare_related_party(
        organisation=given["organisation"], nature=given["nature"], valid_from=given["first"],
        valid_to=last + timedelta(days=1) if last else None, actor=request.actor,
        consultant=None if whom == OF_PROVIDER else next(one for one in team if one.code == whom),
        provider=provider if whom == OF_PROVIDER else None,
    )  # fmt: skip


def _when(one: RelatedParty, on: date) -> str:
    """ "Since 4 May 2026", with its last day where it has one, and that it is over where it is."""
    since = f"{'From' if one.valid_from > on else 'Since'} {one.valid_from:%-d %B %Y}"
    if one.valid_to is None:
        return since
    over = ", over" if one.valid_to <= on else ""
    return f"{since} until {last_day(one.valid_to):%-d %B %Y}{over}"
