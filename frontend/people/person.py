"""One person: what they may do where, since when, by whom it was given; ending a role, another limit, another name."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.fields import PoundsField, ShortDateField
from frontend.finance.history import names_of, when, who
from frontend.formats import long_date, money
from frontend.people.words import MAY, held_words, limit_words, name_of
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.people_queries import (
    keeps_people,
    kept_organisations,
    person_for,
    role_for,
    roles_for,
    sees_everybody,
)
from marketplace.organisations.services.access import (
    NAME_LIMIT,
    change_limit,
    end_access,
    most_to_give,
    offered,
    rename_person,
)
from marketplace.organisations.services.people import on_day

TOLD = ("person.added", "person.renamed", "role.given", "role.ended")


class EndForm(forms.Form):
    """Now, or after a last day."""

    NOW, LATER = "now", "later"
    ends = forms.ChoiceField(
        label="When does it end?",
        choices=[(NOW, "Now"), (LATER, "After a last day")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose when it ends"},
    )
    last_day = ShortDateField(label="Last day", required=False)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("ends") == self.LATER and "last_day" not in self.errors and not given.get("last_day"):
            self.add_error("last_day", "Enter the last day")
        return given


class LimitForm(forms.Form):
    """The most for one order; empty means none."""

    limit = PoundsField(label="Limit for one order", required=False, help_text="Leave it empty for no limit")


class NameForm(forms.Form):
    """The person's name."""

    name = forms.CharField(label="Name", max_length=NAME_LIMIT, error_messages={"required": "Enter the name"})


@login_required
@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """What they may do, and its history."""
    actor, on, found = request.actor, timezone.localdate(), person_for(request.actor, pk)
    roles = list(roles_for(actor).filter(person=found).order_by("organisation__name", "role", "valid_from", "pk"))
    standing = [one for one in roles if one.valid_to is None or one.valid_to > on]
    context = {
        "person": found,
        "facts": _facts(found),
        "standing": [_standing(actor, one, on) for one in standing],
        "ended": [held_words(one, on) for one in roles if one.valid_to is not None and one.valid_to <= on],
        "history": _history(actor, found),
        "own": actor.person_id == found.pk,
        "may_add": keeps_people(actor) and actor.person_id != found.pk,
        "may_rename": actor.has(Role.ADMINISTRATOR),
        "back_url": reverse("people"),
    }
    return render(request, "people/person.html", context)


def _facts(found: Person) -> list[dict[str, Any]]:
    user = found.user
    last = "Never" if user is None or user.last_login is None else when(user.last_login)
    signs = "No sign-in" if user is None else "Ended" if not user.is_active else last
    return [
        {"key": "E-mail address", "value": user.email if user else found.email},
        {"key": "Last signed in", "value": signs},
    ]


def _standing(actor: Actor, one: RoleAssignment, on: date) -> dict[str, Any]:
    """A role that is held or begins, with what the actor may do about it."""
    mine = actor.person_id == one.person_id
    changes = not mine and one.valid_to is None and Role(one.role) in offered(actor, one.organisation)
    return {
        "words": held_words(one, on),
        "may": MAY[Role(one.role)],
        "since": long_date(one.valid_from),
        "end_url": reverse("person-role-end", args=[one.person_id, one.pk]) if changes else "",
        "limit_url": reverse("person-role-limit", args=[one.person_id, one.pk])
        if changes and Role(one.role) in BUYING
        else "",
    }


def _history(actor: Actor, found: Person) -> list[dict[str, str]]:
    """What was given and ended, newest first, as far as the actor may see. Three queries."""
    told = Event.objects.filter(subject_kind="person", subject=str(found.pk), kind__in=TOLD).order_by("-pk")
    if not sees_everybody(actor):
        told = told.filter(organisation_ids__overlap=list(kept_organisations(actor).values_list("pk", flat=True)))
    events = list(told[:50])
    places = dict(
        Organisation.objects.filter(pk__in={pk for e in events for pk in e.organisation_ids}).values_list("pk", "name")
    )
    names = names_of(event.actor_person_id for event in events)
    return [
        {
            "title": _title(event, places),
            "by": who(event.actor_person_id, event.actor_label, names),
            "when": when(event.at),
            "text": _more(event.payload),
        }
        for event in events
    ]


