"""What time does to claims: a decision that is late is told to the partnership, an item that falls due to its claimant.

Also the sample: claims drawn at random from those that were accepted, for the auditor to look at again.
"""

import random
from datetime import date, timedelta

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from subscriptions.outcomes.models import OutcomeItem, Submission
from subscriptions.outcomes.services.items import IN_FORCE, State, tell

CHUNK = 200
REMIND_DAYS = 14
"""How long before its day the claimant is told once that an item is not claimed."""
SAMPLING = (Role.AUDITOR, Role.FINANCE_MANAGER)
MOST_SAMPLED = 200


@transaction.atomic
def escalate_due(*, on: date, actor: Actor) -> int:
    """Notes the claims on which nobody decided by their day, once each; how many. The partnership is told."""
    waits = Submission.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=Submission.State.SUBMITTED, decide_by__lt=on, escalated_on__isnull=True
    )
    late = list(waits.select_related("item__contract").order_by("submitted_on", "pk")[:CHUNK])
    for one in late:
        Submission.objects.filter(pk=one.pk).update(escalated_on=on)
        tell(
            "outcome_item.decision_late", one.item, actor, submission=one.ordinal, decide_by=one.decide_by.isoformat()
        )  # fmt: skip
    return len(late)


@transaction.atomic
def remind_due(*, on: date, actor: Actor) -> int:
    """Notes the items that may be claimed and fall due within 14 days, once each (again after more time was given)."""
    coming = OutcomeItem.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=[State.PLANNED, State.REJECTED], measure__isnull=False, contract__state__in=IN_FORCE,
        claimed_from__lte=on, due_on__gte=on, due_on__lte=on + timedelta(days=REMIND_DAYS), reminded_on__isnull=True,
    )  # fmt: skip
    near = list(coming.select_related("contract").order_by("due_on", "pk")[:CHUNK])
    for item in near:
        OutcomeItem.objects.filter(pk=item.pk).update(reminded_on=on)
        tell("outcome_item.due_soon", item, actor, due_on=item.due_on.isoformat())
    return len(near)


@transaction.atomic
def draw_sample(*, count: int, seed: int, on: date, actor: Actor) -> list[Submission]:
    """Draws ``count`` of the accepted claims that were in no sample before, for an auditor or a finance manager.

    The same ``seed`` over the same claims draws the same ones, so that a sample can be drawn again and compared. Fewer are
    drawn where there are fewer. Each is noted with its day.
    """
    actor.require(*SAMPLING, to="draw a sample")
    if not 0 < count <= MOST_SAMPLED:
        raise WrongInput(f"A sample has 1 to {MOST_SAMPLED} claims")
    accepted = Submission.objects.filter(
        state__in=[Submission.State.ACCEPTED, Submission.State.PART], sampled_on__isnull=True
    )
    keys = list(accepted.order_by("pk").values_list("pk", flat=True))
    drawn = sorted(random.Random(seed).sample(keys, min(count, len(keys))))  # noqa: S311 — to be drawn again, not secret
    Submission.objects.filter(pk__in=drawn, sampled_on__isnull=True).update(sampled_on=on)
    found = list(Submission.objects.filter(pk__in=drawn).select_related("item__contract").order_by("pk"))
    for one in found:
        tell("outcome_item.sampled", one.item, actor, submission=one.ordinal, seed=seed)
    return found
