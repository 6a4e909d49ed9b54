"""What is asked about a course date: its meetings, its places, how to join it, what it costs."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from catalogue.models import CourseRun, Meeting, Offer, RunCost
from catalogue.services import Cost, MeetingTimes
from catalogue.services.run_texts import FURTHEST
from catalogue.services.runs import JOINING_LIMIT, MAX_CAPACITY, MAX_MEETINGS
from frontend.fields import PoundsField, ShortDateField, ShownField
from frontend.formats import clock, long_date
from frontend.rows import rows_shown
from marketplace.trading.services.running import REASON_LIMIT
from marketplace.trading.services.telling import SUBJECT_LIMIT, TEXT_LIMIT

FIRST_ROWS, MORE_ROWS, COST_ROWS = 3, 3, 5
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)


class ClockField(forms.Field):
    """A time of the day as people write it: 9:30, 9.30am, 2pm, 14:00."""

    def to_python(self, value: Any) -> time | None:
        text = str(value or "").strip()
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValidationError(f"{self.label} must be a time, like 9:30am")
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half and not 1 <= hour <= 12:
            raise ValidationError(f"{self.label} must be a time, like 9:30am")
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        if hour > 23 or minute > 59:
            raise ValidationError(f"{self.label} must be a time, like 9:30am")
        return time(hour, minute)

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, time) else value


class MeetingsForm(forms.Form):
    """When and where: a row for each meeting; empty rows are passed over."""

    mode = forms.ChoiceField(label="How it is held", choices=CourseRun.Mode.choices, widget=forms.RadioSelect)
    venue = forms.CharField(
        label="Venue", required=False, max_length=120, help_text="Leave empty when it is only online"
    )

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = range(rows)
        for row in self.rows:
            said = f"meeting {row + 1}"
            self.fields[f"day_{row}"] = ShortDateField(label=f"Day of {said}", required=False)
            self.fields[f"from_{row}"] = ClockField(label=f"Begin of {said}", required=False)
            self.fields[f"to_{row}"] = ClockField(label=f"End of {said}", required=False)
            self.fields[f"at_{row}"] = forms.CharField(label=f"Other venue of {said}", required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for row in self.rows:
            parts = {name: found.get(f"{name}_{row}") for name in ("day", "from", "to")}
            if not any(parts.values()) or all(parts.values()):
                continue
            for name in [name for name, value in parts.items() if not value]:
                if f"{name}_{row}" not in self.errors:
                    label = str(self.fields[f"{name}_{row}"].label)
                    self.add_error(f"{name}_{row}", f"Enter the {label[0].lower()}{label[1:]}")
        if not self.errors and not self.meetings():
            self.add_error("day_0", "Enter the day of meeting 1")
        return found

    def meetings(self) -> list[MeetingTimes]:
        """The rows that were filled in, in their order."""
        given = self.cleaned_data
        return [
            MeetingTimes(
                timezone.make_aware(datetime.combine(given[f"day_{row}"], given[f"from_{row}"])),
                timezone.make_aware(datetime.combine(given[f"day_{row}"], given[f"to_{row}"])),
                given[f"at_{row}"],
            )
            for row in self.rows
            if given.get(f"day_{row}")
        ]


def rows_asked(posted: Any, least: int = FIRST_ROWS) -> int:
    """How many rows of meetings are shown: those there were, and more when the button was pressed."""
    return rows_shown(posted, least=least, more=MORE_ROWS, most=MAX_MEETINGS)


def initial_meetings(meetings: Sequence[Meeting]) -> dict[str, Any]:
    """The rows of meetings that there are."""
    found: dict[str, Any] = {}
    for row, one in enumerate(meetings):
        starts, ends = timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)
        found |= {
            f"day_{row}": starts.date(),
            f"from_{row}": starts.time(),
            f"to_{row}": ends.time(),
            f"at_{row}": one.venue,
        }
    return found


class NewDateForm(MeetingsForm):
    """A new date of a course."""

    offer = forms.ModelChoiceField(
        label="Course", queryset=Offer.objects.none(), to_field_name="code", empty_label="Choose a course"
    )
    capacity = forms.IntegerField(label="Places", min_value=1, max_value=MAX_CAPACITY)
    min_numbers = forms.IntegerField(
        label="Minimum number",
        required=False,
        min_value=1,
        help_text="Leave empty when it takes place whatever the numbers",
    )
    decide_by = ShortDateField(label="Decide by", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = Offer.objects.filter(kind=Offer.Kind.COURSE, state=Offer.State.PUBLISHED)
        self.fields["offer"].queryset = courses.order_by("title", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not self.errors and (first := timezone.localdate(self.meetings()[0].starts_at)) < timezone.localdate():
            self.add_error("day_0", f"{long_date(first)} is over. Enter a first day from today on")
        return found


class PlacesForm(forms.Form):
    """How many places there are and must be taken."""

    capacity = forms.IntegerField(label="Places", min_value=1, max_value=MAX_CAPACITY)
    min_numbers = forms.IntegerField(
        label="Minimum number",
        required=False,
        min_value=1,
        help_text="Leave empty when it takes place whatever the numbers",
    )
    decide_by = ShortDateField(label="Decide by", required=False)
    confirms_itself = forms.BooleanField(label="Confirm it by itself when the minimum is reached", required=False)


class JoiningForm(forms.Form):
    """How to join, and when it is sent."""

    joining = forms.CharField(
        label="Joining instructions", required=False, max_length=JOINING_LIMIT, widget=forms.Textarea,
        help_text="How to get there, what to bring, whom to ask for. Only people with a place see it. Do not name pupils",
    )  # fmt: skip
    joining_link = forms.URLField(
        label="Link to join online", required=False, max_length=300, assume_scheme="https",
        error_messages={"invalid": "Link to join online must be a web address, like https://meet.example.org/abc"},
    )  # fmt: skip
    joining_days = forms.CharField(
        label="Send it so many days before", required=False, max_length=20,
        help_text="Whole numbers, like 7, 1. Leave empty to send nothing",
    )  # fmt: skip

    def clean_joining_days(self) -> list[int]:
        parts = [part for part in re.split(r"[,;\s]+", self.cleaned_data["joining_days"]) if part]
        if any(not part.isascii() or not part.isdigit() or int(part) > FURTHEST for part in parts):
            raise ValidationError(f"Days before must be whole numbers from 0 to {FURTHEST}, like 7, 1")
        return [int(part) for part in parts]


class CopyForm(forms.Form):
    """When the same course begins again."""

    first_day = ShortDateField(label="First day of the new date")


class CancelForm(forms.Form):
    """Why we cancel; the rest is what was shown."""

    reason = forms.CharField(
        label="Reason, for those who booked", max_length=REASON_LIMIT,
        help_text="They read it in the e-mail. Do not name people",
    )  # fmt: skip
    sequence = ShownField()
    expected = ShownField()


class LetterForm(forms.Form):
    """A message to everybody with a place."""

    subject = forms.CharField(label="Subject", max_length=SUBJECT_LIMIT)
    text = forms.CharField(
        label="Message", max_length=TEXT_LIMIT, widget=forms.Textarea, help_text="Do not name pupils"
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    expected = ShownField()


class CostsForm(forms.Form):
    """What a date costs us: a row for each thing; rows without an amount are passed over."""

    def __init__(self, *args: Any, rows: int = COST_ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = range(rows)
        for row in self.rows:
            said = f"cost {row + 1}"
            kinds = [("", ""), *RunCost.Kind.choices]
            self.fields[f"kind_{row}"] = forms.ChoiceField(label=f"Kind of {said}", choices=kinds, required=False)
            self.fields[f"text_{row}"] = forms.CharField(label=f"Words of {said}", max_length=120, required=False)
            self.fields[f"pence_{row}"] = PoundsField(label=f"Amount of {said}", least=1, required=False)
            self.fields[f"by_day_{row}"] = forms.BooleanField(label=f"For each day, {said}", required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for row in self.rows:
            if found.get(f"pence_{row}") and not found.get(f"kind_{row}"):
                self.add_error(f"kind_{row}", f"Choose the kind of cost {row + 1}")
        return found

    def costs(self) -> list[Cost]:
        given = self.cleaned_data
        return [
            Cost(
                RunCost.Kind(given[f"kind_{row}"]), given[f"pence_{row}"], given[f"text_{row}"], given[f"by_day_{row}"]
            )
            for row in self.rows
            if given.get(f"pence_{row}")
        ]


def initial_costs(costs: Sequence[RunCost]) -> dict[str, Any]:
    """The rows of costs that there are."""
    found: dict[str, Any] = {}
    for row, one in enumerate(costs):
        found |= {f"kind_{row}": one.kind, f"text_{row}": one.description, f"by_day_{row}": one.by_day}
        found[f"pence_{row}"] = one.pence
    return found
