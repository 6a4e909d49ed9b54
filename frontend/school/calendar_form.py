"""What the calendar is narrowed to: theme, phase and mode, as a form and as an address says them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from catalogue.calendar_queries import CalendarChoice
from catalogue.models import CourseRun
from catalogue.rules.phases import PHASES

MODE_WORDS = {str(value): str(label) for value, label in CourseRun.Mode.choices}


class CalendarFilter(forms.Form):
    """What the calendar is narrowed to; an empty choice takes the filter away."""

    theme = forms.ChoiceField(label="Theme", required=False)
    phase = forms.ChoiceField(
        label="Phase", required=False, choices=[("", "All"), *((one, one[:1].upper() + one[1:]) for one in PHASES)]
    )
    mode = forms.ChoiceField(label="How it is held", required=False, choices=[("", "All"), *CourseRun.Mode.choices])

    def __init__(self, data: Mapping[str, Any], themes: list[str]) -> None:
        super().__init__(data)
        chosen = data.get("theme", "")
        listed = themes if not chosen or chosen in themes else [*themes, chosen]
        self.fields["theme"].choices = [("", "All"), *((one, one) for one in listed)]  # type: ignore[attr-defined]


def choice_of(given: Mapping[str, Any]) -> CalendarChoice:
    """What an address asks for, as the database can look for it."""
    plain = {name: str(given.get(name, "")).replace("\0", "")[:60] for name in ("theme", "phase", "mode")}
    return CalendarChoice(**plain)


def choice_words(choice: CalendarChoice) -> str:
    """ "Reading, primary, online"."""
    return ", ".join(one for one in (choice.theme, choice.phase, MODE_WORDS.get(choice.mode, "").lower()) if one)
