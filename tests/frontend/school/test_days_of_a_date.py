"""A place is for all meetings of a date: each day is told before the order and after it, and whether it is certain."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from catalogue.models import CourseRun
from catalogue.services import MeetingTimes
from frontend.notices.orders import context_of
from frontend.run_words import UNCERTAIN, times_words, when_words
from marketplace.trading.models import Booking
from tests.frontend.school.conftest import Buying, Later
from tests.frontend.school.visits import text_of
from tests.shop import LONDON, Shop

pytestmark = pytest.mark.django_db
DAYS = [date(2026, 12, 10), date(2027, 1, 14), date(2027, 2, 11)]
SAID = "3 meetings, each 9:30am to 3:30pm: 10 December 2026, 14 January and 11 February 2027"


def _at(day: date, hour: int = 9, minute: int = 30, *, hours: int = 6, venue: str = "") -> MeetingTimes:
    starts = datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)
    return MeetingTimes(starts, starts + timedelta(hours=hours), venue)


def _long(shop: Shop, *meetings: MeetingTimes, minimum: int | None = None) -> CourseRun:
    return shop.run(
        shop.course("leading", title="Leading"), code="leading-1", meetings=meetings, min_numbers=minimum,
        decide_by=date(2026, 12, 1) if minimum else None,
    )  # fmt: skip


def test_the_days_are_told_one_by_one_and_a_month_and_year_once(shop: Shop) -> None:
    run = _long(shop, *(_at(day) for day in DAYS))
    assert times_words(run) == when_words(run) == SAID
    near = shop.run(run.offer, code="near", meetings=[_at(date(2027, 2, day)) for day in (25, 26)])
    assert times_words(near) == "2 meetings, each 9:30am to 3:30pm: 25 and 26 February 2027"


def test_other_hours_or_another_room_are_told_with_their_day(shop: Shop) -> None:
    run = _long(shop, _at(DAYS[0]), _at(DAYS[1], 13, 0, hours=2, venue="Fernhill"))
    told = "2 meetings: 10 December 2026, 9:30am to 3:30pm; 14 January 2027, 1pm to 3pm, Fernhill"
    assert when_words(run) == told


def test_a_course_of_one_day_says_its_day_and_times(shop: Shop) -> None:
    run = shop.run(shop.course())
    assert times_words(run) == "9:30am to 3:30pm" and when_words(run) == "24 March 2027, 9:30am to 3:30pm"


def test_every_day_stands_on_the_offer_in_the_basket_on_the_order_and_at_the_place(
    shop: Shop, as_sam: Client, base: str, buying: Buying
) -> None:
    run = _long(shop, *(_at(day) for day in DAYS), minimum=5)
    for address in ("/find/leading", f"{base}/find/leading"):
        page = text_of((Client() if address.startswith("/find") else as_sam).get(address))
        assert f"{SAID}. 20 places left. {UNCERTAIN}" in page
    buying.add(run.offer, 1, run=run)
    page = text_of(as_sam.get(f"{base}/basket"))
    assert f"{SAID}, Tidewell. 1 place." in page and UNCERTAIN in page
    order = buying.order()
    assert f"{SAID}. {UNCERTAIN}" in text_of(as_sam.get(f"{base}/orders/{order.number}"))
    assert f"Leading. {SAID}, Tidewell, for" in text_of(as_sam.get(f"{base}/bookings/{Booking.objects.get().pk}"))
    [line] = context_of(order)["lines"]
    assert line["next"] == f"{SAID}. {UNCERTAIN}"


def test_a_certain_date_says_nothing_of_people_who_must_come(shop: Shop, as_sam: Client, base: str) -> None:
    shop.run(shop.course())
    assert UNCERTAIN not in text_of(as_sam.get(f"{base}/find/safeguarding"))


def test_a_course_is_still_to_come_until_its_last_meeting_is_over(
    shop: Shop, as_sam: Client, base: str, buying: Buying, later: Later
) -> None:
    run = _long(shop, *(_at(day) for day in DAYS))
    buying.add(run.offer, 1, run=run)
    buying.order()
    for day, coming in ((DAYS[1], True), (DAYS[2] + timedelta(days=1), False)):
        later(datetime(day.year, day.month, day.day, 16, 0, tzinfo=LONDON))
        assert ("None of 1 place" in text_of(as_sam.get(f"{base}/bookings"))) is not coming
        assert ("None of 1 place" in text_of(as_sam.get(f"{base}/bookings?show=past"))) is coming
