"""Prices that depend on the pupils of a whole trust."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalogue.listing import prices_on_page
from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import FactMissing
from catalogue.services import quote_for
from catalogue.services.trusts import trust_count_on
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation, PupilCount, TrustMembership
from tests.shop import Shop, schools, trust_with

ON = date(2026, 9, 1)
RULE = {"rate": "3.10", "per": "trust_pupils", "less": {"term_years": {"3": "5%"}}}


@pytest.fixture
def trust(partnership: Organisation, actor: Actor, tmp_path: Path) -> tuple[Organisation, list[Organisation]]:
    """A trust with two academies of 300 and 200 pupils."""
    found, academies = trust_with(tmp_path, actor, "Harbour Academy", "Quayside Academy")
    for academy, pupils in zip(academies, (300, 200), strict=True):
        PupilCount.objects.create(
            school=academy.school, pupils=pupils, source="October census", counted_on=date(2026, 8, 1)
        )
    return found, academies


@pytest.fixture
def wide(shop: Shop) -> Offer:
    return shop.offer("wide", prices={PriceClass.ANY: RULE})


def price(offer: Offer, organisation: Organisation, **facts: Any) -> Any:
    return quote_for(
        offer=offer, run=None, organisation=organisation, quantity=Decimal(1), on=ON,
        price_class=PriceClass.MEMBER, facts=facts,
    )  # fmt: skip


def test_a_school_and_its_trust_pay_by_all_pupils_of_the_trust(trust: Any, wide: Offer) -> None:
    found, [harbour, _] = trust
    for buyer in (harbour, found):
        quote = price(wide, buyer, term_years=3)
        assert quote.net.pence == 147_250  # 500 × 3.10 = 1,550.00, less 77.50
        assert quote.steps[0].text == f"500 pupils × £3.10, sum of 2 schools of {found.name}, August 2026 census"
    listed = prices_on_page(offers=[wide], organisation=harbour, price_class=PriceClass.MEMBER, on=ON)[wide.pk]
    assert listed.quote is not None
    assert listed.quote.net.pence == 155_000


def test_a_school_that_left_the_trust_by_the_day_does_not_count(trust: Any, wide: Offer) -> None:
    _, [harbour, quayside] = trust
    TrustMembership.objects.filter(school_id=quayside.pk).update(valid_to=ON)
    assert price(wide, harbour).net.pence == 93_000
    with pytest.raises(FactMissing, match="pupil counts of all schools of one trust"):
        price(wide, quayside)


def test_a_sum_that_would_leave_a_school_out_is_no_price(trust: Any, wide: Offer) -> None:
    _, [harbour, quayside] = trust
    PupilCount.objects.filter(school_id=quayside.pk).delete()
    assert trust_count_on(harbour, ON) is None
    with pytest.raises(FactMissing):
        price(wide, harbour)


def test_a_school_without_a_trust_has_no_such_price(
    partnership: Organisation, actor: Actor, tmp_path: Path, wide: Offer
) -> None:
    [alone] = schools(tmp_path, actor, {})
    with pytest.raises(FactMissing):
        price(wide, alone)
