"""A thousand random tamperings with a log of three thousand events, with the guards off: each must be found."""

import pytest

from tests.core.log_tampering import write_log
from tests.core.tampering_rounds import cut_off_unseen, rounds, told_outside

pytestmark = [pytest.mark.django_db, pytest.mark.torture]


def test_a_thousand_tamperings_are_found(chance) -> None:
    write_log(chance, events=3000, a_seal=97)
    anchors = told_outside()
    outcome = rounds(chance, 1000, anchors)
    print(outcome.words)
    assert outcome.missed == []
    assert outcome.done.total() == 1000


def test_control_without_the_anchor(chance) -> None:
    write_log(chance, events=300, a_seal=17)
    found = cut_off_unseen(chance, told_outside())
    print(f"control, (found without an anchor, found with it): {found}")
    assert all(blind == 0 and sighted > 0 for blind, sighted in found.values())
