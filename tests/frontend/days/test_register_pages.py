"""Taking a register on a phone: one form, no script; closing with its consequence; correcting with a reason."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.trading.models import Attendance, Booking, Register
from tests.frontend.school.visits import signed_in

pytestmark = pytest.mark.django_db


def address(held, meeting=1, name="organise-register", **more):
    return reverse(name, kwargs={"code": held.run.code, "meeting": meeting, **more})


def form(held, *states, do="save", **more):
    marks = {f"mark-{place.pk}": state for place, state in zip(held.places, states, strict=False)}
    return {**marks, "do": do, "expected": "0", **more}


def test_everybody_is_marked_in_one_form_and_a_walk_in_is_named(as_organiser, held):
    page = as_organiser.get(address(held)).content.decode()
    for words in (
        "Ann Lee",
        "Place 4, not named",
        "Not asked",
        "Save and close this register",
        "4 people are not marked",
    ):
        assert words in page
    unnamed = held.places[3]
    given = form(held, "here", "late", "absent", "here") | {f"name-{unnamed.pk}": "Di Roe"}
    answer = as_organiser.post(address(held), given, follow=True)
    assert "Saved: 3 of 4 people here." in answer.content.decode()
    assert Booking.objects.get(pk=unnamed.pk).delegate_name == "Di Roe"
    assert Attendance.objects.filter(meeting=held.meetings[0]).count() == 4


def test_a_register_that_is_not_complete_stays_open_with_its_marks_saved(as_organiser, held):
    answer = as_organiser.post(address(held), form(held, "here", do="close"))
    assert answer.status_code == 409
    assert "3 on this register are not marked" in answer.content.decode()
    assert Register.objects.get().state == "open"
    assert Attendance.objects.get().state == "here"


def test_the_last_register_says_what_closing_does_and_does_it(as_organiser, held):
    for index in (0, 1):
        held.mark(index, "absent", "here", "here", "here")
        held.close(index)
    unmarked = as_organiser.get(address(held, 3)).content.decode()
    assert "Save and close this register" in unmarked and "did not attend" not in unmarked
    held.mark(2, "absent", "here", "here", "here")
    page = as_organiser.get(address(held, 3)).content.decode()
    assert "1 person did not attend, nothing to invoice." in page
    answer = as_organiser.post(address(held, 3), form(held, do="close"), follow=True).content.decode()
    assert "The course is over" in answer
    assert "Correct" in answer
    assert "Over the closed registers of this date 9 of 12 came." in answer
    assert "Fewer than 5 evaluations" in answer


def test_another_consequence_than_was_shown_is_told_first(as_organiser, held):
    held.mark(0, "here", "here", "here", "here")
    answer = as_organiser.post(address(held), form(held, do="close", expected="5000"))
    assert answer.status_code == 409
    assert "Your marks are saved." in answer.content.decode()
    assert Register.objects.get().state == "open"


def test_a_mark_is_corrected_with_a_reason(as_organiser, held):
    held.hold("here", "here", "here", "here")
    correct = address(held, 1, "organise-register-correct", pk=held.places[0].pk)
    answer = as_organiser.post(correct, {"mark": "absent", "reason": ""})
    assert answer.status_code == 400
    assert "Enter why the register was wrong" in answer.content.decode()
    answer = as_organiser.post(correct, {"mark": "absent", "reason": "She sent her apologies"}, follow=True)
    assert "The register is corrected." in answer.content.decode()
    assert Attendance.objects.get(meeting=held.meetings[0], booking=held.places[0]).state == "absent"


def test_meetings_that_wait_are_listed_oldest_first(as_organiser, held):
    held.mark(0, "here", "here", "here", "here")
    held.close(0)
    page = as_organiser.get(reverse("organise-registers")).content.decode()
    assert "Meeting 1" not in page
    assert page.index("Meeting 2") < page.index("Meeting 3")


def test_before_its_day_a_register_only_says_when(as_organiser, today, held):
    today.move_to(held.meetings[2].starts_at.replace(day=19))
    page = as_organiser.get(address(held, 3))
    assert "can be taken from 20 October 2026 on" in page.content.decode()
    assert as_organiser.post(address(held, 3), form(held, "here")).status_code == 409
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("who", ["sam", "outsider", "ann"])
def test_nobody_but_organisers_meets_a_register(request, today, held, who):
    client = signed_in(request.getfixturevalue(who))
    for path in (
        address(held),
        reverse("organise-registers"),
        reverse("organise-report-courses"),
        reverse("organise-report-course", kwargs={"offer": held.run.offer.code}),
        address(held, 1, "organise-register-correct", pk=held.places[0].pk),
    ):
        assert client.get(path).status_code == 404
    assert client.post(address(held), form(held, "here")).status_code == 404
    assert Client().get(address(held)).status_code == 302
    assert not Attendance.objects.exists()


def test_reports_show_attendance_and_no_score_of_three(as_organiser, held):
    held.hold("here", "here", "absent", "absent")
    page = as_organiser.get(reverse("organise-report-courses")).content.decode()
    assert "50%" in page
    assert "Fewer than 5" in page
    one = as_organiser.get(reverse("organise-report-course", kwargs={"offer": held.run.offer.code})).content.decode()
    assert "6 of 12 marks" in one
    assert "Nothing to show" in one
    csv = as_organiser.get(reverse("organise-report-courses") + "?format=csv").content.decode()
    assert "Safeguarding for new leaders,1,50,Fewer than 5,," in csv
