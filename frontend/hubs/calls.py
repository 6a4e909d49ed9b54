"""The partnership's pages of calls for hubs: the list, drawing one up, one call with its panel and ranking."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import money, plural
from frontend.hubs import forms
from frontend.hubs.access import WRITE, hubs_page, show
from frontend.hubs.words import call_state, points_words, total_words
from frontend.jinja import url
from frontend.numbers import whole
from frontend.organise.access import OrganiserRequest
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Person, RoleAssignment
from marketplace.organisations.services.people import on_day
from subscriptions.hubs.models import HubApplication, HubCall, PanelMember
from subscriptions.hubs.queries import OPENED, call_for, calls_for, opened_for, ranking
from subscriptions.hubs.services.calls import (
    cancel_call,
    change_call,
    close_call,
    draft_call,
    extend_deadline,
    publish_call,
)
from subscriptions.hubs.services.panel import finish_scoring, invite_member, score_again, take_off_panel
from subscriptions.hubs.services.writing import RUNNING

State = HubCall.State


@hubs_page()
def calls(request: OrganiserRequest) -> HttpResponse:
    """All calls, newest first, with how many applied."""
    form = forms.CallFilter(request.GET)
    found = calls_for(request.actor).order_by("-pk")
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    sent = ~Q(applications__state__in=[HubApplication.State.DRAFT, HubApplication.State.WITHDRAWN])
    page = page_of(request, found.annotate(sent=Count("applications", filter=sent)))
    context = {
        "filter_form": form, "chosen": chosen(request, form), "page_obj": page,
        "count_text": plural(page.paginator.count, "call"), "may_write": request.actor.has(*RUNNING),
        "rows": [(one, call_state(one)) for one in page],
    }  # fmt: skip
    return show(request, "calls.html", context)


@hubs_page(WRITE, roles=RUNNING)
def new(request: OrganiserRequest) -> HttpResponse:
    """Draws up a call."""
    return _drawn(request, None)


@hubs_page(WRITE, roles=RUNNING)
def change(request: OrganiserRequest, number: str) -> HttpResponse:
    """Changes a draft."""
    call = call_for(request.actor, number)
    if call.state != State.DRAFT:
        raise NotFound("Page not found")
    return _drawn(request, call)


def _drawn(request: OrganiserRequest, call: HubCall | None) -> HttpResponse:
    form = forms.CallForm(posted(request), initial=forms.as_typed(call) if call else None)
    if form.is_bound and form.is_valid():
        on, actor = timezone.localdate(), request.actor
        try:
            if call is None:
                call = draft_call(terms=form.terms(), on=on, actor=actor)
            else:
                change_call(call=call, terms=form.terms(), on=on, actor=actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{call.number} is kept as a draft. Publish it when it is right.")
            return redirect(url("organise-hub-call", number=call.number))
    back = url("organise-hub-call", number=call.number) if call else url("organise-hub-calls")
    context = {"form": form, "call": call, "back_url": back}
    return show(request, "call_form.html", context, status=400 if form.is_bound else 200)


@hubs_page(WRITE)
def call(request: OrganiserRequest, number: str) -> HttpResponse:
    """One call: what it says, who scores, who applied by place, and what is next."""
    found, data = call_for(request.actor, number), posted(request)
    do = request.POST.get("do", "")
    given: dict[str, Any] = {
        "extend": forms.ExtendForm(data if do == "extend" else None),
        "cancel": forms.ReasonForm(data if do == "cancel" else None),
        "again": forms.ReasonForm(data if do == "again" else None),
        "invite": forms.MemberForm(data if do == "invite" else None, people=_people()),
    }
    errors: list[str] = []
    if data is not None:
        try:
            words = _done(request, found, do, given.get(do))
        except DomainError as error:
            errors = said(error)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("organise-hub-call", number=number))
    context = {
        **given, "call": found, "criteria": list(found.criteria.all()), "state": call_state(found),
        "members": list(found.members.filter(left_on=None).select_related("person").order_by("person__name")),
        "rows": _ranked(request, found), "errors": errors, "form": given.get(do), "may_write": request.actor.has(*RUNNING),
        "over": found.closes_at <= timezone.now(), "back_url": url("organise-hub-calls"),
        "sent": found.applications.exclude(state__in=["draft", "withdrawn"]).count(),
    }  # fmt: skip
    return show(request, "call.html", context, status=409 if errors else 400 if data is not None else 200)


def _people() -> list[tuple[int, str]]:
    """Who holds the role of a panel member today."""
    held = RoleAssignment.objects.filter(on_day(timezone.localdate()), role=Role.PANEL).values("person_id")
    return [(one.pk, one.name) for one in Person.objects.filter(pk__in=held).order_by("name", "pk")]


def _done(request: OrganiserRequest, found: HubCall, do: str, form: django_forms.Form | None) -> str:
    """What the button that was pressed does, in words; nothing where its form is to be mended."""
    on, actor, now = timezone.localdate(), request.actor, timezone.now()
    if form is not None and not form.is_valid():
        return ""
    given = form.cleaned_data if form is not None else {}
    if do == "publish":
        publish_call(call=found, on=on, actor=actor)
        return f"{found.number} is published. What it says stands."
    if do == "close":
        close_call(call=found, at=now, actor=actor)
        return f"{found.number} is closed. The panel declares its interests, then scores."
    if do == "finish":
        finish_scoring(call=found, on=on, actor=actor)
        return "The scoring has ended. Decide on each application."
    if isinstance(form, forms.ExtendForm):
        extend_deadline(call=found, closes_at=form.moment(), on=on, actor=actor)
        return "The deadline is later now, for everybody."
    if isinstance(form, forms.MemberForm):
        person = Person.objects.get(pk=given["person"])
        invite_member(call=found, person=person, on=on, actor=actor)
        return f"{person.name} is on the panel."
    if isinstance(form, forms.ReasonForm):
        verb = cancel_call if do == "cancel" else score_again
        verb(call=found, reason=given["reason"], on=on, actor=actor)
        return f"{found.number} is {found.get_state_display().lower()}."
    return _taken_off(request, found, do)


def _taken_off(request: OrganiserRequest, found: HubCall, do: str) -> str:
    member = PanelMember.objects.filter(call=found, pk=whole(do.removeprefix("off:")))
    one = member.select_related("person").first()
    if one is None:
        raise NotFound("There is no such member.")
    take_off_panel(member=one, on=timezone.localdate(), actor=request.actor)
    return f"{one.person.name} is off the panel, and what they scored does not count."


def _ranked(request: OrganiserRequest, found: HubCall) -> list[dict[str, Any]]:
    """The applications by place; before the call closes there are none to see. One that the reader is barred from is left out."""
    if found.state not in OPENED:
        return []
    seen = set(opened_for(request.actor).filter(call=found).values_list("pk", flat=True))
    return [
        {
            "application": one.application, "place": f"{one.ranked.place}{', shared' if one.ranked.tied else ''}" if one.ranked.place else "None yet",
            "total": total_words(one.ranked.total), "by_heaviest": one.ranked.by_heaviest,
            "points": [points_words(each) for each in one.points],
            "value": money(one.application.contract.value_pence) if one.application.contract else "",
            "state": f"hub {one.application.state}",
        }
        for one in ranking(found) if one.application.pk in seen
    ]  # fmt: skip
