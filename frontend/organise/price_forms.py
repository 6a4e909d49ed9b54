"""The forms about prices: the calculator's question, a new price by its shape, and the end of one."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.rule_checks import WrongPriceRule, check_amount
from catalogue.rules.rule_form import Rule, check_rule
from catalogue.services.rule_files import WrongRuleFile
from frontend.fields import ShortDateField, first_upper
from marketplace.core.errors import WrongInput

MOST_FACTS = 40
CLASS_CHOICES = [(one.code, first_upper(one.words)) for one in PriceClass]
BUYER_CHOICES = [(one.code, first_upper(one.words)) for one in PriceClass.of_buyers()]
SHAPES = [
    ("flat", "One amount"),
    ("each", "For each place, day or licence ordered"),
    ("pupil", "For each pupil"),
    ("bands", "By the number of pupils, in bands"),
    ("json", "Another shape, written as JSON"),
]
_LINES = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})


def read_facts(text: str) -> dict[str, Any]:
    """Lines such as "staff = 38", "phase: primary", "new joiner = yes". Commas make a list. Raises WrongInput."""
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, sign, value = line.partition("=" if "=" in line else ":")
        name = "_".join(name.strip().lower().split())
        if not sign or not name.isidentifier() or not value.strip():
            raise WrongInput(f"Line {number} of the facts must be like: staff = 38")
        found[name] = _value(value.strip())
    if len(found) > MOST_FACTS:
        raise WrongInput(f"Facts must be {MOST_FACTS} lines or fewer")
    return found


def _value(text: str) -> Any:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    return [part.strip() for part in text.split(",") if part.strip()] if "," in text else text


def read_rule(text: str) -> Rule:
    """A price rule typed as JSON, checked."""
    try:
        rule = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise WrongRuleFile(f"Price rule must be JSON: line {line} cannot be read") from None
    check_rule(rule)
    return dict(rule)


class FactsMixin(forms.Form):
    """Facts in lines, read when the form is checked: ``cleaned_data["facts"]`` is a mapping."""

    def clean_facts(self) -> Mapping[str, Any]:
        try:
            return read_facts(self.cleaned_data["facts"])
        except WrongInput as error:
            raise forms.ValidationError(error.message) from None


class CalculatorForm(FactsMixin):
    """What is to be priced, for whom, on which day."""

    offer = forms.CharField(
        label="Code of the offer", required=False, max_length=60, help_text="Or leave it empty and write a rule below"
    )
    rule = forms.CharField(
        label="Price rule", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text='JSON, such as {"rate": "9.50", "per": "staff"}',
    )  # fmt: skip
    organisation = forms.CharField(
        label="Customer number or URN", required=False, max_length=12,
        help_text="Phase and pupils are then those on record. Leave it empty to state them",
    )  # fmt: skip
    price_class = forms.ChoiceField(label="Price class", choices=BUYER_CHOICES, initial=PriceClass.MEMBER.code)
    quantity = forms.DecimalField(
        label="How many", min_value=Decimal("0.01"), max_value=10_000, max_digits=7, decimal_places=2, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "How many must be a number, like 3 or 2.5"},
    )  # fmt: skip
    facts = forms.CharField(
        label="Facts", required=False, max_length=4_000, widget=_LINES,
        help_text="One on each line, such as staff = 38, pupils = 412 or phase = primary",
    )  # fmt: skip
    on = ShortDateField(label="On")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("offer")) == bool(cleaned.get("rule")) and "rule" not in self.errors:
            self.add_error("offer", "Enter the code of an offer or a price rule, and only one of them")
        return cleaned

    def clean_rule(self) -> Rule | None:
        return checked_rule(self.cleaned_data["rule"])


def checked_rule(text: str) -> Rule | None:
    """The rule, or the refusal as the form's own; None where nothing was typed."""
    if not text.strip():
        return None
    try:
        return read_rule(text)
    except WrongInput as error:
        raise forms.ValidationError(error.message) from None


