"""Organisations for the administrator: the list, and the decision how a school is billed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.queries import organisations_for, schools_for
from marketplace.organisations.services.billing_class import REASONS, decide_billing_class

UNDECIDED = "undecided"
SHOW = [("", "All"), (UNDECIDED, "Billing class to decide"), *Organisation.Kind.choices]
CLASSES = [(value, label) for value, label in BillingClass.choices if value != BillingClass.OTHER]


class OrganisationFilter(forms.Form):
    """What the list is narrowed to."""

    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)
    q = forms.CharField(label="Name, URN or number", required=False, max_length=80)


class DecisionForm(forms.Form):
    """The class and why."""

    billing_class = forms.ChoiceField(
        label="How is the school billed?",
        choices=CLASSES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the school is billed"},
    )
    reason = forms.ChoiceField(
        label="Why?",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason"},
    )


def require_administrator(actor: Actor) -> None:
    """Raises NotFound for everybody else: they are told nothing."""
    if not actor.has(Role.ADMINISTRATOR):
        raise NotFound("Page not found")


def undecided(actor: Actor) -> QuerySet[School]:
    """Schools not closed whose type is in no list and for which nobody has decided."""
    return (
        schools_for(actor)
        .filter(billing_class=BillingClass.OTHER, billing_class_decided=False)
        .exclude(status=School.Status.CLOSED)
    )


@login_required
@require_safe
def organisations(request: SignedInRequest) -> HttpResponse:
    """Every organisation, with those that need a decision first where asked."""
    require_administrator(request.actor)
    form = OrganisationFilter(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    found = organisations_for(request.actor).select_related("school", "trust")
    if (show := given.get("show")) == UNDECIDED:
        found = found.filter(pk__in=undecided(request.actor).values("pk"))
    elif show:
        found = found.filter(kind=show)
    if text := given.get("q"):
        found = found.filter(Q(name__icontains=text) | Q(number__iexact=text) | Q(school__urn=text))
    page = page_of(request, found.order_by("name", "pk"), per_page=25)
    context = {
        "filter_form": form,
        "page_obj": page,
        "rows": [_row(one) for one in page],
        "count_text": plural(page.paginator.count, "organisation"),
        "chosen": chosen(request, form),
        "empty": _empty(given),
    }
    return render(request, "office/organisations.html", context)


def _row(organisation: Organisation) -> dict[str, Any]:
    """The organisation with the link to its decision, for a school."""
    school = getattr(organisation, "school", None)
    trust = getattr(organisation, "trust", None)
    return {
        "organisation": organisation,
        "code": school.urn if school else trust.uid if trust else "",
        "billing_class": school.get_billing_class_display() if school else "",
        "decide_url": reverse("organisation-decide", kwargs={"urn": school.urn}) if school else "",
    }


def _empty(given: dict[str, Any]) -> str:
    if given.get("show") == UNDECIDED and not given.get("q"):
        return "No school waits for a decision."
    if given.get("show") or given.get("q"):
        return "No organisation matches what you chose."
    return "No organisations yet. They appear here once the register of schools is imported."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, urn: str) -> HttpResponse:
    """One school: what the register says, and the decision with its reason."""
    require_administrator(request.actor)
    school = schools_for(request.actor).filter(urn=urn).first()
    if school is None:
        raise NotFound("Page not found")
    decided = school.billing_class_decided
    given = request.POST if request.method == "POST" else None
    form = DecisionForm(given, initial={"billing_class": school.billing_class} if decided else {})
    if form.is_bound and form.is_valid():
        try:
            decide_billing_class(
                school=school,
                billing_class=BillingClass(form.cleaned_data["billing_class"]),
                reason=form.cleaned_data["reason"],
                actor=request.actor,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            name = school.organisation.name
            messages.success(request, f"{name} is billed as: {school.get_billing_class_display().lower()}.")
            return redirect(f"{reverse('organisations')}?show={UNDECIDED}")
    context = {
        "school": school,
        "form": form,
        "history": history_of(subject_kind="school", subject=school.urn),
        "back_url": reverse("organisations"),
    }
    return render(request, "office/decide.html", context, status=400 if form.errors else 200)
