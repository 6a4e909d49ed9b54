"""Two thousand invoices by eight processes, a third of the transactions rolled back; both broken numberings beside."""

import pytest
from django.core.management import call_command

from tests.invoicing.books import run_sql
from tests.invoicing.races.numbering import PROCESSES, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]
EACH = 250


def test_two_thousand_invoices_without_gap_or_duplicate(schools, charges, chance):
    found = race(charges=charges, schools=schools, each=EACH, numbering="counter", seed=chance.randrange(10**6))
    print(
        f"counter row, {PROCESSES} processes: {found.issued} issued, {found.taken_back} rolled back: "
        f"{found.gaps} gaps, {found.duplicates} duplicates"
    )
    assert found.numbers == list(range(1, PROCESSES * EACH + 1))
    assert found.duplicates == 0
    call_command("verify_ledger")


def test_control_max_plus_one(schools, charges, chance):
    found = race(charges=charges, schools=schools, each=100, numbering="max", seed=chance.randrange(10**6))
    print(f"control max + 1: {found.issued} issued, {found.duplicates} duplicates")
    assert found.duplicates > 0


def test_control_sequence(schools, charges, chance):
    run_sql("CREATE SEQUENCE race_numbers")
    try:
        found = race(charges=charges, schools=schools, each=100, numbering="sequence", seed=chance.randrange(10**6))
    finally:
        run_sql("DROP SEQUENCE race_numbers")
    print(f"control sequence: {found.issued} issued, {found.taken_back} rolled back, {found.gaps} gaps")
    assert found.gaps > 0
