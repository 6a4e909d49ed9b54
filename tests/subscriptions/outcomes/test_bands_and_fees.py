"""Bands fill from the lowest and unwind from the highest; parts of a fee are exact until a statement is frozen."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.outcomes.rules.bands import Heads, InBand, RefundRule, allocate, fill
from subscriptions.outcomes.rules.commission import by_column, cut, flat_rate
from subscriptions.outcomes.rules.fees import Band, check_shares, service_fee, statement, uplift

ROOMS = [3, 2, 4]
heads = st.builds(Heads, st.integers(0, 12), st.integers(0, 12))


def test_heads_beyond_the_last_band_are_not_paid() -> None:
    assert [one.count for one in fill(ROOMS, [], Heads(20), RefundRule.OWN_FIRST)] == ROOMS


def test_the_two_refund_rules_differ_where_a_statement_adds_and_takes() -> None:
    earlier, present = [Heads(3)], Heads(2, 3)
    own = fill(ROOMS, earlier, present, RefundRule.OWN_FIRST)
    assert own == [InBand(0, 1), InBand(2, 2), InBand(0, 0)]
    beyond = fill([3, 2, 4], [Heads(9, 4)], Heads(4, 2), RefundRule.IN_ORDER)
    assert beyond == [InBand(0, 0), InBand(0, 0), InBand(4, 2)]


@given(earlier=st.lists(heads, max_size=5), present=heads)
def test_no_band_ever_holds_more_than_its_room_or_less_than_nobody(earlier: list[Heads], present: Heads) -> None:
    previous = Heads(sum(one.billable for one in earlier), sum(one.refundable for one in earlier))
    for room, one in zip(ROOMS, allocate(ROOMS, previous, present), strict=True):
        before = one.previous_billable - one.previous_refundable
        assert 0 <= before <= room
        assert 0 <= before + one.billable - one.refundable <= room


@given(billable=st.integers(0, 20), refundable=st.integers(0, 20))
def test_what_is_taken_back_was_there(billable: int, refundable: int) -> None:
    earlier = [Heads(5, 1)]
    found = fill(ROOMS, earlier, Heads(billable, refundable), RefundRule.OWN_FIRST)
    assert sum(one.taken for one in found) <= 4 + sum(one.added for one in found)
    assert sum(one.added for one in found) == min(billable, sum(ROOMS) - 4)


@given(target=st.integers(0, 12), set_up=st.integers(0, 500))
def test_both_ways_of_taking_the_set_up_fee_off_agree(target: int, set_up: int) -> None:
    bands = [Band(3, Fraction(995), Fraction(2, 5)), Band(4, Fraction(979), Fraction(2, 5))]
    given_ = {"target": target, "set_up": Fraction(set_up), "instalments": 29}
    assert service_fee(bands, **given_, per_head=True) == service_fee(bands, **given_, per_head=False)  # type: ignore[arg-type]


def test_shares_must_make_up_the_whole() -> None:
    check_shares({"start": Fraction(1, 3), "middle": Fraction(1, 3), "end": Fraction(1, 3)})
    with pytest.raises(ValueError, match="exactly 1"):
        check_shares({"start": Fraction("0.33"), "middle": Fraction("0.33"), "end": Fraction("0.33")})


def test_vat_follows_the_whole_of_a_statement_also_below_zero() -> None:
    parts = [Fraction(100), uplift(Fraction(50), billable=1, refundable=4)]
    assert statement(parts, vat_percent=Fraction(20), registered=True) == (-50, -10)
    assert statement(parts, vat_percent=Fraction(20), registered=False) == (-50, 0)


def test_commission_is_cut_and_a_line_without_a_rate_is_reported() -> None:
    assert cut(Decimal("1.23459")) == Decimal("1.2345")
    assert cut(Decimal("-1.23459")) == Decimal("-1.2345")
    assert flat_rate(percent=Decimal("1.5"), value=Decimal("6700")).pounds == Decimal("100.5")
    rates = {"Supply": Decimal(10)}
    assert by_column(rates=rates, key=" SUPPLY", value=Decimal(80)).pounds == 8
    assert by_column(rates=rates, key="other", value=Decimal(80)) == by_column(rates={}, key="x", value=Decimal(1))
    assert not by_column(rates=rates, key="other", value=Decimal(80)).known


CASES = {
    "vectors": [
        {"id": "A", "engine": "rect-allocation", "description": "one head", "expected": [{"billable": 1}],
         "input": {"bands": [{"capacity": 2}], "previous_billable": 0, "previous_refundable": 0, "billable": 1, "refundable": 0}},
        {"id": "B", "description": "cut", "input": {"percent": "1", "value": "0.12999"}, "expected": "0.0012"},
        {"id": "C", "engine": "npq-output", "expected": {"subtotal": "33.3333"},
         "input": {"per_participant": "100", "output_payment_percentage": 100, "number_of_payment_periods": 3, "declarations": 1}},
    ]
}  # fmt: skip


def test_a_file_of_cases_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(CASES))
    call_command("check_outcomes", file)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[:2] for line in lines[:3]] == [["A", "agrees"], ["B", "agrees"], ["C", "agrees"]]
    assert lines[3] == "All 3 cases agree"


@pytest.mark.parametrize(
    "change", [{"expected": "0.0013"}, {"engine": "unheard-of"}, {"input": {"percent": "1"}}, {"input": None}]
)
def test_a_case_that_differs_or_cannot_be_worked_out_fails(tmp_path: Path, change: dict[str, object]) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"vectors": [CASES["vectors"][1] | change]}))
    with pytest.raises(CommandError, match="1 of 1 cases differ"):
        call_command("check_outcomes", file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"vectors": []}', "not json"])
def test_a_file_without_cases_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.json"
    file.write_text(text)
    with pytest.raises(CommandError):
        call_command("check_outcomes", file)
