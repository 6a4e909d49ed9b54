"""The desk: what the organiser sees of course dates and does to them, and what nobody else sees."""

import re
from datetime import date

import pytest
from django.utils import timezone

from catalogue.models import CourseRun
from marketplace.core.models import Event
from marketplace.trading.models import Booking, RunMessage
from marketplace.trading.services import join_waiting
from tests.frontend.organise.conftest import signed_in

pytestmark = pytest.mark.django_db
MAY = {"day_0": "11/5/2027", "from_0": "10am", "to_0": "3.30pm", "at_0": ""}
ELSEWHERE = {"mode": "face_to_face", "venue": "Fernhill Hall", "rows": "3"} | MAY


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def hidden(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def test_the_list_shows_how_full_a_date_is_and_what_it_brings(olga, run, booked):
    text = words(olga.get("/organise/dates"))
    assert "1 date, £420.00 charged before VAT" in text and "3 of 20, minimum 5" in text
    assert "Tentative decide by 10 Mar 2027" in text
    assert "No dates match" in words(olga.get("/organise/dates?state=done&q=phonics"))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("state=tentative", 1),
        ("state=confirmed", 0),
        ("short=on", 1),
        ("month=2027-03", 1),
        ("month=2027-04", 0),
    ],
)
def test_the_list_is_narrowed_by_state_month_and_minimum(olga, run, query, count):
    assert f"{count} date" in words(olga.get(f"/organise/dates?{query}"))


def test_the_list_is_downloaded_as_a_file(olga, run, booked):
    response = olga.get("/organise/dates?format=csv")
    assert b"safeguarding-20270324,Safeguarding for new leaders,2027-03-24" in response.content
    assert b",420.00," in response.content


def test_a_date_shows_who_comes_but_what_they_need_only_behind_a_button_that_is_logged(olga, run, booked):
    page = words(olga.get(f"/organise/dates/{run.code}"))
    assert "Ann Lee" in page and "1 person told us what they need" in page and "No nuts" not in page
    assert "2 more are needed to reach the minimum of 5. Decide by 10 March 2027." in page
    assert "No nuts" not in words(olga.get(f"/organise/dates/{run.code}/needs"))
    assert not Event.objects.filter(kind="booking.needs_seen").exists()
    assert "No nuts" in words(olga.post(f"/organise/dates/{run.code}/needs"))
    assert Event.objects.filter(kind="booking.needs_seen").count() == 1


def test_nobody_else_is_told_that_the_desk_exists(run, booked, sam):
    buyer = signed_in(sam)
    for path in ("dates", "dates/new", f"dates/{run.code}", f"dates/{run.code}/cancel", "messages", "reports"):
        assert buyer.get(f"/organise/{path}").status_code == 404
    assert buyer.post(f"/organise/dates/{run.code}/needs").status_code == 404


def test_a_date_of_several_meetings_is_added_and_copied(olga, course):
    form = ELSEWHERE | {
        "offer": course.code, "capacity": "12", "min_numbers": "4", "decide_by": "1/5/2027", "do": "add",
        "day_1": "18/5/2027", "from_1": "10:00", "to_1": "12:30", "at_1": "Online room", "day_2": "", "from_2": "",
    }  # fmt: skip
    assert olga.post("/organise/dates/new", form).headers["Location"] == "/organise/dates/safeguarding-20270511"
    made = CourseRun.objects.get(code="safeguarding-20270511")
    assert [(one.held_on.day, one.venue) for one in made.meetings.all()] == [(11, ""), (18, "Online room")]
    olga.post(f"/organise/dates/{made.code}/copy", {"first_day": "1/6/2027"})
    assert [one.held_on.day for one in CourseRun.objects.get(code="safeguarding-20270601").meetings.all()] == [1, 8]


