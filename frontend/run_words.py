"""On which days a course date is held and whether it is certain, said alike on every page and in e-mails."""

from collections.abc import Iterable
from itertools import pairwise

from django.db.models import prefetch_related_objects

from catalogue.models import CourseRun, Meeting
from frontend.formats import clock, long_date

UNCERTAIN = "It depends on enough people coming; we tell you as soon as it is certain."


def fetch_meetings(runs: Iterable[CourseRun | None]) -> None:
    """The meetings of those that last over several days, in one query; none where each is of one day."""
    prefetch_related_objects([run for run in runs if run is not None and run.starts_on != run.ends_on], "meetings")


def times_words(run: CourseRun) -> str:
    """ "9:30am to 3:30pm", or where it lasts over several days each of them, as one place is for all its meetings:
    "2 meetings, each 9:30am to 3:30pm: 24 March and 14 April 2027"."""
    meetings = list(run.meetings.all()) if run.pk and run.starts_on != run.ends_on else []
    if len(meetings) < 2:
        begins, ends = clock(run.starts_at), clock(run.ends_at)
        if run.starts_on == run.ends_on:
            return f"{begins} to {ends}"
        return f"Begins at {begins}, ends at {ends} on {long_date(run.ends_at)}"
    first, places = _hours(meetings[0]), {one.venue for one in meetings} - {"", run.venue}
    if places or any(_hours(one) != first for one in meetings):
        return f"{len(meetings)} meetings: {'; '.join(_meeting(one, run) for one in meetings)}"
    return f"{len(meetings)} meetings, each {first}: {_days(meetings)}"


def when_words(run: CourseRun) -> str:
    """The same where the day does not stand beside it: "24 March 2027, 9:30am to 3:30pm"."""
    said = times_words(run)
    return f"{long_date(run.starts_at)}, {said}" if run.starts_on == run.ends_on else said


def _hours(meeting: Meeting) -> str:
    return f"{clock(meeting.starts_at)} to {clock(meeting.ends_at)}"


def _meeting(meeting: Meeting, run: CourseRun) -> str:
    where = f", {meeting.venue}" if meeting.venue not in ("", run.venue) else ""
    return f"{long_date(meeting.starts_at)}, {_hours(meeting)}{where}"


def _days(meetings: list[Meeting]) -> str:
    """ "11 February, 4 and 25 March 2027": a month and a year are told once, with the last of their days."""
    days = [long_date(one.starts_at).split() for one in meetings]
    said = [
        " ".join(part for place, part in enumerate(day) if day[place:] != after[place:])
        for day, after in pairwise(days)
    ]
    return f"{', '.join(said)} and {' '.join(days[-1])}"
