"""A provider's offer in the world of the access matrix: each school is a provider too, and has submitted one."""

from datetime import date
from typing import Any

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_price, change_offer, publish_offer, start_offer, submit_offer
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from providers.services import add_provider

WHOLE = {"summary": "By us", "description": "All of it", "phases": ["primary"]}


def written_by(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """The school's provider with an offer that was published and then changed and submitted again."""
    provider = add_provider(organisation=school, code=f"school-{school.pk}", actor=actor)
    made = start_offer(
        provider=provider, kind=Offer.Kind.SERVICE, title=f"Days by {school.name}", on=today, actor=actor
    )
    change_offer(offer=made, changes=WHOLE, actor=actor)
    rule = {"flat": "100"}
    add_price(offer=made, price_class=PriceClass.ANY, rule=rule, valid_from=date(2020, 1, 1), actor=actor)
    publish_offer(offer=made, on=today, actor=actor)
    change_offer(offer=made, changes={"summary": "By all of us"}, actor=actor)
    submit_offer(offer=made, actor=actor)
    return {"own_provider": provider.code, "own_offer": made.code, "offer_part": "about"}


def own_offer_bodies(keys: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    return {
        "POST /own-offers": {"provider": keys["own_provider"], "kind": "deal", "title": "Paper together"},
        "PATCH /own-offers/{code}": {"summary": "By some of us"},
        "POST /own-offers/{code}/changes": {"text": "By whom?"},
    }
