"""Working time: the table of the rule, days on which the clocks change, and what holds for any moments and pauses."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.wording import LONDON
from marketplace.core.working_days import is_bank_holiday
from subscriptions.desk.rules.clock import NONE, Hours, Pause, due_at, working_time
from subscriptions.desk.rules.promises import hours_words

WEEK = Hours(frozenset(range(5)), time(8, 30), time(16, 30))
EVERY_NIGHT = Hours(frozenset(range(7)), time(0, 0), time(6, 0))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


MONDAY = date(2026, 10, 5)


def due(start: datetime, minutes: int, *pauses: Pause, hours: Hours = WEEK) -> datetime | None:
    return due_at(start, minutes, hours=[hours], closed=is_bank_holiday, pauses=pauses)


def time_between(start: datetime, end: datetime, *pauses: Pause, hours: Hours = WEEK) -> timedelta:
    return working_time(start, end, hours=[hours], closed=is_bank_holiday, pauses=pauses)


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (at(MONDAY, 9), at(MONDAY, 13)),
        (at(MONDAY, 14, 30), at(date(2026, 10, 6), 10, 30)),
        (at(date(2027, 3, 25), 15, 30), at(date(2027, 3, 30), 11, 30)),  # Good Friday to Easter Monday between
        (at(date(2026, 10, 3), 11), at(MONDAY, 12, 30)),  # on a Saturday
        (at(MONDAY, 6), at(MONDAY, 12, 30)),
        (at(MONDAY, 16, 30), at(date(2026, 10, 6), 12, 30)),
    ],
)
def test_four_working_hours_are_over_when_the_table_says(opened, expected):
    assert due(opened, 240) == expected
    assert time_between(opened, expected) == timedelta(hours=4)


def test_the_clock_stands_while_it_waits_for_the_school():
    waited = Pause(at(MONDAY, 10), at(MONDAY, 12))
    assert due(at(MONDAY, 9), 240, waited) == at(MONDAY, 15)
    assert due(at(MONDAY, 9), 240, Pause(at(MONDAY, 10))) is None
    assert due(at(MONDAY, 9), 60, Pause(at(MONDAY, 10))) == at(MONDAY, 10)  # it had run out when the pause began


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 5), (date(2026, 10, 25), 7), (date(2026, 10, 26), 6)])
def test_a_day_on_which_the_clocks_change_has_as_many_hours_as_it_has(day, hours):
    start, end = at(day, 0), at(day, 6)
    assert time_between(start, end, hours=EVERY_NIGHT) == timedelta(hours=hours)
    assert due(start, hours * 60, hours=EVERY_NIGHT) == end


def test_summer_time_moves_the_hours_and_not_their_length():
    friday, monday = date(2027, 3, 19), date(2027, 4, 5)
    assert time_between(at(friday, 16), at(friday, 20)) == timedelta(minutes=30)
    assert due(at(date(2026, 10, 23), 16), 60) == at(date(2026, 10, 26), 9)
    assert time_between(at(friday, 16), at(monday, 9)) == timedelta(minutes=30 + 30 + 8 * 60 * 8)  # two holidays


def test_hours_that_change_hold_from_their_day_on():
    before = Hours(WEEK.weekdays, WEEK.opens, WEEK.closes, date.min, date(2026, 10, 6))
    longer = Hours(frozenset(range(6)), time(8), time(18), date(2026, 10, 6))
    found = due_at(at(MONDAY, 15, 30), 120, hours=[before, longer], closed=is_bank_holiday)
    assert found == at(date(2026, 10, 6), 9)


def test_a_desk_without_hours_promises_no_moment():
    nobody = Hours(frozenset(), time(9), time(17))
    assert due_at(at(MONDAY, 9), 1, hours=[nobody], closed=is_bank_holiday) is None


BEGIN = datetime(2026, 3, 20, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 400).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
hour_sets = st.sampled_from([WEEK, EVERY_NIGHT, Hours(frozenset({0, 5}), time(1, 15), time(1, 45))])


@st.composite
def some_pauses(draw: st.DrawFn) -> list[Pause]:
    edges = sorted(draw(st.lists(moments, min_size=0, max_size=6)))
    return [Pause(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]


@settings(max_examples=60, deadline=None)
@given(st.lists(moments, min_size=3, max_size=3).map(sorted), hour_sets, some_pauses())
def test_working_time_adds_up_and_never_runs_back(three, hours, pauses):
    first, middle, last = three
    whole = time_between(first, last, *pauses, hours=hours)
    assert time_between(first, middle, *pauses, hours=hours) + time_between(middle, last, *pauses, hours=hours) == whole
    assert NONE <= time_between(first, middle, *pauses, hours=hours) <= whole <= last - first


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 60 * 60), hour_sets, some_pauses())
def test_what_is_due_is_exactly_so_much_working_time_away(start, minutes, hours, pauses):
    found = due(start, minutes, *pauses, hours=hours)
    assert found is not None and found > start
    assert time_between(start, found, *pauses, hours=hours) == timedelta(minutes=minutes)
    assert time_between(start, found - timedelta(seconds=1), *pauses, hours=hours) < timedelta(minutes=minutes)
    assert due(start, minutes + 1, *pauses, hours=hours) > found


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 60 * 40), st.lists(moments, min_size=2, max_size=2).map(sorted), hour_sets)
def test_a_pause_moves_what_is_due_by_the_working_time_in_it(start, minutes, edges, hours):
    pause = Pause(*edges)
    plain, paused = due(start, minutes, hours=hours), due(start, minutes, pause, hours=hours)
    stood = time_between(max(start, pause.start), max(start, pause.end), hours=hours)
    if plain <= pause.start:
        assert paused == plain
    else:
        assert time_between(plain, paused, hours=hours) == stood


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 working minute"),
        (60, "1 working hour"),
        (90, "90 working minutes"),
        (960, "16 working hours"),
        (1_875, "31 working hours and 15 minutes"),
    ],
)
def test_working_time_is_said_in_hours_once_it_is_long(minutes, words):
    assert hours_words(minutes) == words
