"""Filters that lists of several packages use."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django_filters import DateTimeFilter


class MomentField(forms.DateTimeField):
    """A moment in any zone, as one of UTC: zones further away than the database knows are turned before it reads them."""

    def clean(self, value: Any) -> datetime | None:
        found = super().clean(value)
        try:
            return found.astimezone(UTC) if found else None
        except OverflowError as error:
            raise forms.ValidationError("Enter a moment such as 2027-03-24T09:30:00Z") from error


class MomentFilter(DateTimeFilter):
    """By a moment."""

    field_class = MomentField
