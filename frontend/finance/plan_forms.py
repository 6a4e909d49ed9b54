"""The forms about subscription levels: a level, and a version of it with its price and what it includes."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from catalogue.rules.classes import PriceClass
from catalogue.rules.phases import PHASES
from catalogue.rules.rule_form import Rule, check_rule
from frontend.fields import ShortDateField, first_upper
from frontend.organise.price_forms import read_rule
from marketplace.core.errors import WrongInput
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.models import PlanVersion
from subscriptions.plans.models import SUPPLIES
from subscriptions.plans.rules.apportioning import read_parts
from subscriptions.plans.rules.billing import BILLINGS
from subscriptions.plans.rules.includes import Included, read_included, written
from subscriptions.services import Terms

_LINES = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
_AMOUNT = forms.TextInput(attrs={"inputmode": "decimal", "spellcheck": "false"})
YEARS = [("09-01", "1 September"), ("04-01", "1 April"), ("01-01", "1 January")]


class PlanForm(forms.Form):
    """A level as schools know it."""

    title = forms.CharField(label="Name", max_length=60, help_text="As schools know it, such as Gold")
    code = forms.SlugField(
        label="Code", max_length=30, help_text="Small letters, digits and hyphens, such as gold. It stays as it is",
        error_messages={"invalid": "Code must be small letters, digits and hyphens, like gold"},
    )  # fmt: skip
    summary = forms.CharField(
        label="Who it is for", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    position = forms.IntegerField(label="Place in the comparison", min_value=1, max_value=99, initial=1)


class VersionForm(forms.Form):
    """What a version costs and includes. ``terms()`` after it was checked."""

    valid_from = ShortDateField(label="For subscriptions that begin from")
    price = forms.CharField(
        label="Price a year", required=False, max_length=16, widget=_AMOUNT, help_text="Before VAT, such as 2000"
    )
    phases = forms.CharField(
        label="Other prices by phase", required=False, max_length=400, widget=_LINES,
        help_text=f"One on each line, such as secondary: 4000. Phases: {', '.join(PHASES)}",
    )  # fmt: skip
    per_pupil = forms.CharField(
        label="And for each pupil",
        required=False,
        max_length=16,
        widget=_AMOUNT,
        help_text="Such as 1.14. Empty: nothing",
    )
    rule = forms.CharField(
        label="Or a price rule", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="JSON as the guide to price rules has it, instead of the boxes above",
    )  # fmt: skip
    includes = forms.CharField(
        label="What is included", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 7}),
        help_text="One thing on each line: 6 places, carry 2 · 2.5 consultant days · 10 downloads · 10% off Leadership · "
        "Network: SENCO · Group deal: Energy",
    )  # fmt: skip
    price_class = forms.ChoiceField(
        label="Subscribers buy courses and services", required=False,
        choices=[("", "At the price class they have anyway")]
        + [(one.code, f"At the {one.words} price") for one in PriceClass.of_buyers()],
    )  # fmt: skip
    benefit = forms.ChoiceField(
        label="Principal benefit", choices=SUPPLIES.choices, initial=SUPPLIES.OTHER,
        help_text="VAT follows it, unless the price is shared out below",
    )  # fmt: skip
    apportionment = forms.CharField(
        label="Shares of the price for VAT", required=False, max_length=400, widget=_LINES,
        help_text="Only where the price is several supplies: one on each line, such as training: 60. Together 100",
    )  # fmt: skip
    year_from = forms.ChoiceField(label="Its year begins on", choices=YEARS)
    billings = forms.MultipleChoiceField(
        label="Ways to pay", choices=BILLINGS, widget=forms.CheckboxSelectMultiple, initial=["year:advance"],
        error_messages={"required": "Choose at least one way to pay"},
    )  # fmt: skip
    prorate = forms.ChoiceField(
        label="Who joins within the year pays", choices=[(one.value, one.words) for one in Prorate], initial="months"
    )
    notice_weeks = forms.IntegerField(label="Weeks of notice", min_value=0, max_value=104, initial=0)
    cfr_code = forms.CharField(label="CFR code", max_length=6, required=False, initial="E22")
    aar_code = forms.CharField(label="Academies' code", max_length=8, required=False, initial="BAE280")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.built: Rule = {}
        self.read: list[Included] = []
        self.parts: list[dict[str, str]] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field, read in (("rule", self._rule), ("includes", self._includes), ("apportionment", self._parts)):
            try:
                read(cleaned)
            except WrongInput as error:
                typed = field if field != "rule" or cleaned.get("rule") else "price"
                self.add_error(typed, error.message)
        return cleaned

    def _rule(self, given: Mapping[str, Any]) -> None:
        self.built = read_rule(given["rule"]) if given.get("rule") else built_rule(given)
        check_rule(self.built)

    def _includes(self, given: Mapping[str, Any]) -> None:
        self.read = read_included(given.get("includes", ""))

    def _parts(self, given: Mapping[str, Any]) -> None:
        lines = [line.partition(":") for line in given.get("apportionment", "").splitlines() if line.strip()]
        self.parts = [
            {"kind": kind.strip().lower(), "weight": weight.strip().removesuffix("%")} for kind, _, weight in lines
        ]
        read_parts(self.parts, SUPPLIES.values)

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            rule=self.built,
            valid_from=given["valid_from"],
            includes=self.read,
            benefit=given["benefit"],
            apportionment=self.parts,
            price_class=PriceClass.of_code(given["price_class"]) if given["price_class"] else None,
            year_from=given["year_from"],
            billings=given["billings"],
            prorate=Prorate(given["prorate"]),
            notice_weeks=given["notice_weeks"],
            cfr_code=given["cfr_code"].strip().upper(),
            aar_code=given["aar_code"].strip().upper(),
        )


def built_rule(given: Mapping[str, Any]) -> Rule:
    """The rule of a price a year, other prices by phase, and an amount for each pupil."""
    if not given.get("price"):
        raise WrongInput("Enter the price a year")
    base: Rule = {"flat": _plain(given["price"])}
    others = []
    for number, line in enumerate((line for line in given.get("phases", "").splitlines() if line.strip()), start=1):
        phase, sign, amount = line.partition(":")
        if not sign or phase.strip().lower() not in PHASES:
            raise WrongInput(f"Line {number} of the prices by phase must be like secondary: 4000")
        others.append({"when": {"phase": phase.strip().lower()}, "flat": _plain(amount)})
    whole: Rule = {"first": [*others, base]} if others else base
    if not given.get("per_pupil"):
        return whole
    return {"sum": [whole, {"rate": _plain(given["per_pupil"]), "per": "pupils"}]}


def _plain(text: str) -> str:
    """ "£1,150.00" as a rule writes it."""
    return text.replace("£", "").replace(",", "").strip()


def initial_of(version: PlanVersion) -> dict[str, Any]:
    """A version as the form shows it; its price as the rule that it is, unless it is one amount."""
    flat = set(version.rule) == {"flat"}
    price_class = PriceClass(version.price_class).code if version.price_class else ""
    return {
        "valid_from": version.valid_from,
        "price": version.rule["flat"] if flat else "",
        "rule": "" if flat else json.dumps(version.rule, indent=1),
        "includes": "\n".join(written(one.included) for one in version.entitlements.all()),
        "price_class": price_class,
        "benefit": version.benefit,
        "apportionment": "\n".join(f"{part['kind']}: {part['weight']}" for part in version.apportionment),
        "year_from": version.year_from,
        "billings": version.billings,
        "prorate": version.prorate,
        "notice_weeks": version.notice_weeks,
        "cfr_code": version.cfr_code,
        "aar_code": version.aar_code,
    }


def benefit_words(version: PlanVersion) -> str:
    """How VAT is decided: "Other services", or the shares."""
    if not version.apportionment:
        return f"{SUPPLIES(version.benefit).label}, as one supply"
    return ", ".join(f"{first_upper(SUPPLIES(part['kind']).label)} {part['weight']}%" for part in version.apportionment)
