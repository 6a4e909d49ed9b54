"""What those with a place are sent, once each: how to join, and what the organiser writes."""

import uuid
from datetime import date, datetime, timedelta

import pytest

from catalogue.models import CourseRun
from catalogue.services import MeetingTimes, confirm_run
from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.trading.models import Booking, JoiningSent, RunMessage
from marketplace.trading.rules.fill import Fill, Standing, break_even, cost_of, free_until, joining_step, standing
from marketplace.trading.running_queries import told_of
from marketplace.trading.services import ReadersChanged, message_date, move_date, send_joining
from marketplace.trading.services.forgetting import erase_needs
from tests.shop import LONDON
from tests.trading.running.conftest import COURSE, ON

BEFORE = {days: COURSE - timedelta(days=days) for days in (8, 7, 3, 1, 0)}


def write(run: CourseRun, actor: Actor, readers: int = 2, key: uuid.UUID | None = None) -> RunMessage:
    return message_date(
        run=run,
        key=key or uuid.uuid4(),
        subject="Parking",
        text="Use\r\nMill Lane.",
        expected_readers=readers,
        actor=actor,
    )


@pytest.mark.django_db
def test_joining_instructions_go_out_once_for_each_day_of_the_plan(run, booked, olga, actor):
    assert send_joining(on=BEFORE[7], actor=actor) == 0  # it is tentative
    confirm_run(run=run, on=ON, actor=olga)
    sent = {days: [send_joining(on=day, actor=actor) for _ in range(2)] for days, day in BEFORE.items()}
    assert sent == {8: [0, 0], 7: [4, 0], 3: [0, 0], 1: [4, 0], 0: [0, 0]}
    assert [event.payload["days"] for event in Event.objects.filter(kind="run.joining_sent").order_by("pk")] == [7, 1]


@pytest.mark.django_db
def test_who_books_late_gets_what_is_due_and_after_a_move_everybody_gets_it_again(
    run, booked, buying, sam, school, course, olga, actor
):
    confirm_run(run=run, on=ON, actor=olga)
    assert send_joining(on=BEFORE[7], actor=actor) == 4
    buying.order(sam, buying.add(sam, school, course, 1, run=run))
    assert send_joining(on=BEFORE[3], actor=actor) == 1
    starts = datetime(2027, 3, 26, 10, tzinfo=LONDON)
    given = {
        "meetings": [MeetingTimes(starts, starts + timedelta(hours=3))],
        "venue": "",
        "on": BEFORE[3],
        "actor": olga,
    }
    move_date(run=CourseRun.objects.get(), sequence=0, mode=CourseRun.Mode.ONLINE, **given)
    assert send_joining(on=BEFORE[3], actor=actor) == 5
    assert set(JoiningSent.objects.values_list("sequence", "days")) == {(0, 7), (1, 7)}


@pytest.mark.django_db
def test_people_are_told_at_their_own_address_otherwise_whoever_booked(run, booked):
    Booking.objects.filter(delegate_name="Ann Lee").update(delegate_email="ann@oakfield.example")
    assert [(one.to_delegate, len(one.places)) for one in told_of(run)] == [(True, 1), (False, 2), (False, 1)]
    everybody = told_of(run, bookers=True)
    assert [(one.to_delegate, len(one.places)) for one in everybody] == [(True, 1), (False, 3), (False, 1)]


@pytest.mark.django_db
def test_a_message_is_sent_once_and_only_to_as_many_as_were_seen(run, booked, olga, sam):
    key = uuid.uuid4()
    first = write(run, olga, key=key)
    assert (first.text, first.readers) == ("Use\nMill Lane.", 2)
    assert write(run, olga, key=key).pk == first.pk and RunMessage.objects.count() == 1
    with pytest.raises(ReadersChanged, match="2 addresses, not 3"):
        write(run, olga, readers=3)
    with pytest.raises(NotAllowed):
        write(run, sam)
    assert "Mill Lane" not in str(Event.objects.get(kind="run.message_sent").payload)


@pytest.mark.django_db
def test_nobody_to_write_to_is_said(run, olga):
    with pytest.raises(WrongInput, match="nobody to write to"):
        write(run, olga, readers=0)


@pytest.mark.django_db
def test_what_people_need_is_erased_30_days_after_their_course(run, booked, actor):
    Booking.objects.filter(delegate_name="Ann Lee").update(needs="No nuts")
    assert erase_needs(on=COURSE + timedelta(days=30), actor=actor) == 0
    assert [erase_needs(on=COURSE + timedelta(days=31), actor=actor) for _ in range(2)] == [1, 0]
    assert not Booking.objects.exclude(needs="").exists()
    assert Event.objects.get(kind="run.needs_erased").payload == {"people": 1}


def test_fill_says_what_is_missing():
    assert Fill(8, 20, 10, 3).words == "8 of 20, minimum 10, 3 waiting" and Fill(8, 20, 10).missing == 2
    assert (Fill(12, 20).words, Fill(12, 20).missing, Fill(12, 20).left) == ("12 of 20", 0, 8)


@pytest.mark.parametrize(
    ("cost", "price", "places"), [(113_000, 14_000, 9), (112_000, 14_000, 8), (1, 14_000, 1), (5, 0, None)]
)
def test_a_date_pays_from_the_smallest_number_of_places_that_covers_its_cost(cost, price, places):
    assert break_even(cost, price) == places


def test_costs_by_day_count_for_each_day():
    assert cost_of([(10_000, False), (2_500, True)], 3) == 17_500


def test_a_move_lets_people_go_for_five_working_days_but_not_beyond_the_course():
    assert free_until(date(2026, 9, 1), date(2027, 5, 11)) == date(2026, 9, 8)
    assert free_until(date(2027, 3, 22), date(2027, 5, 11)) == date(
        2027, 3, 31
    )  # Good Friday and Easter Monday lie between
    assert free_until(date(2026, 9, 1), date(2026, 9, 3)) == date(2026, 9, 3)


def test_the_step_that_is_due_is_the_latest_whose_day_has_come():
    steps = [joining_step([7, 1], COURSE, COURSE - timedelta(days=days)) for days in (8, 7, 2, 1, 0, -1)]
    assert steps == [None, 7, 7, 1, 1, None]
    assert joining_step([], COURSE, COURSE) is None


def test_a_date_that_is_over_is_held_until_its_registers_are_closed():
    given = {"cancelled": False, "tentative": True, "last_day": COURSE}
    assert standing(**given, register_open=True, on=COURSE) == Standing.TENTATIVE
    assert standing(**given, register_open=True, on=COURSE + timedelta(days=1)) == Standing.HELD
    assert standing(**given, register_open=False, on=COURSE + timedelta(days=1)) == Standing.DONE
    assert standing(**given | {"cancelled": True}, register_open=True, on=COURSE) == Standing.CANCELLED
