"""The calendar: months of public dates, feeds for other programs, and one's own, which ends when one likes."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from catalogue.models import CourseRun, Offer
from catalogue.services import MeetingTimes, add_run
from catalogue.services.keeping import end_calendar, renew_calendar
from frontend.me.calendar_address import address_of
from marketplace.core.actors import Actor
from marketplace.core.models import User
from tests.frontend.school.conftest import Buying
from tests.frontend.school.visits import text_of
from tests.shop import LONDON, Shop, person

pytestmark = pytest.mark.django_db


def events(answer: Any) -> list[dict[str, str]]:
    """The entries of a feed, unfolded."""
    text = answer.content.decode().replace("\r\n ", "")
    return [
        dict(line.split(":", 1) for line in block.split("\r\n") if ":" in line)
        for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL)
    ]


def test_a_month_shows_its_dates_and_leads_to_the_next_and_the_one_before(course: Offer) -> None:
    page = Client().get("/calendar?month=2027-03")
    said = text_of(page)
    assert "Calendar of courses" in said and "March 2027" in said
    assert "1 meeting in March 2027" in said
    assert "24 Mar 2027, 9:30am to 3:30pm Safeguarding for new leaders Tidewell 20 places left" in said
    assert "month=2027-02" in page.content.decode() and "month=2027-04" in page.content.decode()
    assert "No course meets in September 2026. Dates appear here once they are set" in text_of(
        Client().get("/calendar")
    )


def test_a_day_of_the_grid_narrows_the_list(shop: Shop, course: Offer) -> None:
    shop.run(course, day=date(2027, 3, 25))
    page = text_of(Client().get("/calendar?month=2027-03&day=2027-03-25"))
    assert "1 meeting on 25 March 2027" in page and "24 Mar 2027" not in page and "Show all of March 2027" in page


def test_every_meeting_of_a_series_stands_on_its_day(shop: Shop, actor: Actor) -> None:
    offer = shop.course("series", title="Three evenings")
    starts = [datetime(2027, 3, day, 16, tzinfo=LONDON) for day in (2, 9, 16)]
    times = [MeetingTimes(one, one + timedelta(hours=1)) for one in starts]
    add_run(offer=offer, code="series-1", mode=CourseRun.Mode.ONLINE, capacity=20, meetings=times, actor=actor)
    page = text_of(Client().get("/calendar?month=2027-03"))
    assert [f"Three evenings, meeting {number} of 3 Online" in page for number in (1, 2, 3)] == [True] * 3
    found = events(Client().get("/calendar.ics"))
    assert [one["SUMMARY"] for one in found] == [f"Three evenings ({number} of 3)" for number in (1, 2, 3)]
    assert len({one["UID"] for one in found}) == 3


@pytest.mark.parametrize(
    ("given", "count"),
    [("theme=Reading", 1), ("theme=Finance", 0), ("phase=primary", 1), ("phase=secondary", 0), ("mode=online", 0), ("mode=face_to_face", 1)],
)  # fmt: skip
def test_the_calendar_and_its_feed_are_narrowed_alike(shop: Shop, given: str, count: int) -> None:
    shop.run(shop.course("phonics", themes=["Reading"], phases=["primary"]))
    page = text_of(Client().get(f"/calendar?month=2027-03&{given}"))
    assert f"{count} meeting{'' if count == 1 else 's'} in March 2027" in page
    assert len(events(Client().get(f"/calendar.ics?{given}"))) == count


@pytest.mark.parametrize(
    "given", ["month=2027-13", "month=x", "month=1900-01", "day=31", "page=99", "theme=%00", "mode=by_post", "phase=" + "x" * 300]
)  # fmt: skip
def test_any_query_string_gives_a_page_and_a_feed(course: Offer, given: str) -> None:
    assert Client().get(f"/calendar?{given}").status_code == 200
    assert Client().get(f"/calendar.ics?{given}").status_code == 200


def test_the_public_feed_holds_what_is_public_and_keeps_a_cancelled_date_as_cancelled(
    shop: Shop, course: Offer
) -> None:
    CourseRun.objects.update(joining_link="https://meet.example/secret", joining="The door code is 1234")
    shop.run(
        shop.offer("secret", title="Secret", published=False, kind="course", supply_kind="training"), code="secret-1"
    )
    answer = Client().get("/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    [found] = events(answer)
    assert found["DTSTART"] == "20270324T093000Z" and found["STATUS"] == "CONFIRMED" and found["LOCATION"] == "Tidewell"
    assert b"1234" not in answer.content and b"meet.example" not in answer.content and b"Secret" not in answer.content
    CourseRun.objects.filter(offer=course).update(state="cancelled", cancelled_on=date(2026, 9, 1))
    [cancelled] = events(Client().get("/calendar.ics"))
    assert cancelled["STATUS"] == "CANCELLED" and cancelled["UID"] == found["UID"]
    assert int(cancelled["SEQUENCE"]) > int(found["SEQUENCE"])
    assert (
        "Safeguarding" not in text_of(Client().get("/calendar?month=2027-03")).split("Show")[0].split("In your own")[0]
    )


def test_a_buyer_is_sent_to_their_own_calendar(as_sam: Client, base: str, course: Offer, as_outsider: Client) -> None:
    assert as_sam.get("/calendar?month=2027-03").headers["Location"] == f"{base}/calendar?month=2027-03"
    assert f'href="{base}/find/safeguarding"' in as_sam.get(f"{base}/calendar?month=2027-03").content.decode()
    assert as_outsider.get(f"{base}/calendar").status_code == 404


def own(actor: Actor) -> Any:
    feed = renew_calendar(at=datetime(2026, 9, 1, 10, tzinfo=LONDON), actor=actor)
    return Client().get("/" + address_of(feed).split("/", 3)[3])


def test_ones_own_calendar_says_how_many_places_and_nobodys_name(buying: Buying, sam: Actor, course: Offer) -> None:
    buying.add(course, 2, delegates=["Amina Birch", "Tom Alder"])
    buying.order()
    answer = own(sam)
    [found] = events(answer)
    assert found["SUMMARY"] == "Safeguarding for new leaders" and found["DESCRIPTION"].startswith("2 places booked.")
    assert b"Amina" not in answer.content and b"Sam" not in answer.content


def test_another_schools_places_do_not_stand_in_it(buying: Buying, course: Offer, oakfield: Any, actor: Actor) -> None:
    buying.add(course, 2)
    buying.order()
    assert events(own(person(oakfield, actor, name="Olive Outsider"))) == []


def test_an_address_that_was_ended_changed_or_invented_leads_nowhere(sam: Actor, course: Offer) -> None:
    at = datetime(2026, 9, 1, 10, tzinfo=LONDON)
    first = address_of(renew_calendar(at=at, actor=sam)).removeprefix("http://").split("/", 1)[1]
    assert Client().get(f"/{first}").status_code == 200
    second = address_of(renew_calendar(at=at, actor=sam)).removeprefix("http://").split("/", 1)[1]
    assert Client().get(f"/{first}").status_code == 404 and Client().get(f"/{second}").status_code == 200
    assert Client().get(f"/{second[:-5]}x.ics").status_code == 404
    assert Client().get("/me/calendar/0123~abc.ics").status_code == 404
    User.objects.filter(pk=sam.user_id).update(is_active=False)
    assert Client().get(f"/{second}").status_code == 404
    User.objects.filter(pk=sam.user_id).update(is_active=True)
    end_calendar(actor=sam)
    assert Client().get(f"/{second}").status_code == 404
