"""Six processes use the same money, credit the same line, reduce or push the same charge: one of them does."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from invoicing.documents.models import Document
from invoicing.receivables.models import Charge, Reduction, UnallocatedItem
from invoicing.services import credit_invoice
from marketplace.core.actors import platform
from tests.invoicing.books import bill, receive, run_sql
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.invoicing.races.settling import (
    PROCESSES,
    allocate_together,
    charge_together,
    credit_together,
    reduce_together,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 12


@contextmanager
def repeatable(table: str) -> Iterator[None]:
    """For controls: the database lets a source key stand twice. Its rows are removed before the guard is put back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'"
            " AND pg_get_constraintdef(oid) = 'UNIQUE (source_key)'", [table]
        )  # fmt: skip
        [name] = cursor.fetchone()
    run_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        run_sql("DELETE FROM invoicing_reduction")
        run_sql("DELETE FROM invoicing_charge")
        run_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (source_key)")


def told(target, *arguments) -> list[Counter[str]]:
    """What the processes were told at each trial."""
    barrier = CONTEXT.Barrier(PROCESSES)
    answers = run_all(target, [(*arguments, barrier)] * PROCESSES)
    return [Counter(column) for column in zip(*answers, strict=True)]


def pairs(oakfield, charges) -> list[tuple[int, int]]:
    """For each trial a receipt of £100.00 and an invoice that owes £1,200.00."""
    for number in range(TRIALS):
        charges(oakfield, 100_000, purchase_order=str(number))
    sources = [receive(oakfield, 10_000, key=str(number)).pk for number in range(TRIALS)]
    return list(zip(sources, [invoice.items.get().pk for invoice in bill()], strict=True))


def test_the_same_money_is_allocated_once(oakfield, charges):
    given = pairs(oakfield, charges)
    answers = told(allocate_together, given, True)
    assert answers == [Counter(done=1, AllocationTooLarge=PROCESSES - 1)] * TRIALS
    assert set(UnallocatedItem.objects.values_list("remaining_pence", flat=True)) == {4_000}
    call_command("verify_ledger")


def test_control_looking_first_allocates_the_same_money_twice(oakfield, charges):
    answers = told(allocate_together, pairs(oakfield, charges), False)
    twice = sum(answer["done"] > 1 for answer in answers)
    print(f"\ncontrol without lock and condition: the same money allocated twice in {twice} of {TRIALS} trials")
    assert twice > 0
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_ledger", stdout=StringIO(), stderr=err)
    assert "8 allocations-within-receipt" in err.getvalue()


def lines_of_100_pounds(oakfield, charges) -> list[int]:
    """Lines of which a penny is credited already: the first credit of a line makes its row, which is a lock too."""
    for number in range(TRIALS):
        charges(oakfield, 10_001, purchase_order=str(number))
    lines = []
    for invoice in bill():
        lines.append(invoice.lines.get().pk)
        credit_invoice(
            invoice=invoice, amounts={lines[-1]: 1}, reason="A penny", on=date(2026, 9, 20), actor=platform("test")
        )
    return lines


def test_a_line_is_credited_within_its_amount(oakfield, charges):
    answers = told(credit_together, lines_of_100_pounds(oakfield, charges), True)
    assert answers == [Counter(done=1, CreditExceedsInvoice=PROCESSES - 1)] * TRIALS
    assert Document.objects.filter(kind="credit_note").count() == 2 * TRIALS
    call_command("verify_ledger")


def test_control_without_the_lock_the_conditional_update_has_to_stop_the_second_credit(oakfield, charges):
    answers = told(credit_together, lines_of_100_pounds(oakfield, charges), False)
    passed = sum(answer["RuntimeError"] for answer in answers)
    print(f"\ncontrol without the lock: {passed} credits got past the look and were stopped by the condition alone")
    assert passed > 0
    assert Document.objects.filter(kind="credit_note").count() == 2 * TRIALS
    call_command("verify_ledger")


def test_a_reduction_delivered_several_times_reduces_once(oakfield, charges):
    keys = [charges(oakfield, 10_000).source_key for _ in range(TRIALS)]
    assert told(reduce_together, keys, True) == [Counter(done=PROCESSES)] * TRIALS
    assert Reduction.objects.count() == TRIALS
    assert set(Charge.objects.values_list("reduced_pence", flat=True)) == {4_000}
    call_command("verify_ledger")


def test_control_without_lock_and_key_it_reduces_several_times(oakfield, charges):
    keys = [charges(oakfield, 10_000).source_key for _ in range(TRIALS)]
    with repeatable("invoicing_reduction"):
        told(reduce_together, keys, False)
        reduced = sum(pence > 4_000 for pence in Charge.objects.values_list("reduced_pence", flat=True))
    print(f"\ncontrol without lock and key: {reduced} of {TRIALS} charges reduced more than once")
    assert reduced > 0


def test_a_charge_pushed_several_times_is_one_charge(oakfield):
    assert told(charge_together, oakfield.pk, TRIALS) == [Counter(done=PROCESSES)] * TRIALS
    assert Charge.objects.count() == TRIALS
    call_command("verify_ledger")


def test_control_without_the_key_there_are_several(oakfield):
    with repeatable("invoicing_charge"):
        told(charge_together, oakfield.pk, TRIALS)
        found = Charge.objects.count()
        err = StringIO()
        with pytest.raises(SystemExit):
            call_command("verify_ledger", stdout=StringIO(), stderr=err)
    print(f"\ncontrol without the key: {found} charges for {TRIALS} things")
    assert found > TRIALS
    assert "15 billed-once" in err.getvalue()
