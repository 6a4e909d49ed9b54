"""A provider's application for one of its consultants: a list of tasks, submitting, signing, appealing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.jinja import url
from frontend.provider.accreditation_forms import AppealForm, DeclarationForm, RefereeForm
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.organisations.queries import partnership
from providers.accreditation.rules.declarations import DECLARATIONS, agreement_text
from providers.accreditation.services.access import own_provider
from providers.models import Application, Consultant, Provider
from providers.queries import application_for
from providers.services import (
    appeal_decision,
    declare,
    missing_of,
    name_referee,
    sign_agreement,
    start_application,
    submit_application,
    withdraw_application,
)

NEXT = {
    "draft": "You: complete and submit it",
    "references": "The two people you named: they were asked by e-mail",
    "panel": "The panel: it reads the references and decides",
    "signing": "You: read and sign the agreement",
    "signed": "Us: we countersign, then the accreditation begins",
    "accredited": "Nobody: the accreditation runs",
    "refused": "You: you may ask for somebody else to look again",
    "appealed": "Somebody who did not decide before looks again",
    "closed": "Nobody: this is the end. You may apply again",
    "withdrawn": "Nobody: you took it back. You may apply again",
}


def _own(request: SignedInRequest, provider: str, number: str) -> tuple[Provider, Application]:
    """The provider of the address and its application, or NotFound where either is not the actor's."""
    found = own_provider(request.actor, provider)
    application = application_for(request.actor, number)
    if application.consultant.provider_id != found.pk:
        raise NotFound("Page not found")
    return found, application


@login_required
@require_POST
def apply(request: SignedInRequest, provider: str) -> HttpResponse:
    """Begins the application for a consultant, or opens the one that is under way."""
    found = own_provider(request.actor, provider)
    consultant = Consultant.objects.filter(provider=found, code=request.POST.get("consultant", "")).first()
    if consultant is None:
        raise WrongInput("Choose one of your consultants")
    made = start_application(consultant=consultant, on=timezone.localdate(), actor=request.actor)
    return redirect(url("provider-application", provider=provider, number=made.number))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: SignedInRequest, provider: str, number: str) -> HttpResponse:
    """Where it stands and what the provider can do about it now."""
    found, own = _own(request, provider, number)
    do = request.POST.get("do", "")
    ticked = [one["code"] for one in own.declared]
    declaring = DeclarationForm(request.POST if do in ("declare", "submit") else None, initial={"codes": ticked})
    appealing = AppealForm(request.POST if do == "appeal" else None)
    errors: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            words = _done(request, own, do, declaring, appealing)
        except DomainError as error:
            errors, status = said(error), error.status
            own = application_for(request.actor, number)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("provider-application", provider=provider, number=number))
            status = 400
    context = {
        "provider": found, "application": own, "errors": errors, "declaring": declaring, "appealing": appealing,
        "forms": [appealing, declaring], "next": NEXT[own.state], "references": list(own.references.all()),
        "missing": missing_of(own), "positions": [1, 2], "all_ticked": len(ticked) == len(DECLARATIONS),
        "agreement": _agreement(own), "back_url": url("provider-accreditation", provider=provider),
        "may_withdraw": own.state in ("draft", "references", "panel", "signing"),
    }  # fmt: skip
    return render(request, "provider/application.html", context, status=status)


def _agreement(own: Application) -> str:
    """What was signed, or what is to be signed."""
    consultant = own.consultant
    return own.agreement or agreement_text(
        provider=consultant.provider.organisation.name, consultant=consultant.name, partnership=partnership().name
    )


def _done(
    request: SignedInRequest, own: Application, do: str, declaring: DeclarationForm, appealing: AppealForm
) -> str:
    """What the button that was pressed does, in words; nothing where a form is to be mended."""
    on, actor = timezone.localdate(), request.actor
    if do in ("declare", "submit"):
        if not declaring.is_valid():
            return ""
        if own.state == Application.State.DRAFT:
            declare(application=own, codes=declaring.cleaned_data["codes"], actor=actor)
        if do == "declare":
            return "Kept."
        submit_application(application=own, on=on, actor=actor)
        return "Submitted. The two people you named are asked by e-mail; then the panel decides."
    if do == "sign":
        sign_agreement(application=own, on=on, actor=actor)
        return "Signed. We countersign and tell you by e-mail."
    if do == "withdraw":
        withdraw_application(application=own, on=on, actor=actor)
        return f"{own.number} is withdrawn."
    if do == "appeal" and appealing.is_valid():
        appeal_decision(application=own, why=appealing.cleaned_data["why"], on=on, actor=actor)
        return "Somebody who did not decide before looks at it again."
    return ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def referee(request: SignedInRequest, provider: str, number: str, position: int) -> HttpResponse:
    """Names the first or second person who knows the work."""
    found, own = _own(request, provider, number)
    before = own.references.filter(position=position).first()
    initial = {"name": before.name, "email": before.email, "relation": before.relation} if before else {}
    form = RefereeForm(posted(request), initial=initial)
    back = url("provider-application", provider=provider, number=number)
    if form.is_bound and form.is_valid():
        try:
            name_referee(application=own, position=position, actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            return redirect(back)
    context = {"provider": found, "application": own, "form": form, "position": position, "back_url": back}
    return render(request, "provider/referee.html", context, status=400 if form.is_bound else 200)
