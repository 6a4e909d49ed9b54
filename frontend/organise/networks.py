"""The organisers' pages of networks: the list, one network with members, meetings and letters, and the forms for them."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.services import MeetingTimes
from frontend.buying import SignedInRequest
from frontend.fields import DatePartsField
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import NetworkMember
from marketplace.trading.queries_of_networks import network_for, networks_for, series_of
from marketplace.trading.services.network_members import add_member, end_membership
from marketplace.trading.services.networks import LETTER_LIMIT, add_meeting, open_network, write_to_members

READ_AND_WRITE = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def networks(request: SignedInRequest) -> HttpResponse:
    """All networks, with how many members they have today."""
    today = timezone.localdate()
    still = Q(members__valid_from__lte=today) & (Q(members__valid_to=None) | Q(members__valid_to__gt=today))
    page = page_of(request, networks_for(request.actor).annotate(count=Count("members", filter=still)))
    return render(request, "organise/networks.html", {"page_obj": page})


class NetworkForm(forms.Form):
    """A network to open."""

    name = forms.CharField(label="Name", max_length=120)
    code = forms.SlugField(
        label="Code", max_length=40, help_text="Short, in letters, figures and hyphens: early-reading"
    )
    purpose = forms.CharField(label="What it is for", required=False, max_length=500)


@login_required
@require_http_methods(READ_AND_WRITE)
def new(request: SignedInRequest) -> HttpResponse:
    """Opens a network."""
    _organisers(request)
    form = NetworkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = open_network(on=timezone.localdate(), actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{made.name} is open. Add its members and meetings.")
            return redirect(url("organise-network", code=made.code))
    return _form(request, form, "Open a network", "Open it", url("organise-networks"))


def _organisers(request: SignedInRequest) -> None:
    if not request.actor.has(Role.ORGANISER):
        raise NotFound("Page not found")


def _form(request: SignedInRequest, form: forms.Form, title: str, button: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "button_text": button, "back_url": back}
    return render(request, "organise/network_form.html", context, status=400 if form.is_bound else 200)


@login_required
@require_safe
def network(request: SignedInRequest, code: str) -> HttpResponse:
    """One network: attendance over its series as a chart with its table, members, letters."""
    found, today = network_for(request.actor, code), timezone.localdate()
    members = NetworkMember.objects.filter(on_day(today), network=found).select_related("organisation", "person")
    series = series_of(found)
    context = {
        "network": found,
        "series": series,
        "most": max((one.booked for one in series), default=0),
        "now": timezone.now(),
        "page_obj": page_of(request, members.order_by("organisation__name", "pk")),
        "letters": list(found.letters.all()[:10]),
        "back_url": url("organise-networks"),
    }
    return render(request, "organise/network.html", context)


class MemberForm(forms.Form):
    """An organisation that joins."""

    customer = forms.CharField(label="Customer number", max_length=20, help_text="It stands on the organisation's page")
    kind = forms.ChoiceField(
        label="How it takes part",
        choices=[("member", "Member: books at any time"), ("associate", "Associate: books what is left, from 14 days before")],
        widget=forms.RadioSelect,
        initial="member",
    )  # fmt: skip
    contact_name = forms.CharField(label="Contact's name", required=False, max_length=120)
    contact_email = forms.EmailField(label="Contact's e-mail address", required=False)


@login_required
@require_http_methods(READ_AND_WRITE)
def member_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Adds a member from today."""
    found = network_for(request.actor, code)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        organisation = Organisation.objects.filter(number=given.pop("customer").strip()).first()
        if organisation is None:
            form.add_error("customer", "No organisation has this customer number. Check it on the organisation's page")
        else:
            try:
                kind = NetworkMember.Kind(given.pop("kind"))
                add_member(
                    network=found, organisation=organisation, kind=kind, valid_from=timezone.localdate(),
                    actor=request.actor, **given,
                )  # fmt: skip
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, f"{organisation.name} is in {found.name}.")
                return redirect(url("organise-network", code=code))
    return _form(request, form, f"Add a member to {found.name}", "Add it", url("organise-network", code=code))


@login_required
@require_POST
def member_end(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Ends a membership; today is its last day."""
    found = network_for(request.actor, code)
    member = NetworkMember.objects.filter(network=found, pk=pk).select_related("network", "organisation").first()
    if member is None:
        raise NotFound("There is no such member.")
    end_membership(member=member, on=timezone.localdate() + timedelta(days=1), actor=request.actor)
    messages.success(request, f"{member.organisation.name} leaves {found.name}: today is its last day.")
    return redirect(url("organise-network", code=code))


class MeetingForm(forms.Form):
    """One meeting."""

    day = DatePartsField(label="Day")
    starts = forms.TimeField(label="Starts at", help_text="Such as 15:30")
    ends = forms.TimeField(label="Ends at", help_text="Such as 17:00")
    online = forms.BooleanField(label="It is online", required=False)
    venue = forms.CharField(label="Where", required=False, max_length=120)
    joining_link = forms.URLField(
        label="Link for those who have a place", required=False, max_length=300, assume_scheme="https"
    )
    capacity = forms.IntegerField(label="Places", min_value=1, max_value=10_000)


@login_required
@require_http_methods(READ_AND_WRITE)
def meeting_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Adds a meeting."""
    found = network_for(request.actor, code)
    form = MeetingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        starts, ends = (datetime.combine(given["day"], given[name], tzinfo=LONDON) for name in ("starts", "ends"))
        try:
            run = add_meeting(
                network=found, meeting=MeetingTimes(starts, ends, given["venue"]), capacity=given["capacity"],
                online=given["online"], joining_link=given["joining_link"], actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"The meeting of {run.starts_on:%-d %B %Y} is open for booking.")
            return redirect(url("organise-network", code=code))
    return _form(request, form, f"Add a meeting of {found.name}", "Add it", url("organise-network", code=code))


class LetterForm(forms.Form):
    """What the organiser writes."""

    subject = forms.CharField(label="Subject", max_length=120)
    body = forms.CharField(
        label="Message", max_length=LETTER_LIMIT, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Name no pupils. Each member's contact who wants mail gets it.",
    )  # fmt: skip


@login_required
@require_http_methods(READ_AND_WRITE)
def letter_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Writes to the members."""
    found, now = network_for(request.actor, code), timezone.now()
    form = LetterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            sent = write_to_members(network=found, on=timezone.localdate(), at=now, actor=request.actor, **given)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Sent to {plural(sent.readers, 'member')}.")
            return redirect(url("organise-network", code=code))
    return _form(request, form, f"Write to {found.name}", "Send it", url("organise-network", code=code))
