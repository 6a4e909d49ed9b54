"""Scenario 9, its split: what nine schools pay for one consultant, in equal shares or by their pupils, to the penny.

The booking itself comes with consultants.
"""

from decimal import Decimal

import pytest

from marketplace.core.money import share_out

EQUAL = [1] * 9
PUPILS = [198, 205, 211, 236, 178, 420, 412, 389, 1_051]
# As described: two days a week for 39 weeks at £450.00.
DESCRIBED = 2 * 39 * 450_00
BY_PUPILS = [2_106_00, 2_180_46, 2_244_27, 2_510_18, 1_893_27, 4_467_27, 4_382_18, 4_137_55, 11_178_82]
# Our own: one day a week for 38 weeks at £415.00, shared by three.
OUR_OWN = 38 * 415_00


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (DESCRIBED, EQUAL, [3_900_00] * 9),
        (DESCRIBED, PUPILS, BY_PUPILS),
        (OUR_OWN, [1, 1, 1], [5_256_67, 5_256_67, 5_256_66]),
        (OUR_OWN, [210, 420, 195], [4_014_18, 8_028_36, 3_727_46]),
    ],
    ids=["equal", "by pupils", "our own, equal", "our own, by pupils"],
)
def test_shares_add_up_to_the_whole_price(total, weights, shares):
    found = share_out(total, weights)
    assert found == shares
    assert sum(found) == total
    exact = [Decimal(total) * weight / sum(weights) for weight in weights]
    assert all(abs(share - wanted) < 1 for share, wanted in zip(found, exact, strict=True))
