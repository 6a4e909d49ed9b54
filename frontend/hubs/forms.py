"""Forms of calls for hubs: drawing one up, applying, scoring, deciding."""

from collections.abc import Callable, Iterable
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from frontend.fields import PoundsField, ShortDateField
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.wording import LONDON
from subscriptions.hubs.models import HubCall, HubCriterion, ReviewPoint
from subscriptions.hubs.rules.template import Template, Wanted, read
from subscriptions.hubs.services.applying import Offer
from subscriptions.hubs.services.calls import CallTerms, CriterionTerms
from subscriptions.hubs.services.panel import Points

AREA = forms.Textarea(attrs={"rows": 6})
LINES = forms.Textarea(attrs={"rows": 5})


class CallFilter(forms.Form):
    """What the list of calls is narrowed to."""

    state = forms.ChoiceField(label="State", choices=[("", "All"), *HubCall.State.choices], required=False)


def _figure(words: str, what: str, line: int) -> Decimal:
    try:
        found = Decimal(words.strip().removesuffix("%"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValidationError(f"Line {line}: {what} must be a number, like 40")
    return found


class LinesField(forms.CharField):
    """Rows that are typed one to a line, their parts set apart by a bar: "Track record | 40 | 5"."""

    widget = LINES

    def __init__(self, *, row: Callable[[list[str], int], Any], most: int = 4, **kwargs: Any) -> None:
        self.row, self.most = row, most
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[Any]:
        text = super().clean(value)
        rows = []
        for line, words in enumerate((one for one in text.splitlines() if one.strip()), start=1):
            parts = [part.strip() for part in words.split("|")]
            if len(parts) > self.most:
                raise ValidationError(f"Line {line} has more than {self.most} parts. Use the bar between parts alone")
            rows.append(self.row(parts, line))
        return rows


def _criterion(parts: list[str], line: int) -> CriterionTerms:
    name, weight, most, words = [*parts, "", "", ""][:4]
    points = _figure(most or "5", "most points", line)
    return CriterionTerms(name, _figure(weight or "1", "weight", line), int(points), words)


def _wanted(parts: list[str], line: int) -> Wanted:
    name, weight, target, unit = [*parts, "", "", ""][:4]
    return Wanted(
        slugify(name)[:20] or f"measure-{line}", name[:120], weight=_figure(weight or "1", "weight", line), unit=unit[:40],
        target=_figure(target, "target", line) if target else None,
    )  # fmt: skip


class CallForm(forms.Form):
    """Everything that a call says."""

    kind = forms.ChoiceField(label="What it is for", choices=HubCall.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", max_length=160, error_messages={"required": "Enter a title"})
    priorities = forms.CharField(label="Priorities", widget=AREA, error_messages={"required": "Enter the priorities"})
    needs = forms.CharField(label="Needs", widget=AREA, required=False)
    monthly = PoundsField(label="Paid a month", least=1, error_messages={"required": "Enter what it pays a month"})
    budget = PoundsField(label="Budget", least=1, error_messages={"required": "Enter the budget"})
    starts = ShortDateField(label="First day", error_messages={"required": "Enter the first day"})
    months = forms.IntegerField(
        label="Months", min_value=1, max_value=60, initial=36, error_messages={"required": "Enter the number of months"}
    )
    opens_on = ShortDateField(label="Opens on", error_messages={"required": "Enter when it opens"})
    closes_on = ShortDateField(label="Last day", error_messages={"required": "Enter the last day"})
    closes_at = forms.TimeField(label="Deadline", initial="12:00", input_formats=["%H:%M"])
    outputs = forms.IntegerField(
        label="Hangs on outputs",
        min_value=0,
        max_value=100,
        initial=70,
        error_messages={"required": "Enter what hangs on outputs"},
    )
    outcomes = forms.IntegerField(
        label="Hangs on outcomes",
        min_value=0,
        max_value=100,
        initial=30,
        error_messages={"required": "Enter what hangs on outcomes"},
    )
    output_measures = LinesField(label="Outputs of each term", row=_wanted, required=False, initial="Outputs")
    outcome_measures = LinesField(label="Outcomes of each year", row=_wanted, required=False)
    criteria = LinesField(label="Criteria", row=_criterion, error_messages={"required": "Enter at least one criterion"})
    quorum = forms.IntegerField(
        label="Members who must score",
        min_value=1,
        max_value=20,
        initial=2,
        error_messages={"required": "Enter how many members must score"},
    )

    def terms(self) -> CallTerms:
        """The call as it was typed. The form is valid; refusals of the rules are the service's."""
        given = self.cleaned_data
        start = given["starts"]
        return CallTerms(
            kind=given["kind"], title=given["title"], priorities=given["priorities"], needs=given["needs"],
            monthly=Money(given["monthly"]), budget=Money(given["budget"]), quorum=given["quorum"],
            term=Period(start, add_months(start, given["months"])),
            opens_at=datetime.combine(given["opens_on"], time(0), tzinfo=LONDON),
            closes_at=datetime.combine(given["closes_on"], given["closes_at"], tzinfo=LONDON),
            template=Template(
                Decimal(given["outputs"]) / 100, Decimal(given["outcomes"]) / 100,
                output_measures=tuple(given["output_measures"]), outcome_measures=tuple(given["outcome_measures"]),
            ),
            criteria=tuple(given["criteria"]),
        )  # fmt: skip


def as_typed(call: HubCall) -> dict[str, Any]:
    """A draft as the form shows it."""
    template, closes = read(call.terms), call.closes_at.astimezone(LONDON)
    months = len(list(Period(call.valid_from, call.valid_to).months()))
    return {
        "kind": call.kind, "title": call.title, "priorities": call.priorities, "needs": call.needs,
        "monthly": call.monthly_pence, "budget": call.budget_pence, "starts": call.valid_from, "months": months,
        "opens_on": call.opens_at.astimezone(LONDON).date(), "closes_on": closes.date(), "closes_at": f"{closes:%H:%M}",
        "outputs": int(template.outputs * 100), "outcomes": int(template.outcomes * 100), "quorum": call.quorum,
        "output_measures": _typed(template.output_measures), "outcome_measures": _typed(template.outcome_measures),
        "criteria": "\n".join(
            f"{one.name} | {one.weight.normalize():f} | {one.most_points}" + (f" | {one.words}" if one.words else "")
            for one in call.criteria.all()
        ),
    }  # fmt: skip


def _typed(wanted: Iterable[Wanted]) -> str:
    rows = []
    for one in wanted:
        parts = [one.name, f"{one.weight.normalize():f}"]
        if one.target is not None:
            parts += [f"{one.target.normalize():f}", one.unit]
        rows.append(" | ".join(parts))
    return "\n".join(rows)


class ExtendForm(forms.Form):
    """A later deadline."""

    closes_on = ShortDateField(label="New last day", error_messages={"required": "Enter the new last day"})
    closes_at = forms.TimeField(label="Deadline", initial="12:00", input_formats=["%H:%M"])

    def moment(self) -> datetime:
        return datetime.combine(self.cleaned_data["closes_on"], self.cleaned_data["closes_at"], tzinfo=LONDON)


class ReasonForm(forms.Form):
    """A reason that others read."""

    reason = forms.CharField(label="Reason", max_length=300, error_messages={"required": "Enter the reason"})


class MemberForm(forms.Form):
    """Who scores; the choices are those who hold the role."""

    person = forms.ChoiceField(label="Member of the panel", error_messages={"required": "Choose a member"})

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Choose"), *people]  # type: ignore[attr-defined]


class ApplicationForm(forms.Form):
    """What a school offers; a draft may lack anything."""

    title = forms.CharField(label="Title of your hub", max_length=160, required=False)
    plan = forms.CharField(label="What you would do", widget=AREA, required=False)
    people = forms.CharField(label="Who would lead it", widget=AREA, required=False)
    reach = forms.CharField(label="Whom you would work with", widget=AREA, required=False)
    schools_planned = forms.IntegerField(label="Number of schools", min_value=1, max_value=500, required=False)
    asked = PoundsField(label="What you need over the whole term", least=1, required=False)
    paper = forms.FileField(label="Add a file", required=False)
    partner = forms.CharField(label="Partner's URN", max_length=6, required=False)
    part = forms.CharField(label="What it would do", max_length=200, required=False)

    def clean_part(self) -> str:
        part: str = self.cleaned_data["part"]
        if part and not self.cleaned_data.get("partner") and "partner" not in self.errors:
            self.add_error("partner", "Enter the partner's URN, or leave out what it would do")
        return part

    def offer(self) -> Offer:
        given = self.cleaned_data
        return Offer(
            title=given["title"], plan=given["plan"], people=given["people"], reach=given["reach"],
            schools_planned=given["schools_planned"], asked=Money(given["asked"]) if given["asked"] else None,
        )  # fmt: skip


class ScoreForm(forms.Form):
    """Points for each criterion, with a remark."""

    def __init__(self, *args: Any, criteria: Iterable[HubCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in self.criteria:
            choices = [("", "Choose"), *((str(n), str(n)) for n in range(one.most_points + 1))]
            self.fields[f"points-{one.position}"] = forms.ChoiceField(
                label=f"{one.name}, points of {one.most_points}", choices=choices,
                error_messages={"required": f"Choose the points for {one.name[0].lower()}{one.name[1:]}"},
            )  # fmt: skip
            self.fields[f"words-{one.position}"] = forms.CharField(
                label=f"Why, {one.name[0].lower()}{one.name[1:]}", max_length=500, required=False
            )

    def points(self) -> dict[int, Points]:
        given = self.cleaned_data
        return {
            one.position: Points(int(given[f"points-{one.position}"]), given[f"words-{one.position}"])
            for one in self.criteria
        }


class AgreeForm(forms.Form):
    """What the panel agreed for one criterion."""

    criterion = forms.ChoiceField(label="Criterion", error_messages={"required": "Choose the criterion"})
    points = forms.DecimalField(
        label="Agreed points", max_digits=5, decimal_places=2, error_messages={"required": "Enter the agreed points"}
    )
    reason = forms.CharField(label="Reason", max_length=500, error_messages={"required": "Enter the reason"})

    def __init__(self, *args: Any, criteria: Iterable[HubCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose"), *((str(one.position), one.name) for one in criteria)]
        self.fields["criterion"].choices = choices  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """Whether the application is chosen, for how much, and what its schools read."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("award", "Award: draw up the contract and offer it"), ("decline", "Do not award")],
        widget=forms.RadioSelect, error_messages={"required": "Choose how it is decided"},
    )  # fmt: skip
    value = PoundsField(label="Value over the whole term", least=1, required=False)
    feedback = forms.CharField(
        label="What its schools read", widget=AREA, error_messages={"required": "Enter what its schools read"}
    )


class HoldForm(forms.Form):
    """What a review decides."""

    decision = forms.ChoiceField(
        label="Decision", choices=ReviewPoint.Decision.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to continue, to adjust or to end"},
    )  # fmt: skip
    words = forms.CharField(
        label="What was decided and why", widget=AREA, error_messages={"required": "Enter what was decided and why"}
    )
