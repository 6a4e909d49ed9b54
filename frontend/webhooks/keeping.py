"""The list of webhooks, adding one and changing it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import SignedInRequest
from frontend.finance.listing import page_of
from frontend.formats import long_date, plural
from frontend.webhooks.places import Place, place_for
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.messaging.models import WebhookEndpoint
from marketplace.messaging.services import add_webhook, change_webhook
from marketplace.messaging.services.webhooks import MOST
from marketplace.messaging.webhook_kinds import choosable
from marketplace.messaging.webhook_queries import may_keep
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for

PER_PAGE = 25


class WebhookForm(forms.Form):
    """Where to, for what, and of which events."""

    organisation = forms.CharField(label="Customer number of the organisation", max_length=12)
    url = forms.CharField(label="Address", max_length=500, help_text="For example, https://hooks.school.example/orders")
    description = forms.CharField(
        label="What is it for?", max_length=80, required=False, help_text="Such as: finance system, bursar's calendar"
    )
    kinds = forms.MultipleChoiceField(label="Events", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, place: Place, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = place.request.actor
        self.fields["kinds"].choices = sorted(choosable().items(), key=lambda one: one[1])  # type: ignore[attr-defined]
        if fixed:
            del self.fields["organisation"]

    def clean_organisation(self) -> Organisation:
        given = self.cleaned_data["organisation"].strip()
        found = organisations_for(self.actor).filter(number__iexact=given).first()
        if found is None:
            raise forms.ValidationError("Customer number must be one of the list of organisations")
        return found


def state_of(endpoint: WebhookEndpoint) -> str:
    """On, off and why, or failing."""
    if not endpoint.active:
        why = endpoint.get_off_reason_display()
        return f"Off. {why} on {long_date(endpoint.off_at)}" if endpoint.off_at else f"Off. {why}"
    return f"On, failing since {long_date(endpoint.failing_since)}" if endpoint.failing_since else "On"


@login_required
@require_safe
def webhooks(request: SignedInRequest, **keys: str) -> HttpResponse:
    """The webhooks of the organisation, or all."""
    place = place_for(request, keys)
    actor = request.actor
    may_add = may_keep(actor, place.buyer.organisation.pk) if place.buyer else actor.has(Role.ADMINISTRATOR)
    page = page_of(request, place.endpoints(), per_page=PER_PAGE)
    context = {
        "place": place,
        "page_obj": page,
        "rows": [
            {
                "endpoint": one,
                "href": place.url("webhook", number=one.number),
                "kinds": plural(len(one.kinds), "kind of event", "kinds of events"),
                "state": state_of(one),
            }
            for one in page
        ],
        "may_add": may_add,
        "full": place.buyer is not None and page.paginator.count >= MOST,
        "most": MOST,
        "back_url": place.buyer.url("school-about") if place.buyer else "",
    }
    return render(request, "webhooks/list.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, **keys: str) -> HttpResponse:
    """A new one. The answer to the form is the only page that ever shows its secret."""
    place = place_for(request, keys)
    if place.buyer:
        _require_keeper(place, place.buyer.organisation.pk)
    else:
        request.actor.require(Role.ADMINISTRATOR, to="add webhooks")
    form = WebhookForm(request.POST if request.method == "POST" else None, place=place, fixed=place.buyer is not None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        organisation = place.buyer.organisation if place.buyer else given["organisation"]
        try:
            made, secret = add_webhook(
                organisation=organisation, url=given["url"], description=given["description"], kinds=given["kinds"],
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            context = {"endpoint": made, "secret": secret, "back_url": place.url("webhook", number=made.number)}
            return render(request, "webhooks/secret.html", context)
    context = {"form": form, "title": "Add a webhook", "submit": "Add this webhook", "back_url": place.url("webhooks")}
    return render(request, "webhooks/form.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, number: UUID, **keys: str) -> HttpResponse:
    """Another address, other words or other events."""
    place = place_for(request, keys)
    endpoint = place.endpoint(number)
    _require_keeper(place, endpoint.organisation_id)
    kept = {"url": endpoint.url, "description": endpoint.description, "kinds": endpoint.kinds}
    form = WebhookForm(request.POST if request.method == "POST" else None, place=place, fixed=True, initial=kept)
    there = place.url("webhook", number=number)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            change_webhook(
                endpoint=endpoint, url=given["url"], description=given["description"], kinds=given["kinds"],
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The webhook is changed. What is sent from now on goes by it.")
            return redirect(there)
    context = {"form": form, "title": "Change this webhook", "submit": "Save", "back_url": there}
    return render(request, "webhooks/form.html", context, status=400 if form.errors else 200)


def _require_keeper(place: Place, organisation_id: int) -> None:
    if not may_keep(place.request.actor, organisation_id):
        raise NotAllowed("You may look at webhooks here but not change them. Ask an approver of the organisation.")
