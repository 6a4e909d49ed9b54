"""Offers, the price list and the quotes made from it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from catalogue.models import Offer, Price
from catalogue.queries import published_offer, published_offers
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import NoPrice
from catalogue.services import (
    PriceOverlaps,
    add_price,
    end_price,
    pin_price,
    price_row_on,
    publish_offer,
    quote_for,
    withdraw_offer,
)
from catalogue.services.publishing import NotPublishable
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from tests.shop import START, buyer, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
FLAT = {"flat": "1150"}


def test_income_follows_the_kind_of_supply(shop):
    kinds = {
        Offer.SupplyKind.TRAINING: ("4100", "SI"),
        Offer.SupplyKind.CONSULTANCY: ("4110", "SI"),
        Offer.SupplyKind.OTHER: ("4200", "BS"),
        Offer.SupplyKind.GOODS: ("4300", "PR"),
    }
    for kind, expected in kinds.items():
        offer = shop.offer(f"an-offer-{kind}", supply_kind=kind, published=False)
        assert (offer.account_code, offer.stream_code) == expected


def test_an_offer_without_a_price_is_not_published(shop):
    offer = shop.offer("clerking", published=False)
    with pytest.raises(NotPublishable, match="has no price yet"):
        publish_offer(offer=offer, actor=shop.actor)
    offer.refresh_from_db()
    assert offer.state == Offer.State.DRAFT


def test_only_published_offers_are_found_by_code(shop):
    offer = shop.offer("clerking", prices={PriceClass.ANY: FLAT}, published=False)
    with pytest.raises(NotFound):
        published_offer("clerking")
    publish_offer(offer=offer, actor=shop.actor)
    assert published_offer("clerking") == offer
    withdraw_offer(offer=offer, actor=shop.actor)
    assert not published_offers().exists()
    with pytest.raises(NotPublishable, match="is withdrawn, so it cannot become withdrawn"):
        withdraw_offer(offer=offer, actor=shop.actor)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"vat_category": "E"}, "Enter the reason for the VAT treatment"),
        ({"vat_category": "X"}, "VAT category must be one of"),
        ({"phases": ["kindergarten"]}, "Phase must be one of"),
        ({"account_code": "1100"}, "1100 is not an income account"),
        ({"stream_code": "XX"}, "XX is not an income stream"),
        ({"title": "Two\x07lines"}, "Title must not contain control characters"),
        ({"title": " "}, "Enter title"),
        ({"description": "x" * 5001}, "Description must be 5,000 characters or fewer"),
        ({"cancellation": {"free_until": 4}}, "Cancellation policy must have"),
    ],
)
def test_an_offer_that_cannot_be_is_refused(shop, changes, words):
    with pytest.raises(WrongInput, match=words):
        shop.offer("clerking", published=False, **changes)
    assert not Offer.objects.exists()


def test_a_code_is_given_once_and_only_by_the_partnership(shop, oakfield):
    shop.offer("clerking", published=False)
    with pytest.raises(WrongInput, match="belongs to another offer"):
        shop.offer("clerking", published=False)
    shop.actor = buyer(oakfield)
    with pytest.raises(NotAllowed, match="You may not add offers"):
        shop.offer("payroll", published=False)


def test_titles_in_any_script_are_kept(shop):
    offer = shop.offer("reading", title="Reading 中文 🎈", published=False)
    offer.refresh_from_db()
    assert offer.title == "Reading 中文 🎈"


def test_prices_of_a_class_never_overlap(shop):
    offer = shop.offer("clerking", prices={PriceClass.MEMBER: FLAT})
    with pytest.raises(PriceOverlaps, match="already has a price for member on some of these dates"):
        add_price(offer=offer, price_class=PriceClass.MEMBER, rule=FLAT, valid_from=date(2030, 1, 1), actor=shop.actor)
    add_price(offer=offer, price_class=PriceClass.ANY, rule=FLAT, valid_from=START, actor=shop.actor)
    assert offer.prices.count() == 2


def test_a_price_ends_once_and_the_next_begins_on_that_day(shop):
    offer = shop.offer("clerking", prices={PriceClass.MEMBER: FLAT})
    first = offer.prices.get()
    end_price(price=first, valid_to=date(2027, 4, 1), actor=shop.actor)
    second = add_price(
        offer=offer,
        price_class=PriceClass.MEMBER,
        rule={"flat": "1200"},
        valid_from=date(2027, 4, 1),
        actor=shop.actor,
    )
    member = {"offer": offer, "run": None, "price_class": PriceClass.MEMBER}
    assert price_row_on(on=date(2027, 3, 31), **member) == first
    assert price_row_on(on=date(2027, 4, 1), **member) == second
    assert price_row_on(on=date(2019, 12, 31), **member) is None


def test_the_dates_own_price_comes_before_the_offers_and_the_class_before_everybody(shop):
    offer = shop.course()
    run, other = shop.run(offer), shop.run(offer, day=date(2027, 5, 11))
    for everybody, on_run in ((False, True), (True, False), (True, True)):
        add_price(
            offer=offer,
            price_class=PriceClass.ANY if everybody else PriceClass.MEMBER,
            rule={"rate": "90" if everybody else "99", "per": "quantity"},
            valid_from=START,
            run=run if on_run else None,
            actor=shop.actor,
        )

    def rate(run, price_class):
        return price_row_on(offer=offer, run=run, price_class=price_class, on=ON).rule["rate"]

    assert rate(run, PriceClass.MEMBER) == "99"
    assert rate(run, PriceClass.NON_MEMBER) == "90"
    assert rate(other, PriceClass.MEMBER) == "140"
    assert rate(other, PriceClass.ASSOCIATE) == "90"


def test_nobody_gets_the_price_of_another_class(shop, oakfield):
    offer = shop.offer("clerking", prices={PriceClass.MEMBER: FLAT})
    with pytest.raises(NoPrice, match="has no price for a non-member on 1 September 2026"):
        quote_for(
            offer=offer,
            run=None,
            organisation=oakfield,
            quantity=Decimal(1),
            on=ON,
            price_class=PriceClass.NON_MEMBER,
        )


def test_a_used_price_is_frozen_by_the_database(shop):
    offer = shop.offer("clerking", prices={PriceClass.ANY: FLAT})
    price = offer.prices.get()
    pin_price(price_id=price.pk)
    pin_price(price_id=price.pk)
    for change in (
        {"rule": {"flat": "1"}},
        {"valid_from": date(2021, 1, 1)},
        {"price_class": 1},
        {"pinned": False},
    ):
        with pytest.raises(DatabaseError, match="was used and is frozen"), transaction.atomic():
            Price.objects.filter(pk=price.pk).update(**change)
    with pytest.raises(DatabaseError, match="is never deleted"), transaction.atomic():
        price.delete()
    end_price(price=price, valid_to=date(2027, 4, 1), actor=shop.actor)
    with pytest.raises(DatabaseError, match="was used and is frozen"), transaction.atomic():
        Price.objects.filter(pk=price.pk).update(valid_to=date(2028, 4, 1))


def test_an_unused_price_may_be_taken_away(shop):
    offer = shop.offer("clerking", prices={PriceClass.ANY: FLAT})
    offer.prices.get().delete()
    assert not offer.prices.exists()


def test_a_quote_uses_the_latest_count_on_the_day_and_says_so(shop, tmp_path, actor):
    [school] = schools(tmp_path, actor, {"NumberOfPupils": "412"})
    offer = shop.offer("ict-support", prices={PriceClass.ANY: {"rate": "6.35", "per": "pupils"}})
    made = quote_for(
        offer=offer, run=None, organisation=school, quantity=Decimal(1), on=ON, price_class=PriceClass.MEMBER
    )
    assert made.net.pence == 261620
    assert made.steps[0].text.startswith("412 pupils × £6.35, ")
    assert "October 2025" in made.steps[0].text
    assert made.price_id == offer.prices.get().pk


def test_the_vat_rate_is_that_of_the_day(shop, oakfield):
    offer = shop.offer("clerking", prices={PriceClass.ANY: FLAT})
    made = quote_for(
        offer=offer, run=None, organisation=oakfield, quantity=Decimal(1), on=ON, price_class=PriceClass.MEMBER
    )
    assert (made.vat.category, made.vat.rate, made.taxed.vat.pence) == ("S", Decimal("0.20"), 23000)
