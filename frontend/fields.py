"""Form fields of our own: a date in three boxes, a date in one, an amount in pounds kept as pence."""

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from marketplace.core.text import first_upper

__all__ = ["DateParts", "DatePartsField", "PoundsField", "ShortDateField", "ShownField", "first_lower", "first_upper"]

MOST_SHOWN = 10**13
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ACRONYMS = ("VAT", "URN", "UKPRN", "CFR", "DBS", "PDF", "CSV", "IR35")


class DateParts(forms.MultiWidget):
    """Three text boxes: day, month, year."""

    PARTS = ("day", "month", "year")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(dict.fromkeys(self.PARTS, forms.TextInput), attrs)

    def decompress(self, value: date | None) -> list[str | None]:
        return [str(value.day), str(value.month), str(value.year)] if value else [None, None, None]


class DatePartsField(forms.MultiValueField):
    """A date asked for in three boxes; refuses one that is incomplete or not in the calendar."""

    widget = DateParts

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("require_all_fields", False)
        super().__init__(fields=[forms.CharField(required=False) for _ in DateParts.PARTS], **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        parts = [part.strip() for part in data_list]
        if not any(parts):
            return None
        named = first_lower(str(self.label or "date"))
        missing = [name for name, part in zip(DateParts.PARTS, parts, strict=True) if not part]
        if missing:
            raise ValidationError(f"{first_upper(named)} must include a {' and '.join(missing)}")
        try:
            day, month, year = (int(part) for part in parts)
            if not 1900 <= year <= 2200:
                raise ValueError(year)
            return date(year, month, day)
        except (ValueError, OverflowError) as error:
            raise ValidationError(f"{first_upper(named)} must be a real date, like 27 3 2027") from error


class ShortDateField(forms.DateField):
    """A date in one box, for finance: reads 1/9/26, 1/9/2026, 1 Sep 2026 and 2026-09-01, day first."""

    FORMATS = ("%d/%m/%y", "%d/%m/%Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", self.FORMATS)
        kwargs.setdefault("widget", forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "text"}))
        super().__init__(**kwargs)
        named = first_upper(str(self.label or "Date"))
        self.error_messages["invalid"] = f"{named} must be a real date, like 1/9/26"

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        if found and not 1900 <= found.year <= 2200:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        """As finance writes days, whoever gave it: a link's 2026-09-01 as well; what is no date stays as it was typed."""
        if isinstance(value, str) and _ISO.fullmatch(value):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        return f"{value:%-d/%-m/%Y}" if isinstance(value, date) else value


class ShownField(forms.IntegerField):
    """What a page showed, sent back in a hidden field: pence, or the id or version of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -MOST_SHOWN, "max_value": MOST_SHOWN, "widget": forms.HiddenInput, **kwargs})


class PoundsField(forms.CharField):
    """An amount typed in pounds, kept in whole pence.

    "1,234.5" and "£1,234.50" are both 123450. Refuses part of a penny, words, and amounts outside ``least``
    to ``most`` (both in pence, both allowed).
    """

    def __init__(self, *, least: int = 0, most: int = 100_000_000_00, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "spellcheck": "false"}))
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self._pence(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:.2f}" if isinstance(value, int) else value

    def _pence(self, text: str) -> int:
        named = first_upper(str(self.label or "Amount"))
        plain = text.replace("£", "").replace(",", "").replace("−", "-").replace(" ", "")
        try:
            pence = Decimal(plain) * 100
        except InvalidOperation as error:
            raise ValidationError(f"{named} must be pounds and pence, like 12.50") from error
        if not pence.is_finite():
            raise ValidationError(f"{named} must be pounds and pence, like 12.50")
        if pence != int(pence):
            raise ValidationError(f"{named} must not have parts of a penny")
        if not self.least <= pence <= self.most:
            low, high = (f"£{Decimal(bound) / 100:,.2f}" for bound in (self.least, self.most))
            raise ValidationError(f"{named} must be between {low} and {high}")
        return int(pence)


def first_lower(text: str) -> str:
    """The text to go on a sentence: "Purchase order" → "purchase order", but "VAT number" stays."""
    starts_with_acronym = text.split(" ")[0].rstrip("s") in ACRONYMS
    return text if starts_with_acronym else text[:1].lower() + text[1:]
