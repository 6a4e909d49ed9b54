"""Giving somebody a role: first at which organisation, where there are several, then who and what."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.fields import PoundsField, ShortDateField
from frontend.formats import money
from frontend.people.words import MAY, held_words, name_of
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.people_queries import keeps_people, kept_organisations, may_see_people, person_for
from marketplace.organisations.services.access import (
    EMAIL_LIMIT,
    NAME_LIMIT,
    Given,
    RoleHeld,
    give_access,
    most_to_give,
    offered,
)

FOUND = 12


class GiveForm(forms.Form):
    """Who, as what, from when, up to how much."""

    name = forms.CharField(label="Name", max_length=NAME_LIMIT, error_messages={"required": "Enter their name"})
    email = forms.EmailField(
        label="E-mail address",
        max_length=EMAIL_LIMIT,
        help_text="Their own at work, with which they sign in. A shared one such as office@ signs in nobody in particular",
        error_messages={
            "required": "Enter their e-mail address", "invalid": "Enter an e-mail address, like name@school.example",
        },
    )  # fmt: skip
    role = forms.ChoiceField(
        label="What may they do?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they may do", "invalid_choice": "Choose what they may do"},
    )
    first_day = ShortDateField(label="From", error_messages={"required": "Enter the first day"})
    limit = PoundsField(label="Limit for one order", required=False)

    def __init__(self, data: QueryDict | None, *, roles: list[Role], whose: Person | None, most: int | None) -> None:
        super().__init__(data, initial={"first_day": timezone.localdate()})
        self.fields["role"].choices = [(one.value, name_of(one)) for one in roles]  # type: ignore[attr-defined]
        if whose is not None:
            del self.fields["name"], self.fields["email"]
        if not set(roles) & BUYING:
            del self.fields["limit"]
        else:
            own = "" if most is None else f" At most {money(most)}, as your own."
            hint = f"What is dearer needs approval.{own}" + ("" if own else " Leave it empty for no limit")
            self.fields["limit"].help_text = hint


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Somebody new, or another role for the person ``pk``; ``?at=`` names the organisation."""
    actor = request.actor
    if not may_see_people(actor):
        raise NotFound("Page not found")
    if not keeps_people(actor):
        raise NotAllowed("You may look at people here but not add any. Ask an administrator to do it.")
    whose = person_for(actor, pk) if pk is not None else None
    back_url = reverse("person", args=[pk]) if pk is not None else reverse("people")
    kept = kept_organisations(actor)
    found = kept.filter(number=_typed(request, "at")).first()
    if found is None and request.method != "POST":
        only = list(kept.values_list("number", flat=True)[:2])
        if len(only) == 1:
            return redirect(f"{request.path}?{urlencode({'at': only[0]})}")
    if found is None:
        return _choose(request, whose, back_url)
    return _give(request, found, whose, back_url)


def _typed(request: SignedInRequest, name: str) -> str:
    """What stands in the address under a name, without what no database holds."""
    return request.GET.get(name, "").replace("\0", "").strip()[:80]


def _choose(request: SignedInRequest, whose: Person | None, back_url: str) -> HttpResponse:
    """At which of the actor's organisations: all of a few, or those that fit what was typed."""
    kept, text = kept_organisations(request.actor), _typed(request, "q")
    several = kept.count() > FOUND
    if text:
        kept = kept.filter(Q(name__icontains=text) | Q(number__iexact=text) | Q(school__urn=text))
    shown = list(kept.select_related("school").order_by("name")[: FOUND + 1]) if text or not several else []
    context = {
        "person": whose,
        "several": several,
        "q": text,
        "found": [{"one": one, "href": f"?{urlencode({'at': one.number})}"} for one in shown[:FOUND]],
        "more": len(shown) > FOUND,
        "back_url": back_url,
    }
    return render(request, "people/choose.html", context)


def _give(request: SignedInRequest, place: Organisation, whose: Person | None, back_url: str) -> HttpResponse:
    actor = request.actor
    roles, most = offered(actor, place), most_to_give(actor, place)
    form = GiveForm(request.POST if request.method == "POST" else None, roles=roles, whose=whose, most=most)
    if form.is_bound and form.is_valid():
        try:
            given = _given(actor, place, whose, form.cleaned_data)
        except DomainError as error:
            form.add_error(_field_of(error, form), error.message)
        else:
            messages.success(request, _said(given))
            return redirect("person", pk=given.person.pk)
    context = {
        "form": form,
        "place": place,
        "person": whose,
        "hints": {one.value: MAY[one] for one in roles},
        "back_url": back_url,
    }
    return render(request, "people/add.html", context, status=400 if form.errors else 200)


def _given(actor: Actor, place: Organisation, whose: Person | None, given: dict[str, Any]) -> Given:
    email = (whose.user.email if whose.user else whose.email) if whose else given["email"]
    role = Role(given["role"])
    return give_access(
        organisation=place, role=role, email=email, name=whose.name if whose else given["name"],
        valid_from=given["first_day"], on=timezone.localdate(), actor=actor,
        spending_limit_pence=given.get("limit"),
    )  # fmt: skip


def _field_of(error: DomainError, form: GiveForm) -> str | None:
    """Beside which field a refusal stands."""
    field = "role" if isinstance(error, RoleHeld) else str(error.facts.get("field", ""))
    return field if field in form.fields else None


def _said(given: Given) -> str:
    words = held_words(given.assignment, timezone.localdate())
    then = " An e-mail tells them how to set a password." if given.new else " An e-mail tells them."
    return f"{given.person.name}: {words[0].lower()}{words[1:]}.{then}"
