"""A school's pages of calls: those that are open, one of them, and the school's own application."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.hubs import forms
from frontend.hubs.access import WRITE, applicant_page, papers_of, show
from frontend.hubs.words import call_state
from frontend.jinja import url
from frontend.numbers import whole
from frontend.organise.access import OrganiserRequest
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.organisations.models import Organisation, School
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.hubs.queries import APPLYING, call_for, calls_for, partnerships_for, school_applications
from subscriptions.hubs.services.applying import (
    attach_paper,
    missing_of,
    save_application,
    start_application,
    submit_application,
    take_paper_off,
    withdraw_application,
)
from subscriptions.hubs.services.partnering import answer_partner, drop_partner, name_partner

State = HubApplication.State


@applicant_page()
def calls(request: OrganiserRequest) -> HttpResponse:
    """Open calls and those to which one's schools applied, newest first."""
    page = page_of(request, calls_for(request.actor).order_by("-pk"), per_page=25)
    mine: dict[int, list[HubApplication]] = {}
    for one in school_applications(request.actor).filter(call__in=list(page)).exclude(state=State.WITHDRAWN):
        mine.setdefault(one.call_id, []).append(one)
    rows = [(one, call_state(one), mine.get(one.pk, [])) for one in page]
    return show(request, "school_calls.html", {"rows": rows, "page_obj": page})


def _schools(actor: Actor) -> list[Organisation]:
    """For which schools the actor may apply, by name."""
    own = Organisation.objects.filter(pk__in=actor.organisations(*APPLYING), kind=Organisation.Kind.SCHOOL)
    return list(own.order_by("name", "pk"))


@applicant_page(WRITE)
def call(request: OrganiserRequest, number: str) -> HttpResponse:
    """What the call wants and pays, and beginning an application for one of one's schools."""
    found, now = call_for(request.actor, number), timezone.now()
    schools, errors = _schools(request.actor), []
    if request.method == "POST":
        lead = next((one for one in schools if str(one.pk) == request.POST.get("school", "")), None)
        try:
            if lead is None:
                raise WrongInput("Choose the school that applies")
            made = start_application(call=found, lead=lead, at=now, actor=request.actor)
        except DomainError as error:
            errors = said(error)
        else:
            return redirect(url("school-hub-application", number=made.number))
    mine = list(school_applications(request.actor).filter(call=found).exclude(state=State.WITHDRAWN))
    began = {one.lead_id for one in mine}
    context = {
        "call": found, "criteria": list(found.criteria.all()), "state": call_state(found), "errors": errors,
        "schools": [one for one in schools if one.pk not in began], "mine": mine,
        "open": found.state == HubCall.State.OPEN and found.opens_at <= now < found.closes_at,
        "back_url": url("school-hub-calls"),
    }  # fmt: skip
    return show(request, "school_call.html", context, status=409 if errors else 200)


@applicant_page(WRITE)
def application(request: OrganiserRequest, number: str) -> HttpResponse:
    """The school's application: written and sent here, then where it stands, and what was decided and why.

    A school that is asked to apply with the lead reads the draft and answers here.
    """
    found = school_applications(request.actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such application.")
    own = found.lead_id in request.actor.organisations(*APPLYING)
    data = posted(request)
    form = forms.ApplicationForm(data, request.FILES or None, initial=_initial(found))
    errors: list[str] = []
    if data is not None and form.is_valid():
        try:
            words = _done(request, found, form)
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, words)
            stays = school_applications(request.actor).filter(pk=found.pk).exists()
            return redirect(url("school-hub-application", number=number) if stays else url("school-hub-calls"))
    found.refresh_from_db()
    draft = found.state == State.DRAFT
    context = {
        "application": found, "call": found.call, "form": form, "errors": errors, "papers": papers_of(number),
        "partners": list(found.partners.select_related("organisation__school").order_by("organisation__name")),
        "state": f"hub {found.state}", "missing": missing_of(found), "own": own,
        "asked": list(partnerships_for(request.actor).filter(application=found)) if draft else [],
        "draft": own and draft, "may_withdraw": own and found.state in (State.DRAFT, State.SUBMITTED),
        "back_url": url("school-hub-calls"),
    }  # fmt: skip
    return show(request, "school_application.html", context, status=409 if errors else 400 if data is not None else 200)


def _initial(found: HubApplication) -> dict[str, object]:
    return {
        "title": found.title, "plan": found.plan, "people": found.people, "reach": found.reach,
        "schools_planned": found.schools_planned, "asked": found.asked_pence,
    }  # fmt: skip


def _done(request: OrganiserRequest, found: HubApplication, form: forms.ApplicationForm) -> str:
    """What the button that was pressed does, in words. Whatever it is, a draft keeps what was typed."""
    do, now, actor = request.POST.get("do", "save"), timezone.now(), request.actor
    if do.startswith(("confirm:", "decline:")):
        return _answered(request, found, *do.split(":", 1))
    if do == "withdraw":
        withdraw_application(application=found, on=timezone.localdate(), actor=actor)
        return f"{found.number} is withdrawn."
    save_application(application=found, offer=form.offer(), at=now, actor=actor)
    if do.startswith("drop:"):
        school = Organisation.objects.filter(
            hub_partnerships__application=found, number=do.removeprefix("drop:")
        ).first()
        if school is None:
            raise NotFound("This school is no partner of the application.")
        drop_partner(application=found, school=school, actor=actor)
        return f"{school.name} is off the application."
    if do.startswith("off:"):
        given = do.removeprefix("off:")
        take_paper_off(application=found, file_id=whole(given), actor=actor)
        return "The file is off the application."
    words = _added(found, form, actor)
    if do == "send":
        submit_application(application=found, at=now, actor=actor)
        return f"{found.number} is sent. It stays sealed until the deadline."
    return words or "Your draft is kept."


def _answered(request: OrganiserRequest, found: HubApplication, do: str, school: str) -> str:
    """What a partner school says to applying with the lead."""
    partner = partnerships_for(request.actor).filter(application=found, organisation__number=school).first()
    if partner is None:
        raise NotFound("This school is no partner of the application.")
    answer_partner(
        partner=partner, confirms=do == "confirm", words=request.POST.get("why", ""), at=timezone.now(),
        actor=request.actor,
    )  # fmt: skip
    name = partner.organisation.name
    if do == "confirm":
        return f"{name} applies with {found.lead.name}. You may still decline until it is sent."
    return f"{name} does not apply with {found.lead.name}. They can see that."


def _added(found: HubApplication, form: forms.ApplicationForm, actor: Actor) -> str:
    """A partner or a file that was given with the draft."""
    given, said_words = form.cleaned_data, []
    if given["partner"]:
        school = School.objects.select_related("organisation").filter(urn=given["partner"]).first()
        if school is None:
            raise WrongInput("No school has this URN. Look it up on Get Information about Schools")
        name_partner(application=found, school=school.organisation, part=given["part"], actor=actor)
        said_words.append(f"{school.organisation.name} is asked to confirm.")
    if given["paper"]:
        kept = attach_paper(application=found, upload=given["paper"].file, file_name=given["paper"].name, actor=actor)
        said_words.append(f"{kept.name} is added.")
    return " ".join(said_words)
