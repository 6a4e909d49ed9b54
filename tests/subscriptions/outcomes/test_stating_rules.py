"""What a statement comes to: a table of cases, and what holds of every one."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.outcomes.rules import fees
from subscriptions.outcomes.rules.bands import Heads, RefundRule
from subscriptions.outcomes.rules.stating import (
    ByVolume,
    ClawbackDue,
    Due,
    ItemDue,
    MilestoneHeads,
    Standing,
    rounded,
    work_out,
)


def items(*pence):
    return [ItemDue(at, f"Item {at}", Decimal(one) / 100, one) for at, one in enumerate(pence, start=1)]


def clawbacks(*pence):
    return [ClawbackDue(at, 90 + at, f"Clawback {at}", one) for at, one in enumerate(pence, start=1)]


# items, claw-backs, retention, release, (value, settled, retained, carried) → total, lines, after
CASES = {
    "nothing verified": ([], [], "0", False, (100_00, 0, 0, 0), 0, [], (0, 0, 0)),
    "two items": ([60_00, 20_00], [], "0", False, (100_00, 0, 0, 0), 80_00, [60_00, 20_00], (80_00, 0, 0)),
    "taken back": ([2800_00], [720_00], "0", False, (36000_00, 10920_00, 0, 0), 2080_00, [2800_00, -720_00], (13000_00, 0, 0)),
    "taken as far as it pays": ([50_00], [30_00, 40_00], "0", False, (900_00, 70_00, 0, 0), 0, [50_00, -30_00, -20_00], (70_00, 0, 0)),
    "retained after what is taken back": (
        [2800_00], [720_00], "0.05", False, (9999_00, 0, 0, 0), 1976_00, [2800_00, -720_00, -104_00], (1976_00, 104_00, 0),
    ),
    "released": ([10_00], [], "0.05", True, (999_00, 95_00, 5_00, 0), 15_00, [10_00, 5_00], (110_00, 0, 0)),
    "released to what is taken back": ([], [7_00], "0.05", True, (999_00, 95_00, 5_00, 0), 0, [5_00, -5_00], (95_00, 0, 0)),
    "above the value": ([60_00, 50_00], [], "0", False, (100_00, 0, 0, 0), 100_00, [60_00, 50_00, -10_00], (100_00, 0, 0)),
    "the value counts what is retained": ([10_00], [], "0", False, (100_00, 90_00, 6_00, 0), 4_00, [10_00, -6_00], (94_00, 6_00, 0)),
    "carried from before": ([10_00], [], "0", False, (100_00, 0, 0, 4_00), 6_00, [10_00, -4_00], (6_00, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_statement_comes_to(case):
    given_items, given_clawbacks, retention, release, standing, total, lines, after = case
    found = work_out(
        Due(items(*given_items), clawbacks(*given_clawbacks), retention=Decimal(retention), release=release),
        Standing(*standing),
    )
    assert (found.total, [line.pence for line in found.lines]) == (total, lines)
    assert (found.after.settled, found.after.retained, found.after.carried) == after


BANDS = [fees.Band(2, Fraction(1000), Fraction(2, 5)), fees.Band(3, Fraction(500), Fraction(2, 5))]


def by_heads(present, *earlier, rule=RefundRule.IN_ORDER, **more):
    milestone = MilestoneHeads("Started", Fraction(1, 5), present, tuple(earlier))
    return Due(volume=ByVolume(BANDS, rule, [milestone], **more))


def test_heads_fill_bands_from_the_lowest_and_pay_their_share():
    found = work_out(by_heads(Heads(4)), Standing(100_000_00))
    # 2 × £1,000 × 60% × 20% and 2 × £500 × 60% × 20%
    assert [(line.label, line.pence) for line in found.lines] == [
        ("Started: 2 heads at £120.00", 240_00), ("Started: 2 heads at £60.00", 120_00),
    ]  # fmt: skip


def test_refunds_below_nought_wait_for_the_next_statement():
    first = work_out(by_heads(Heads(0, 1), Heads(4)), Standing(100_000_00, settled=360_00))
    assert [(line.kind, line.pence) for line in first.lines] == [("volume", -60_00), ("carried", 60_00)]
    assert (first.total, first.after.carried) == (0, 60_00)
    second = work_out(by_heads(Heads(2), Heads(4), Heads(0, 1)), first.after)
    assert [(line.kind, line.pence) for line in second.lines] == [("volume", 120_00), ("carried", -60_00)]
    assert (second.total, second.after.carried) == (60_00, 0)


def test_the_service_part_is_shared_over_the_statements_left_and_adds_up():
    # £1,000 × 2 × 40% and £500 × 1 × 40% less £100 of set-up: £900 over 7 statements
    paid, standing = 0, Standing(100_000_00)
    parts = []
    for left in range(7, 0, -1):
        found = work_out(
            by_heads(Heads(0), target=3, set_up=Fraction(100), service_settled=paid, instalments=left), standing
        )
        parts.append(found.total)
        paid, standing = paid + found.total, found.after
    assert sum(parts) == 900_00
    assert parts == [128_57, 128_57, 128_57, 128_57, 128_57, 128_58, 128_57]


def test_a_figure_is_rounded_once_half_up_and_cut_first_where_the_contract_says_so():
    assert [rounded(Fraction(text)) for text in ("0.005", "0.00499999", "-0.005", "1.995")] == [1, 0, -1, 200]
    assert rounded(Fraction("0.00499"), 2) == 0
    assert rounded(Fraction("1.00999"), 2) == 1_00
    assert rounded(Fraction("1.0095"), 4) == 1_01


pence = st.integers(0, 500_00)


@given(
    st.lists(st.integers(1, 500_00), max_size=4), st.lists(st.integers(1, 500_00), max_size=4),
    st.sampled_from(["0", "0.05", "0.3333"]), st.booleans(), pence, pence, pence,
)  # fmt: skip
def test_lines_add_up_and_never_more_than_the_value(paid, taken, retention, release, settled, retained, left):
    before = Standing(settled + retained + left + 1, settled, retained, carried=min(settled, left))
    found = work_out(Due(items(*paid), clawbacks(*taken), None, Decimal(retention), release), before)
    assert sum(line.pence for line in found.lines) == found.total >= 0
    assert found.after.settled + found.after.retained <= before.value
    assert found.after.retained >= 0 <= found.after.carried
    assert sum(found.taken.values()) <= sum(taken)
    assert found.total <= sum(paid) + (before.retained if release else 0)
