"""One consultant for those who accredit: how they stand, pausing bookings, renewing, testing what they say they know."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import said
from frontend.jinja import url
from frontend.numbers import whole
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.accreditation import accrediting_page
from frontend.organise.accreditation_forms import PeriodForm, SuspendForm
from frontend.provider.accreditation import last_day, state_of
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from providers.models import Consultant, Suspension
from providers.queries import evidence_for, expertise_of, standing_on
from providers.services import end_suspension, renew_accreditation, suspend, test_expertise

Forms = dict[str, forms.Form]


@accrediting_page(READ_AND_WRITE)
def consultant(request: OrganiserRequest, code: str) -> HttpResponse:
    """Standing, documents, expertise; organisers pause and renew."""
    found = Consultant.objects.select_related("provider__organisation", "home_school").filter(code=code).first()
    if found is None:
        raise NotFound("There is no such consultant.")
    on, do = timezone.localdate(), request.POST.get("do", "")
    stands = standing_on(found, on)
    begins = stands.until if stands.accredited and stands.until else on
    bound: Forms = {
        "suspend": SuspendForm(request.POST if do == "suspend" else None),
        "renew": PeriodForm(request.POST if do == "renew" else None, initial={"valid_from": begins}),
    }
    errors: list[str] = []
    if request.method == "POST":
        try:
            words = _done(request, found, do, bound)
        except DomainError as error:
            errors = said(error)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("organise-consultant", code=code))
    held = evidence_for(request.actor).filter(consultant=found) | evidence_for(request.actor).filter(
        provider=found.provider
    )
    context = {
        "consultant": found, "standing": stands, "errors": errors, "suspending": bound["suspend"],
        "renewing": bound["renew"], "forms": list(bound.values()), "last_day": last_day,
        "paused": Suspension.objects.filter(consultant=found, ends_on=None).first(),
        "may_organise": request.actor.has(Role.ORGANISER), "expertise": list(expertise_of(found)),
        "accredited": list(found.accreditations.order_by("-valid_from")), "back_url": url("organise-accreditation"),
        "held": [{"evidence": one, "state": state_of(one, on)} for one in held.order_by("requirement", "-valid_from")],
    }  # fmt: skip
    failed = request.method == "POST"
    return show(request, "consultant.html", context, status=409 if errors else 400 if failed else 200)


def _done(request: OrganiserRequest, found: Consultant, do: str, bound: Forms) -> str:
    """What the button that was pressed does, in words; nothing where a form is to be mended."""
    on, actor = timezone.localdate(), request.actor
    if do == "end":
        paused = Suspension.objects.filter(consultant=found, ends_on=None).select_related("consultant__provider")
        if (one := paused.first()) is None:
            raise WrongInput("Bookings are not paused.")
        end_suspension(suspension=one, on=on, actor=actor)
        return f"{found.name} may be booked again from today, if nothing else is missing."
    if do.startswith(("confirm:", "deny:")):
        verb, pk = do.split(":", 1)
        tested = expertise_of(found).filter(pk=whole(pk)).first()
        if tested is None:
            raise NotFound("Page not found")
        test_expertise(expertise=tested, confirmed=verb == "confirm", on=on, actor=actor)
        return f"{tested.theme.capitalize()}: recorded."
    form = bound.get(do)
    if form is None or not form.is_valid():
        return ""
    given = form.cleaned_data
    if do == "suspend":
        suspend(consultant=found, on=on, reason=given["reason"], words=given["words"], actor=actor)
        return f"Nobody can book {found.name} from today."
    last = given["last_day"]
    made = renew_accreditation(
        consultant=found, valid_from=given["valid_from"], valid_to=last + timedelta(days=1) if last else None,
        on=on, actor=actor,
    )  # fmt: skip
    return f"{found.name} is accredited until {last_day(made.valid_to):%-d %B %Y}."
