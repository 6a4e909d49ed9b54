"""Who presents a course date: chosen by the organiser, their time taken in the one calendar with it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from catalogue.models import CourseRun
from catalogue.presenter_queries import presenters_to_replace
from catalogue.services import name_presenters
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, organiser_page, show
from marketplace.core.errors import DomainError
from marketplace.trading.running_queries import date_for
from providers.models import Accreditation, Consultant
from providers.queries import consultants_for, slots_of, standings_on

MOST_LISTED = 200


class PresentersForm(forms.Form):
    """Consultants to tick; those who work by then."""

    presenters = forms.ModelMultipleChoiceField(
        label="Presenters",
        queryset=Consultant.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, consultants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["presenters"]
        field.queryset = consultants
        field.label_from_instance = lambda one: f"{one.name}, {one.provider.organisation.name}"


@organiser_page(READ_AND_WRITE)
def presenters(request: OrganiserRequest, code: str) -> HttpResponse:
    """Those who may present it, those who do ticked, and what else stands in their calendars that day."""
    run = date_for(request.actor, code)
    people = consultants_for(request.actor).filter(joined_on__lte=run.starts_on).exclude(left_on__lte=run.ends_on)
    people = people.order_by("name", "pk")
    named = list(run.presenters.select_related("consultant"))
    form = PresentersForm(
        posted(request), consultants=people, initial={"presenters": [one.consultant.code for one in named]}
    )
    if form.is_bound and form.is_valid():
        try:
            name_presenters(
                run=run, consultants=list(form.cleaned_data["presenters"]), on=timezone.localdate(), actor=request.actor
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, "Recorded. The meetings stand in their calendars.")
            return redirect(url("organise-date", code=code))
    listed = list(people[:MOST_LISTED])
    context = {
        "run": run, "form": form, "busy": _not_accredited(run, listed) | _busy(run, listed),
        "back_url": url("organise-date", code=code),
    }  # fmt: skip
    return show(request, "date_presenters.html", context, status=400 if form.errors else 200)


@organiser_page()
def replacing(request: OrganiserRequest) -> HttpResponse:
    """Coming dates whose presenter is not accredited then: suspended since, or the accreditation ends before."""
    page = page_of(request, presenters_to_replace(request.actor, timezone.localdate()))
    context = {"page_obj": page, "count_text": plural(page.paginator.count, "meeting")}
    return show(request, "presenters_to_replace.html", context)


def _not_accredited(run: CourseRun, people: list[Consultant]) -> dict[str, str]:
    """By code, who was accredited by us and is not on the first day of this date."""
    ours = set(Accreditation.objects.filter(consultant__in=people).values_list("consultant_id", flat=True))
    stands = standings_on([one for one in people if one.pk in ours], run.starts_on)
    return {one.code: "Not accredited then" for one in people if one.pk in ours and not stands[one.pk].accredited}


def _busy(run: CourseRun, people: list[Consultant]) -> dict[str, str]:
    """By consultant's code what takes them at a meeting of this date; nothing for whom is free or presents it."""
    own = f"run:{run.code}:"
    meetings = list(run.meetings.all())
    if not meetings:
        return {}
    last = run.ends_on + timedelta(days=1)
    found: dict[str, str] = {}
    for slot in slots_of(people, run.starts_on, last):
        meets = any(slot.during.lower < one.ends_at and one.starts_at < slot.during.upper for one in meetings)
        if meets and not slot.source_key.startswith(own):
            found.setdefault(slot.consultant.code, "Taken then")
    return found
