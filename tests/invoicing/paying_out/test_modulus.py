"""The arithmetic of account numbers, on a table of our own: weights that make each rule tell right from wrong."""

import pytest

from invoicing.payees.rules.modulus import fits, read_table

ZEROS = "0 0 0 0 0 0"
TABLE = read_table(
    f"""
    100000 100009 MOD10 {ZEROS} 1 1 1 1 1 1 1 1
    110000 110009 MOD11 {ZEROS} 8 7 6 5 4 3 2 1
    120000 120009 DBLAL {ZEROS} 2 1 2 1 2 1 2 1
    130000 130009 MOD10 {ZEROS} 1 1 1 1 1 1 1 1
    130000 130009 DBLAL {ZEROS} 2 1 2 1 2 1 2 1
    140000 140009 DBLAL {ZEROS} 2 1 2 1 2 1 2 1 1
    150000 150009 MOD11 {ZEROS} 8 7 6 5 4 3 0 0 4
    160000 160009 MOD10 {ZEROS} 1 1 1 1 1 1 1 1 12
    160000 160009 MOD11 {ZEROS} 8 7 6 5 4 3 2 1 13
    170000 170009 MOD11 {ZEROS} 8 7 6 5 4 3 2 1 14
    180000 180009 MOD11 {ZEROS} 8 7 6 5 4 3 2 1 5
    190000 190009 MOD11 1 1 1 1 1 1 1 1 0 0 0 0 0 1 7
    200000 200009 MOD10 {ZEROS} 1 1 1 1 1 1 1 1
    200000 200009 DBLAL {ZEROS} 2 1 2 1 2 1 2 1 3
    210000 210009 MOD10 {ZEROS} 1 1 1 1 1 1 1 1 6
    """.splitlines()
)


@pytest.mark.parametrize(
    ("sort_code", "number", "expected"),
    [
        ("100001", "12345672", True), ("100001", "12345673", False),  # 30; 31
        ("110001", "00000051", True), ("110001", "00000053", False),  # 10 + 1; 10 + 3
        ("120001", "00000019", False), ("120001", "00000059", True),  # 2 + 9; 5*2 = 10, so 1 + 0 + 9
        ("130001", "00000091", True), ("130001", "00000055", False),  # both must fit: 9*2 = 18 → 9 + 1
        ("140001", "00000011", True), ("140001", "00000018", False),  # 27 more: 3 + 27; 10 + 27
        ("150001", "00000203", False), ("150001", "00000206", True),  # what is left over is the last two digits
        ("160001", "00000019", True), ("160001", "00000018", False),  # either fits: 10; neither
        ("170001", "00000510", True), ("170001", "00000562", False),  # 0 goes, then it fits; 2 may not go
        ("180001", "12345678", None),  # not done here
        ("190001", "11111191", False), ("190001", "00000090", True),  # g = 9 leaves the sort code out
        ("200001", "12645675", False), ("200001", "12645671", False), ("200001", "00600004", True),
        ("210001", "41111133", None), ("210001", "12345672", True),  # foreign currency
        ("999999", "12345678", None),
    ],
)  # fmt: skip
def test_digits_fit_or_not(sort_code: str, number: str, expected: bool | None) -> None:
    assert fits(sort_code, number, TABLE) is expected


def test_a_line_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="Line 2 of the modulus table"):
        read_table(["", "100000 100009 MOD12 1 2 3"])
