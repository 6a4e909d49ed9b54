"""Offers in every state of their life: written by a provider, looked at, sent back, changed after publication."""

from datetime import date, timedelta
from typing import Any

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import (
    add_price,
    ask_for_changes,
    change_offer,
    publish_offer,
    start_offer,
    submit_offer,
    withdraw_offer,
)
from frontend.demonstration.directory import Directory
from marketplace.core.actors import Actor
from providers.models import Provider

HUB = "meridian-hub"
_WHOLE: dict[str, dict[str, Any]] = {
    "reading-for-pleasure": {
        "summary": "A year of book clubs that pupils run themselves, begun with one day for two adults of each school.",
        "description": "You leave with a plan for the first term, a list of forty books and the questions pupils ask.",
        "phases": ["primary"],
        "roles": ["Class teacher", "Teaching assistant"],
        "themes": ["Reading and writing"],
    },
    "talk-in-mathematics": {
        "summary": "How to plan the talk in a mathematics lesson, with films of four classrooms.",
        "description": "Two twilights, three weeks apart, with a lesson tried in between.",
        "phases": ["primary", "secondary"],
        "roles": ["Middle leader", "Class teacher"],
        "themes": ["Mathematics"],
        "evidence": "moderate",
        "evidence_url": "https://evidence.example/talk-in-mathematics",
    },
    "mentoring-new-heads": {
        "summary": "A serving head beside a new one for a year: six visits and a telephone that is answered.",
        "description": "Matched by phase and by kind of school. What is said stays between the two.",
        "phases": ["primary", "secondary", "special"],
        "roles": ["Head teacher"],
        "themes": ["Leadership"],
        "term_months": 12,
        "levels": [
            {"title": "Listening", "included": "Telephone and two visits"},
            {"title": "Walking along", "included": "Telephone, six visits and one to your mentor's school"},
        ],
    },
    "summer-festival-of-teaching": {
        "summary": "A day of talks in the open air, held by the university; booked with them.",
        "description": "Forty speakers on four stages, with a place for families.",
        "phases": ["primary", "secondary", "post-16"],
        "themes": ["Teaching"],
        "signposted_url": "https://festival.example/tickets",
    },
}


def add_offer_life(directory: Directory, *, today: date, actor: Actor) -> None:
    """A draft, one submitted, one sent back, one with levels published and being changed, an event of others, a package
    for its exhibitors, and one withdrawn."""
    hub = Provider.objects.select_related("organisation").get(code=HUB)
    writer, organiser = (directory.signed[key] for key in ("provider", "organiser"))
    start_offer(provider=hub, kind=Offer.Kind.RESOURCE, title="Phonics at home", on=today, actor=writer)
    _written(hub, Offer.Kind.COURSE, "Reading for pleasure", today, writer, submit=True)
    asked = _written(hub, Offer.Kind.COURSE, "Talk in mathematics", today, writer, submit=True)
    ask_for_changes(
        offer=asked, text="Say which years the films show, and whether one person may come alone.",
        on=today - timedelta(days=2), actor=organiser,
    )  # fmt: skip
    levels = _written(hub, Offer.Kind.SERVICE, "Mentoring new heads", today, writer, submit=True)
    rule = {"first": [{"when": {"level": "walking-along"}, "flat": "2400"}, {"flat": "950"}]}
    _priced(levels, rule, directory.since, actor)
    publish_offer(offer=levels, on=today - timedelta(days=90), actor=organiser)
    change_offer(offer=levels, changes={"summary": _WHOLE[levels.code]["summary"] + " Evenings too."}, actor=writer)
    university = Provider.objects.select_related("organisation").get(code="wellshire-university")
    festival = _written(university, Offer.Kind.COURSE, "Summer festival of teaching", today, organiser)
    publish_offer(offer=festival, on=today - timedelta(days=30), actor=organiser)
    _stand(festival, university, today, directory.since, organiser)
    old = Offer.objects.filter(provider=university, kind=Offer.Kind.RESOURCE, state=Offer.State.PUBLISHED).last()
    if old is not None:
        withdraw_offer(offer=old, actor=organiser)


def _written(
    provider: Provider, kind: Offer.Kind, title: str, today: date, actor: Actor, *, submit: bool = False
) -> Offer:
    made = start_offer(provider=provider, kind=kind, title=title, on=today, actor=actor)
    change_offer(offer=made, changes=_WHOLE[made.code], actor=actor)
    return submit_offer(offer=made, actor=actor) if submit else made


def _priced(offer: Offer, rule: dict[str, Any], since: date, actor: Actor) -> None:
    add_price(offer=offer, price_class=PriceClass.ANY, rule=rule, valid_from=since, actor=actor)


def _stand(event: Offer, provider: Provider, today: date, since: date, actor: Actor) -> None:
    """A table among the exhibitors of the event."""
    made = start_offer(
        provider=provider, kind=Offer.Kind.SERVICE, title="A table at the festival", on=today, actor=actor
    )
    said = {
        "summary": "Two metres under the trees, power and four tickets.", "description": "From eight in the morning.",
        "audience": "exhibitors", "of_event": event.code,
    }  # fmt: skip
    change_offer(offer=made, changes=said, actor=actor)
    _priced(made, {"flat": "320"}, since, actor)
    publish_offer(offer=made, on=today - timedelta(days=30), actor=actor)
