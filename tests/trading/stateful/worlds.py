"""Who books in a walk: three schools of the register, their people, one course with three dates."""

from datetime import date, timedelta
from pathlib import Path

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.services import grant_allowance, set_membership
from tests.shop import Shop, person, schools
from tests.trading.stateful.book import FREE_DAYS
from tests.trading.stateful.machine import FIRST_DAY, World

POLICY = {"free_until": {"count": FREE_DAYS, "days": "calendar"}, "then_percent": "50"}


def booking_world(partnership: Organisation, tmp_path: Path, actor: Actor) -> World:
    """A member with five places of a subscription, a school that is no member, a member whose orders the head approves."""
    gold, other, asking = schools(
        tmp_path, actor,
        {"EstablishmentName": "Goldwell Primary"}, {"EstablishmentName": "Otterby Primary"},
        {"EstablishmentName": "Askham Primary"},
    )  # fmt: skip
    for member in (gold, asking):
        set_membership(organisation=member, price_class=PriceClass.MEMBER, valid_from=date(2026, 9, 1), actor=actor)
    grant_allowance(
        source_key="gold", organisation=gold, name="Gold", places=5, valid_from=date(2026, 9, 1),
        valid_to=date(2040, 9, 1), actor=actor,
    )  # fmt: skip
    shop = Shop(actor)
    course = shop.course(cancellation=POLICY)
    days = [FIRST_DAY + timedelta(days=ahead) for ahead in (25, 50, 80)]
    return World(
        schools={"gold": gold, "other": other, "asking": asking},
        buyers={
            "gold": person(gold, actor, name="Gwen Buyer"),
            "other": person(other, actor, name="Otto Buyer"),
            "asking": person(asking, actor, name="Asha Buyer", limit=0),
        },
        head=person(asking, actor, name="Hana Head", role=Role.APPROVER),
        organiser=person(partnership, actor, name="Oli Organiser", role=Role.ORGANISER),
        officer=person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER),
        platform=actor,
        course=course,
        runs=[shop.run(course, day=day, places=places) for day, places in zip(days, (6, 3, 4), strict=True)],
    )
