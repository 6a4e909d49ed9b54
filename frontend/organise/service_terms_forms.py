"""Forms that say how a service is agreed for a term, and what it promises."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalogue.models import Offer
from frontend.fields import DatePartsField
from frontend.formats import plural
from subscriptions.agreements.rules.forms import CreditRule, Prorate
from subscriptions.models import Agreement, Promise, ServiceTerms, TermsDocument
from subscriptions.services import PromiseOf
from subscriptions.slas.queries import PromiseFact
from subscriptions.slas.rules.terms import DOCUMENT, PartYear

_DAY = re.compile(r"(\d{1,2}) ([A-Za-z]{3,9})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PRIORITIES = tuple(Promise.Priority.values)


class DayOfYearField(forms.CharField):
    """ "1 April" → "04-01"; empty stays empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip()
        if not text:
            return ""
        read = _DAY.fullmatch(text)
        month = _MONTHS.index(read[2][:3].lower()) + 1 if read and read[2][:3].lower() in _MONTHS else 0
        try:
            if not read:
                raise ValueError(text)
            return f"{date(2025, month, int(read[1])):%m-%d}"
        except ValueError:
            raise ValidationError(f"{self.label} must be a day of each year, like 1 April") from None


def day_words(code: str) -> str:
    """ "04-01" → "1 April"."""
    return f"{date.fromisoformat(f'2025-{code}'):%-d %B}" if code else ""


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(one.value, one.words) for one in words]


class ServiceTermsForm(forms.Form):
    """How an offer is agreed from now on."""

    years = forms.CharField(
        label="Lengths of the agreement, in years", max_length=30,
        help_text="A school chooses one of them. Like 1, 3, 5",
    )  # fmt: skip
    maintained_starts = DayOfYearField(
        label="Year of maintained schools starts", help_text="Like 1 April. Empty: a year begins with the service"
    )
    academy_starts = DayOfYearField(
        label="Year of academies starts", help_text="Like 1 September. Trusts and independent schools have it too"
    )
    part_year = forms.ChoiceField(
        label="Where a school joins during its year, the part-year up to its next one",
        choices=_choices(PartYear), widget=forms.RadioSelect,
    )  # fmt: skip
    prorate = forms.ChoiceField(label="A part-year is charged", choices=_choices(Prorate), widget=forms.RadioSelect)
    frozen_years = forms.IntegerField(label="Years at one price", min_value=1, max_value=7)
    uplift = forms.DecimalField(
        label="Rise in each year after that", min_value=0, max_value=25, max_digits=4, decimal_places=2,
        help_text="0 keeps the price for the whole term",
    )  # fmt: skip
    notice_weeks = forms.IntegerField(label="Notice before the end of the term", min_value=0, max_value=104)
    renewal = forms.ChoiceField(
        label="Renewal at the end of the term", choices=Agreement.Renewal.choices, widget=forms.RadioSelect
    )
    credit = forms.ChoiceField(
        label="If it ends early, what comes back", choices=_choices(CreditRule), widget=forms.RadioSelect
    )
    terms_code = forms.ChoiceField(label="Terms of service")

    def __init__(self, data: Any, *, standing: ServiceTerms | None) -> None:
        super().__init__(data, initial=_initial(standing))
        newest = TermsDocument.objects.order_by("code", "version").values_list("code", "title")
        titles = {DOCUMENT: "Terms for services", **dict(newest)}
        self.fields["terms_code"].choices = list(titles.items())  # type: ignore[attr-defined]

    def clean_years(self) -> list[int]:
        parts = [part.strip() for part in re.split(r",| or | and ", self.cleaned_data["years"]) if part.strip()]
        if not parts or not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
            raise ValidationError("Lengths of the agreement must be whole numbers of years, like 1, 3")
        return [int(part) for part in parts]

    @property
    def given(self) -> dict[str, Any]:
        """As ``set_service_terms`` takes it."""
        return dict(self.cleaned_data) | {
            "prorate": Prorate(self.cleaned_data["prorate"]),
            "part_year": PartYear(self.cleaned_data["part_year"]),
            "credit": CreditRule(self.cleaned_data["credit"]),
        }


