"""What time does to hubs: a deadline that nears while a draft is not sent, and a review that nears, are each told once."""

from datetime import date, datetime, timedelta

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.wording import LONDON
from subscriptions.hubs.models import HubApplication, HubCall, ReviewPoint
from subscriptions.hubs.services.writing import record_application, record_hub
from subscriptions.outcomes.models import OutcomeContract

CHUNK = 200
DEADLINE_DAYS, REVIEW_DAYS = 3, 28


@transaction.atomic
def remind_unsent(*, at: datetime, actor: Actor) -> int:
    """Notes the drafts whose call closes within three days, once each; how many. Their schools are told."""
    near = HubApplication.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=HubApplication.State.DRAFT, reminded_on__isnull=True, call__state=HubCall.State.OPEN,
        call__closes_at__gt=at, call__closes_at__lte=at + timedelta(days=DEADLINE_DAYS),
    )  # fmt: skip
    found = list(near.select_related("call").order_by("call__closes_at", "pk")[:CHUNK])
    for one in found:
        HubApplication.objects.filter(pk=one.pk).update(reminded_on=at.astimezone(LONDON).date())
        record_application("hub_application.deadline_near", one, actor, closes_at=one.call.closes_at.isoformat())
    return len(found)


@transaction.atomic
def remind_reviews(*, on: date, actor: Actor) -> int:
    """Notes the reviews of running hubs that are due within four weeks, once each; how many. Both sides are told."""
    near = ReviewPoint.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=ReviewPoint.State.PLANNED, reminded_on__isnull=True, due_on__lte=on + timedelta(days=REVIEW_DAYS),
        contract__state=OutcomeContract.State.ACTIVE,
    )  # fmt: skip
    found = list(near.select_related("contract").order_by("due_on", "pk")[:CHUNK])
    for one in found:
        ReviewPoint.objects.filter(pk=one.pk).update(reminded_on=on)
        record_hub("hub.review_near", one.contract, actor, review=one.ordinal, due_on=one.due_on.isoformat())
    return len(found)
