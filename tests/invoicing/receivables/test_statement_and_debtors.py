"""What a customer is told it owes, and what finance is told customers owe: exact, and equal to the ledger."""

from datetime import date, timedelta

import pytest
from django.db import connection

from invoicing.queries import aged_debtors, statement_for
from invoicing.services import allocate, credit_invoice, reverse_receipt, run_billing, undo_allocation
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotFound
from tests.conftest import finance
from tests.invoicing.books import FIRST, bill, receive
from tests.invoicing.small_world import PAID_ON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
YEAR = {"start": date(2026, 9, 1), "end": date(2027, 9, 1)}


def ledger_balance(party: int, before: date = date.max) -> int:
    """Receivables less what is on account, from the movements alone, of entries posted before a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pence) FILTER (WHERE debit_party_id = %s), 0)"
            " - coalesce(sum(pence) FILTER (WHERE credit_party_id = %s), 0) FROM invoicing_movement m"
            " JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on < %s",
            [party, party, before],
        )
        return int(cursor.fetchone()[0])


def test_a_statement_runs_from_invoice_to_payment(oakfield, charges, actor):
    charges(oakfield, 10_000)
    [invoice] = bill()
    credit_invoice(
        invoice=invoice, amounts={invoice.lines.get().pk: 1_000}, reason="Less", on=date(2026, 9, 10), actor=actor
    )
    source = receive(oakfield, 10_000, key="1", on=date(2026, 9, 20))
    allocate(source=source, to=invoice.items.get(), pence=10_000, on=date(2026, 9, 20), actor=actor)
    charges(oakfield, 500, on=date(2026, 10, 1))
    bill(date(2026, 10, 1))
    statement = statement_for(actor, oakfield, **YEAR)
    assert statement.opening == 0
    assert [(line.on, line.document_number, line.charged, line.settled, line.balance) for line in statement.lines] == [
        (date(2026, 9, 1), "INV-000001", 12_000, 0, 12_000),
        (date(2026, 9, 10), "CN-000001", 0, 1_200, 10_800),
        (date(2026, 9, 20), "", 0, 10_000, 800),
        (date(2026, 10, 1), "INV-000002", 600, 0, 1_400),
    ]
    assert statement.closing == ledger_balance(oakfield.pk) == 1_400


def test_a_statement_is_half_open_and_carries_its_opening_over(oakfield, charges, actor):
    for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)):
        charges(oakfield, 1_000, on=day)
        bill(day)
    statement = statement_for(actor, oakfield, start=date(2026, 9, 1), end=date(2026, 10, 1))
    assert (statement.opening, len(statement.lines), statement.closing) == (1_200, 2, 3_600)
    following = statement_for(actor, oakfield, start=date(2026, 10, 1), end=date(2026, 11, 1))
    assert (following.opening, following.closing) == (3_600, 4_800)


def test_the_closing_balance_is_the_ledgers_for_everybody(small_world, oakfield, council, actor):
    for party in (oakfield, council):
        assert statement_for(actor, party, **YEAR).closing == ledger_balance(party.pk)
    # Invoiced 120.00 + 340.00 + 119.99 + 60.00, credited 40.00 and 12.00, paid 120.00 by itself, 200.00 by the council.
    # Credit of 33.33: VAT(33.33) = 6.67; of 10.00: 2.00. The council's 200.00 leaves 300.00 of its 500.00 on account.
    assert statement_for(actor, oakfield, **YEAR).closing == 26_799
    assert statement_for(actor, council, **YEAR).closing == -30_000


def test_paying_for_another_shows_on_both_statements(oakfield, council, charges, actor):
    charges(oakfield, 10_000)
    [invoice] = bill()
    source = receive(council, 12_000, key="1", on=PAID_ON)
    allocation = allocate(source=source, to=invoice.items.get(), pence=12_000, on=PAID_ON, actor=actor)
    assert [line.balance for line in statement_for(actor, council, **YEAR).lines] == [-12_000, 0]
    assert [line.balance for line in statement_for(actor, oakfield, **YEAR).lines] == [12_000, 0]
    undo_allocation(allocation=allocation, on=date(2026, 10, 1), reason="Wrong school", actor=actor)
    assert statement_for(actor, oakfield, **YEAR).closing == 12_000
    assert statement_for(actor, council, **YEAR).closing == -12_000


def test_a_school_sees_its_own_statement_and_no_other(oakfield, council, partnership, charges):
    buyer = Actor(person_id=1, user_id=None, name="Sam", grants=frozenset({Grant(Role.BUYER, oakfield.pk)}))
    charges(oakfield, 1_000)
    bill()
    assert statement_for(buyer, oakfield, **YEAR).closing == 1_200
    with pytest.raises(NotFound):
        statement_for(buyer, council, **YEAR)
    assert statement_for(finance(partnership, Role.AUDITOR), oakfield, **YEAR).closing == 1_200


def test_aged_debtors_by_days_past_the_due_date(oakfield, council, charges, actor):
    """Due 30 days after issue; looked at on 1 December 2026."""
    on = date(2026, 12, 1)
    for pence, issued, days_late in (
        (100, date(2026, 11, 1), 0),  # due 1 December: not yet late on the day itself
        (200, date(2026, 10, 31), 1),
        (400, date(2026, 10, 2), 30),
        (800, date(2026, 10, 1), 31),
        (1_600, date(2026, 9, 2), 60),
        (3_200, date(2026, 9, 1), 61),
        (6_400, date(2026, 8, 3), 90),
        (12_800, date(2026, 8, 2), 91),
    ):
        assert (on - issued).days - 30 == days_late
        charges(oakfield, pence, on=issued)
        bill(issued)
    receive(oakfield, 77, key="1", on=on)
    receive(council, 5_000, key="2", on=on)
    school, authority = aged_debtors(actor, on=on)
    assert (school.name, school.ages, school.on_account) == (
        "Oakfield Primary School", [120, 720, 2_880, 11_520, 15_360], 77,
    )  # fmt: skip
    assert school.total == 30_600 - 77 == ledger_balance(oakfield.pk)
    assert (authority.ages, authority.on_account, authority.total) == ([0] * 5, 5_000, -5_000)


def test_aged_debtors_of_a_past_day_are_the_ledger_of_that_day(oakfield, council, charges, actor):
    """Invoiced, paid, undone, paid again, credited, refunded: each day shows what stood at its end."""
    days = [date(2026, 9, day) for day in (1, 5, 8, 10, 12, 14, 20)]
    charges(oakfield, 10_000, on=days[0])
    [invoice] = bill(days[0])
    receipt = receive(council, 15_000, key="1", on=days[1])
    first = allocate(source=receipt, to=invoice.items.get(), pence=9_000, on=days[2], actor=actor)
    undo_allocation(allocation=first, on=days[3], reason="Another school's", actor=actor)
    allocate(source=receipt, to=invoice.items.get(), pence=12_000, on=days[4], actor=actor)
    bounced = receive(oakfield, 500, key="2", on=days[4])
    reverse_receipt(item=bounced, on=days[5], reason="Returned by the bank", actor=actor)
    charges(oakfield, 700, on=days[6])
    bill(days[6])
    found = {}
    for on in (date(2026, 8, 31), *days):
        rows = {row.organisation_id: row for row in aged_debtors(actor, on=on)}
        for who in (oakfield, council):
            total = rows[who.pk].total if who.pk in rows else 0
            assert total == ledger_balance(who.pk, before=on + timedelta(days=1)), (on, who)
        found[on.day] = [sum(row.ages) for row in rows.values()], [row.on_account for row in rows.values()]
    assert found == {
        31: ([], []), 1: ([12_000], [0]), 5: ([12_000, 0], [0, 15_000]), 8: ([3_000, 0], [0, 6_000]),
        10: ([12_000, 0], [0, 15_000]), 12: ([0, 0], [500, 3_000]), 14: ([0], [3_000]), 20: ([840, 0], [0, 3_000]),
    }  # fmt: skip


def test_a_settled_customer_is_not_a_debtor_and_outsiders_are_told_nothing(oakfield, charges, actor):
    charges(oakfield, 1_000)
    [invoice] = bill()
    allocate(source=receive(oakfield, 1_200, key="1"), to=invoice.items.get(), pence=1_200, on=FIRST, actor=actor)
    assert aged_debtors(actor, on=FIRST) == []
    buyer = Actor(person_id=1, user_id=None, name="Sam", grants=frozenset({Grant(Role.BUYER, oakfield.pk)}))
    with pytest.raises(NotFound):
        aged_debtors(buyer, on=FIRST)


def test_a_statement_that_begins_in_mid_life_counts_in_whole_pence(oakfield, charges, actor):
    charges(oakfield, 10_000, on=date(2026, 6, 1))
    run_billing(on=date(2026, 6, 1), actor=actor)
    charges(oakfield, 5_000, on=date(2026, 9, 1))
    run_billing(on=date(2026, 9, 1), actor=actor)
    statement = statement_for(actor, oakfield, start=date(2026, 7, 1), end=date(2026, 10, 1))
    assert (statement.opening, statement.closing) == (12_000, 18_000)
    assert all(type(figure) is int for figure in (statement.opening, statement.closing, statement.lines[0].balance))
