"""Sixty seeded random tamperings with a small log: each is found. The thousand run by ``make torture``."""

import random

import pytest

from tests.core.log_tampering import write_log
from tests.core.tampering_rounds import cut_off_unseen, rounds, told_outside

pytestmark = pytest.mark.django_db


def test_sixty_tamperings_are_found() -> None:
    chance = random.Random(20270331)
    write_log(chance, events=120, a_seal=13)
    anchors = told_outside()
    outcome = rounds(chance, 60, anchors)
    print(outcome.words)
    assert outcome.missed == []


def test_control_without_the_anchor_a_cut_or_resealed_log_passes() -> None:
    chance = random.Random(20270331)
    write_log(chance, events=60, a_seal=7)
    assert cut_off_unseen(chance, told_outside()) == {"cut_off": (0, 1), "seal_anew": (0, 1)}
