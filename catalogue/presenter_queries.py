"""Who is named to present a coming course date and may not be accredited on it: what an organiser looks at."""

from datetime import date

from django.db.models import BooleanField, DateField, Exists, F, Func, OuterRef, QuerySet
from django.db.models.functions import Cast

from catalogue.models import CourseRun, CourseRunPresenter, Meeting
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from providers.models import Accreditation
from providers.queries import own_consultants

LONDON = "Europe/London"


def presenters_to_replace(actor: Actor, on: date) -> QuerySet[Meeting]:
    """Meetings from ``on`` on with somebody whom the partnership accredited and who is not accredited that day.

    One row for a meeting and a consultant (``consultant_id``, ``consultant_code``, ``consultant_name``), soonest first.
    The database's own function decides. Organisers; for others there are none.
    """
    found = Meeting.objects.filter(run__presenters__isnull=False).exclude(run__state=CourseRun.State.CANCELLED)
    if not actor.has(Role.ORGANISER):
        return found.none()
    day = Cast(
        Func(F("starts_at"), function="timezone", template=f"timezone('{LONDON}', %(expressions)s)"), DateField()
    )
    named = F("run__presenters__consultant_id")
    return (
        found.annotate(
            consultant_id=named, consultant_code=F("run__presenters__consultant__code"),
            consultant_name=F("run__presenters__consultant__name"), day=day,
        )
        .annotate(accredited=Func(named, F("day"), function="providers_accredited", output_field=BooleanField()))
        .filter(Exists(Accreditation.objects.filter(consultant=OuterRef("consultant_id"))), day__gte=on, accredited=False)
        .select_related("run__offer")
        .order_by("starts_at", "run_id", "consultant_id")
    )  # fmt: skip


def presenters_for(actor: Actor) -> QuerySet[CourseRunPresenter]:
    """Who presents which date, latest named first: all for organisers, a provider's own consultants, oneself for a
    consultant. Raises NotFound for everybody else."""
    if not (actor.system or actor.has(Role.ORGANISER, Role.PROVIDER, Role.CONSULTANT)):
        raise NotFound("There is no such list.")
    found = CourseRunPresenter.objects.order_by("-pk")
    if actor.system or actor.has(Role.ORGANISER):
        return found
    return found.filter(consultant__in=own_consultants(actor))