def _title(event: Event, places: dict[int, str]) -> str:
    if event.kind == "person.added":
        return "Added"
    if event.kind == "person.renamed":
        return "Name changed"
    place = places.get(event.organisation_ids[0], "") if event.organisation_ids else ""
    if event.kind == "role.given":
        return f"Given: {Role(event.payload['role']).words} of {place}"
    return f"Ended: {Role(event.payload['role']).words} of {place}"


def _more(payload: dict[str, Any]) -> str:
    if "from" in payload:
        limit = limit_words(payload["role"], payload.get("limit_pence"))
        return f"From {long_date(date.fromisoformat(payload['from']))}{f', {limit}' if limit else ''}"
    if "to" in payload:
        return f"No longer from {long_date(date.fromisoformat(payload['to']))} on"
    return ""


def _changeable(request: SignedInRequest, pk: int, role: int) -> RoleAssignment:
    """The role of the address, which the actor may change; who only sees it is told so."""
    one = role_for(request.actor, role)
    if one.person_id != pk:
        raise NotFound("Page not found")
    if not keeps_people(request.actor):
        raise NotAllowed("You may look at people here but not change what they may do. Ask an administrator to do it.")
    return one


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, pk: int, role: int) -> HttpResponse:
    """The last day of a role."""
    one, on = _changeable(request, pk, role), timezone.localdate()
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        now = form.cleaned_data["ends"] == EndForm.NOW
        last = on - timedelta(days=1) if now else form.cleaned_data["last_day"]
        try:
            end_access(assignment=one, last_day=last, on=on, actor=request.actor)
        except DomainError as error:
            form.add_error(None if isinstance(error, NotAllowed) else "last_day", error.message)
        else:
            place = f"{Role(one.role).words} of {one.organisation.name}"
            said = f"no longer {place}" if now else f"{place} until {long_date(last)}"
            messages.success(request, f"{one.person.name} is {said}.")
            return redirect("person", pk=pk)
    context = {
        "form": form,
        "one": one,
        "words": held_words(one, on),
        "last_approver": _is_last_approver(one, on),
        "back_url": reverse("person", args=[pk]),
    }
    return render(request, "people/end.html", context, status=400 if form.errors else 200)


def _is_last_approver(one: RoleAssignment, on: date) -> bool:
    if one.role != Role.APPROVER:
        return False
    others = RoleAssignment.objects.filter(on_day(on), role=Role.APPROVER, organisation=one.organisation)
    return not others.exclude(person=one.person).exists()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def limit(request: SignedInRequest, pk: int, role: int) -> HttpResponse:
    """Another limit from today on."""
    one, on = _changeable(request, pk, role), timezone.localdate()
    form = LimitForm(request.POST if request.method == "POST" else None, initial={"limit": one.spending_limit_pence})
    if form.is_bound and form.is_valid():
        try:
            made = change_limit(
                assignment=one, spending_limit_pence=form.cleaned_data["limit"], on=on, actor=request.actor
            )
        except DomainError as error:
            form.add_error(None if isinstance(error, NotAllowed) else "limit", error.message)
        else:
            may = limit_words(made.role, made.spending_limit_pence)
            messages.success(
                request, f"{one.person.name}, {name_of(one.role).lower()} of {one.organisation.name}: {may}."
            )
            return redirect("person", pk=pk)
    most = most_to_give(request.actor, one.organisation)
    context = {
        "form": form,
        "one": one,
        "words": held_words(one, on),
        "most": "" if most is None else money(most),
        "back_url": reverse("person", args=[pk]),
    }
    return render(request, "people/limit.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name."""
    found = person_for(request.actor, pk)
    request.actor.require(Role.ADMINISTRATOR, to="change a person's name")
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        try:
            rename_person(person=found, name=form.cleaned_data["name"], actor=request.actor)
        except DomainError as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, f"The name is {found.name} from now on. Documents keep the one before.")
            return redirect("person", pk=pk)
    context = {"form": form, "person": found, "back_url": reverse("person", args=[pk])}
    return render(request, "people/name.html", context, status=400 if form.errors else 200)
