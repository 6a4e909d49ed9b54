"""Nothing is posted into a closed month; what belongs there goes to the first open day; two people close and open."""

from datetime import date, timedelta

import pytest

from invoicing.closing.closing import (
    MonthMoved,
    MonthWaits,
    NotReadyToClose,
    OwnClosing,
    ask_to_close,
    ask_to_reopen,
    close_month,
    reopen_month,
    withdraw_closing,
)
from invoicing.ledger.models import JournalEntry
from invoicing.ledger.months import MonthBalance, MonthClose
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.services import credit_invoice, release_income
from marketplace.core.errors import NotAllowed
from marketplace.core.periods import Period
from marketplace.core.verification import verify
from tests.invoicing.books import FIRST, balances, bill, nothing_written, receive, refused, run_sql
from tests.invoicing.closing.months import AT, LATER, NOVEMBER, OCTOBER, SEPTEMBER, closed

pytestmark = pytest.mark.django_db


def holds() -> bool:
    return [found.invariant.name for found in verify() if found.violations] == []


def trade(oakfield, charges):
    charges(oakfield, 10_000)
    [invoice] = bill()
    receive(oakfield, 5_000, key="some")
    return invoice


def test_what_belongs_into_a_closed_month_is_dated_the_first_open_day(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    before = balances(on=date(2026, 9, 30))
    closed(SEPTEMBER, (priya, marek))
    late = receive(oakfield, 700, key="late", on=date(2026, 9, 28))
    entry = late.entry
    assert (entry.issued_on, entry.tax_point, entry.posted_on) == (date(2026, 9, 28), date(2026, 9, 28), OCTOBER)
    assert balances(on=date(2026, 9, 30)) == before
    assert holds()


def test_an_invoice_dated_into_it_keeps_its_date_and_tax_point(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    closed(SEPTEMBER, (priya, marek))
    charges(oakfield, 3_000)
    [invoice] = bill()
    assert (invoice.issued_on, invoice.tax_point, invoice.entry.posted_on) == (FIRST, FIRST, OCTOBER)
    assert holds()


def test_the_database_refuses_what_goes_round_the_door(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    closed(SEPTEMBER, (priya, marek))
    with refused("the books are closed up to 2026-10-01"):
        run_sql(
            "INSERT INTO invoicing_journalentry (kind, source_key, issued_on, tax_point, posted_on, narrative,"
            " actor_label, digest) VALUES ('x', 'x', '2026-09-30', '2026-09-30', '2026-09-30', 'x', 'x', '')"
        )


def test_released_months_that_a_credit_takes_back_are_reversed_in_the_first_open_month(
    oakfield, charges, priya, marek, actor
):
    """£1,200 for a year from September; September is released and closed; a credit of the whole year in December."""
    year = Period(SEPTEMBER, date(2027, 9, 1))
    charges(oakfield, 120_000, service=year, recognition="over_time")
    [invoice] = bill()
    release_income(on=date(2026, 9, 30), actor=actor)
    closed(SEPTEMBER, (priya, marek))
    amounts = {invoice.lines.get().pk: 120_000}
    note = credit_invoice(
        invoice=invoice, amounts=amounts, reason="Ended", on=date(2026, 9, 30), service=year, actor=actor
    )
    assert note.entry.posted_on == OCTOBER
    assert balances(on=date(2026, 9, 30))["4200"] == -10_000
    assert balances(on=OCTOBER).get("4200", 0) == 0
    assert holds()


def test_a_month_is_not_closed_before_its_income_is_released(oakfield, charges, priya, marek, actor):
    charges(oakfield, 120_000, service=Period(SEPTEMBER, date(2027, 9, 1)), recognition="over_time")
    bill()
    with nothing_written(), pytest.raises(NotReadyToClose, match=r"£100.00 of deferred income is due by 30 September"):
        ask_to_close(month=SEPTEMBER, on=LATER, at=AT, actor=priya)
    release_income(on=date(2026, 9, 30), actor=actor)
    closed(SEPTEMBER, (priya, marek))


def test_nor_before_the_vat_of_its_instalments_has_fallen_due(oakfield, charges, priya, actor):
    from invoicing.documents.tax_points import reach_tax_points

    year = Period(SEPTEMBER, date(2027, 9, 1))
    charges(oakfield, 120_000, service=year, instalments=12)
    bill()
    with pytest.raises(NotReadyToClose, match="The VAT of 1 instalments due by 31 October 2026 waits"):
        ask_to_close(month=OCTOBER, on=LATER, at=AT, actor=priya)
    reach_tax_points(on=LATER, actor=actor)
    ask_to_close(month=OCTOBER, on=LATER, at=AT, actor=priya)


def test_nor_before_it_is_over(partnership, priya):
    with pytest.raises(NotReadyToClose, match=r"It can be closed from 1 October 2026 on\."):
        ask_to_close(month=SEPTEMBER, on=date(2026, 9, 30), at=AT, actor=priya)


def test_nor_while_the_books_do_not_hold(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    asked = ask_to_close(month=SEPTEMBER, on=LATER, at=AT, actor=priya)
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql("UPDATE invoicing_receivableitem SET outstanding_pence = outstanding_pence - 1")
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    with pytest.raises(NotReadyToClose, match="The books do not hold: receivables-equal-open-items"):
        close_month(close=asked, on=LATER, at=AT, actor=marek)


def test_months_close_in_order_and_open_in_reverse(oakfield, charges, priya, marek, mia):
    trade(oakfield, charges)
    first = closed(SEPTEMBER, (priya, marek))
    with pytest.raises(NotReadyToClose, match="October 2026 is the next to close"):
        ask_to_close(month=NOVEMBER, on=LATER, at=AT, actor=priya)
    second = closed(OCTOBER, (priya, marek))
    with pytest.raises(MonthMoved, match="October 2026 is the last that was closed"):
        ask_to_reopen(close=first, reason="Wrong stream", actor=priya)
    asked = ask_to_reopen(close=second, reason="Wrong stream", actor=mia)
    with nothing_written(), pytest.raises(OwnClosing):
        reopen_month(close=asked, at=AT, actor=mia)
    reopen_month(close=asked, at=AT, actor=marek)
    assert receive(oakfield, 100, key="again", on=date(2026, 10, 5)).entry.posted_on == date(2026, 10, 5)
    again = closed(OCTOBER, (priya, marek))
    assert again.pk != second.pk
    assert MonthBalance.objects.filter(close=second).exists()
    assert holds()


def test_two_people_close_a_month(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    asked = ask_to_close(month=SEPTEMBER, on=LATER, at=AT, actor=marek)
    with nothing_written(), pytest.raises(OwnClosing):
        close_month(close=asked, on=LATER, at=AT, actor=marek)
    with nothing_written(), pytest.raises(NotAllowed):
        close_month(close=asked, on=LATER, at=AT, actor=priya)
    with nothing_written(), pytest.raises(MonthWaits):
        ask_to_close(month=SEPTEMBER, on=LATER, at=AT, actor=priya)
    withdraw_closing(close=asked, actor=priya)
    assert closed(SEPTEMBER, (priya, marek)).state == MonthClose.State.CLOSED


def test_a_reopening_that_is_withdrawn_leaves_the_month_closed(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    asked = ask_to_reopen(close=closed(SEPTEMBER, (priya, marek)), reason="Perhaps", actor=priya)
    assert receive(oakfield, 1, key="meanwhile", on=SEPTEMBER).entry.posted_on == OCTOBER
    assert withdraw_closing(close=asked, actor=priya).state == MonthClose.State.CLOSED
    assert holds()


def test_its_balances_by_party_are_kept_as_they_were(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    close = closed(SEPTEMBER, (priya, marek))
    kept = {(b.account_id, b.party_id, b.stream_id): b.pence for b in MonthBalance.objects.filter(close=close)}
    assert kept[("1100", oakfield.pk, "BS")] + kept[("1100", oakfield.pk, None)] == 12_000
    assert kept[("2100", oakfield.pk, None)] == -5_000
    assert sum(kept.values()) == 0
    with refused("refused"):
        run_sql("UPDATE invoicing_monthbalance SET pence = 0")


def test_only_legal_moves(oakfield, charges, priya, marek):
    trade(oakfield, charges)
    closed(SEPTEMBER, (priya, marek))
    with refused("no legal move"):
        run_sql("UPDATE invoicing_monthclose SET state = 'asked', closed_by_id = NULL, closed_at = NULL")
    with refused("is refused"):
        run_sql("DELETE FROM invoicing_monthclose")


def test_an_entry_after_the_closed_months_is_left_as_it_is(oakfield, charges, priya, marek, actor):
    trade(oakfield, charges)
    closed(SEPTEMBER, (priya, marek))
    day = OCTOBER + timedelta(days=3)
    [pk] = post(
        entries=[NewEntry("test", "test:1", day, "Later", [NewMovement("1000", "4900", 5, stream="OT")])], actor=actor
    )
    assert JournalEntry.objects.get(pk=pk).posted_on == day
