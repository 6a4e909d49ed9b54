"""Forty SIGKILLs at random moments of billing runs of 2,000 invoices, in chunks of any size up to a hundred."""

import pytest
from django.core.management import call_command

from tests.invoicing.races.killing import trial

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]
INVOICES, KILLS = 2_000, 40


def test_forty_kills_lose_nothing_and_bill_nothing_twice(schools, charges, chance):
    moments, lost, twice = [], 0, 0
    for number in range(KILLS):
        killed = trial(
            charges=charges, school=schools[number % len(schools)], key=f"kill {number}", invoices=INVOICES,
            chunk=chance.randint(1, 100), chance=chance,
        )  # fmt: skip
        moments.append(killed.issued_when_killed)
        lost, twice = lost + killed.lost, twice + killed.twice
    inside = sum(0 < moment < INVOICES for moment in moments)
    print(
        f"{KILLS} SIGKILLs: issued when killed {moments}, {inside} strictly between 0 and {INVOICES}; "
        f"after the rerun lost {lost}, twice {twice}"
    )
    assert inside >= KILLS // 2
    assert (lost, twice) == (0, 0)
    call_command("verify_ledger")
