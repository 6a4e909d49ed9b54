"""What a level includes, how it is written in a form, how its price is shared out, and which year it runs over."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from subscriptions.agreements.rules.forms import Every, Prorate, Timing
from subscriptions.plans.rules.apportioning import read_parts, split
from subscriptions.plans.rules.billing import BILLINGS, billing_of, check_year_from, year_with
from subscriptions.plans.rules.includes import Included, Kind, check_included, read_included, written

KINDS = ["training", "consultancy", "other"]
TYPED = """6 places on courses, carry 2
2.5 consultant days
1 download
10% off Leadership
Network: SENCO
Group deal: Energy"""


def test_what_is_included_is_read_from_lines_and_written_back() -> None:
    found = read_included(TYPED)
    assert [one.words for one in found] == [
        "6 places on courses", "2½ consultant days", "1 download", "10% off Leadership", "Network: SENCO",
        "Group deal: Energy",
    ]  # fmt: skip
    assert [one.amount for one in found] == ["6", "2½ days", "1", "10%", "Included", "Included"]
    assert (found[0].carry_most, found[1].quantity) == (2, 5)
    assert read_included("\n".join(written(one) for one in found)) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("six places", "Line 1 must be like"),
        ("6 places\n2.25 consultant days", "Line 2 must be like"),
        ("2.5 places", "Line 1: places on courses must be whole"),
        ("0 places", "how many must be from 1"),
        ("110% off Leadership", "at most 100"),
        ("6 places\n4 places", "stands twice"),
        ("2 places, carry 3", "no more can be carried over"),
    ],
)
def test_what_cannot_be_included_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(WrongInput, match=words):
        read_included(text)


def test_a_level_includes_at_most_twenty_things() -> None:
    with pytest.raises(WrongInput, match="at most 20"):
        check_included([Included(Kind.NETWORK, network=str(number)) for number in range(21)])


def test_one_supply_is_the_whole_price() -> None:
    assert split(200000, [], "other") == [("other", 200000)]


@pytest.mark.parametrize(
    "raw",
    [
        [{"kind": "training", "weight": "100"}],
        [{"kind": "training", "weight": "60"}, {"kind": "other", "weight": "39.99"}],
        [{"kind": "training", "weight": "50"}, {"kind": "training", "weight": "50"}],
        [{"kind": "training", "weight": "-1"}, {"kind": "other", "weight": "101"}],
        [{"kind": "tea", "weight": "50"}, {"kind": "other", "weight": "50"}],
        [{"kind": "training"}, {"kind": "other", "weight": "50"}],
        [{"kind": "training", "weight": "NaN"}, {"kind": "other", "weight": "50"}],
    ],
)
def test_an_apportionment_that_is_not_one_hundred_is_refused(raw: list[dict[str, str]]) -> None:
    with pytest.raises(WrongInput):
        read_parts(raw, KINDS)


@given(st.integers(0, 10**9), st.integers(1, 9998), st.data())
def test_the_parts_are_the_price_to_the_penny(pence: int, first: int, data: st.DataObject) -> None:
    second = data.draw(st.integers(1, 9999 - first))
    weights = [Decimal(part) / 100 for part in (first, second, 10000 - first - second)]
    parts = read_parts([{"kind": kind, "weight": str(one)} for kind, one in zip(KINDS, weights, strict=True)], KINDS)
    shares = [share for _, share in split(pence, parts, "other")]
    assert sum(shares) == pence
    assert all(abs(share - pence * weight / 100) < 1 for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 9, 1), date(2026, 9, 1)),
        (date(2027, 8, 31), date(2026, 9, 1)),
        (date(2027, 2, 28), date(2026, 9, 1)),
    ],
)
def test_the_year_of_a_subscription_is_the_one_in_which_its_day_lies(day: date, start: date) -> None:
    assert year_with(day, "09-01") == Period(start, start.replace(year=start.year + 1))


def test_a_year_begins_on_a_day_of_every_year() -> None:
    assert check_year_from("04-01") == "04-01"
    for text in ("02-29", "13-01", "9-1", "tomorrow"):
        with pytest.raises(WrongInput):
            check_year_from(text)


def test_every_way_to_pay_has_its_terms_and_no_other() -> None:
    assert len(BILLINGS) == 6
    terms = billing_of("term:arrears", Prorate.DAYS)
    assert (terms.every, terms.timing, terms.prorate) == (Every.TERM, Timing.ARREARS, Prorate.DAYS)
    with pytest.raises(WrongInput):
        billing_of("weekly", Prorate.DAYS)
