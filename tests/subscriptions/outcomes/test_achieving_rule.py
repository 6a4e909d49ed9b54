"""What an achievement earns: whole, in proportion, by steps; tolerance; lower is better; one rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.outcomes.rules.achieving import Yardstick, earned, share_earned, yardstick

HALF_STEPS = (("0.5", "0.4"), ("0.75", "0.7"))


def stick(
    partial: str = "whole", *, baseline: str = "", target: str = "", tolerance: str = "0", steps: tuple = ()
) -> Yardstick:
    return yardstick(
        partial=partial,
        baseline=Decimal(baseline) if baseline else None,
        target=Decimal(target) if target else None,
        tolerance=Decimal(tolerance),
        steps=steps,
    )


@pytest.mark.parametrize(
    ("measure", "achieved", "share"),
    [
        (stick(), None, "1"),
        (stick(), "3", "1"),
        (stick(), "0", "0"),
        (stick(target="40"), "40", "1"),
        (stick(target="40"), "39.9999", "0"),
        (stick(target="40", tolerance="2"), "38", "1"),
        (stick(target="40", tolerance="2"), "37.9", "0"),
        (stick("proportional", target="40"), "41", "1"),
        (stick("proportional", target="40"), "30", "3/4"),
        (stick("proportional", target="3"), "1", "1/3"),
        (stick("proportional", target="40"), "0", "0"),
        (stick("proportional", baseline="60", target="80"), "75", "3/4"),
        (stick("proportional", baseline="60", target="80"), "55", "0"),
        (stick("proportional", baseline="60", target="80", tolerance="0.5"), "79.5", "1"),
        (stick("proportional", baseline="12", target="8"), "8", "1"),
        (stick("proportional", baseline="12", target="8"), "9", "3/4"),
        (stick("proportional", baseline="12", target="8"), "13", "0"),
        (stick("proportional", baseline="12", target="8"), "2", "1"),
        (stick(baseline="12", target="8", tolerance="1"), "9", "1"),
        (stick(baseline="12", target="8", tolerance="1"), "9.1", "0"),
        (stick("steps", baseline="60", target="80", steps=HALF_STEPS), "69.9", "0"),
        (stick("steps", baseline="60", target="80", steps=HALF_STEPS), "70", "2/5"),
        (stick("steps", baseline="60", target="80", steps=HALF_STEPS), "75", "7/10"),
        (stick("steps", baseline="60", target="80", steps=HALF_STEPS), "80", "1"),
        (stick("steps", target="0"), "0", "1"),
    ],
)
def test_the_share_earned(measure: Yardstick, achieved: str | None, share: str) -> None:
    assert share_earned(measure, None if achieved is None else Decimal(achieved)) == Fraction(share)


def test_a_target_needs_a_figure() -> None:
    with pytest.raises(ValueError, match="needs a figure"):
        share_earned(stick(target="40"), None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"partial": "half"}, "no rule called half"),
        ({"partial": "proportional"}, "a part of a target"),
        ({"partial": "steps", "target": "4", "steps": (("1.5", "0.5"),)}, "between 0 and 1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        stick(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pence", "share", "cut", "exact", "pounds"),
    [
        (2_000_00, "3/4", None, "1500", 1_500_00),
        (100, "1/3", None, "0.333333", 33),
        (101, "1/2", None, "0.505", 51),
        (100_00, "2/3", None, "66.666667", 66_67),
        (3, "1/2", None, "0.015", 2),
        (9999, "1/3", 4, "33.33", 33_33),
        (1, "1/2", 2, "0", 0),
        (10_01, "1/2", 2, "5", 5_00),
    ],
)
def test_an_amount_is_rounded_once_half_up_and_cut_first_where_the_contract_says(
    pence: int, share: str, cut: int | None, exact: str, pounds: int
) -> None:
    found = earned(pence, Fraction(share), cut)
    assert (found.exact, found.pence) == (Decimal(exact), pounds)


FIGURES = st.decimals(min_value=0, max_value=500, places=2)


@given(
    partial=st.sampled_from(["whole", "proportional", "steps"]),
    baseline=st.none() | FIGURES,
    target=FIGURES,
    tolerance=st.decimals(min_value=0, max_value=20, places=1),
    achieved=FIGURES,
    pence=st.integers(min_value=1, max_value=10**9),
    cut=st.none() | st.integers(min_value=0, max_value=4),
)
def test_no_more_than_all_of_it_is_ever_earned_and_reaching_the_target_earns_all(
    partial: str,
    baseline: Decimal | None,
    target: Decimal,
    tolerance: Decimal,
    achieved: Decimal,
    pence: int,
    cut: int | None,
) -> None:
    measure = yardstick(partial=partial, baseline=baseline, target=target, tolerance=tolerance, steps=HALF_STEPS)
    share = share_earned(measure, achieved)
    assert 0 <= share <= 1
    assert share_earned(measure, target) == 1
    assert 0 <= earned(pence, share, cut).pence <= pence
    if cut is None:
        assert earned(pence, Fraction(1)).pence == pence
