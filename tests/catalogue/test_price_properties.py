"""What holds for every price rule: steps and shares add up, bands rise, the order of parts does not matter."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalogue.rules.rule_form import check_rule
from catalogue.services.calculator import Calculation, calculate
from marketplace.core.errors import DomainError

ON = date(2026, 9, 1)
amounts = st.decimals(min_value=0, max_value=9999, places=3).map(str)
percents = st.integers(0, 100).map(lambda number: f"{number}%")
NAMES = st.sampled_from(["pupils", "staff", "quantity", "trust_pupils"])

flats = st.builds(lambda amount: {"flat": amount}, amounts)
rates = st.builds(lambda amount, name: {"rate": amount, "per": name}, amounts, NAMES)
nths = st.builds(
    lambda amount, begins, less: {"rate": amount, "per": "quantity", "nth": {"from": begins, "less": less}},
    amounts,
    st.integers(2, 9),
    percents,
)


@st.composite
def bands(draw: st.DrawFn, how: str = "whole") -> dict[str, Any]:
    tops = sorted(draw(st.sets(st.integers(1, 2000), min_size=1, max_size=4)))
    money = "price" if how == "whole" else "rate"
    prices = [draw(amounts) for _ in range(len(tops) + 1)]
    if how == "whole":
        prices.sort(key=Decimal)
    rows = [{"max": top, money: price} for top, price in zip(tops, prices, strict=False)]
    return {"by": "pupils", "how": how, "bands": [*rows, {money: prices[-1]}]}


simple = st.one_of(flats, rates, nths, bands(), bands("marginal"))
rules = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"sum": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"first": [part]}, inner),
        st.builds(lambda part: {"each": "classes", "of": part}, inner),
        st.builds(
            lambda part, floor, cap, less: {
                "sum": [part], "floor": floor, "cap": cap, "less": {"term_years": {"3": less}},
                "plus": {"label": "Brokerage", "percent": "15%"},
            },
            inner, amounts, amounts, percents,
        ),
    ),
    max_leaves=5,
)  # fmt: skip
FACTS = st.fixed_dictionaries(
    {
        "pupils": st.integers(0, 3000),
        "trust_pupils": st.lists(st.integers(0, 3000), min_size=1, max_size=4),
        "staff": st.integers(0, 300),
        "classes": st.integers(0, 30),
        "quantity": st.just(1),
        "term_years": st.sampled_from([1, 3]),
    }
)


def worked(rule: dict[str, Any], facts: dict[str, Any]) -> Calculation:
    check_rule(rule)
    return calculate(rule=rule, facts=facts, on=ON)


@settings(max_examples=150)
@given(rule=rules, facts=FACTS, share=percents)
def test_steps_and_shares_add_up_to_the_net_in_whole_pence(
    rule: dict[str, Any], facts: dict[str, Any], share: str
) -> None:
    try:
        found = worked(rule | {"shares": {"hub": share, "home": "rest"}}, facts)
    except DomainError as error:
        assert error.message.endswith((".", "1,000", "£0.00"))
        return
    assert all(type(step.pence) in (int, type(None)) for step in found.steps)
    assert sum(step.pence or 0 for step in found.steps) == found.total.pence >= 0
    assert sum(one.pence for one in found.shares) == found.total.pence


@settings(max_examples=80)
@given(rule=bands(), fewer=st.integers(0, 2500), more=st.integers(0, 500))
def test_whole_bands_that_rise_never_fall(rule: dict[str, Any], fewer: int, more: int) -> None:
    at = [worked(rule, {"pupils": number}).total.pence for number in (fewer, fewer + more)]
    assert at[0] <= at[1]


@settings(max_examples=80)
@given(rule=bands("marginal"), fewer=st.integers(0, 2500), more=st.integers(0, 500))
def test_marginal_bands_never_fall_whatever_their_rates(rule: dict[str, Any], fewer: int, more: int) -> None:
    at = [worked(rule, {"pupils": number}).total.pence for number in (fewer, fewer + more)]
    assert at[0] <= at[1]
    highest = max(Decimal(band["rate"]) for band in rule["bands"])
    assert at[1] - at[0] <= more * highest * 100 + 1


@settings(max_examples=80)
@given(parts=st.lists(simple, min_size=2, max_size=4), facts=FACTS, turn=st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(parts: list[dict[str, Any]], facts: dict[str, Any], turn: Any) -> None:
    turned = parts[:]
    turn.shuffle(turned)
    assume(turned != parts)
    assert worked({"sum": parts}, facts).total == worked({"sum": turned}, facts).total


@settings(max_examples=60)
@given(
    amounts_of=st.dictionaries(st.integers(2, 12).map(str), st.integers(1, 900).map(str), max_size=4),
    single=st.integers(1, 900).map(str),
    wanted=st.integers(1, 30),
)
def test_packages_never_cost_more_than_single_ones_or_any_other_way(
    amounts_of: dict[str, str], single: str, wanted: int
) -> None:
    rule = {"packages": amounts_of | {"1": single}, "per": "meetings"}
    found = worked(rule, {"meetings": wanted}).total.pence
    assert found <= wanted * int(single) * 100
    for size, amount in amounts_of.items():
        if int(size) < wanted:
            without = worked(rule, {"meetings": wanted - int(size)}).total.pence
            assert found <= without + int(amount) * 100