def test_a_wrong_row_is_named_and_what_was_typed_stays(olga, course):
    wrong = ELSEWHERE | {"offer": course.code, "capacity": "12", "do": "add", "from_0": "half nine", "to_0": ""}
    response = olga.post("/organise/dates/new", wrong)
    page = words(response)
    assert response.status_code == 400 and "Begin of meeting 1 must be a time, like 9:30am" in page
    assert "Enter the end of meeting 1" in page and 'value="half nine"' in response.content.decode()
    late = olga.post("/organise/dates/new", wrong | {"from_0": "9am", "to_0": "3pm", "day_0": "11/5/2026"})
    assert late.status_code == 400 and "11 May 2026 is over. Enter a first day from today on" in words(late)
    assert not CourseRun.objects.filter(starts_at__year=2026).exists()
    more = olga.post("/organise/dates/new", wrong | {"do": "more"})
    assert more.status_code == 200 and "Meeting 6" in words(more) and 'value="half nine"' in more.content.decode()


def test_confirming_tells_everybody_with_a_calendar_entry(olga, run, booked, told):
    told()
    olga.post(f"/organise/dates/{run.code}")
    run.refresh_from_db()
    assert run.confirmed_on is not None
    letters = told()
    assert sorted(one.to.split("@")[0].split(".")[0] for one in letters) == ["ann", "sam"]
    assert all(one.subject.startswith("Confirmed: Safeguarding for new leaders") for one in letters)
    assert all(len(one.attachments) == 1 for one in letters)
    assert "409" in str(olga.post(f"/organise/dates/{run.code}").status_code)


def test_cancelling_shows_what_it_does_and_does_exactly_that(olga, run, booked, told):
    told()
    page = olga.get(f"/organise/dates/{run.code}/cancel")
    assert "Cancel this date, £420.00 back to 1 school" in words(page) and "2 addresses are told" in words(page)
    form = {name: hidden(page, name) for name in ("sequence", "expected")}
    empty = olga.post(f"/organise/dates/{run.code}/cancel", form)
    assert empty.status_code == 400 and "Enter the reason" in words(empty)
    changed = olga.post(f"/organise/dates/{run.code}/cancel", form | {"reason": "Speaker ill", "expected": "1"})
    assert (
        changed.status_code == 409
        and "Nothing was done" in words(changed)
        and "Speaker ill" in changed.content.decode()
    )
    done = olga.post(f"/organise/dates/{run.code}/cancel", form | {"reason": "Speaker ill"}, follow=True)
    assert "Cancelled: 3 places, £420.00 back to 1 school" in words(done)
    assert "Nobody has a place: the date is cancelled." in words(done) and "Not sent any more" in words(done)
    assert "Who had a place on the day it was cancelled" in words(done) and "Ann Lee" in words(done)
    assert "Nobody has booked yet" not in words(done) and "/register/" not in done.content.decode()
    assert set(Booking.objects.values_list("state", flat=True)) == {"cancelled"}
    letters = {one.to.split("@")[0].split(".")[0]: one for one in told()}
    assert set(letters) == {"ann", "sam"} and "Speaker ill" in letters["ann"].plain
    assert "£420.00" in letters["sam"].plain and "£420.00" not in letters["ann"].plain


def test_moving_shows_what_it_does_before_the_button_that_does_it(olga, run, booked, told):
    told()
    address = f"/organise/dates/{run.code}/move"
    preview = olga.post(address, ELSEWHERE | {"do": "preview"})
    text = words(preview)
    assert "Move to 11 May 2027 and tell 2 addresses" in text and "cancel free until 8 September 2026" in text
    seen = hidden(preview, "seen")
    other = olga.post(address, ELSEWHERE | {"do": "move", "seen": seen, "day_0": "12/5/2027"})
    assert "Move to 12 May 2027" in words(other) and CourseRun.objects.get().sequence == 0
    assert olga.post(address, ELSEWHERE | {"do": "move", "seen": seen}).status_code == 302
    run.refresh_from_db()
    assert (run.starts_on, run.venue, run.sequence) == (date(2027, 5, 11), "Fernhill Hall", 1)
    assert {one.subject for one in told()} == {"Moved: Safeguarding for new leaders, now on 11 May 2027"}


