"""What a buyer chooses about an offer: date, how many, for which school, and what the price depends on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from catalogue.models import CourseRun, Offer
from catalogue.rules.rule_form import Rule, depends_on_quantity, nodes
from catalogue.rules.words import unit_words
from catalogue.services import PlacesGone
from frontend.fields import DatePartsField
from frontend.formats import long_date, plural
from frontend.run_words import UNCERTAIN, times_words
from frontend.school.facts import PREFIX, fact_fields, stated_facts
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation
from subscriptions.slas.rules.terms import TermPlan

MOST_PEOPLE = 100
LEVEL = f"{PREFIX}level"
TERM = f"{PREFIX}term_years"


class OfferForm(forms.Form):
    """The same form asks for a price (get) and puts it in the basket (post)."""

    def __init__(
        self,
        data: Any,
        *,
        offer: Offer,
        runs: Sequence[CourseRun],
        receivers: Sequence[Organisation],
        rule: Rule | None,
        years: Sequence[int] = (),
    ) -> None:
        super().__init__(data)
        self.plan: TermPlan | None = None
        self.refused = ""
        self.offer, self.runs, self.receivers = offer, {run.code: run for run in runs}, receivers
        if offer.kind == Offer.Kind.COURSE:
            self.fields["run"] = _run_field(runs)
            self.fields["people"] = forms.IntegerField(
                label="Number of people", min_value=1, max_value=MOST_PEOPLE, initial=1
            )
        elif rule is not None and depends_on_quantity(rule):
            self.fields["people"] = forms.DecimalField(
                label=f"Number of {_units(rule)}", min_value=Decimal("0.5"), max_value=1000, decimal_places=2, initial=1
            )
        if len(receivers) > 1:
            self.fields["school"] = forms.ChoiceField(
                label="School receiving it", choices=[(str(one.pk), one.name) for one in receivers]
            )
        self.fields.update({**fact_fields(rule), **term_fields(years)})
        self.level_hints = self._choose_level(offer)
        if offer.term_months:
            hint = (
                f"The agreement lasts {plural(offer.term_months, 'month')} from this day. Leave it empty to begin today"
            )
            if years:
                hint = "The agreement begins on this day. Leave it empty to begin today"
            self.fields["starts"] = DatePartsField(label="First day", help_text=hint, required=False)

    def _choose_level(self, offer: Offer) -> dict[str, str]:
        """A choice among the offer's levels, where it has some: what each includes, by its code."""
        levels = list(offer.levels.all()) if offer.kind != Offer.Kind.COURSE else []
        if levels:
            self.fields[LEVEL] = forms.ChoiceField(
                label="Choose a level",
                choices=[(level.code, level.title) for level in levels],
                widget=forms.RadioSelect,
                initial=levels[0].code,
            )
        return {level.code: level.included for level in levels}

    def refuse(self, error: DomainError) -> None:
        """Puts a refusal beside the field it is about, or above the form; unbound, it is kept to be shown."""
        self.refused = error.message
        if self.is_bound:
            field = f"{PREFIX}{error.facts.get('fact', '')}"
            beside = {PlacesGone.code: "run"}.get(error.code, field)
            self.add_error(beside if beside in self.fields else None, error.message)

    def as_query(self) -> str:
        """What was chosen as a query string, so that a price has an address of its own."""
        names = tuple(self.fields)
        given = self.data.lists() if isinstance(self.data, QueryDict) else []
        return urlencode([(name, one) for name, values in given for one in values if name.startswith(names) and one])

    @property
    def run(self) -> CourseRun | None:
        """The date chosen; before choosing, the first with a place left."""
        if self.is_bound:
            return self.runs.get(getattr(self, "cleaned_data", {}).get("run", ""))
        return next((run for run in self.runs.values() if run.places_left > 0), None)

    @property
    def in_view(self) -> CourseRun | None:
        """The date that the page is about: the one chosen, or the first where all are full."""
        return self.run or next(iter(self.runs.values()), None)

    @property
    def quantity(self) -> Decimal:
        return Decimal(self._given("people") or 1)

    @property
    def receiver(self) -> Organisation:
        chosen = self._given("school")
        return next((one for one in self.receivers if str(one.pk) == chosen), self.receivers[0])

    @property
    def facts(self) -> dict[str, Any]:
        """What the buyer stated; before that, what the form proposes."""
        if self.is_bound:
            return stated_facts(self.cleaned_data)
        return stated_facts({name: field.initial for name, field in self.fields.items()})

    @property
    def starts_on(self) -> date | None:
        """The first day of an agreement, where the buyer gave one."""
        return self._given("starts")

    def _given(self, name: str) -> Any:
        return getattr(self, "cleaned_data", {}).get(name) if self.is_bound else None


def _run_field(runs: Sequence[CourseRun]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Choose a date",
        choices=[(run.code, run_words(run)) for run in runs],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the dates listed"},
        initial=next((run.code for run in runs if run.places_left > 0), runs[0].code if runs else None),
    )


def term_fields(years: Sequence[int]) -> dict[str, forms.Field]:
    """The choice of how long to agree it, of an offer that says among how many years; it takes the price rule's place."""
    if not years:
        return {}
    terms = [(str(year), plural(year, "year")) for year in years]
    widget = forms.Select if len(terms) > 1 else forms.HiddenInput
    return {
        TERM: forms.ChoiceField(
            label="Length of the agreement", choices=terms, required=False, initial=terms[0][0], widget=widget
        )
    }


def _units(rule: Rule) -> str:
    found = next((node for node in nodes(rule) if node.get("per") == "quantity"), {})
    return unit_words("quantity", found)[1]


def run_words(run: CourseRun) -> str:
    """ "24 March 2027, Tidewell"."""
    where = "online" if run.mode == CourseRun.Mode.ONLINE else run.venue or run.get_mode_display().lower()
    return f"{long_date(run.starts_at)}, {where}"


def run_hint(run: CourseRun) -> str:
    """ "9:30am to 3:30pm. 5 places left", with every day of a longer one, and whether it is certain."""
    left = f"{plural(run.places_left, 'place')} left" if run.places_left > 0 else "No places left"
    return f"{times_words(run)}. {left}" + (f". {UNCERTAIN}" if run.tentative else "")
