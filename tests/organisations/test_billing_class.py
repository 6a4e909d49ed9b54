"""The billing class follows the register's type code, never the type group."""

import pytest

from marketplace.organisations.rules.billing_class import billing_class_of

EXPECTED = {
    "maintained": ["1", "2", "3", "5", "7", "12", "14", "15"],
    "academy": ["28", "33", "34", "35", "36", "38", "39", "40", "41", "42", "43", "44", "45", "46"],
    "independent": ["10", "11"],
    "non_maintained_special": ["8"],
    "overseas": ["25", "37"],
    "other": ["6", "18", "24", "26", "27", "29", "30", "31", "32", "49", "56", "57", "99", "", "0"],
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [(code, name) for name, codes in EXPECTED.items() for code in codes])
def test_each_type_has_its_class_and_an_unknown_one_needs_a_decision(code: str, expected: str) -> None:
    assert billing_class_of(code) == expected


def test_a_leading_zero_is_the_same_type() -> None:
    assert billing_class_of("01") == "maintained"
