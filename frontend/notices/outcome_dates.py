"""E-mails that a day brings about contracts that pay on results: a return is overdue, a decision's day is near.

Found anew every hour among the days just past or near; each is written once, since messages have keys. What falls due soon,
and what nobody decided in time, is told by events (``claims``).
"""

from datetime import date, timedelta

from django.utils import timezone

from frontend.jinja import url
from frontend.notices.claims import claimants_of, deciders_of, tell_of_return
from frontend.notices.readers import absolute
from frontend.notices.topics_of_claims import DECIDING, RETURNS
from marketplace.core import periodic
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Submission

LATE_DAYS, NEAR_DAYS = 7, 2
"""A return is told to be overdue within a week of its day, a decision to be near from two days before its own."""
MOST = 500
_STATE = OutcomeItem.State


def tell_overdue(*, on: date) -> int:
    """Returns that were not sent by their day: to those who claim, that they ask for more time. How many."""
    late = OutcomeItem.objects.filter(
        state__in=[_STATE.PLANNED, _STATE.REJECTED], measure__isnull=False, due_on__lt=on,
        due_on__gte=on - timedelta(days=LATE_DAYS), contract__state=OutcomeContract.State.ACTIVE,
    )  # fmt: skip
    rows = list(late.select_related("contract__party").order_by("due_on", "pk")[:MOST])
    for item in rows:
        link = absolute(url("hub-return", number=item.contract.number, code=item.code))
        for to in claimants_of(item.contract, on):
            tell_of_return(
                item, to, topic=RETURNS, verb="Overdue: ask for more time for the return", link=link,
                key=f"return-overdue:{item.pk}:{item.due_on}",
            )  # fmt: skip
    return len(rows)


def tell_decisions_near(*, on: date) -> int:
    """Claims whose last day for a decision is within two days: to those who may decide. How many."""
    near = Submission.objects.filter(
        state=Submission.State.SUBMITTED, decide_by__gte=on, decide_by__lte=on + timedelta(days=NEAR_DAYS)
    )
    rows = list(near.select_related("item__contract__party", "item__measure").order_by("decide_by", "pk")[:MOST])
    for claim in rows:
        item = claim.item
        link = absolute(url("verify-decide", number=item.contract.number, code=item.code, ordinal=claim.ordinal))
        for to in deciders_of(item.contract, item.measure, on):
            tell_of_return(
                item, to, topic=DECIDING, verb=f"Decide by {claim.decide_by:%-d %B} on a return", link=link,
                key=f"decision-near:{claim.pk}:{claim.decide_by}",
            )  # fmt: skip
    return len(rows)


def tell_of_today() -> None:
    """Of the day in London."""
    on = timezone.localdate()
    tell_overdue(on=on)
    tell_decisions_near(on=on)


periodic.every(3600, "notices.outcome_dates", tell_of_today)
