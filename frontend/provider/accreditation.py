"""A provider's accreditation: how its consultants stand, what is held, what is missing, and sending it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.formats import plural
from frontend.jinja import url
from frontend.provider.accreditation_forms import EvidenceForm
from marketplace.core.errors import DomainError
from marketplace.core.files import files_of
from providers.accreditation.papers import OWNER
from providers.accreditation.services.access import own_provider
from providers.models import Application, Consultant, Evidence, Provider, Requirement
from providers.queries import evidence_for, expiring, standings_on
from providers.services import give_evidence

SOON = timedelta(days=60)
OF_PROVIDER = "provider"


def team_of(provider: Provider) -> list[Consultant]:
    """Who works for the provider, by name; whoever left is not among them."""
    found = Consultant.objects.filter(provider=provider, left_on=None)
    return list(found.select_related("provider__organisation").order_by("name", "pk"))


@login_required
@require_safe
def accreditation(request: SignedInRequest, provider: str) -> HttpResponse:
    """Each consultant with where they stand, every document, and what ends soon."""
    found, on = own_provider(request.actor, provider), timezone.localdate()
    team = team_of(found)
    stands = standings_on(team, on)
    held = evidence_for(request.actor).filter(provider=found) | evidence_for(request.actor).filter(
        consultant__provider=found
    )
    shown = list(held.order_by("-given_on", "-pk")[:100])
    applications = {
        one.consultant_id: one for one in Application.objects.filter(consultant__in=team).order_by("pk")
    }  # the newest of each
    context = {
        "provider": found,
        "rows": [
            {"consultant": one, "standing": stands[one.pk], "application": applications.get(one.pk)} for one in team
        ],
        "held": [_row(one, on) for one in shown],
        "ending": list(expiring(request.actor, on=on, until=on + SOON)),
        "count_text": plural(len(team), "consultant"),
        "last_day": last_day,
    }
    return render(request, "provider/accreditation.html", context)


def last_day(end: date) -> date:
    """The last day that counts of something stored half-open."""
    return end - timedelta(days=1)


def state_of(evidence: Evidence, on: date) -> str:
    """The word of the state, by the day: what was accepted may be over."""
    if evidence.state == Evidence.State.ACCEPTED and evidence.valid_to is not None and evidence.valid_to <= on:
        return "evidence over"
    return f"evidence {evidence.state}"


def _row(evidence: Evidence, on: date) -> dict[str, Any]:
    last = last_day(evidence.valid_to) if evidence.valid_to else None
    return {"evidence": evidence, "state": state_of(evidence, on), "last": last}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: SignedInRequest, provider: str) -> HttpResponse:
    """Shows a document, or the facts of a certificate of which no copy is kept."""
    found, on = own_provider(request.actor, provider), timezone.localdate()
    choices = _choices(found)
    given = {"what": request.GET.get("what", "")}
    form = EvidenceForm(*((request.POST, request.FILES) if posted(request) is not None else ()), choices=choices,
                        initial=given)  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            made = _give(found, form.cleaned_data, on, request)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.requirement.label} is with us to check. You see here when it counts.")
            return redirect(url("provider-accreditation", provider=provider))
    context = {
        "provider": found, "form": form, "back_url": url("provider-accreditation", provider=provider),
        "needs": list(Requirement.objects.all()),
    }  # fmt: skip
    return render(request, "provider/evidence.html", context, status=400 if form.is_bound else 200)


def _choices(provider: Provider) -> list[tuple[str, str]]:
    """Each requirement of the provider, and of each of its consultants."""
    needs = list(Requirement.objects.all())
    own = [
        (f"{OF_PROVIDER}:{need.code}", f"{need.label}, of {provider.organisation.name}")
        for need in needs
        if need.holder == Requirement.Holder.PROVIDER
    ]
    theirs = [
        (f"{one.code}:{need.code}", f"{need.label}, of {one.name}")
        for one in team_of(provider)
        for need in needs
        if need.holder == Requirement.Holder.CONSULTANT
    ]
    return own + theirs


def _give(provider: Provider, given: dict[str, Any], on: date, request: SignedInRequest) -> Evidence:
    who, code = given["what"].split(":")
    last, file = given["last_day"], given["file"]
    return give_evidence(
        requirement=Requirement.objects.get(code=code),
        consultant=None if who == OF_PROVIDER else Consultant.objects.get(code=who, provider=provider),
        provider=provider if who == OF_PROVIDER else None,
        valid_from=given["valid_from"],
        valid_to=last + timedelta(days=1) if last else None,
        number=given["number"],
        decision=given["decision"],
        upload=file.file if file else None,
        file_name=file.name if file else "",
        on=on,
        actor=request.actor,
    )


def files_links(evidence: Evidence) -> list[dict[str, str]]:
    """The files of evidence, each with its address; opening one is recorded."""
    return [{"text": one.name, "href": url("file", pk=one.pk)} for one in files_of(OWNER, str(evidence.pk))]
