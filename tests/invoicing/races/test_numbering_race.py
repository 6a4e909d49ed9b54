"""Eight processes issue invoices at once with random rollbacks: no gap and no duplicate; two controls show both."""

import pytest
from django.core.management import call_command

from tests.invoicing.books import run_sql
from tests.invoicing.races.numbering import PROCESSES, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
EACH = 25


def test_eight_processes_number_without_gap_or_duplicate(schools, charges):
    found = race(charges=charges, schools=schools, each=EACH, numbering="counter")
    print(
        f"\ncounter row: {found.issued} issued, {found.taken_back} rolled back: "
        f"{found.gaps} gaps, {found.duplicates} duplicates"
    )
    assert found.issued == PROCESSES * EACH
    assert found.taken_back >= found.issued // 5
    assert found.numbers == list(range(1, found.issued + 1))
    assert found.duplicates == 0
    call_command("verify_ledger")


def test_control_max_plus_one_gives_the_same_number_twice(schools, charges):
    found = race(charges=charges, schools=schools, each=EACH, numbering="max")
    print(f"\ncontrol max + 1: {found.issued} issued, {found.duplicates} duplicates")
    assert found.duplicates > 0


def test_control_a_sequence_leaves_gaps(schools, charges):
    run_sql("CREATE SEQUENCE race_numbers")
    try:
        found = race(charges=charges, schools=schools, each=EACH, numbering="sequence")
    finally:
        run_sql("DROP SEQUENCE race_numbers")
    print(f"\ncontrol sequence: {found.issued} issued, {found.taken_back} rolled back, {found.gaps} gaps")
    assert found.duplicates == 0
    assert found.gaps > 0
