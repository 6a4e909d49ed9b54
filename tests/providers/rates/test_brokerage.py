"""Both sides of a price: the published examples to the penny, and what must hold of any figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import WrongInput
from providers.rates.rules.brokerage import Terms, split
from providers.rates.rules.terms import RateTerms, price_list
from providers.rates.rules.travel import mileage

SHARE = Decimal("0.15")


def test_a_share_within_the_price_leaves_the_provider_the_rest():
    day = split(brokerage="inclusive", sell_pence=450_00, share=SHARE)
    assert day == Terms(450_00, 382_50, 67_50)
    # Two and a half days, as scenario 8 has them.
    assert [int(one * Decimal("2.5")) for one in (day.sell_pence, day.buy_pence, day.margin_pence)] == [
        1_125_00,
        956_25,
        168_75,
    ]


def test_a_share_on_top_is_added_to_the_fee():
    assert split(brokerage="additive", buy_pence=420_00, share=SHARE) == Terms(483_00, 420_00, 63_00)
    assert split(brokerage="additive", sell_pence=483_00, share=SHARE) == Terms(483_00, 420_00, 63_00)


def test_a_fixed_sum_is_added_to_the_fee_and_taken_off_the_price():
    assert split(brokerage="fixed", buy_pence=395_00, fixed_pence=40_00) == Terms(435_00, 395_00, 40_00)
    assert split(brokerage="fixed", sell_pence=435_00, fixed_pence=40_00) == Terms(435_00, 395_00, 40_00)


def test_a_second_set_of_figures_rounds_the_margin_half_up_once():
    assert split(brokerage="inclusive", sell_pence=333_33, share=Decimal("0.125")) == Terms(333_33, 291_66, 41_67)
    assert split(brokerage="additive", buy_pence=333_30, share=Decimal("0.125")) == Terms(374_96, 333_30, 41_66)
    assert split(brokerage="inclusive", buy_pence=382_50, share=SHARE).sell_pence == 450_00


@pytest.mark.parametrize(
    "wrong",
    [
        {"brokerage": "inclusive"},
        {"brokerage": "inclusive", "sell_pence": 1, "buy_pence": 1},
        {"brokerage": "inclusive", "sell_pence": 100, "share": Decimal(1)},
        {"brokerage": "fixed", "sell_pence": 100, "fixed_pence": 100},
        {"brokerage": "fixed", "buy_pence": 100, "fixed_pence": -1},
    ],
)
def test_what_leaves_nothing_or_says_both_is_refused(wrong):
    with pytest.raises(WrongInput):
        split(**wrong)


@given(st.integers(100, 500_000), st.integers(0, 99_999))
def test_the_two_sides_and_the_margin_always_add_up(pence, share):
    part = Decimal(share) / 100_000
    day = split(brokerage="additive", buy_pence=pence, share=part)
    assert day.sell_pence == day.buy_pence + day.margin_pence and day.margin_pence >= 0
    assert abs(split(brokerage="additive", sell_pence=day.sell_pence, share=part).buy_pence - pence) <= 1


def test_the_day_gives_the_other_units_for_members_and_for_others():
    terms = RateTerms(450_00, 500_00, "inclusive", SHARE, half_day_percent=55, hour_percent=20)
    listed = {(one.unit, one.audience): (one.terms.sell_pence, one.terms.buy_pence) for one in price_list(terms)}
    assert listed == {
        ("day", "member"): (450_00, 382_50),
        ("day", "other"): (500_00, 425_00),
        ("half_day", "member"): (247_50, 210_37),
        ("half_day", "other"): (275_00, 233_75),
        ("hour", "member"): (90_00, 76_50),
        ("hour", "other"): (100_00, 85_00),
    }
    fixed = price_list(RateTerms(400_00, 400_00, "fixed", fixed_pence=50_00, half_day_percent=50))
    assert [(one.terms.sell_pence, one.terms.margin_pence) for one in fixed[2:]] == [(225_00, 25_00)] * 2


def test_travel_is_included_or_by_the_mile():
    assert mileage(Decimal("42.5"), 45) == 19_13  # 1,912.5 pence, half up
    assert mileage(42, 0) == 0
    with pytest.raises(WrongInput, match="Miles must be"):
        mileage(-1, 45)
