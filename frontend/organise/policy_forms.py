"""A cancellation policy asked for in words, and what is previewed of one."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from catalogue.rules.cancellation import MODES, WAIVER_REASONS, Basis, Policy
from frontend.fields import DatePartsField
from frontend.policy_words import BASIS_WORDS, MODE_WORDS
from marketplace.trading.services.policies import CODE_LIMIT, TITLE_LIMIT

UNITS = [("working", "working days"), ("calendar", "days"), ("weeks", "weeks")]
SENDING = [("hours", "hours"), *UNITS[:2]]
_PART = re.compile(
    r"(?:(?P<percent>\d{1,3}(?:\.\d{1,2})?) ?%|£ ?(?P<pounds>\d{1,6}(?:\.\d{2})?)(?: (?:an?|per|for each|each) "
    r"(?P<per>place|meeting|half day|day))?)",
    re.IGNORECASE,
)
_EXAMPLES = "Like 100%, 50%, £35, £50 a meeting, or £35 a half day and £70 a day"


class OwedField(forms.CharField):
    """What stays owed, as one would say it; becomes its part of a policy."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("help_text", _EXAMPLES)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return owed_from(text, str(self.label)) if text else None


def owed_from(text: str, what: str) -> dict[str, Any]:
    """ "50%" → {"percent": "50"}; "£35 a half day and £70 a day" → {"fee": {"half_day": "35", "day": "70"}}"""
    if text.strip().lower() in ("nothing", "0", "free"):
        return {"percent": "0"}
    found: dict[str, Any] = {}
    fees: dict[str, str] = {}
    for part in re.split(r",| and ", text.strip()):
        read = _PART.fullmatch(part.strip())
        if read is None:
            raise ValidationError(f"{what} must be {_EXAMPLES[0].lower()}{_EXAMPLES[1:]}")
        if read["percent"]:
            found["percent"] = read["percent"]
        else:
            fees[(read["per"] or "place").lower().replace(" ", "_")] = read["pounds"]
    if set(fees) == {"place"}:
        found["fee"] = fees["place"]
    elif set(fees) == {"meeting"}:
        found |= {"fee": fees["meeting"], "per": "meeting"}
    elif set(fees) == {"half_day", "day"}:
        found["fee"] = {"half_day": fees["half_day"], "day": fees["day"]}
    elif fees:
        raise ValidationError(f"{what} must have one sum, or one for a half day and one for a day")
    return found


def _count(label: str, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=400, required=required)


def _unit(label: str, choices: list[tuple[str, str]] = UNITS) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices)


class PolicyForm(forms.Form):
    """The common shape of a policy; what is left empty is not said."""

    title = forms.CharField(label="Title", max_length=TITLE_LIMIT)
    code = forms.CharField(
        label="Code",
        max_length=CODE_LIMIT,
        help_text="Small letters, digits and hyphens. The code of a policy that is there makes its next version",
    )
    free = _count("Free until", required=True)
    free_unit = _unit("Counted in")
    first_owed = OwedField(label="First step: what stays owed", required=False)
    first = _count("First step: until")
    first_unit = _unit("First step: counted in")
    second_owed = OwedField(label="Second step: what stays owed", required=False)
    second = _count("Second step: until")
    second_unit = _unit("Second step: counted in")
    then = OwedField(label="In the end: what stays owed")
    online = _count("Online, free until")
    online_unit = _unit("Online, counted in")
    free_then = OwedField(label="A free place cancelled late costs", required=False)
    included_then = OwedField(label="A place included in a subscription, cancelled late, costs", required=False)
    absent = OwedField(
        label="A free or included place that nobody comes to costs",
        required=False,
        help_text="If it is more than cancelling late. Like £50, or £50 a meeting",
    )
    late_is_absent = forms.BooleanField(label="Who arrives late counts as not having come", required=False)
    sending = _count("Somebody else may be sent until")
    sending_unit = _unit("Sending somebody else, counted in", SENDING)
    waivers = forms.MultipleChoiceField(
        label="A school may ask for a waiver for",
        choices=list(WAIVER_REASONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for name in ("first", "second"):
            if (given.get(name) is None) != (given.get(f"{name}_owed") is None) and not self.errors:
                self.add_error(name, f"Enter both parts of the {name} step, or neither")
        return given

    @property
    def rule(self) -> Policy:
        """The policy as data."""
        given = self.cleaned_data
        steps = [
            {"until": _days(given[name], given[f"{name}_unit"])} | given[f"{name}_owed"]
            for name in ("first", "second")
            if given[name] is not None
        ]
        cases: list[dict[str, Any]] = []
        if given["online"] is not None:
            cases.append({"mode": "online", "free_until": _days(given["online"], given["online_unit"])})
        for basis, name in (("free", "free_then"), ("included", "included_then")):
            changed = {"then": given[name]} if given[name] else {}
            changed |= {"not_attended": given["absent"]} if given["absent"] else {}
            cases += [{"basis": basis} | changed] if changed else []
        rule: Policy = {"free_until": _days(given["free"], given["free_unit"]), "then": given["then"]}
        rule |= {"steps": steps} if steps else {}
        rule |= {"cases": cases} if cases else {}
        rule |= {"late_is_absent": True} if given["late_is_absent"] else {}
        if given["sending"] is not None:
            rule["substitution_until"] = _days(given["sending"], given["sending_unit"])
        return rule | {"waivers": given["waivers"]}


def _days(count: int, unit: str) -> dict[str, Any]:
    return {unit: count} if unit in ("weeks", "hours") else {"count": count, "days": unit}


class PreviewForm(forms.Form):
    """A date and a place to look at under the policy."""

    day = DatePartsField(label="First day of the course")
    mode = forms.ChoiceField(label="Held", choices=[(mode, MODE_WORDS[mode].capitalize()) for mode in MODES])
    basis = forms.ChoiceField(label="For", choices=[(basis.value, BASIS_WORDS[basis]) for basis in Basis])
    price = forms.DecimalField(label="Price before VAT", min_value=0, max_digits=8, decimal_places=2)
    half_days = forms.IntegerField(label="Meetings of at most 4 hours", min_value=0, max_value=40)
    days = forms.IntegerField(label="Longer meetings", min_value=0, max_value=40)


class ApplyForm(forms.Form):
    """Which offer gets the policy."""

    offer = forms.CharField(label="Code of the offer", max_length=60)
