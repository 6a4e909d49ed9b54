"""Members, contributions and shared costs in the world of the access matrix: for a term to come, so that nothing is charged."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.membership.rules.methods import Method
from subscriptions.services import (
    PartTerms,
    Taking,
    add_member_class,
    agree_cost,
    agree_round,
    enter_member,
    plan_cost,
    plan_round,
)

SINCE = date(2020, 1, 1)


def shares(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """The school is the one member of a class, contributes alone, and shares a bus with a partner of its own."""
    term = Period(today + timedelta(days=40), today + timedelta(days=400))
    number = school.number.lower()
    kind = add_member_class(
        code=f"class-{number}", name="Member", votes=Decimal(1), price_class=PriceClass.MEMBER, actor=actor
    )
    entry = enter_member(organisation=school, member_class=kind, valid_from=SINCE, actor=actor)
    one = plan_round(
        code=f"round-{number}", title=f"Contribution of {number}", term=term, budget=Money(100_00),
        method=Method.EQUAL, member_class=kind, actor=actor,
    )  # fmt: skip
    agree_round(round=one, drawn=1, on=today, actor=actor)
    partner = add_organisation(
        kind=Organisation.Kind.OTHER, name=f"Partner of {school.name}", valid_from=SINCE, actor=actor
    )
    cost = plan_cost(
        code=f"bus-{number}", title=f"Bus of {number}", term=term, lead=school, takes=[Taking(partner)],
        parts=[PartTerms("Bus", 100_00, Method.EQUAL)], actor=actor,
    )  # fmt: skip
    agree_cost(cost=cost, version=1, on=today, actor=actor)
    sharer = cost.participants.get(organisation=partner)
    return {
        "member": entry.pk, "member_class": kind.code, "contribution": one.code, "shared_cost": cost.code,
        "sharer": sharer.pk,
    }  # fmt: skip


def sharing_bodies(keys: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do: what was done already, which changes nothing."""
    return {
        "POST /members": {
            "organisation": keys["customer"], "member_class": keys["member_class"], "valid_from": SINCE.isoformat(),
        },
        "POST /contributions/{code}/agreement": {"drawn": 1},
        "POST /shared-costs/{code}/agreement": {"version": 1},
    }  # fmt: skip
