"""The sheet of course dates: one line for each date with its meetings, by its code.

``state`` and ``taken`` are for reading. A new code is a new date. Of a date that stands, places, minimum and the day of
decision may change; it is moved or cancelled on its own page, where everybody who booked is told.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from catalogue.models import CourseRun
from catalogue.offer_queries import writable_for
from catalogue.services.running import change_places
from catalogue.services.runs import MAX_CAPACITY, MeetingTimes, add_run
from catalogue.sheets.offers import code_of
from catalogue.sheets.reading import CellWrong, Line, day_of, number_of, one_of, text_of
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput

NAME = "dates"
NEEDED = ("offer", "code", "mode", "meetings", "places")
FOR_READING = ("state", "taken")
COLUMNS = ("offer", "code", "mode", "venue", "meetings", "places", "minimum", "decide_by", "state", "taken")
LONDON = ZoneInfo("Europe/London")
_DAY = r"(\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2})"
_MEETING = re.compile(rf"{_DAY}\s+(\d{{1,2}}:\d{{2}})\s*(?:to|-|–)\s*(?:{_DAY}\s+)?(\d{{1,2}}:\d{{2}})")
_FORM = "24/3/2027 09:30 to 15:30; 31/3/2027 09:30 to 15:30"


def rows(actor: Actor) -> Iterator[list[str]]:
    """The lines of all dates of offers that the actor may change, by offer and beginning."""
    found = CourseRun.objects.filter(offer__in=writable_for(actor)).select_related("offer").prefetch_related("meetings")
    for run in found.order_by("offer__code", "starts_at", "code"):
        minimum = "" if run.min_numbers is None else str(run.min_numbers)
        yield [
            run.offer.code, run.code, str(run.mode), run.venue, meetings_words(times_of(run)), str(run.capacity), minimum,
            f"{run.decide_by:%d/%m/%Y}" if run.decide_by else "", str(run.state), str(run.taken),
        ]  # fmt: skip


def times_of(run: CourseRun) -> list[MeetingTimes]:
    """When its meetings are held; a date without any is one meeting of its own."""
    held = [MeetingTimes(one.starts_at, one.ends_at) for one in run.meetings.all()]
    return held or [MeetingTimes(run.starts_at, run.ends_at)]


def meetings_words(meetings: list[MeetingTimes]) -> str:
    """``24/03/2027 09:30 to 15:30; …``, London time."""
    return "; ".join(
        _meeting_words(one.starts_at.astimezone(LONDON), one.ends_at.astimezone(LONDON)) for one in meetings
    )


def _meeting_words(starts: datetime, ends: datetime) -> str:
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends:%d/%m/%Y %H:%M}"
    return f"{starts:%d/%m/%Y %H:%M} to {until}"


def read_meetings(value: str) -> list[MeetingTimes]:
    """The meetings of a cell. Raises WrongInput where one of them cannot be read."""
    found = []
    for part in value.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        match = _MEETING.fullmatch(part.strip())
        if match is None:
            raise WrongInput(f"Meetings must be like {_FORM}")
        first_day, begins, last_day, ends = match.groups()
        found.append(MeetingTimes(_moment(first_day, begins), _moment(last_day or first_day, ends)))
    if not found:
        raise WrongInput(f"Enter the meetings, like {_FORM}")
    return found


def _moment(day: str, time: str) -> datetime:
    on = day_of("The day of a meeting")(day)
    try:
        at = datetime.strptime(time, "%H:%M").time()  # noqa: DTZ007  its zone is given below
    except ValueError:
        raise WrongInput(f"{time} is no time of day. Meetings must be like {_FORM}") from None
    return timezone.make_aware(datetime.combine(on or date.min, at), LONDON)


class DateWriter:
    """Writes lines of this sheet; reads what all of them need once."""

    def __init__(self, actor: Actor, on: date) -> None:
        self.actor, self.on = actor, on
        self.offers = {one.code: one for one in writable_for(actor)}
        runs = CourseRun.objects.filter(offer__in=[one.pk for one in self.offers.values()])
        self.runs = {one.code: one for one in runs.select_related("offer").prefetch_related("meetings")}

    def key(self, line: Line) -> tuple[str, ...]:
        return (line.read("code", code_of),)

    def write(self, line: Line) -> str:
        """``added``, ``changed`` or ``same``."""
        [code] = self.key(line)
        offer = self.offers.get(line.text("offer"))
        if offer is None:
            raise CellWrong("offer", "There is no offer with this code. Bring in the sheet of offers first")
        given: dict[str, Any] = {
            "mode": CourseRun.Mode(line.read("mode", one_of("Mode", CourseRun.Mode.values))),
            "venue": line.read("venue", text_of("Venue", 120)),
            "meetings": line.read("meetings", read_meetings),
            "capacity": line.read("places", number_of("Places", MAX_CAPACITY)),
            "min_numbers": line.read("minimum", number_of("Minimum", MAX_CAPACITY)),
            "decide_by": line.read("decide_by", day_of("Day of decision")),
        }
        if given["capacity"] is None:
            raise CellWrong("places", "Enter how many places there are")
        standing = self.runs.get(code)
        if standing is None:
            add_run(offer=offer, code=code, actor=self.actor, **given)
            return "added"
        return self._change(standing, offer.code, line, given)

    def _change(self, run: CourseRun, offer: str, line: Line, given: dict[str, Any]) -> str:
        """Places, minimum and day of decision; everything else is refused where it differs."""
        meetings = [(one.starts_at, one.ends_at) for one in given["meetings"]]
        stands = {
            "offer": offer == run.offer.code, "mode": given["mode"] == run.mode,
            "venue": not line.has("venue") or given["venue"] == run.venue,
            "meetings": meetings == [(one.starts_at, one.ends_at) for one in times_of(run)],
        }  # fmt: skip
        for column, same in stands.items():
            if not same:
                raise CellWrong(
                    column, f"{run.code} stands already. Move or cancel it on its own page, so that people are told"
                )
        wanted = {
            "capacity": given["capacity"],
            "min_numbers": given["min_numbers"] if line.has("minimum") else run.min_numbers,
            "decide_by": given["decide_by"] if line.has("decide_by") else run.decide_by,
        }
        if all(getattr(run, name) == value for name, value in wanted.items()):
            return "same"
        change_places(run=run, confirms_itself=run.confirms_itself, on=self.on, actor=self.actor, **wanted)
        return "changed"
