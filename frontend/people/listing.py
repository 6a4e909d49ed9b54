"""The list of people with what each may do, narrowed by name, organisation and role."""

from collections import defaultdict
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import SignedInRequest
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural, short_date
from frontend.people.words import held_words, name_of
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.people_queries import (
    keeps_people,
    kept_organisations,
    may_see_people,
    people_for,
    roles_for,
    sees_everybody,
)

PER_PAGE = 25
NOW, PAST, ALL = "", "past", "all"
SHOW = [(NOW, "With a role now"), (PAST, "Without a role now"), (ALL, "All")]


class PeopleFilter(forms.Form):
    """What the list is narrowed to."""

    q = forms.CharField(label="Name or e-mail address", required=False, max_length=120)
    at = forms.CharField(label="Organisation", required=False, max_length=12, help_text="Its number, like C-000042")
    role = forms.ChoiceField(
        label="Role", required=False, choices=[("", "Any"), *((r.value, name_of(r)) for r in Role)]
    )
    show = forms.ChoiceField(label="Show", required=False, choices=SHOW)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_everybody(actor):
            own = kept_organisations(actor).order_by("name").values_list("number", "name")
            label = "Organisation"
            self.fields["at"] = forms.ChoiceField(label=label, required=False, choices=[("", "All of yours"), *own])


@login_required
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody whom the actor may see, by name."""
    actor, on = request.actor, timezone.localdate()
    if not may_see_people(actor):
        raise NotFound("Page not found")
    form = PeopleFilter(request.GET, actor=actor)
    found = _found(actor, form.cleaned_data if form.is_valid() else {}, on)
    page = page_of(request, found.order_by("name", "pk"), per_page=PER_PAGE)
    context = {
        "filter_form": form,
        "page_obj": page,
        "rows": _rows(actor, list(page), on),
        "count_text": plural(page.paginator.count, "person", "people"),
        "chosen": chosen(request, form),
        "may_add": keeps_people(actor),
        "whose": _whose(actor),
        "empty": "Nobody matches what you chose." if chosen(request, form) else "Nobody has a role here yet.",
    }
    return render(request, "people/people.html", context)


def _whose(actor: Actor) -> str:
    if sees_everybody(actor):
        return "everybody with a role at any organisation"
    own = list(kept_organisations(actor).order_by("name").values_list("name", flat=True)[:2])
    return own[0] if len(own) == 1 else "your organisations"


def _found(actor: Actor, given: dict[str, Any], on: date) -> QuerySet[Person]:
    found, roles = people_for(actor), roles_for(actor)
    if text := given.get("q", "").strip():
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(user__email__icontains=text))
    if number := given.get("at", "").strip():
        roles = roles.filter(organisation__in=Organisation.objects.filter(number__iexact=number))
    if role := given.get("role"):
        roles = roles.filter(role=role)
    current = roles.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).values("person")
    if (show := given.get("show", NOW)) == NOW:
        return found.filter(pk__in=current)
    narrowed = bool(number or role)
    if show == PAST:
        found = found.exclude(pk__in=current)
        return found.filter(pk__in=roles.values("person")) if narrowed else found
    return found.filter(pk__in=roles.values("person")) if narrowed else found


def _rows(actor: Actor, shown: list[Person], on: date) -> list[dict[str, Any]]:
    """Each with their roles of today and to come; two queries for a page."""
    held: dict[int, list[RoleAssignment]] = defaultdict(list)
    standing = roles_for(actor).filter(person__in=shown).exclude(valid_to__lte=on)
    for one in standing.order_by("organisation__name", "role", "pk"):
        held[one.person_id].append(one)
    return [
        {
            "person": one,
            "email": one.user.email if one.user else one.email,
            "roles": [held_words(role, on) for role in held[one.pk]],
            "signed_in": _signed_in(one),
        }
        for one in shown
    ]


def _signed_in(person: Person) -> str:
    if person.user is None:
        return "No sign-in"
    return short_date(person.user.last_login) if person.user.last_login else "Never"