def _initial(standing: ServiceTerms | None) -> dict[str, Any]:
    if standing is None:
        return {
            "years": "1", "prorate": "months", "part_year": "first", "frozen_years": 1, "uplift": "0",
            "notice_weeks": 12, "renewal": "ask", "credit": "months", "terms_code": DOCUMENT,
        }  # fmt: skip
    names = ("prorate", "part_year", "frozen_years", "notice_weeks", "renewal", "credit", "terms_code")
    return {name: getattr(standing, name) for name in names} | {
        "years": ", ".join(map(str, standing.years)),
        "uplift": f"{standing.uplift.normalize():f}",
        "maintained_starts": day_words(standing.maintained_starts),
        "academy_starts": day_words(standing.academy_starts),
    }


class PromisesForm(forms.Form):
    """What is promised for each priority, in hours of working time; a priority left empty is not promised."""

    valid_from = DatePartsField(label="For agreements that begin from")

    def __init__(self, data: Any, *, offer: Offer, on: date, standing: list[PromiseFact]) -> None:
        initial: dict[str, Any] = {"valid_from": on}
        for one in standing:
            initial |= {
                f"{one.priority}_response": _hours(one.response_minutes), f"{one.priority}_fix": _hours(one.fix_minutes),
                f"{one.priority}_credit": f"{one.credit_percent.normalize():f}",
            }  # fmt: skip
        super().__init__(data, initial=initial)
        levels = list(offer.levels.all())
        if levels:
            choices = [("", "Every level"), *((one.code, one.title) for one in levels)]
            self.fields["level"] = forms.ChoiceField(label="Level", choices=choices, required=False)
        for priority in PRIORITIES:
            self.fields[f"{priority}_response"] = _number("Answered within")
            self.fields[f"{priority}_fix"] = _number("Mended within")
            self.fields[f"{priority}_credit"] = _number("Comes back if missed")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The three fields of each priority with its words."""
        return [
            {"words": Promise.Priority(one).label, "fields": [self[f"{one}_{what}"] for what in ("response", "fix", "credit")]}
            for one in PRIORITIES
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        for one in PRIORITIES:
            response, fix = self.cleaned_data.get(f"{one}_response"), self.cleaned_data.get(f"{one}_fix")
            if (response is None) != (fix is None) and not self.errors:
                self.add_error(f"{one}_fix", f"Enter both times for {one}, or neither")
        return self.cleaned_data

    @property
    def promises(self) -> list[PromiseOf]:
        given = self.cleaned_data
        return [
            PromiseOf(one, _minutes(given[f"{one}_response"]), _minutes(given[f"{one}_fix"]), given[f"{one}_credit"] or Decimal(0))
            for one in PRIORITIES
            if given[f"{one}_response"] is not None
        ]  # fmt: skip


def _number(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=999, max_digits=5, decimal_places=2, required=False)


def _minutes(hours: Decimal) -> int:
    return int((hours * 60).to_integral_value())


def _hours(minutes: int) -> str:
    return f"{(Decimal(minutes) / 60).quantize(Decimal('0.01')).normalize():f}"


def promise_words(one: PromiseFact) -> dict[str, str]:
    """A promise as a school reads it."""
    return {
        "priority": Promise.Priority(one.priority).label,
        "response": time_words(one.response_minutes),
        "fix": time_words(one.fix_minutes),
        "credit": f"{one.credit_percent.normalize():f}% of the month" if one.credit_percent else "Nothing",
    }


def time_words(minutes: int) -> str:
    """ "30 minutes", "4 working hours", "1½ working hours"."""
    if minutes < 60:
        return plural(minutes, "minute")
    whole, rest = divmod(minutes, 60)
    if rest == 0:
        return plural(whole, "working hour")
    return f"{whole}½ working hours" if rest == 30 else f"{plural(whole, 'working hour')} {plural(rest, 'minute')}"
