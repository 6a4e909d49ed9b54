"""One provider for those who accredit: its consultants, and pausing the bookings of all of them in neutral words."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import said
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.accreditation import accrediting_page
from frontend.organise.accreditation_forms import SuspendForm
from frontend.provider.accreditation import last_day, team_of
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from providers.models import Provider, Suspension
from providers.queries import standings_on
from providers.services import end_suspension, suspend


@accrediting_page(READ_AND_WRITE)
def provider(request: OrganiserRequest, code: str) -> HttpResponse:
    """How its consultants stand; organisers pause the bookings of all of them and let them be booked again."""
    found = Provider.objects.select_related("organisation").filter(code=code).first()
    if found is None:
        raise NotFound("There is no such provider.")
    do = request.POST.get("do", "")
    form = SuspendForm(request.POST if do == "suspend" else None)
    errors: list[str] = []
    if request.method == "POST":
        try:
            words = _done(request, found, do, form)
        except DomainError as error:
            errors = said(error)
        else:
            if words:
                messages.success(request, words)
                return redirect(url("organise-provider", code=code))
    team = team_of(found)
    stands = standings_on(team, timezone.localdate())
    context = {
        "provider": found, "rows": [(one, stands[one.pk]) for one in team], "errors": errors, "suspending": form,
        "forms": [form], "last_day": last_day, "paused": _paused(found).first(),
        "earlier": list(Suspension.objects.filter(provider=found, ends_on__isnull=False).order_by("-starts_on", "-pk")[:20]),
        "may_organise": request.actor.has(Role.ORGANISER), "back_url": url("organise-accreditation"),
    }  # fmt: skip
    failed = request.method == "POST"
    return show(request, "provider.html", context, status=409 if errors else 400 if failed else 200)


def _done(request: OrganiserRequest, found: Provider, do: str, form: SuspendForm) -> str:
    """What the button that was pressed does, in words; nothing where the form is to be mended."""
    on, actor, name = timezone.localdate(), request.actor, found.organisation.name
    if do == "end":
        if (one := _paused(found).select_related("provider").first()) is None:
            raise WrongInput("Bookings are not paused.")
        end_suspension(suspension=one, on=on, actor=actor)
        return f"Consultants of {name} may be booked again from today, each if nothing else is missing."
    if not form.is_valid():
        return ""
    given = form.cleaned_data
    suspend(provider=found, on=on, reason=given["reason"], words=given["words"], actor=actor)
    return f"Nobody can book consultants of {name} from today, and payments to it are held."


def _paused(found: Provider) -> QuerySet[Suspension]:
    return Suspension.objects.filter(provider=found, consultant=None, ends_on=None)
