"""What becomes of applications that led to nothing: after twelve months what was written in them is gone."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from marketplace.core.actors import Actor
from marketplace.core.models import StoredFile
from marketplace.core.periods import add_months
from subscriptions.hubs.models import HubApplication, PanelScore
from subscriptions.hubs.papers import APPLICATION
from subscriptions.hubs.services.writing import record_application

KEPT_MONTHS, CHUNK = 12, 100
State = HubApplication.State


@transaction.atomic
def erase_unsuccessful(*, on: date, actor: Actor) -> int:
    """The duty of each hour: twelve months after they were declined or withdrawn, the words, files and members' remarks go.

    That a school applied, when, and what points it got stays for the statistics. Returns how many were erased.
    """
    before = add_months(on, -KEPT_MONTHS)
    over = Q(state=State.DECLINED, decided_on__lte=before) | Q(state=State.WITHDRAWN, withdrawn_on__lte=before)
    found = (
        HubApplication.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("call").filter(over, erased_on=None).order_by("pk")[:CHUNK]
    )  # fmt: skip
    gone = list(found)
    for application in gone:
        StoredFile.objects.filter(owner_kind=APPLICATION, owner=application.number).delete()
        HubApplication.objects.filter(pk=application.pk).update(
            title="", plan="", reach="", people="", feedback="", started_by=None, submitted_by=None, erased_on=on
        )
        PanelScore.objects.filter(application=application).update(words="")
        application.agreed.update(reason="Erased")
        application.refresh_from_db()
        record_application("hub_application.erased", application, actor)
    return len(gone)
