"""One application as the partnership reads it: what was written, its points, what is agreed, and the decision."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.hubs import forms
from frontend.hubs.access import WRITE, hubs_page, papers_of, show
from frontend.hubs.words import points_words, total_words
from frontend.jinja import url
from frontend.organise.access import OrganiserRequest
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from subscriptions.hubs.models import HubApplication, HubCall, HubCriterion
from subscriptions.hubs.queries import opened_application, ranking
from subscriptions.hubs.services.awarding import award, decline
from subscriptions.hubs.services.panel import agree_points
from subscriptions.hubs.services.writing import RUNNING

Form = forms.AgreeForm | forms.DecideForm


@hubs_page(WRITE)
def application(request: OrganiserRequest, number: str) -> HttpResponse:
    """While it is scored the panel's agreement is written here, and then the decision."""
    found = opened_application(request.actor, number)
    call = found.call
    criteria, data = list(call.criteria.all()), posted(request)
    form = _form(found, criteria, data, may_write=request.actor.has(*RUNNING))
    errors: list[str] = []
    if form is None and data is not None:
        errors = ["Nothing can be decided about this application now. Look at where it stands."]
    elif form is not None and form.is_bound and form.is_valid():
        try:
            words = _done(request, found, form)
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, words)
            return redirect(url("organise-hub-application", number=number))
    scored = next((one for one in ranking(call) if one.application.pk == found.pk), None)
    rows = [
        (criterion, points_words(points), points)
        for criterion, points in zip(criteria, scored.points if scored else (), strict=False)
    ]
    context = {
        "application": found, "call": call, "form": form, "errors": errors, "rows": rows, "papers": papers_of(number),
        "partners": list(found.partners.select_related("organisation")), "state": f"hub {found.state}",
        "total": total_words(scored.ranked.total) if scored else "", "place": scored.ranked.place if scored else None,
        "back_url": url("organise-hub-call", number=call.number),
    }  # fmt: skip
    return show(request, "application.html", context, status=409 if errors else 400 if data is not None else 200)


def _form(
    found: HubApplication, criteria: list[HubCriterion], data: QueryDict | None, *, may_write: bool
) -> Form | None:
    if found.state != HubApplication.State.SUBMITTED or (not may_write and data is None):
        return None
    if found.call.state == HubCall.State.CLOSED:
        return forms.AgreeForm(data, criteria=criteria)
    return forms.DecideForm(data) if found.call.state == HubCall.State.SCORED else None


def _done(request: OrganiserRequest, found: HubApplication, form: Form) -> str:
    on, actor, given = timezone.localdate(), request.actor, form.cleaned_data
    if isinstance(form, forms.AgreeForm):
        criterion = found.call.criteria.get(position=given["criterion"])
        agree_points(
            application=found, criterion=criterion, points=given["points"], reason=given["reason"], on=on, actor=actor
        )
        return f"{criterion.name}: what was agreed counts."
    if given["decision"] == "decline":
        decline(application=found, feedback=given["feedback"], on=on, actor=actor)
        return "Recorded. Its schools can read why."
    value = Money(given["value"]) if given["value"] else None
    contract = award(application=found, feedback=given["feedback"], value=value, on=on, actor=actor)
    return f"{contract.number} over {Money(contract.value_pence)} is drawn up and offered to {found.lead.name}."
