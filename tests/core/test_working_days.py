"""England's working days around Christmas and Easter, and against the government's list where it is at
hand.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from marketplace.core.working_days import (
    is_working_day,
    previous_working_day,
    working_days_before,
    working_days_between,
)

BANK_HOLIDAYS = Path(__file__).resolve().parents[3] / "shared" / "data" / "reference" / "bank-holidays.json"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 26), False),  # Boxing Day, a Saturday
        (date(2026, 12, 28), False),  # its substitute
        (date(2026, 12, 29), True),
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), True),
        (date(2027, 3, 26), False),  # Good Friday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 3, 30), True),
        (date(2026, 8, 3), True),  # a bank holiday in Scotland only
        (date(2026, 3, 17), True),  # in Northern Ireland only
    ],
)
def test_days_at_christmas_2026_and_easter_2027(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 12, 28), date(2026, 12, 24)),
        (date(2027, 1, 3), date(2026, 12, 31)),
        (date(2027, 3, 29), date(2027, 3, 25)),
        (date(2027, 3, 30), date(2027, 3, 30)),
    ],
)
def test_the_working_day_on_or_before(day: date, before: date) -> None:
    assert previous_working_day(day) == before


@pytest.mark.parametrize(
    ("event", "count", "day"),
    [
        (date(2027, 1, 5), 1, date(2027, 1, 4)),
        (date(2027, 1, 5), 4, date(2026, 12, 29)),
        (date(2027, 1, 5), 5, date(2026, 12, 24)),
        (date(2027, 3, 31), 2, date(2027, 3, 25)),
        (date(2027, 3, 29), 1, date(2027, 3, 25)),
        (date(2026, 9, 9), 0, date(2026, 9, 9)),
    ],
)
def test_so_many_working_days_before_an_event(event: date, count: int, day: date) -> None:
    assert working_days_before(event, count) == day


def test_working_days_between_count_neither_end() -> None:
    assert working_days_between(date(2026, 12, 24), date(2027, 1, 4)) == 3  # 29, 30, 31 December
    assert working_days_between(date(2027, 3, 25), date(2027, 3, 30)) == 0
    assert working_days_between(date(2026, 9, 7), date(2026, 9, 8)) == 0
    assert working_days_between(date(2026, 9, 8), date(2026, 9, 7)) == 0


@pytest.mark.skipif(not BANK_HOLIDAYS.is_file(), reason="the government's list does not lie beside the project")
def test_every_weekday_agrees_with_the_government_s_list() -> None:
    events = json.loads(BANK_HOLIDAYS.read_text())["england-and-wales"]["events"]
    listed = {date.fromisoformat(event["date"]) for event in events}
    day, wrong, weekdays = min(listed), [], 0
    while day <= max(listed):
        if day.weekday() < 5:
            weekdays += 1
            if is_working_day(day) is (day in listed):
                wrong.append(day)
        day += timedelta(days=1)
    assert weekdays > 4_000
    assert wrong == []
