"""Price rules: worked amounts, refusals, and what holds for every rule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules.classes import PriceClass
from catalogue.rules.evaluation import FactMissing, NoPrice
from catalogue.rules.facts import BuyerFacts, Counted, IncludedPlaces, read_stated
from catalogue.rules.pricing import price
from catalogue.rules.quotes import Quote
from catalogue.rules.rule_form import WrongPriceRule, check_rule, facts_asked
from invoicing.vat.treatment import VatTreatment
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from tests.catalogue.published_shapes import SHAPES

ON = date(2026, 9, 1)
STANDARD = VatTreatment("S", Decimal("0.20"))
EXEMPT = VatTreatment("E", Decimal(0), "training by an eligible body")
HR = {"sum": [{"flat": "400", "label": "Base charge"}, {"rate": "9.50", "per": "staff"}]}
ICT = {"rate": "6.35", "per": "pupils", "less": {"term_years": {"3": "5%"}}}
PLACE = {"rate": "140", "per": "quantity"}


def facts(raw: dict[str, Any]) -> BuyerFacts:
    raw = dict(raw)
    pupils, phase, term = raw.pop("pupils", None), raw.pop("phase", ""), raw.pop("term_years", None)
    return BuyerFacts(
        price_class=PriceClass.MEMBER,
        phase=phase,
        pupils=Counted(pupils, "October census", date(2025, 10, 2)) if pupils is not None else None,
        term_years=term,
        stated=read_stated(raw),
    )


def quote(rule: dict[str, Any], raw: dict[str, Any] | None = None, quantity: str = "1", **more: Any) -> Quote:
    check_rule(rule)
    vat = more.pop("vat", STANDARD)
    return price(rule=rule, facts=facts(raw or {}), quantity=Decimal(quantity), on=ON, vat=vat, **more)


CASES = [
    pytest.param(rule, raw, quantity, expected, id=f"{name}: {raw} × {quantity}")
    for name, rule, examples in SHAPES
    for raw, quantity, expected in examples
]


@pytest.mark.parametrize(("rule", "raw", "quantity", "expected"), CASES)
def test_published_shapes_come_to_their_published_amounts(rule, raw, quantity, expected):
    if expected is None:
        with pytest.raises(NoPrice) as refused:
            quote(rule, raw, quantity)
        assert "price" in refused.value.message
    else:
        found = quote(rule, raw, quantity)
        assert found.net == Money.parse(expected)
        assert sum(step.pence or 0 for step in found.steps) == found.net.pence


def test_a_base_and_a_rate_for_each_member_of_staff():
    found = quote(HR, {"staff": 38})
    assert [step.sentence for step in found.steps] == ["Base charge: £400.00", "38 staff × £9.50: £361.00"]
    assert (found.net.pence, found.taxed.vat.pence) == (76100, 15220)


def test_five_percent_less_for_a_term_of_three_years():
    found = quote(ICT, {"pupils": 412, "term_years": 3})
    assert [step.sentence for step in found.steps] == [
        "412 pupils × £6.35, October 2025 census: £2,616.20",
        "5% less for a term of 3 years: −£130.81",
    ]
    assert found.net.pence == 248539
    assert quote(ICT, {"pupils": 412, "term_years": 1}).net.pence == 261620


def test_a_base_and_a_rate_for_each_pupil():
    rule = {"sum": [{"flat": "466.14"}, {"rate": "1.14", "per": "pupils"}]}
    assert quote(rule, {"pupils": 210}).net.pence == 70554


def test_included_places_come_first_and_cost_nothing():
    found = quote(PLACE, {}, "3", included=IncludedPlaces("Gold", 2, 6), vat=EXEMPT)
    assert (found.included, found.charged, found.net.pence) == (2, Decimal(1), 14000)
    assert (found.unit_price.pence, found.line_quantity) == (14000, Decimal(1))
    assert [step.sentence for step in found.steps] == [
        "2 places from Gold, 2 of 6 left: £0.00",
        "1 place × £140.00: £140.00",
    ]
    assert found.vat_step.sentence == "VAT exempt: training by an eligible body: £0.00"


def test_no_included_place_is_used_for_what_is_free_anyway() -> None:
    gold = IncludedPlaces("Gold", 2, 6)
    free = quote({"rate": "0", "per": "quantity"}, {}, "2", included=gold)
    assert (free.net, free.included, free.charged) == (Money(0), 0, 2) and not any(
        "Gold" in str(step) for step in free.steps
    )
    taken = quote(PLACE, {}, "2", included=gold)
    assert (taken.net, taken.included) == (Money(0), 2)


def test_places_that_are_all_included_cost_nothing_even_under_a_minimum():
    found = quote(PLACE | {"floor": "100"}, {}, "2", included=IncludedPlaces("Gold", 5, 6))
    assert (found.included, found.charged, found.net.pence) == (2, 0, 0)


def test_a_member_reads_the_list_price_first():
    found = quote(PLACE, {}, "1", list_rule={"rate": "180", "per": "quantity"})
    assert [step.sentence for step in found.steps] == [
        "List price £180.00 for each place",
        "1 place × £140.00 at the member price: £140.00",
    ]


def test_a_discount_from_the_second_place_on():
    rule = PLACE | {"nth": {"from": 2, "less": "20%"}}
    found = quote(rule, {}, "3")
    assert found.net.pence == 36400
    assert found.steps[1].text == "2 places × £112.00 (20% less from the 2nd)"
    # 364.00 / 3 is no whole number of pence, so the line is one of the whole.
    assert (found.unit_price.pence, found.line_quantity) == (36400, Decimal(1))


def test_half_a_penny_is_rounded_up_once_at_the_end():
    # 3 × £0.335 = £1.005 → £1.01; rounded each would be 3 × £0.34 = £1.02.
    assert quote({"rate": "0.335", "per": "quantity"}, {}, "3").net.pence == 101


@pytest.mark.parametrize("quantity", ["0", "-1", "0.001", "10000.01", "NaN", "Infinity"])
def test_a_quantity_that_cannot_be_bought_is_refused(quantity):
    with pytest.raises(WrongInput, match="Quantity must"):
        quote(PLACE, {}, quantity)


def test_what_is_sold_once_is_not_sold_twice():
    with pytest.raises(WrongInput, match="sold once for a school"):
        quote({"flat": "1150"}, {}, "2")


def test_a_missing_fact_is_asked_for_by_name():
    with pytest.raises(FactMissing, match="Enter the number of staff") as refused:
        quote(HR)
    assert refused.value.facts == {"fact": "staff"}
    with pytest.raises(FactMissing, match="No pupil count is on record"):
        quote(ICT)
    assert facts_asked(HR) == ["staff"]
    assert facts_asked(ICT) == ["term_years"]


def test_no_price_says_which_facts_did_not_fit():
    rule = {"first": [{"when": {"phase": "primary"}, "flat": "1"}]}
    with pytest.raises(NoPrice, match=r"has no price for phase nursery\. Ask us for a quote\."):
        quote(rule, {"phase": "nursery"})


def test_a_stated_fact_never_overrides_one_of_record():
    known = BuyerFacts(PriceClass.MEMBER, "primary", Counted(100, "Census", ON), stated={"pupils": Decimal(1)})
    assert known.get("pupils") == 100


@pytest.mark.parametrize("value", [1.5, -1, "-1", 10**9, {"a": 1}, [1]])
def test_an_absurd_stated_fact_is_refused(value):
    with pytest.raises(WrongInput):
        read_stated({"staff": value})


@pytest.mark.parametrize(
    "rule",
    [
        None,
        [],
        {},
        {"flat": 1150},
        {"flat": 11.5},
        {"flat": "1e3"},
        {"flat": "-1"},
        {"flat": "١"},
        {"flat": "1", "rate": "1", "per": "pupils"},
        {"flat": "1", "colour": "red"},
        {"rate": "1"},
        {"rate": "1", "per": "Pupils"},
        {"rate": "1", "per": "pupils", "nth": {"from": 1, "less": "20%"}},
        {"bands": [], "by": "pupils"},
        {"bands": [{"price": "1"}, {"max": 5, "price": "2"}], "by": "pupils"},
        {"bands": [{"max": 5, "price": "1"}, {"max": 5, "price": "2"}], "by": "pupils"},
        {"packages": {"0": "1"}, "per": "terms"},
        {"items": {"Hub": "1"}, "chosen": "items", "free_with": {"Hub": ["Clerking"]}},
        {"sum": []},
        {"first": [{"flat": "x"}]},
        {"each": "ects", "of": {"flat": "1", "when": {}}},
        {"flat": "1", "less": {"term_years": {"3": "105%"}}},
        {"flat": "1", "floor": [{"when": {"phase": "primary"}}]},
        {"flat": "1", "when": {"pupils": {"over": "3"}}},
        {"flat": "1", "when": {"pupils": 3}},
    ],
)
def test_a_rule_that_is_not_of_the_form_is_refused(rule):
    with pytest.raises(WrongPriceRule, match=r"Price rule: .* must "):
        check_rule(rule)


def test_rules_are_not_nested_without_end():
    rule: dict[str, Any] = {"flat": "1"}
    for _ in range(10):
        rule = {"sum": [rule]}
    with pytest.raises(WrongPriceRule, match="nested at most"):
        check_rule(rule)


amounts = st.decimals(min_value=0, max_value=99999, places=3).map(str)


@given(
    rate=amounts,
    base=amounts,
    floor=amounts,
    percent=st.integers(0, 100),
    pupils=st.integers(0, 5000),
)
def test_steps_always_add_up_to_the_net_and_the_line_to_the_penny(rate, base, floor, percent, pupils):
    rule = {
        "sum": [{"flat": base}, {"rate": rate, "per": "pupils"}],
        "floor": floor,
        "less": {"term_years": {"3": f"{percent}%"}},
    }
    found = quote(rule, {"pupils": pupils, "term_years": 3})
    exact = max(Decimal(base) + pupils * Decimal(rate), Decimal(floor)) * (100 - percent)
    assert abs(found.net.pence - exact) <= Decimal("0.5")
    assert sum(step.pence or 0 for step in found.steps) == found.net.pence
    assert found.unit_price.pence * found.line_quantity == found.net.pence


@given(places=st.integers(1, 60), left=st.integers(0, 60))
def test_included_and_charged_places_are_all_the_places(places, left):
    found = quote(PLACE, {}, str(places), included=IncludedPlaces("Gold", left, 60))
    assert found.included == min(places, left)
    assert found.included + found.charged == places
    assert found.net.pence == 14000 * int(found.charged)
