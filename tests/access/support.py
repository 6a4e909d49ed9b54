"""Support plans and matched funding in the world of the access matrix: a plan of each school, one scheme."""

from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor, Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from subscriptions.support.services.matching import open_scheme, promise_match
from subscriptions.support.services.planning import PartTerms, draft_plan
from tests.shop import person

Keys = dict[str, Any]


def supported(
    *, schools: list[Organisation], council: Organisation, today: date, actor: Actor
) -> tuple[Keys, Keys, Keys]:
    """What one's own school has, paid by the council; what the other has, paid by somebody else; and one scheme."""
    payer = add_organisation(
        kind=Organisation.Kind.OTHER, name="Marram Foundation", valid_from=date(2020, 1, 1), actor=actor
    )
    organiser = person(partnership(), actor, name="Petra Plans", role=Role.ORGANISER, on=today)
    term = Period(today, add_months(today, 10))
    keys = []
    for school, funder in zip(schools, (council, payer), strict=True):
        made = draft_plan(
            school=school, title=f"Reading at {school.name}", need="Phonics", programme="Coaching", term=term,
            parts=[PartTerms(payer, "Coaching", Decimal(5), 2_000_00)], funder=funder, every_weeks=6, on=today,
            actor=organiser,
        )  # fmt: skip
        first = made.reviews.order_by("due_on")[0]
        keys.append({"support_plan": made.number, "support_title": made.title, "support_review": first.pk})
    scheme = open_scheme(
        code="matched", title="Matched", share=Decimal("0.5"), most=Money(500_00), budget=Money(2_000_00), term=term,
        evidence="receipt", account_code="7900", stream_code="SI",
        actor=person(partnership(), actor, name="Mona Matches", role=Role.FINANCE_MANAGER, on=today),
    )  # fmt: skip
    for key, school in zip(keys, schools, strict=True):
        made = promise_match(
            scheme=scheme, school=school, what="Cover", spend=Money(400_00), by=today, on=today, actor=organiser
        )
        key["matched_contract"] = made.contract.number
    return keys[0], keys[1], {"matched_scheme": scheme.code, "supporter": payer.number}


def support_bodies(keys: Keys, today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    last = add_months(today, 10).isoformat()
    parts = {"parts": [{"provider": keys["supporter"], "what": "Coaching", "days": "2", "pence": 100_00}]}
    plan = {
        "title": "Reading",
        "need": "Phonics",
        "programme": "Coaching",
        "valid_from": today.isoformat(),
        "valid_to": last,
    }
    scheme = {
        "code": "another", "title": "Another", "share": "0.5", "most_pence": 100_00, "budget_pence": 500_00,
        "valid_from": today.isoformat(), "valid_to": last, "account": "7900", "stream": "SI",
    }  # fmt: skip
    return {
        "POST /support-plans": plan | parts | {"school": keys["customer"], "funder": keys["supporter"]},
        "POST /support-plans/{number}/withdraw": {"reason": "Not needed"},
        "POST /support-plans/{number}/take-over": parts | {"from_day": last, "reason": "No coach"},
        "POST /support-plans/{number}/reviews/{id}": {"held_on": today.isoformat(), "rating": "ahead", "found": "Well"},
        "POST /matched-schemes": scheme,
        "POST /matched-schemes/{code}/promises": {
            "school": keys["customer"],
            "what": "Cover",
            "spend_pence": 100_00,
            "by": today.isoformat(),
        },
    }
