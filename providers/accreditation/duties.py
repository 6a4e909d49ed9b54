"""The recurring duties of accreditation: telling that a document ends soon, and erasing what need not be kept."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.core import events, periodic
from marketplace.core.actors import platform
from marketplace.core.models import Event
from providers.accreditation.models import Application, Evidence, Reference
from providers.accreditation.queries import expiring
from providers.accreditation.services.applying import record

DAYS = (60, 30, 7)
KEPT = timedelta(days=365)
ENDING = "evidence.ending"
_LOCK = 7_010_028  # of this duty alone: two processes tell nobody twice


@transaction.atomic
def tell_of_endings(*, on: date) -> int:
    """Records for each document that ends in 60, 30 or 7 days or fewer that it does, once for each of the three.

    A document with an accepted successor is left out; one that comes into view late is told of at its nearest step alone.
    Returns how many were told of.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    actor = platform("accreditation")
    told = set(Event.objects.filter(kind=ENDING).values_list("payload__evidence", "payload__days"))
    count = 0
    for one in expiring(actor, on=on, until=on + timedelta(days=max(DAYS) + 1)):
        left = (one.valid_to - on).days if one.valid_to else max(DAYS)
        step = min(days for days in DAYS if left <= days)
        if (one.pk, step) not in told:
            _tell(one, step)
            count += 1
    return count


def _tell(evidence: Evidence, step: int) -> None:
    consultant = evidence.consultant
    firm = evidence.provider or consultant.provider  # type: ignore[union-attr]
    events.record(
        kind=ENDING,
        subject_kind="consultant" if consultant else "provider",
        subject=consultant.code if consultant else firm.code,
        organisation_ids=[firm.organisation_id],
        payload={
            "evidence": evidence.pk, "days": step, "requirement": evidence.requirement.code,
            "to": evidence.valid_to.isoformat() if evidence.valid_to else None,
        },
        actor=platform("accreditation"),
    )  # fmt: skip


@transaction.atomic
def erase_references(*, on: date) -> int:
    """Erases who vouched, and what they wrote, for applications that led to nothing and ended twelve months ago.

    Returns of how many applications.
    """
    state = Application.State
    long_ago = on - KEPT
    ended = Q(state=state.CLOSED, appeal_decided_on__lte=long_ago) | Q(state=state.REFUSED, decided_on__lte=long_ago)
    ended |= Q(state=state.WITHDRAWN, started_on__lte=long_ago)
    kept = Reference.objects.filter(erased_on=None).values("application")
    found = Application.objects.filter(ended, pk__in=kept).select_related("consultant__provider")
    count = 0
    for application in found.order_by("pk")[:200]:
        application.references.update(name="", email="", relation="", words="", erased_on=on)
        record("application.references_erased", application, platform("accreditation"))
        count += 1
    return count


periodic.every(3600, "providers.evidence_ending", lambda: tell_of_endings(on=timezone.localdate()))
periodic.every(3600, "providers.references_erased", lambda: erase_references(on=timezone.localdate()))
