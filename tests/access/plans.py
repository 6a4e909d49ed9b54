"""Subscription levels in the world of the access matrix: each school has Silver and might have Gold."""

from datetime import date
from typing import Any

from marketplace.core.actors import Actor
from marketplace.core.periods import add_months
from marketplace.organisations.models import Organisation
from subscriptions.models import Plan, PlanVersion
from subscriptions.plans.rules.billing import year_with
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.services import Terms, draft_version, subscribe
from tests.subscriptions.plans.levels import published_level

DRAFTED = 2


def subscribed(*, school: Organisation, buyer: Actor, today: date, actor: Actor) -> dict[str, Any]:
    """The number of the school's subscription, and the levels, made with the first."""
    if not Plan.objects.exists():
        published_level(
            actor, "silver", "12", [Included(Kind.DOWNLOADS, 4), Included(Kind.NETWORK, network="Reading network")]
        )
        gold = published_level(actor, "gold", "20", position=2)
        terms = Terms(rule={"flat": "21"}, valid_from=add_months(today, 24))
        assert draft_version(plan=gold.plan, terms=terms, actor=actor).number == DRAFTED
    silver = PlanVersion.objects.get(plan__code="silver")
    made = subscribe(organisation=school, version=silver, starts=today, on=today, actor=buyer)
    return {"subscription": made.number, "plan": "gold", "plan_draft": DRAFTED}


def plan_bodies(keys: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    next_year = year_with(today, "09-01").end
    return {
        "POST /subscriptions": {
            "organisation": keys["customer"], "level": "gold", "starts": next_year.isoformat(),
        },
        "POST /subscriptions/{number}/change": {"level": "gold", "on": today.isoformat()},
    }  # fmt: skip
