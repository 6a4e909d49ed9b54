"""A course date of the organiser's desk in the world of the access matrix, on which nobody has a place."""

from datetime import date, datetime, timedelta
from typing import Any

from catalogue.models import CourseRun, Offer
from catalogue.services import add_run
from marketplace.core.actors import Actor
from tests.shop import LONDON


def desk_keys(offer: Offer, today: date, actor: Actor) -> dict[str, Any]:
    """A date that is tentative, three months from today."""
    day = today + timedelta(days=91)
    starts = datetime(day.year, day.month, day.day, 10, tzinfo=LONDON)
    made = add_run(
        offer=offer, code="desk-date", mode=CourseRun.Mode.ONLINE, starts_at=starts, ends_at=starts + timedelta(hours=2),
        capacity=10, min_numbers=4, actor=actor,
    )  # fmt: skip
    return {"course_date": made.code}


def desk_bodies(today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do: a date that changed since is neither moved nor cancelled."""
    moment = f"{today + timedelta(days=92)}T10:00:00Z"
    later = f"{today + timedelta(days=92)}T12:00:00Z"
    return {
        "POST /course-dates/{code}/cancellation": {"sequence": 9, "expected_back_pence": 0, "reason": "Too few"},
        "POST /course-dates/{code}/move": {
            "sequence": 9, "venue": "", "mode": "online", "meetings": [{"starts_at": moment, "ends_at": later}],
        },
        "POST /course-dates/{code}/messages": {"subject": "Parking", "text": "Use Mill Lane."},
    }  # fmt: skip
