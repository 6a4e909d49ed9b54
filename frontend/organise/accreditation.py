"""Accreditation for organisers and the panel: what is to decide, one application, documents to check."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.organise.access import READ, READ_AND_WRITE, OrganiserRequest, View, show
from frontend.organise.accreditation_forms import (
    AppealDecisionForm,
    ApplicationFilter,
    CheckForm,
    DecisionForm,
    PeriodForm,
)
from frontend.provider.accreditation import files_links, last_day, state_of
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound
from providers.models import Application, Evidence, Reference
from providers.queries import application_for, applications_for, evidence_for
from providers.services import (
    accept_evidence,
    ask_referee_again,
    countersign,
    decide_appeal,
    decide_application,
    refuse_evidence,
)

State = Application.State
Form = DecisionForm | AppealDecisionForm | PeriodForm
TO_DECIDE = (State.PANEL, State.APPEALED, State.SIGNED)
STATES = {
    "": TO_DECIDE,
    "references": (State.REFERENCES,),
    "provider": (State.SIGNING, State.REFUSED),
    "over": (State.ACCREDITED, State.CLOSED, State.WITHDRAWN),
}
# What the provider reads as its own turn is somebody else's here.
WORDS = {"panel": "to decide", "signing": "with provider"}


def accrediting_page(methods: Sequence[str] = READ) -> Callable[[View], View]:
    """Guards a page for organisers and the panel; nobody else is told that it exists."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: OrganiserRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.actor.has(Role.ORGANISER, Role.PANEL):
                raise NotFound("Page not found")
            request.section_path = url("organise-accreditation")
            return view(request, *args, **kwargs)

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def state_word(application: Application) -> str:
    return f"application {WORDS.get(application.state, application.state)}"


@accrediting_page()
def applications(request: OrganiserRequest) -> HttpResponse:
    """What waits for a decision first, oldest on top; drafts are the provider's own."""
    form = ApplicationFilter(request.GET)
    wanted = form.cleaned_data["show"] if form.is_valid() else ""
    found = applications_for(request.actor).exclude(state=State.DRAFT)
    if wanted in STATES:
        found = found.filter(state__in=STATES[wanted])
    page = page_of(request, found.order_by("submitted_on", "pk") if not wanted else found.order_by("-pk"))
    context = {
        "filter_form": form, "chosen": chosen(request, form), "page_obj": page,
        "rows": [{"application": one, "state": state_word(one)} for one in page],
        "count_text": plural(page.paginator.count, "application"),
        "to_check": evidence_for(request.actor).filter(state=Evidence.State.SUBMITTED).count(),
    }  # fmt: skip
    return show(request, "applications.html", context)


@accrediting_page(READ_AND_WRITE)
def application(request: OrganiserRequest, number: str) -> HttpResponse:
    """One application with its references, what is held, and the decision that is next."""
    found = application_for(request.actor, number)
    if found.state == State.DRAFT:
        raise NotFound("There is no such application.")
    sent, on = posted(request), timezone.localdate()
    do = request.POST.get("do", "")
    forms: dict[State, Form] = {
        State.PANEL: DecisionForm(sent),
        State.APPEALED: AppealDecisionForm(sent),
        State.SIGNED: PeriodForm(sent, initial={"valid_from": on}),
    }
    form = forms.get(State(found.state))
    errors: list[str] = []
    if request.method == "POST":
        try:
            words = _done(request, found, do, form)
        except DomainError as error:
            errors = said(error)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("organise-application", number=number))
    held = evidence_for(request.actor).filter(consultant=found.consultant)
    theirs = evidence_for(request.actor).filter(provider=found.consultant.provider)
    context = {
        "application": found, "form": form, "errors": errors, "state": state_word(found),
        "references": list(found.references.all()), "may_countersign": request.actor.has(Role.ORGANISER),
        "own_decision": found.state == State.APPEALED and found.decided_by_id == request.actor.person_id,
        "held": [_row(one) for one in [*held, *theirs]], "back_url": url("organise-accreditation"),
    }  # fmt: skip
    failed = request.method == "POST"
    return show(request, "application.html", context, status=409 if errors else 400 if failed else 200)


def _row(evidence: Evidence) -> dict[str, object]:
    on = timezone.localdate()
    last = last_day(evidence.valid_to) if evidence.valid_to else None
    return {"evidence": evidence, "state": state_of(evidence, on), "last": last}


def _done(request: OrganiserRequest, found: Application, do: str, form: Form | None) -> str:
    """What the button that was pressed does, in words; nothing where the form is to be mended."""
    on, actor = timezone.localdate(), request.actor
    if do.startswith("ask:"):
        asked = Reference.objects.select_related("application__consultant__provider").filter(
            application=found, position=do.removeprefix("ask:")
        )
        ask_referee_again(reference=asked.get(), actor=actor)
        return "Another link is on its way to them."
    if form is None or not form.is_valid():
        return ""
    given = form.cleaned_data
    if isinstance(form, PeriodForm):
        last = given["last_day"]
        made = countersign(
            application=found, valid_from=given["valid_from"], valid_to=last + timedelta(days=1) if last else None,
            on=on, actor=actor,
        )  # fmt: skip
        return f"{found.consultant.name} is accredited until {last_day(made.valid_to):%-d %B %Y}."
    yes = given["decision"] == "yes"
    if isinstance(form, AppealDecisionForm):
        decide_appeal(application=found, uphold=yes, answer=given["words"], on=on, actor=actor)
    else:
        decide_application(application=found, accredit=yes, reason=given["words"], on=on, actor=actor)
    return "Recorded. The provider is told by e-mail."


@accrediting_page()
def documents(request: OrganiserRequest) -> HttpResponse:
    """Documents to check, oldest first."""
    found = evidence_for(request.actor).filter(state=Evidence.State.SUBMITTED).order_by("given_on", "pk")
    page = page_of(request, found)
    context = {"page_obj": page, "count_text": plural(page.paginator.count, "document")}
    return show(request, "documents.html", context)


@accrediting_page(READ_AND_WRITE)
def document(request: OrganiserRequest, pk: int) -> HttpResponse:
    """One document with its facts, and whether it counts. The number stands here alone."""
    found = evidence_for(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such document.")
    form = CheckForm(posted(request))
    if form.is_bound and form.is_valid():
        on, actor = timezone.localdate(), request.actor
        try:
            if form.cleaned_data["decision"] == "yes":
                accept_evidence(evidence=found, on=on, actor=actor)
            else:
                refuse_evidence(evidence=found, reason=form.cleaned_data["reason"], on=on, actor=actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{found.requirement.label}: recorded.")
            return redirect(url("organise-documents"))
    context = {
        **_row(found), "form": form, "files": files_links(found), "back_url": url("organise-documents"),
        "open": found.state == Evidence.State.SUBMITTED,
    }  # fmt: skip
    return show(request, "document.html", context, status=400 if form.is_bound else 200)
