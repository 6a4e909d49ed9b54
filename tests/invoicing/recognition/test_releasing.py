"""Deferred income: what the invoice posts, and what each release makes income of it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.ledger.models import JournalEntry
from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.recognition.releasing import due_for_release
from invoicing.services import release_income, run_billing, take_over_deferred
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.core.periods import Period
from tests.conftest import finance
from tests.invoicing.books import balances, bill, nothing_written
from tests.invoicing.recognition.conftest import APRIL, YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


def test_an_invoice_of_a_year_is_deferred_whole_and_released_month_by_month(deferred, actor):
    _, hr = deferred()
    assert balances() == {"1100": 91320, "2200": -15220, "2300": -76100}
    assert hr.open_pence == 76100

    report = release_income(on=date(2026, 4, 30), actor=actor)
    assert (report.pence, report.parts, report.entries, report.customers) == (6342, 1, 1, 1)
    assert balances() == {"1100": 91320, "2200": -15220, "2300": -69758, "4200": -6342}
    assert release_income(on=date(2026, 4, 30), actor=actor).pence == 0

    assert release_income(on=date(2026, 12, 30), actor=actor).pence == 7 * 6342
    assert balances(date(2026, 6, 30))["4200"] == -3 * 6342  # each month on its own day
    assert release_income(on=date(2027, 3, 31), actor=actor).pence == 4 * 6341
    hr.refresh_from_db()
    assert hr.open_pence == 0
    assert balances() == {"1100": 91320, "2200": -15220, "4200": -76100}


def test_months_before_the_invoice_are_income_on_its_day(deferred, actor):
    deferred(on=date(2026, 6, 10))
    assert release_income(on=date(2026, 6, 9), actor=actor).pence == 0
    assert release_income(on=date(2026, 6, 10), actor=actor).pence == 2 * 6342
    [entry] = JournalEntry.objects.filter(kind="income.released")
    assert entry.posted_on == date(2026, 6, 10)


def test_one_entry_for_each_customer_and_day_with_a_movement_for_each_account_and_stream(
    charges, oakfield, council, actor
):
    for customer in (oakfield, council):
        charges(customer, 12000, on=APRIL, recognition="over_time", service=YEAR)
        charges(customer, 24000, on=APRIL, recognition="over_time", service=YEAR)
        charges(customer, 36000, on=APRIL, recognition="over_time", service=YEAR, account_code="4110", stream_code="SI")
    bill(APRIL)
    report = release_income(on=date(2026, 5, 31), actor=actor)
    assert (report.pence, report.parts, report.entries, report.customers) == (24000, 12, 4, 2)
    for entry in JournalEntry.objects.filter(kind="income.released"):
        first = DeferralPart.objects.filter(entry=entry).earliest("pk")
        assert entry.source_key == f"release:{first.pk}"
        legs = set(entry.movements.values_list("debit_account", "credit_account", "stream", "pence"))
        assert legs == {("2300", "4200", "BS", 3000), ("2300", "4110", "SI", 3000)}
    assert Event.objects.filter(kind="income.released").count() == 1


def test_what_would_be_released_is_what_is_released(deferred, actor):
    deferred()
    due = due_for_release(on=date(2026, 7, 31))
    assert due.pence == 4 * 6342
    assert release_income(on=due.on, actor=actor).pence == due.pence
    assert due_for_release(on=due.on).pence == 0


def test_a_course_is_income_on_its_day_and_one_that_was_held_is_never_deferred(deferred, charges, oakfield, actor):
    day = Period(date(2027, 3, 24), date(2027, 3, 25))
    deferred(14000, recognition="on_date", service=day)
    charges(oakfield, 18000, on=date(2027, 3, 24), recognition="on_date", service=day, key="late")
    bill(date(2027, 3, 24))
    assert not Deferral.objects.filter(source_key="late").exists()
    assert (balances()["2300"], balances()["4200"]) == (-14000, -18000)
    assert release_income(on=date(2027, 3, 23), actor=actor).pence == 0
    assert release_income(on=date(2027, 3, 24), actor=actor).pence == 14000


def test_an_item_reduced_before_it_is_invoiced_is_deferred_for_what_is_left(charges, oakfield, actor):
    from invoicing.services import reduce

    charges(oakfield, 36000, on=APRIL, recognition="over_time", service=YEAR, key="sla")
    reduce(source_key="less", of="sla", pence=12000, reason="Fewer pupils", on=APRIL, actor=actor)
    bill(APRIL)
    assert Deferral.objects.get().pence == 24000
    assert set(DeferralPart.objects.values_list("pence", flat=True)) == {2000}


def test_a_batch_without_deferred_lines_asks_nothing_of_deferrals(charges, oakfield, actor):
    charges(oakfield, 100, on=APRIL)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        run_billing(on=APRIL, actor=actor)
    assert not [query for query in queries if "deferral" in query["sql"]]


def test_deferrals_of_a_batch_take_as_many_statements_for_one_line_as_for_many(charges, oakfield, council, actor):
    counts = []
    for lines in (1, 7):
        for _ in range(lines):
            charges(oakfield, 1200, on=APRIL, recognition="over_time", service=YEAR)
            charges(council, 1200, on=APRIL, recognition="over_time", service=YEAR)
        with CaptureQueriesContext(connection) as queries:
            run_billing(on=APRIL, actor=actor)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Deferral.objects.count() == 16


def test_only_finance_may_release(deferred, partnership):
    deferred()
    for role in (Role.AUDITOR, Role.BUYER):
        with nothing_written(), pytest.raises(NotAllowed):
            release_income(on=date(2026, 4, 30), actor=finance(partnership, role))
    assert release_income(on=date(2026, 4, 30), actor=finance(partnership)).pence == 6342


def test_what_was_deferred_in_the_old_books_is_income_over_the_days_left(oakfield, actor, partnership):
    from invoicing.ledger.posting import NewEntry, NewMovement, post

    with nothing_written(), pytest.raises(WrongInput, match="for days after 30 June 2026"):
        take_over_deferred(
            source_key="opening:0", customer=oakfield, pence=100, service=Period(APRIL, date(2026, 7, 1)),
            account_code="4200", stream_code="BS", since=date(2026, 6, 30), actor=actor,
        )  # fmt: skip
    take_over_deferred(
        source_key="opening:1", customer=oakfield, pence=90000, service=YEAR, account_code="4200", stream_code="BS",
        since=date(2026, 6, 30), actor=actor,
    )  # fmt: skip
    opening = NewMovement("3000", "2300", 90000, None, oakfield.pk)
    post(entries=[NewEntry("opening", "opening", date(2026, 6, 30), "Opening position", [opening])], actor=actor)
    assert release_income(on=date(2026, 7, 31), actor=actor).pence == 10000
    assert balances()["2300"] == -80000
