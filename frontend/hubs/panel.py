"""The panel's pages: what is to score, interests before anything opens, points for one application."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.hubs import forms
from frontend.hubs.access import WRITE, panel_page, papers_of, show
from frontend.hubs.words import call_state
from frontend.jinja import url
from frontend.organise.access import OrganiserRequest
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from subscriptions.hubs.models import HubCall, PanelInterest, PanelMember, PanelScore
from subscriptions.hubs.queries import opened_application, opened_for, panel_calls_for, submitted
from subscriptions.hubs.services.panel import declare_interests, score


@panel_page()
def calls(request: OrganiserRequest) -> HttpResponse:
    """The calls on whose panel one is: what waits first."""
    page = page_of(request, panel_calls_for(request.actor))
    declared = dict(
        PanelMember.objects.filter(person_id=request.actor.person_id or 0, call__in=list(page)).values_list(
            "call_id", "declared_on"
        )
    )
    rows = [(one, call_state(one), _next(one, declared.get(one.pk) is not None)) for one in page]
    return show(request, "panel_calls.html", {"rows": rows, "page_obj": page})


def _next(call: HubCall, declared: bool) -> str:
    if call.state == HubCall.State.OPEN:
        return "Opens to you once the deadline is over"
    if call.state != HubCall.State.CLOSED:
        return "Nothing to do"
    return "Score the applications" if declared else "Declare your interests"


def _member(actor: Actor, number: str) -> PanelMember:
    found = PanelMember.objects.select_related("call").filter(
        call__in=panel_calls_for(actor), call__number=number, person_id=actor.person_id or 0, left_on=None
    )
    if (one := found.first()) is None:
        raise NotFound("There is no such call.")
    return one


@panel_page(WRITE)
def call(request: OrganiserRequest, number: str) -> HttpResponse:
    """Before interests are declared: who applies, and nothing else. Then the applications, without those one is barred from."""
    member = _member(request.actor, number)
    found, errors = member.call, []
    if request.method == "POST":
        try:
            declare_interests(call=found, interests=_interests(request), on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, "Your interests are declared. The applications are open to you below.")
            return redirect(url("panel-call", number=number))
    opened = found.state == HubCall.State.CLOSED
    bids = list(submitted(found)) if opened else []
    context = {
        "call": found, "member": member, "errors": errors, "criteria": list(found.criteria.all()),
        "state": call_state(found), "bids": bids if member.declared_on is None else [],
        "rows": _rows(request.actor, member) if member.declared_on and found.state != HubCall.State.OPEN else [],
        "barred": list(member.interests.select_related("application__lead").order_by("application__number")),
        "back_url": url("panel-calls"), "opened": opened,
    }  # fmt: skip
    return show(request, "panel_call.html", context, status=409 if errors else 200)


def _interests(request: OrganiserRequest) -> dict[str, str]:
    """What was ticked or chosen, with its words; words without a tick count as well."""
    alone = request.POST.get("words", "")
    ticked = {one: request.POST.get(f"words-{one}", alone) for one in request.POST.getlist("interest") if one}
    written = {
        name.removeprefix("words-"): str(words)
        for name, words in request.POST.items() if name.startswith("words-") and str(words).strip()
    }  # fmt: skip
    return ticked | written


def _rows(actor: Actor, member: PanelMember) -> list[dict[str, object]]:
    scored: dict[int, int] = {}
    for pk in PanelScore.objects.filter(member=member).values_list("application_id", flat=True):
        scored[pk] = scored.get(pk, 0) + 1
    found = opened_for(actor).filter(call=member.call).order_by("number")
    return [{"application": one, "scored": one.pk in scored} for one in found]


@panel_page(WRITE)
def application(request: OrganiserRequest, number: str, application: str) -> HttpResponse:
    """What was written and the points one gives for it."""
    member = _member(request.actor, number)
    found = opened_application(request.actor, application)
    if found.call_id != member.call_id or member.declared_on is None:
        raise NotFound("There is no such application.")
    criteria = list(member.call.criteria.all())
    given = {one.criterion.position: one for one in PanelScore.objects.select_related("criterion").filter(
        member=member, application=found)}  # fmt: skip
    initial = {f"points-{at}": str(one.points) for at, one in given.items()}
    initial |= {f"words-{at}": one.words for at, one in given.items()}
    form = forms.ScoreForm(posted(request), criteria=criteria, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            score(application=found, points=form.points(), on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"Your points for {found.lead.name} are kept.")
            return redirect(url("panel-call", number=number))
    context = {
        "application": found, "call": member.call, "form": form, "papers": papers_of(application), "criteria": criteria,
        "partners": list(found.partners.select_related("organisation")),
        "may_score": member.call.state == HubCall.State.CLOSED, "back_url": url("panel-call", number=number),
    }  # fmt: skip
    return show(request, "panel_application.html", context, status=400 if form.is_bound else 200)


@panel_page()
def interests(request: OrganiserRequest) -> HttpResponse:
    """All interests that one declared, or that were found, newest first."""
    found = PanelInterest.objects.filter(member__person_id=request.actor.person_id or 0)
    page = page_of(request, found.select_related("application__lead", "member__call").order_by("-pk"))
    return show(request, "panel_interests.html", {"page_obj": page})
