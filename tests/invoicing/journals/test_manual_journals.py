"""Manual journals: two people, only what may be posted by hand, and reversals that come once."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from invoicing.journals.models import ManualJournal
from invoicing.journals.queries import journals_for
from invoicing.journals.rules.lines import INSTEAD
from invoicing.journals.services.deciding import (
    ChangedSinceSeen,
    NeedsPerson,
    NotInState,
    OnlyPreparer,
    SamePerson,
)
from invoicing.journals.services.journals import JournalRefused
from invoicing.ledger.models import JournalEntry, LedgerAccount
from invoicing.services import (
    approve_journal,
    change_journal,
    reverse_due_journals,
    send_back_journal,
    submit_journal,
)
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound
from tests.conftest import finance
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import TODAY, finance_person, line, prepared, submitted

pytestmark = pytest.mark.django_db
ACCRUAL = ManualJournal.Kind.ACCRUAL


def test_a_journal_is_posted_when_a_second_person_approves_it(priya, morgan):
    journal = submitted(priya, line(), line("7300", "7900", 4_000))
    assert balances() == {}
    approve_journal(journal=journal, version=1, actor=morgan)
    journal.refresh_from_db()
    assert balances() == {"7400": 120_000, "2450": -120_000, "7300": 4_000, "7900": -4_000}
    assert (journal.number, journal.state, journal.pence) == ("JNL-000001", "approved", 124_000)
    assert journal.entry.source_key == "journal:JNL-000001"
    call_command("verify_ledger")


def test_nobody_approves_what_they_prepared_whatever_their_role(partnership, actor):
    manager = finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor)
    journal = submitted(manager)
    with pytest.raises(SamePerson, match="You prepared JNL-000001, so someone else must decide on it"):
        approve_journal(journal=journal, version=1, actor=manager)
    assert balances() == {}


def test_the_database_itself_refuses_one_person_for_both(priya):
    journal = submitted(priya)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualJournal.objects.filter(pk=journal.pk).update(approved_by_id=journal.prepared_by_id)


def test_an_officer_does_not_approve_and_the_platform_prepares_nothing(partnership, priya, actor, oakfield):
    journal = submitted(priya)
    other = finance_person(partnership, "Ola Okafor", Role.FINANCE_OFFICER, actor)
    with pytest.raises(NotAllowed, match="You may not approve journals"):
        approve_journal(journal=journal, version=1, actor=other)
    with pytest.raises(NeedsPerson):
        prepared(actor)
    with pytest.raises(NotAllowed):
        prepared(finance(oakfield, Role.BUYER))
    assert balances() == {}


def test_what_was_sent_back_is_changed_by_its_preparer_alone_and_handed_in_again(partnership, priya, morgan, actor):
    journal = submitted(priya)
    send_back_journal(journal=journal, reason="Net of the deposit", version=1, actor=morgan)
    other = finance_person(partnership, "Ola Okafor", Role.FINANCE_OFFICER, actor)
    values = {
        "kind": ManualJournal.Kind.JOURNAL, "on": date(2026, 8, 31), "reason": "Fee less deposit",
        "lines": [line(pence=90_000)], "auto_reverse_on": None, "today": TODAY,
    }  # fmt: skip
    with pytest.raises(OnlyPreparer, match="Priya Shah prepared JNL-000001"):
        change_journal(journal=journal, actor=other, **values)
    changed = change_journal(journal=journal, actor=priya, **values)
    submit_journal(journal=changed, actor=priya)
    with pytest.raises(ChangedSinceSeen):
        approve_journal(journal=changed, version=1, actor=morgan)
    assert balances() == {}
    approve_journal(journal=changed, version=2, actor=morgan)
    assert balances() == {"7400": 90_000, "2450": -90_000}


def test_a_second_approval_and_a_change_after_it_are_refused(priya, morgan):
    journal = submitted(priya)
    approve_journal(journal=journal, version=1, actor=morgan)
    with pytest.raises(NotInState):
        approve_journal(journal=journal, version=1, actor=morgan)
    with pytest.raises(NotInState):
        submit_journal(journal=journal, actor=priya)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualJournal.objects.filter(pk=journal.pk).update(reason="Something else")
    with pytest.raises(IntegrityError), transaction.atomic():
        journal.lines.update(pence=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        journal.lines.all().delete()
    assert JournalEntry.objects.count() == 1


@pytest.mark.usefixtures("partnership")
def test_no_journal_is_offered_an_account_that_is_the_sum_of_its_items():
    controls = set(LedgerAccount.objects.filter(control=True).values_list("code", flat=True))
    assert controls and controls <= set(INSTEAD)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "Enter at least one line"),
        ([line("1100", "4200", 100, stream="BS")], "Line 1: account 1100 is the sum of what each customer owes. Issue"),
        ([line("2100", "7900")], "account 2100 is the sum of the money on each customer's account. Record the receipt"),
        ([line("2300", "4200", 100, stream="BS")], "account 2300 is the sum of what is paid in advance. Credit the"),
        ([line("7900", "2400")], "account 2400 is the sum of what each supplier is owed. Enter the supplier's"),
        ([line("2460", "7900")], "account 2460 is the sum of the payments that have not left the bank. Match"),
        ([line("7900", "1000")], "account 1000 moves with the bank's statement"),
        ([line("7900", "7900")], "must differ"),
        ([line("7900", "9999")], "there is no ledger account 9999"),
        ([line(), line(pence=0)], "Line 2: the amount must be more than £0.00"),
        ([line("2450", "4200")], "choose the income stream"),
        ([line("3000", "2450", stream="BS")], "an income stream belongs only to a line with an income or expense"),
    ],
)
def test_lines_that_would_break_the_books_are_refused_with_what_to_do_instead(priya, lines, says):
    with pytest.raises(JournalRefused) as refused:
        from invoicing.services import prepare_journal

        prepare_journal(
            kind=ManualJournal.Kind.JOURNAL, on=date(2026, 9, 1), reason="Wrong", lines=lines, auto_reverse_on=None,
            today=TODAY, actor=priya,
        )  # fmt: skip
    assert says in " ".join(refused.value.detail)
    assert not ManualJournal.objects.exists()


def test_a_journal_of_two_years_ago_is_refused(priya):
    with pytest.raises(JournalRefused) as refused:
        prepared(priya, on=date(2024, 9, 1))
    assert refused.value.detail == ["1 September 2024 is more than a year from today. Check the date."]


def test_an_accrual_reverses_on_the_first_of_the_next_month_and_once(priya, morgan, actor):
    journal = submitted(priya, kind=ACCRUAL)
    assert journal.auto_reverse_on == date(2026, 9, 1)
    assert reverse_due_journals(on=TODAY, actor=actor) == 0, "it is not approved"
    approve_journal(journal=journal, version=1, actor=morgan)
    assert reverse_due_journals(on=date(2026, 8, 31), actor=actor) == 0
    assert reverse_due_journals(on=TODAY, actor=actor) == 1
    assert reverse_due_journals(on=TODAY, actor=actor) == 0
    journal.refresh_from_db()
    assert journal.reversal.posted_on == date(2026, 9, 1)
    assert balances(date(2026, 8, 31)) == {"7400": 120_000, "2450": -120_000}
    assert balances() == {}
    call_command("verify_ledger")


def test_another_day_for_an_accrual_is_refused(priya):
    with pytest.raises(JournalRefused) as refused:
        prepared(priya, kind=ACCRUAL, auto_reverse_on=date(2026, 10, 1))
    assert refused.value.detail == ["An accrual reverses on the first of the next month, 1 September 2026"]


def test_numbers_have_no_gap_after_a_refusal(priya):
    prepared(priya)
    with pytest.raises(JournalRefused):
        prepared(priya, line("1100", "7900"))
    assert prepared(priya).number == "JNL-000002"


def test_outsiders_are_told_nothing(oakfield, priya, edith):
    prepared(priya)
    assert journals_for(edith).count() == 1
    with pytest.raises(NotFound):
        journals_for(finance(oakfield, Role.BUYER))
