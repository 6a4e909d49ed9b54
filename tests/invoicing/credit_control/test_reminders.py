"""Reminders: proposed from what is open, sent as shown, once for a level, never to who is left alone."""

from datetime import date, timedelta

import pytest

from invoicing.credit_control.models import Reminder, ReminderItem, ReminderLevel
from invoicing.credit_control.queries import reminder_for, reminders_for
from invoicing.credit_control.services.levels import pause_on
from invoicing.credit_control.services.reminders import mark_of
from invoicing.services import (
    change_level,
    end_pause,
    open_query,
    pause_reminders,
    propose_reminders,
    send_reminders,
)
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Delivery, Event
from marketplace.organisations.models import CustomerTerms
from tests.invoicing.books import bill, nothing_written
from tests.invoicing.credit_control.conftest import ASKED, DUE, ISSUED, member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("levels", "ledger_holds")]


def day(late: int) -> date:
    return DUE + timedelta(days=late)


def shown(on: date) -> dict[int, str]:
    return {one.customer_id: mark_of(one) for one in propose_reminders(on=on).reminders}


def test_seven_days_late_is_reminded_once_then_at_twenty_one_and_forty_five(trust, officer):
    sums = []
    for late in range(60):
        sent = send_reminders(on=day(late), shown=shown(day(late)), actor=officer)
        if sent.count:
            sums.append((late, sent.pence))
    assert sums == [(7, 41_000), (21, 41_000), (45, 41_000)]
    assert list(ReminderItem.objects.order_by("pk").values_list("level__days_after", flat=True)) == [7, 21, 45]


def test_the_first_run_after_a_long_time_sends_the_highest_level_alone(trust, officer):
    assert send_reminders(on=day(50), shown=shown(day(50)), actor=officer).count == 1
    assert Reminder.objects.get().level.days_after == 45
    assert propose_reminders(on=day(90)).reminders == []


def test_a_query_of_a_section_leaves_the_rest_to_be_asked_for(trust, officer):
    open_query(document=trust.invoice, organisation=trust.oakfield, text="Why?", at=ASKED, actor=member(trust.oakfield))
    [one] = propose_reminders(on=day(7)).reminders
    assert (one.pence, one.in_query_pence) == (24_000, 17_000)
    open_query(document=trust.invoice, organisation=trust.elm_park, text="Why?", at=ASKED, actor=member(trust.elm_park))
    proposal = propose_reminders(on=day(7))
    assert (proposal.reminders, [left.reason for left in proposal.left_out]) == ([], ["in_query"])


def test_what_changed_since_it_was_shown_is_not_sent(trust, officer):
    marks = shown(day(7))
    open_query(document=trust.invoice, organisation=trust.oakfield, text="Why?", at=ASKED, actor=member(trust.oakfield))
    with nothing_written():
        sent = send_reminders(on=day(7), shown=marks, actor=officer)
    assert (sent.count, sent.changed, Reminder.objects.count()) == (0, 1, 0)


def test_two_runs_of_what_was_shown_send_once(trust, officer):
    marks = shown(day(7))
    assert send_reminders(on=day(7), shown=marks, actor=officer).count == 1
    again = send_reminders(on=day(7), shown=marks, actor=officer)
    assert (again.count, again.changed, Reminder.objects.count()) == (0, 1, 1)


def test_each_reminder_is_one_event_to_be_told_in_its_transaction(trust, officer):
    send_reminders(on=day(7), shown=shown(day(7)), actor=officer)
    event = Event.objects.get(kind="reminder.sent")
    assert event.payload == {"pence": 41_000, "items": 1, "level": 1}
    assert list(Delivery.objects.filter(event=event).values_list("handler", flat=True)) == ["notices.reminder"]


def test_a_customer_settled_by_the_councils_journal_is_never_reminded(trust):
    CustomerTerms.objects.update(settlement="council_journal")
    proposal = propose_reminders(on=day(50))
    assert (proposal.reminders, [left.reason for left in proposal.left_out]) == ([], ["journal"])


def test_a_paused_customer_is_left_alone_to_the_last_day(trust, officer):
    pause_reminders(customer=trust.itself, from_on=day(1), until_on=day(11), reason="Paying in October", actor=officer)
    assert [left.reason for left in propose_reminders(on=day(10)).left_out] == ["paused"]
    assert len(propose_reminders(on=day(11)).reminders) == 1
    end_pause(customer=trust.itself, on=day(8), actor=officer)
    assert pause_on(trust.itself, day(8)) is None
    assert len(propose_reminders(on=day(8)).reminders) == 1


def test_a_new_pause_takes_the_place_of_the_old_one_and_lasts_a_year_at_most(trust, officer):
    for last in (30, 40):
        pause_reminders(customer=trust.itself, from_on=day(1), until_on=day(last), reason="Asked us to wait", actor=officer)  # fmt: skip
    running = pause_on(trust.itself, day(35))
    assert running is not None and running.until_on == day(40)
    for last in (1, 400):
        with nothing_written(), pytest.raises(WrongInput, match="at most a year"):
            pause_reminders(customer=trust.itself, from_on=day(1), until_on=day(last), reason="Long", actor=officer)


def test_levels_are_data_that_a_manager_changes_and_what_was_sent_keeps_its_words(trust, officer, manager):
    send_reminders(on=day(7), shown=shown(day(7)), actor=officer)
    before = Reminder.objects.get().words
    level = ReminderLevel.objects.get(position=1)
    values = {"level": level, "name": "First", "words": "Pay now.", "channel": "letter", "copied_to": "trust", "minimum_pence": 0, "used": True}  # fmt: skip
    with nothing_written(), pytest.raises(NotAllowed):
        change_level(**values, days_after=10, actor=officer)
    with nothing_written(), pytest.raises(WrongInput, match="between 1 and 20"):
        change_level(**values, days_after=21, actor=manager)
    assert change_level(**values, days_after=10, actor=manager).days_after == 10
    assert Reminder.objects.get().words == before


def test_a_level_that_is_not_used_and_too_little_to_ask_for(trust):
    ReminderLevel.objects.filter(position=1).update(used=False)
    assert propose_reminders(on=day(8)).reminders == []
    ReminderLevel.objects.filter(position=2).update(minimum_pence=41_001)
    assert [left.reason for left in propose_reminders(on=day(21)).left_out] == ["small"]


def test_only_finance_sends_and_each_customer_reads_its_own(trust, officer, oakfield):
    with pytest.raises(NotAllowed):
        send_reminders(on=day(7), shown=shown(day(7)), actor=member(trust.itself))
    send_reminders(on=day(7), shown=shown(day(7)), actor=officer)
    reminder = reminder_for(member(trust.itself), Reminder.objects.get().pk)
    with pytest.raises(NotFound):
        reminder_for(member(oakfield), reminder.pk)
    assert reminders_for(officer).count() == 1


def test_the_number_of_queries_does_not_depend_on_how_many_are_late(
    trust, charges, actor, officer, oakfield, elm_park, django_assert_num_queries
):
    for customer in (oakfield, elm_park):
        charges(customer, 5_000)
    bill(ISSUED, actor)
    with django_assert_num_queries(6):
        assert len(propose_reminders(on=day(7)).reminders) == 3
    marks = shown(day(7))
    with django_assert_num_queries(16):  # one of them fills the sealer's queue
        assert send_reminders(on=day(7), shown=marks, actor=officer).count == 3
