"""A provider writes an offer page by page, an organiser publishes it, a school buys a level of it and keeps what it bought."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Offer, OfferDraft
from catalogue.rules.classes import PriceClass
from catalogue.services import add_price, change_offer, publish_offer, start_offer, withdraw_offer
from frontend.notices.topics import OFFERS
from marketplace.core import outbox
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.models import Order, OrderLine
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from marketplace.trading.services.choices import CannotBeOrdered, LevelMissing
from providers.models import Provider
from providers.services import add_provider
from tests.api.calling import Program
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, START, Shop, person, schools

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 9, 1, 10, 0, tzinfo=LONDON)
ON = MOMENT.date()
LEVELS = [
    {"title": "Basic", "included": "Advice by telephone"},
    {"title": "Plus", "included": "Two visits"},
]


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(MOMENT, tick=True) as clock:
        yield clock


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def heron(shop: Shop, actor: Actor) -> Provider:
    made = add_organisation(kind=Organisation.Kind.PROVIDER, name="Heron Learning", valid_from=START, actor=actor)
    return add_provider(organisation=made, code="heron", actor=actor)


@pytest.fixture
def rosa(heron: Provider, actor: Actor) -> Actor:
    return person(heron.organisation, actor, name="Rosa Writer", role=Role.PROVIDER)


@pytest.fixture
def omar(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Omar Organiser", role=Role.ORGANISER)


@pytest.fixture
def oakfield_school(partnership: Organisation, actor: Actor, tmp_path: Any) -> Organisation:
    [found] = schools(tmp_path, actor, {})
    return found


@pytest.fixture
def services(heron: Provider, rosa: Actor, omar: Actor, actor: Actor) -> Offer:
    """Data protection at two levels, £100.00 and £250.00."""
    made = start_offer(provider=heron, kind=Offer.Kind.SERVICE, title="Data protection", on=ON, actor=rosa)
    change_offer(offer=made, changes={"levels": LEVELS, "summary": "By people who were inspectors"}, actor=rosa)
    rule = {"first": [{"when": {"level": "plus"}, "flat": "250"}, {"flat": "100"}]}
    add_price(offer=made, price_class=PriceClass.ANY, rule=rule, valid_from=START, actor=actor)
    return publish_offer(offer=made, on=ON, actor=omar)


def deliver() -> None:
    """Every event to its handlers, none of which may fail."""
    Delivery.objects.update(next_at=MOMENT)  # written by the database's clock, which no test sets
    outbox.deliver(limit=1000)
    assert not Delivery.objects.exclude(last_error="").exists()


def ordered(offer: Offer, school: Organisation, buyer: Actor, level: str) -> Order:
    basket = open_basket(organisation=school, actor=buyer)
    add_to_basket(
        basket=basket, offer=offer, school=school, quantity=Decimal(1), facts={"level": level}, on=ON, actor=buyer
    )
    seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
    return place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=buyer)


def test_from_the_first_page_to_the_schools_page(
    heron: Provider, rosa: Actor, omar: Actor, shop: Shop, actor: Actor
) -> None:
    as_rosa, as_omar = signed_in(rosa), signed_in(omar)
    base = "/provider/heron/offers"
    assert "No offers yet" in text_of(as_rosa.get(base))
    begun = as_rosa.post(f"{base}/new", {"kind": "course", "title": "Calm corridors"})
    assert begun.url == f"{base}/calm-corridors"
    refused = as_rosa.post(begun.url, {"do": "submit"})
    assert refused.status_code == 409 and "Enter a summary" in text_of(refused)
    as_rosa.post(f"{begun.url}/change/about", {"title": "Calm corridors", "summary": "Talks", "description": "Three"})
    wrong = as_rosa.post(f"{begun.url}/change/evidence", {"evidence": "strong", "evidence_url": ""})
    assert wrong.status_code == 400 and "Enter where the evidence is" in text_of(wrong)
    as_rosa.post(f"{begun.url}/change/for-whom", {"roles": ["SENCO"], "phases": ["primary"], "themes": "Calm, Care"})
    sent = as_rosa.post(begun.url, {"do": "submit"}, follow=True)
    assert "with us to look at" in text_of(sent) and 'value="submit"' not in sent.content.decode()
    assert "Look at 1 offer that providers submitted" in text_of(as_omar.get("/"))
    page = "/organise/offers/calm-corridors"
    as_omar.post(page, {"do": "ask", "asked": "How long is each talk?"})
    deliver()
    assert "Change Calm corridors as asked" in text_of(as_rosa.get("/"))
    assert "How long is each talk?" in text_of(as_rosa.get(begun.url))
    as_rosa.post(f"{begun.url}/change/about", {"title": "Calm corridors", "summary": "Talks", "description": "An hour"})
    as_rosa.post(begun.url, {"do": "submit"})
    no_price = as_omar.post(page, {"do": "publish"})
    assert no_price.status_code == 409 and "has no price yet" in text_of(no_price)
    offer = Offer.objects.get()
    add_price(offer=offer, price_class=PriceClass.ANY, rule={"flat": "95"}, valid_from=START, actor=actor)
    assert "published as version 1" in text_of(as_omar.post(page, {"do": "publish"}, follow=True))
    deliver()
    shown = text_of(Client().get("/find/calm-corridors"))
    assert "Course by Heron Learning" in shown and "For: SENCO, primary" in shown and "An hour" in shown
    told = list(Message.objects.filter(topic=OFFERS).order_by("pk"))
    assert [one.subject for one in told] == [
        "Change your offer: Calm corridors, looked at on 1 September 2026",
        "Published on 1 September 2026: Calm corridors",
    ]
    assert all(one.to.startswith("rosa.writer") and "How long" not in one.plain for one in told)


def test_changes_of_a_published_offer_are_seen_by_those_who_write_it_alone(
    services: Offer, rosa: Actor, omar: Actor
) -> None:
    as_rosa, as_omar = signed_in(rosa), signed_in(omar)
    about = {"title": "Data protection", "summary": "By inspectors of old", "description": "All of it"}
    as_rosa.post("/provider/heron/offers/data-protection/change/about", about)
    assert "Schools see version 1 meanwhile" in text_of(as_rosa.get("/provider/heron/offers/data-protection"))
    assert "people who were inspectors" in text_of(Client().get("/find/data-protection"))
    look = text_of(as_omar.get("/organise/offers/data-protection"))
    assert "By people who were inspectors By inspectors of old" in look
    as_omar.post("/organise/offers/data-protection", {"do": "publish"})
    version = text_of(as_omar.get("/organise/offers/data-protection/versions/2"))
    assert "Version 1 Version 2" in version and "By inspectors of old" in version
    first = text_of(as_omar.get("/organise/offers/data-protection/versions/1?against=2"))
    assert "By inspectors of old" in first
    assert as_omar.get("/organise/offers/data-protection/versions/3").status_code == 404
    as_rosa.post("/provider/heron/offers/data-protection/change/term", {"term_months": "12"})
    assert "dropped" in text_of(as_rosa.post("/provider/heron/offers/data-protection", {"do": "drop"}, follow=True))
    assert not OfferDraft.objects.exists()


def test_outsiders_are_told_nothing(services: Offer, oakfield_school: Organisation, actor: Actor, shop: Shop) -> None:
    buyer = signed_in(person(oakfield_school, actor))
    other = add_organisation(kind=Organisation.Kind.PROVIDER, name="Egret Ltd", valid_from=START, actor=actor)
    add_provider(organisation=other, code="egret", actor=actor)
    rival = signed_in(person(other, actor, name="Ray Rival", role=Role.PROVIDER))
    for path in (
        "/provider/heron/offers", "/provider/heron/offers/new", "/provider/heron/offers/data-protection",
        "/provider/heron/offers/data-protection/change/about", "/provider/egret/offers/data-protection",
        "/organise/offers", "/organise/offers/new", "/organise/offers/data-protection",
        "/organise/offers/data-protection/change/about", "/organise/offers/data-protection/versions/1",
    ):  # fmt: skip
        for client in (buyer, rival):
            assert client.get(path).status_code == 404, path
        assert Client().get(path).status_code == 302, path
    assert rival.post("/provider/egret/offers/data-protection", {"do": "submit"}).status_code == 404


def test_a_level_is_chosen_priced_ordered_and_kept_as_it_was_published(
    services: Offer, oakfield_school: Organisation, actor: Actor, omar: Actor
) -> None:
    buyer = person(oakfield_school, actor)
    client, base = signed_in(buyer), f"/school/{oakfield_school.school.urn}"
    page = client.get(f"{base}/find/data-protection")
    assert "Advice by telephone" in text_of(page) and "To pay £120.00" in text_of(page)
    chosen = client.get(f"{base}/find/data-protection?fact_level=plus")
    assert "To pay £300.00" in text_of(chosen)
    with pytest.raises(LevelMissing):
        ordered(services, oakfield_school, buyer, "gold")
    order = ordered(services, oakfield_school, buyer, "plus")
    line = OrderLine.objects.get()
    assert (line.description, line.offer_version_id) == ("Data protection, Plus", services.current_version_id)
    change_offer(offer=services, changes={"levels": [*LEVELS, {"title": "Gold", "included": "All"}]}, actor=omar)
    publish_offer(offer=services, on=ON, actor=omar)
    link = f"{base}/orders/{order.number}/lines/1/offer"
    assert link in client.get(f"{base}/orders/{order.number}").content.decode()
    bought = text_of(client.get(link))
    assert "As published on 1 September 2026" in bought and "A newer version was published" in bought
    withdraw_offer(offer=services, actor=omar)
    assert client.get(link).status_code == 200
    assert client.get(f"{base}/orders/{order.number}/lines/2/offer").status_code == 404


def test_an_event_of_others_and_a_package_for_exhibitors(
    heron: Provider, omar: Actor, oakfield_school: Organisation, oakfield: Organisation, actor: Actor
) -> None:
    event = start_offer(provider=heron, kind=Offer.Kind.COURSE, title="Festival", on=ON, actor=omar)
    change_offer(offer=event, changes={"signposted_url": "https://festival.example/tickets"}, actor=omar)
    publish_offer(offer=event, on=ON, actor=omar)
    stand = start_offer(provider=heron, kind=Offer.Kind.SERVICE, title="A table", on=ON, actor=omar)
    change_offer(offer=stand, changes={"audience": "exhibitors", "of_event": "festival"}, actor=omar)
    add_price(offer=stand, price_class=PriceClass.ANY, rule={"flat": "320"}, valid_from=START, actor=actor)
    publish_offer(offer=stand, on=ON, actor=omar)
    public = Client().get("/find/festival").content.decode()
    assert "Book with Heron Learning" in public and "/find/a-table" in public and "List price" not in public
    assert "A table" not in text_of(Client().get("/find?text=table"))
    buyer = person(oakfield_school, actor)
    client, base = signed_in(buyer), f"/school/{oakfield_school.school.urn}"
    school = text_of(client.get(f"{base}/find/festival"))
    assert "Book with Heron Learning" in school and "A table" not in school
    assert client.get(f"{base}/find/a-table").status_code == 404
    with pytest.raises(CannotBeOrdered):
        ordered(stand, oakfield_school, buyer, "")
    with pytest.raises(CannotBeOrdered):
        ordered(event, oakfield_school, buyer, "")
    exhibitor = person(oakfield, actor, name="Ed Exhibitor")
    customer = f"/customer/{oakfield.number}"
    assert f"{customer}/find/a-table" in signed_in(exhibitor).get(f"{customer}/find/festival").content.decode()
    assert ordered(stand, oakfield, exhibitor, "").net_pence == 32_000


def test_the_organisers_list_is_narrowed_and_costs_the_same_for_more(
    services: Offer, heron: Provider, omar: Actor, shop: Shop
) -> None:
    client = signed_in(omar)
    client.get("/organise/offers")
    with CaptureQueriesContext(connection) as few:
        client.get("/organise/offers")
    for number in range(30):
        start_offer(provider=heron, kind=Offer.Kind.DEAL, title=f"Deal {number}", on=ON, actor=omar)
    with CaptureQueriesContext(connection) as many:
        everything = client.get("/organise/offers")
    assert len(many) == len(few) and "31 offers" in text_of(everything)
    assert "1 offer" in text_of(client.get("/organise/offers?state=published"))
    assert "30 offers" in text_of(client.get("/organise/offers?kind=deal&provider=heron"))
    assert "Deal 17" in text_of(client.get("/organise/offers?q=deal 17"))
    assert client.get("/organise/offers?state=gone").status_code == 400


def test_the_same_by_program(heron: Provider, rosa: Actor, omar: Actor, actor: Actor) -> None:
    theirs, ours = Program(rosa), Program(omar)
    made = theirs.post("/own-offers", {"provider": "heron", "kind": "deal", "title": "Paper together"})
    assert made.status_code == 201 and made.json()["content"]["cfr_code"] == "E28a"
    said = {
        "summary": "A pallet price", "description": "By the box", "phases": ["primary"], "list_price_pence": 1_825,
        "who_may_join": "Any school of the area", "deal_from": "2026-09-01", "deal_to": "2027-09-01",
    }  # fmt: skip
    changed = theirs.send("PATCH", "/own-offers/paper-together", said)
    assert changed.status_code == 200 and changed.json()["content"]["deal_to"] == "2027-09-01"
    assert theirs.send("PATCH", "/own-offers/paper-together", {"cfr_code": "E19"}).status_code == 403
    assert theirs.post("/own-offers/paper-together/submission", {}).json()["state"] == "submitted"
    asked = ours.post("/own-offers/paper-together/changes", {"text": "Which paper?"})
    assert asked.json()["asked"] == "Which paper?" and asked.json()["stage"] == "changes_asked"
    theirs.post("/own-offers/paper-together/submission", {})
    assert theirs.post("/own-offers/paper-together/publication", {}).status_code == 403
    add_price(
        offer=Offer.objects.get(), price_class=PriceClass.ANY, rule={"flat": "14.60"}, valid_from=START, actor=actor
    )
    assert ours.post("/own-offers/paper-together/publication", {}).json()["version"] == 1
    [version] = theirs.get("/own-offers/paper-together/versions").json()
    assert version["content"]["list_price_pence"] == 1_825
    assert ours.post("/own-offers/paper-together/withdrawal", {}).json()["state"] == "withdrawn"
    assert [one["code"] for one in theirs.get("/own-offers").json()["results"]] == ["paper-together"]