@pytest.mark.parametrize(
    ("day_1", "said"),
    [
        ({}, "The first day must be in the future, and 11 May 2026 is not. Choose a later day."),
        ({"day_1": "4/5/2027", "from_1": "10am", "to_1": "3pm"}, "must follow each other"),
    ],
)
def test_times_to_which_nothing_can_move_are_refused_before_they_are_shown(olga, run, booked, day_1, said):
    days = {"day_0": "11/5/2027"} if day_1 else {"day_0": "11/5/2026"}
    refused = olga.post(f"/organise/dates/{run.code}/move", ELSEWHERE | days | day_1 | {"do": "preview"})
    assert refused.status_code == 409 and said in words(refused)
    assert "Then it is held" not in words(refused) and days["day_0"] in refused.content.decode()


def test_a_message_goes_to_everybody_once(olga, run, booked, told):
    told()
    address = f"/organise/dates/{run.code}/message"
    page = olga.get(address)
    assert "1 person at their own, 1 who booked" in words(page) and "Do not name pupils" in words(page)
    form = {name: hidden(page, name) for name in ("key", "expected")} | {"subject": "Parking", "text": "Use Mill Lane."}
    for _ in range(2):
        assert olga.post(address, form).status_code == 302
    assert RunMessage.objects.get().readers == 2
    assert [("Use Mill Lane." in one.plain, one.attachments) for one in told()] == [(True, []), (True, [])]
    assert "Parking" in words(olga.get("/organise/messages"))


def test_costs_say_from_how_many_places_on_it_pays(olga, run, booked):
    olga.post(
        f"/organise/dates/{run.code}/costs",
        {"kind_0": "venue", "pence_0": "500", "kind_1": "speaker", "pence_1": "350.50"},
    )
    assert "£850.50; at £140.00 a place it pays from 7 places on" in words(olga.get(f"/organise/dates/{run.code}"))
    wrong = olga.post(f"/organise/dates/{run.code}/costs", {"pence_0": "500"})
    assert wrong.status_code == 400 and "Choose the kind of cost 1" in words(wrong)


def test_places_and_joining_instructions_are_changed_in_the_pages_words(olga, run, booked):
    places = {"capacity": "2", "min_numbers": "", "decide_by": ""}
    assert "3 places are taken, so there cannot be 2" in words(olga.post(f"/organise/dates/{run.code}/places", places))
    assert olga.post(f"/organise/dates/{run.code}/places", places | {"capacity": "30"}).status_code == 302
    joining = {"joining": "Ask for Jo", "joining_link": "meet", "joining_days": "7, x"}
    wrong = words(olga.post(f"/organise/dates/{run.code}/joining", joining))
    assert "must be a web address" in wrong and "must be whole numbers from 0 to 60" in wrong
    good = {"joining_link": "https://meet.example.org/a", "joining_days": "3"}
    assert olga.post(f"/organise/dates/{run.code}/joining", joining | good).status_code == 302
    run.refresh_from_db()
    assert (run.capacity, run.joining_days, run.joining) == (30, [3], "Ask for Jo")


def test_places_that_are_added_say_how_many_of_them_are_offered(olga, run, booked, sam):
    CourseRun.objects.filter(pk=run.pk).update(capacity=3)
    run.refresh_from_db()
    school = booked.organisation
    join_waiting(run=run, organisation=school, school=school, seats=2, together=True, at=timezone.now(), actor=sam)
    more = {"capacity": "5", "min_numbers": "", "decide_by": ""}
    page = words(olga.post(f"/organise/dates/{run.code}/places", more, follow=True))
    assert "The date has 5 places now. 2 places offered to those who wait." in page
    assert "Offered to those who wait 2 places See" in page


def test_reports_say_how_full_the_year_is(olga, run, booked):
    text = words(olga.get("/organise/reports"))
    assert "1 date brings £420.00, most of it in March 2027" in text and "15%" in text
    assert b"month,March 2027,1,0,20,3,420.00" in olga.get("/organise/reports?format=csv").content


def test_home_says_what_waits_for_the_organiser(olga_acts, run, booked, today):
    today.move_to("2027-03-01 10:00:00+00:00")
    text = words(signed_in(olga_acts).get("/"))
    assert "Decide on Safeguarding for new leaders on 24 March 2027: 3 of at least 5" in text
    today.move_to("2027-03-12 10:00:00+00:00")
    text = words(signed_in(olga_acts).get("/"))
    assert "It was to be decided by 10 March 2027" in text and "1 person has needs on" in text
