"""Money in whole pence: written, read, rounded once and shared out to the penny."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import WrongInput
from marketplace.core.money import (
    MAX_PENCE,
    Money,
    TaxedAmount,
    plain_pounds,
    round_half_up,
    share_out,
    vat_on,
)

PENCE = st.integers(min_value=-(10**9), max_value=10**9)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("figure", "pence"),
    [("0.5", 1), ("-0.5", -1), ("0.4999", 0), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("-2.4999", -2), ("0", 0)],
)
def test_half_a_penny_is_rounded_away_from_zero(figure: str, pence: int) -> None:
    assert round_half_up(Decimal(figure)) == pence


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (1000, [1, 1, 1], [334, 333, 333]),
        (2000, [Decimal("33.33")] * 3, [667, 667, 666]),
        (-1000, [1, 1, 1], [-334, -333, -333]),
        (100, [0, 1, 0], [0, 100, 0]),
        (1, [1, 2], [0, 1]),  # a third and two thirds of a penny: the larger remainder takes it
        (0, [0, 0], [0, 0]),
        (5, [1], [5]),
    ],
)
def test_shares_go_by_largest_remainder_and_the_earlier_on_a_tie(
    total: int, weights: list[int | Decimal], shares: list[int]
) -> None:
    assert share_out(total, weights) == shares


@given(total=PENCE, weights=WEIGHTS)
def test_shares_add_up_and_each_lies_within_a_penny_of_exact(total: int, weights: list[int]) -> None:
    shares = share_out(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(weights))) < 1
        assert weight or share == 0


@given(total=PENCE, weights=WEIGHTS)
def test_a_credit_is_shared_as_its_invoice_was(total: int, weights: list[int]) -> None:
    assert share_out(-total, weights) == [-share for share in share_out(total, weights)]


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [1, -1]), (1, [0, 0])])
def test_what_cannot_be_shared_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        share_out(total, weights)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1234.5", 123450),
        ("£1,234.50", 123450),
        ("−£19.75", -1975),
        ("-£19.75", -1975),
        (" 7 ", 700),
        ("0.01", 1),
        ("0", 0),
        ("1,000,000", 100_000_000),
        ("1 234.50", 123450),
    ],
)
def test_pounds_are_read_as_people_write_them(text: str, pence: int) -> None:
    assert Money.parse(text) == Money(pence)


@pytest.mark.parametrize(
    "text",
    ["1.005", "0.001", "", " ", "£", "-", "1,23.45", "12,34", ".5", "1.", "1e3", "NaN", "Infinity", "£-5", "٣", "£١٫٥", "5p", "--5"],
)  # fmt: skip
def test_a_tenth_of_a_penny_and_what_is_no_amount_are_refused(text: str) -> None:
    with pytest.raises(WrongInput, match=r"Unit price must be pounds and pence, like 1234\.50"):
        Money.parse(text, what="Unit price")


def test_an_amount_beyond_reason_is_refused() -> None:
    assert Money.parse("10000000000000").pence == MAX_PENCE
    with pytest.raises(WrongInput, match="less than"):
        Money.parse("10000000000000.01")
    with pytest.raises(ValueError, match="out of range"):
        Money(MAX_PENCE + 1)


@given(pence=PENCE)
def test_what_is_printed_is_read_back(pence: int) -> None:
    assert Money.parse(str(Money(pence))) == Money(pence)
    assert Money.parse(plain_pounds(pence)) == Money(pence)


def test_money_is_printed_with_a_true_minus_and_in_files_with_a_hyphen() -> None:
    assert str(Money(123450)) == "£1,234.50"
    assert str(Money(-5)) == "−£0.05"
    assert plain_pounds(-123450) == "-1234.50"
    assert plain_pounds(7) == "0.07"


@pytest.mark.parametrize("wrong", [1.5, Decimal(1), "1", True])
def test_money_is_made_of_whole_pence_only(wrong: object) -> None:
    with pytest.raises(TypeError, match="whole pence"):
        Money(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [1, 1.5, Decimal(1)])
def test_money_is_combined_with_money_only(wrong: object) -> None:
    for combine in (Money.__add__, Money.__sub__, Money.__lt__):
        with pytest.raises(TypeError):
            combine(Money(100), wrong)  # type: ignore[arg-type]


def test_money_is_multiplied_by_whole_numbers_only() -> None:
    assert Money(250) * 3 == Money(750)
    for wrong in (1.5, Decimal("1.5"), True):
        with pytest.raises(TypeError, match="whole numbers"):
            Money(100) * wrong  # type: ignore[operator]


def test_money_adds_and_compares() -> None:
    assert Money(150) + Money(50) - Money(300) == Money(-100) == -Money(100)
    assert Money(1) > Money(0) >= Money(0) and not Money(0)
    assert Money(1000).split([1, 1, 1]) == [Money(334), Money(333), Money(333)]
    assert Money.of_pounds(Decimal("2.345")) == Money(235)


@pytest.mark.parametrize(
    ("net", "rate", "vat"), [(1000, "0.20", 200), (1003, "0.20", 201), (2, "0.20", 0), (3, "0.20", 1), (-3, "0.20", -1), (999, "0", 0)]
)  # fmt: skip
def test_vat_of_a_rate_group_is_rounded_half_up_once(net: int, rate: str, vat: int) -> None:
    assert vat_on(net, Decimal(rate)) == vat
    assert TaxedAmount.at(Money(net), Decimal(rate)) == TaxedAmount(Money(net), Money(vat), Money(net + vat))


def test_a_taxed_amount_that_does_not_add_up_cannot_exist() -> None:
    with pytest.raises(ValueError, match=r"£10\.00 \+ £2\.00 is not £12\.01"):
        TaxedAmount(Money(1000), Money(200), Money(1201))