class PriceForm(FactsMixin):
    """A new row of an offer's price list. ``rule()`` is what the shape makes of the amounts."""

    shape = forms.ChoiceField(label="Shape of the price", choices=SHAPES, widget=forms.RadioSelect, initial="each")
    amount = forms.CharField(
        label="Amount", required=False, max_length=16, help_text="Before VAT, such as 140 or 6.35",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    unit = forms.CharField(
        label="What one of them is called",
        required=False,
        max_length=60,
        help_text="Such as day or licence. Empty: place",
    )
    floor = forms.CharField(label="At least", required=False, max_length=16, help_text="A minimum charge")
    cap = forms.CharField(label="At most", required=False, max_length=16, help_text="A maximum charge")
    bands = forms.CharField(
        label="Bands", required=False, max_length=2_000, widget=_LINES,
        help_text="One on each line, such as 100: 765. The last one may be: more: 1224",
    )  # fmt: skip
    json = forms.CharField(
        label="Price rule", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Used for another shape alone. The guide to price rules shows every kind",
    )  # fmt: skip
    price_class = forms.ChoiceField(label="For whom", choices=CLASS_CHOICES, initial=PriceClass.MEMBER.code)
    run = forms.ChoiceField(label="Which date of the course", required=False)
    valid_from = ShortDateField(label="Holds from")
    valid_to = ShortDateField(label="First day on which it no longer holds", required=False)
    facts = forms.CharField(
        label="Facts for the preview", required=False, max_length=4_000, widget=_LINES,
        help_text="What the price asks and no record holds, such as staff = 38. They are not saved",
    )  # fmt: skip

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runs = {run.code: run for run in offer.runs.filter(state=CourseRun.State.OPEN).order_by("starts_at", "pk")}
        choices = [(code, f"{run.starts_on:%-d %B %Y}, {code}") for code, run in self.runs.items()]
        self.fields["run"] = forms.ChoiceField(
            label="Which date of the course", required=False, choices=[("", "All of them"), *choices]
        )
        if not self.runs:
            del self.fields["run"]
        self.built: Rule = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "shape" in cleaned and not self._wrong_amounts(cleaned):
            try:
                self.built = self._rule(cleaned)
                check_rule(self.built)
            except WrongPriceRule as error:
                self.add_error(_field_of(error.message, cleaned["shape"]), error.message)
            except WrongInput as error:
                self.add_error("json" if cleaned["shape"] == "json" else "bands", error.message)
        if cleaned.get("valid_to") and cleaned.get("valid_from") and cleaned["valid_to"] <= cleaned["valid_from"]:
            self.add_error("valid_to", "The price must end after it starts")
        return cleaned

    def _wrong_amounts(self, given: Mapping[str, Any]) -> bool:
        """Says beside each box of a shape with an amount what is missing or no sum of pounds."""
        if given["shape"] == "json":
            return False
        amounts = ["floor", "cap"] if given["shape"] == "bands" else ["amount", "floor", "cap"]
        for name in amounts:
            text = _plain(given.get(name, ""))
            if not text and name == "amount":
                self.add_error(name, "Enter the amount")
            elif text and not _is_amount(text):
                self.add_error(name, f"{self.fields[name].label} must be pounds, like 140 or 6.35")
        return any(name in self.errors for name in amounts)

    def _rule(self, given: Mapping[str, Any]) -> Rule:
        """The rule of the chosen shape."""
        shape = given["shape"]
        if shape == "json":
            if not given.get("json"):
                raise WrongInput("Enter the price rule")
            return read_rule(given["json"])
        limits = {name: _plain(given[name]) for name in ("floor", "cap") if given.get(name)}
        if shape == "bands":
            return {"by": "pupils", "bands": _bands(given.get("bands", "")), **limits}
        amount = _plain(given.get("amount", ""))
        if shape == "flat":
            return {"flat": amount, **limits}
        unit = {"unit": given["unit"]} if given.get("unit") and shape == "each" else {}
        return {"rate": amount, "per": "quantity" if shape == "each" else "pupils", **unit, **limits}

    @property
    def chosen_run(self) -> CourseRun | None:
        return self.runs.get(self.cleaned_data.get("run", ""))

    @property
    def chosen_class(self) -> PriceClass:
        return PriceClass[self.cleaned_data["price_class"].upper()]


def _plain(text: str) -> str:
    """ "£1,150.00" as a rule writes it: "1150.00"."""
    return text.replace("£", "").replace(",", "").strip()


def _is_amount(text: str) -> bool:
    try:
        check_amount(text, "amount")
    except WrongPriceRule:
        return False
    return True


def _field_of(message: str, shape: str) -> str:
    """Beside which box a refusal of the rule stands."""
    if shape in ("json", "bands"):
        return shape
    return next((name for name in ("floor", "cap") if f" {name} of" in message), "amount")


def _bands(text: str) -> list[dict[str, Any]]:
    """Bands from lines "100: 765" and "more: 1224"."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        top, sign, amount = line.partition(":")
        top = top.strip().lower().removeprefix("up to").replace(",", "").strip()
        known = top == "more" or (top.isascii() and top.isdigit() and len(top) < 8)
        if not (sign and known and _is_amount(_plain(amount))):
            raise WrongInput(f"Line {number} of the bands must be like 100: 765, or more: 1224")
        found.append({"price": _plain(amount)} if top == "more" else {"max": int(top), "price": _plain(amount)})
    if not found:
        raise WrongInput("Enter the bands")
    return found


class EndPriceForm(forms.Form):
    """The first day on which a price no longer holds."""

    valid_to = ShortDateField(label="First day on which it no longer holds")
