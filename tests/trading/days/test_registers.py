"""Registers: marked from the day on, closed once and whole, corrected with a reason."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.trading.models import Attendance, Booking, Certificate, Register
from marketplace.trading.queries_of_days import attendance_of_run, register_rows
from marketplace.trading.services import (
    FeesChanged,
    RegisterClosed,
    RegisterIncomplete,
    RegisterNotYet,
    close_register,
    closing_preview,
    correct_attendance,
    mark_register,
)
from tests.trading.days.conftest import NOTHING, Held

pytestmark = pytest.mark.django_db


def states(held: Held, meeting: int = 0) -> list[str]:
    found = dict(Attendance.objects.filter(meeting=held.meetings[meeting]).values_list("booking_id", "state"))
    return [found.get(place.pk, "") for place in held.places]


def test_the_last_mark_counts_and_who_marked_it_is_kept(held):
    held.mark(0, "here", "absent", "late")
    held.mark(0, "here", "late")
    assert states(held) == ["here", "late", "late", ""]
    kept = Attendance.objects.get(booking=held.places[1])
    assert (kept.marked_by_person_id, kept.marked_at) == (held.organiser.person_id, held.meetings[0].starts_at)
    said = Event.objects.filter(kind="register.marked")
    assert said.count() == 2
    assert not any(name in str(event.payload) for event in said for name in ("Ann", "Bo", "Cy"))


def test_nobody_is_marked_before_the_day_nor_by_a_buyer(held, sam):
    meeting, marks = held.meetings[0], {held.places[0].pk: "here"}
    with pytest.raises(RegisterNotYet):
        mark_register(meeting=meeting, marks=marks, at=meeting.starts_at - timedelta(days=1), actor=held.organiser)
    with pytest.raises(NotAllowed):
        mark_register(meeting=meeting, marks=marks, at=meeting.starts_at, actor=sam)
    assert not Attendance.objects.exists()


def test_who_has_no_place_is_not_marked(held):
    meeting = held.meetings[0]
    with pytest.raises(WrongInput):
        mark_register(meeting=meeting, marks={999_999: "here"}, at=meeting.starts_at, actor=held.organiser)
    with pytest.raises(WrongInput):
        mark_register(meeting=meeting, marks={held.places[0].pk: "asleep"}, at=meeting.starts_at, actor=held.organiser)
    assert not Attendance.objects.exists()


def test_a_walk_in_names_the_place_that_nobody_had_named_and_no_other(held):
    meeting = held.meetings[0]
    names = {held.places[3].pk: "  Di  Roe ", held.places[0].pk: "Somebody Else"}
    mark_register(meeting=meeting, marks={}, names=names, at=meeting.starts_at, actor=held.organiser)
    assert [Booking.objects.get(pk=place.pk).delegate_name for place in (held.places[3], held.places[0])] == [
        "Di Roe",
        "Ann Lee",
    ]
    assert [row.booking.delegate_name for row in register_rows(meeting)] == ["Ann Lee", "Bo Ray", "Cy Day", "Di Roe"]


def test_a_register_closes_only_when_everybody_is_marked(held):
    held.mark(0, "here", "late", "absent")
    meeting = held.meetings[0]
    with pytest.raises(RegisterIncomplete) as refused:
        close_register(meeting=meeting, expected_fee=NOTHING, on=meeting.held_on, actor=held.organiser)
    assert refused.value.facts == {"missing": 1}
    assert Register.objects.get().state == "open"
    held.mark(0, "here", "late", "absent", "not_asked")
    assert closing_preview(meeting=meeting).missing == 1
    held.mark(0, "here", "late", "absent", "here")
    done = held.close(0)
    assert (done.missing, done.last) == (0, False)
    assert attendance_of_run(held.run) == (3, 4)


def test_a_closed_register_takes_no_marks_and_no_second_closing(held):
    held.mark(0, "here", "here", "here", "here")
    held.close(0)
    with pytest.raises(RegisterClosed):
        held.mark(0, "absent")
    with pytest.raises(RegisterClosed):
        held.close(0)
    assert states(held) == ["here"] * 4


def test_the_database_itself_refuses_what_a_closed_register_does_not_allow(held):
    held.mark(0, "here", "here", "here", "here")
    held.close(0)
    for statement in (
        "UPDATE trading_attendance SET state = 'absent'",
        "DELETE FROM trading_attendance",
        "UPDATE trading_register SET state = 'open', closed_on = NULL",
        "DELETE FROM trading_register",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert states(held) == ["here"] * 4


def test_the_course_is_over_with_its_last_register_whichever_that_is(held):
    for index in (2, 0):
        held.mark(index, "here", "here", "absent", "absent")
    held.close(2)
    held.close(0)
    assert not Event.objects.filter(kind="run.completed").exists()
    held.mark(1, "here", "absent", "absent", "absent")
    assert held.close(1).last
    assert Event.objects.get(kind="run.completed").payload == {"attended": 2}
    # 3 of 3 meetings earn a certificate, 2 of 3 are below 80%.
    assert list(Certificate.objects.values_list("booking", "minutes", "attended", "meetings")) == [
        (held.places[0].pk, 450, 3, 3)
    ]


def test_another_fee_than_was_shown_closes_nothing(held):
    for index in range(3):
        held.mark(index, "here", "here", "here", "here")
    held.close(0)
    held.close(1)
    last = held.meetings[2]
    with pytest.raises(FeesChanged):
        close_register(meeting=last, expected_fee=Money(5000), on=last.held_on, actor=held.organiser)
    assert Register.objects.get(meeting=last).state == "open"
    assert not Event.objects.filter(kind="run.completed").exists()


def test_a_correction_needs_a_reason_and_sets_right_what_followed(held):
    held.hold("here", "here", "here", "absent")
    meeting = held.meetings[1]
    given = {"booking": held.places[0], "meeting": meeting, "at": meeting.ends_at, "actor": held.organiser}
    with pytest.raises(WrongInput):
        correct_attendance(mark="absent", reason=" ", **given)
    with pytest.raises(WrongInput):
        correct_attendance(mark="not_asked", reason="Left early", **given)
    number = Certificate.objects.get(booking=held.places[0]).number
    correct_attendance(mark="absent", reason="She was at another school", **given)
    assert Certificate.objects.get(number=number).withdrawn_on == meeting.held_on
    event = Event.objects.get(kind="register.corrected")
    assert (event.payload["before"], event.payload["after"]) == ({"state": "here"}, {"state": "absent"})
    assert event.text.words == {"reason": "She was at another school"}
    correct_attendance(mark="here", reason="She came after all", **given)
    assert Certificate.objects.get(number=number).withdrawn_on is None


def test_an_open_register_is_not_corrected(held):
    held.mark(0, "here")
    meeting = held.meetings[0]
    with pytest.raises(WrongInput):
        correct_attendance(
            booking=held.places[0], meeting=meeting, mark="absent", reason="Mistake", at=meeting.ends_at,
            actor=held.organiser,
        )  # fmt: skip
    assert states(held)[0] == "here"
