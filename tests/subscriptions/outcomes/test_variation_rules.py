"""What a variation may change and what stands: the rule alone, table by table."""

from dataclasses import replace
from datetime import date

import pytest

from marketplace.core.periods import Period
from subscriptions.outcomes.rules.variation import Amount, Contract, NotPossible, Paying, Wish, work_out

FIRST = Period(date(2026, 9, 1), date(2027, 1, 1))
SECOND = Period(date(2027, 1, 1), date(2027, 5, 1))
THIRD = Period(date(2027, 5, 1), date(2027, 9, 1))
FROM = SECOND.start


def amount(code: str, pence: int, service: Period, *, at_risk: bool = False, state: str = "planned") -> Amount:
    return Amount(code, code.capitalize(), pence, service, at_risk, state)


CONTRACT = Contract(
    term=Period(date(2026, 9, 1), date(2027, 9, 1)), value_pence=12_000_00, paid_pence=2_800_00,
    amounts=[
        amount("autumn", 2_800_00, FIRST, state="payable"), amount("spring", 2_800_00, SECOND),
        amount("summer", 2_800_00, THIRD), amount("exams", 3_600_00, THIRD, at_risk=True),
    ],
    statements=[
        Paying(FIRST.start, FIRST.last_day, frozen=True), Paying(SECOND.start, SECOND.last_day),
        Paying(THIRD.start, THIRD.last_day),
    ],
)  # fmt: skip


def test_both_sides_see_each_period_before_and_after():
    wish = Wish(FROM, 10_400_00, left_out=["summer"], amounts=[amount("summer-less", 1_200_00, THIRD)])
    preview = work_out(CONTRACT, wish)
    told = [(one.service, one.before, one.after, one.before_at_risk, one.after_at_risk) for one in preview.periods]
    assert told == [
        (FIRST, 2_800_00, 2_800_00, 0, 0),
        (SECOND, 2_800_00, 2_800_00, 0, 0),
        (THIRD, 6_400_00, 4_800_00, 3_600_00, 3_600_00),
    ]
    assert [one.changed for one in preview.periods] == [False, False, True]
    assert (preview.difference, preview.amounts_after, preview.left_after) == (-1_600_00, 10_400_00, 7_600_00)


def test_a_period_of_its_own_stands_where_it_falls():
    extra = Period(date(2027, 2, 1), date(2027, 4, 1))
    preview = work_out(CONTRACT, Wish(FROM, 13_000_00, amounts=[amount("trips", 1_000_00, extra, at_risk=True)]))
    assert [one.service for one in preview.periods] == [FIRST, SECOND, extra, THIRD]
    assert (preview.periods[2].before, preview.periods[2].after_at_risk) == (0, 1_000_00)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish(date(2026, 8, 31), 12_000_00), "A variation begins within the contract, 1 September 2026 to 31 August 2027"),
        (Wish(date(2027, 9, 1), 12_000_00), "A variation begins within the contract"),
        (Wish(date(2026, 12, 31), 12_000_00), "The statement to 31 December 2026 is frozen and its terms stand"),
        (Wish(FROM, 12_000_00), "Nothing changes"),
        (Wish(FROM, 12_000_00, left_out=["autumn"]), "“Autumn” was claimed or decided, so it stays"),
        (Wish(FROM, 12_000_00, left_out=["winter"]), "There is no amount winter in this contract"),
        (Wish(THIRD.start, 12_000_00, left_out=["spring"]), "“Spring” is for days before 1 May 2027, so it stays"),
        (Wish(FROM, 12_000_00, amounts=[amount("spring", 1, SECOND)]), "The code spring is used in this contract"),
        (Wish(FROM, 12_000_00, amounts=[amount("nothing", 0, SECOND)]), "Each amount must be more than £0.00"),
        (
            Wish(FROM, 12_000_00, amounts=[amount("after", 1, Period(THIRD.start, date(2027, 9, 2)))]),
            "“After” is for days outside the contract's term",
        ),
        (Wish(FROM, 12_000_00, amounts=[amount("late", 1, FIRST)]), "“Late” is for days before 1 January 2027"),
        (
            Wish(FROM, 12_000_00, amounts=[amount("more", 1, THIRD)]),
            "The amounts come to £12,000.01, more than the contract's value of £12,000.00",
        ),
        (Wish(FROM, 9_199_99, left_out=["spring"]), "The amounts come to £9,200.00, more than"),
        (Wish(FROM, 0, left_out=["spring", "summer", "exams"]), "Value must be more than £0.00"),
        (
            Wish(FROM, 12_000_00, statements=[Paying(date(2027, 9, 2), date(2027, 9, 30))]),
            "the next begins on 1 September 2027",
        ),
        (
            Wish(FROM, 12_000_00, statements=[Paying(date(2027, 9, 1), date(2027, 8, 31))]),
            "A statement ends on or after the day on which it begins",
        ),
    ],
)  # fmt: skip
def test_what_stands_is_refused_with_what_to_do(wish, says):
    with pytest.raises(NotPossible, match=says.replace("(", r"\(")):
        work_out(CONTRACT, wish)


def test_an_amount_over_the_first_day_may_be_replaced_by_its_parts():
    """A year's outcome, cut in the middle: both halves take its place, also the one before the variation."""
    year = Period(FIRST.start, THIRD.end)
    contract = replace(
        CONTRACT, amounts=[amount("year", 12_000_00, year, at_risk=True)],
        statements=[Paying(year.start, year.last_day)],
    )  # fmt: skip
    halves = [amount("before", 4_000_00, FIRST, at_risk=True), amount("after", 4_000_00, SECOND, at_risk=True)]
    preview = work_out(contract, Wish(FROM, 8_000_00, left_out=["year"], amounts=halves))
    assert (preview.amounts_after, preview.difference) == (8_000_00, -4_000_00)
    with pytest.raises(NotPossible, match="“Before” is for days before 1 January 2027"):
        work_out(contract, Wish(FROM, 16_000_00, amounts=halves))


def test_what_was_left_out_before_counts_no_more():
    gone = replace(CONTRACT, amounts=[*CONTRACT.amounts, amount("old", 9_000_00, THIRD, state="cancelled")])
    assert work_out(gone, Wish(FROM, 12_500_00)).amounts_after == 12_000_00
    with pytest.raises(NotPossible, match="There is no amount old"):
        work_out(gone, Wish(FROM, 12_500_00, left_out=["old"]))


def test_a_contract_by_volume_keeps_what_it_has_paid():
    """Such a contract has no amounts of its own; what is paid still bounds its value from below."""
    volume = replace(CONTRACT, amounts=[], paid_pence=5_000_00)
    assert work_out(volume, Wish(FROM, 5_000_00)).left_after == 0
    with pytest.raises(NotPossible, match=r"£5,000\.00 is paid, more than the new value of £4,999\.99"):
        work_out(volume, Wish(FROM, 4_999_99))
