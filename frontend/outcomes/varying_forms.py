"""What a variation is asked to change: sums of amounts, more amounts, what is to be shown, statements, the end, prices by heads."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from frontend.fields import PoundsField, ShortDateField
from frontend.formats import long_date, money
from marketplace.core.money import Money
from marketplace.core.periods import Period
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.rules.variation import OPEN_STATES
from subscriptions.outcomes.services.carrying_out import priced_version
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.repricing import Terms, repriced, with_more
from subscriptions.outcomes.services.terms import BandTerms, ItemTerms, MeasureTerms, MilestoneTerms, StatementTerms

FIRST_ROWS, MORE_ROWS, MOST_ROWS = 2, 3, 30
NEW = "new-"
_PERCENT: dict[str, Any] = {"required": False, "max_digits": 7, "decimal_places": 4, "min_value": 0, "max_value": 100}
_ROW: dict[str, dict[str, Any]] = {
    "measure": {
        "name": lambda _: forms.CharField(label="What is to be shown", required=False, max_length=160),
        "kind": lambda _: forms.ChoiceField(label="Kind", choices=Measure.Kind.choices, required=False),
        "due": lambda _: ShortDateField(label="Shown by", required=False),
        "target": lambda _: forms.DecimalField(
            label="Target", required=False, max_digits=14, decimal_places=4, min_value=0
        ),
        "unit": lambda _: forms.CharField(label="Unit", required=False, max_length=40),
    },
    "amount": {
        "name": lambda _: forms.CharField(label="What it is for", required=False, max_length=160),
        "pence": lambda _: PoundsField(label="Amount", required=False, least=1),
        "on": lambda choices: forms.ChoiceField(label="Paid", choices=choices, required=False),
        "first": lambda _: ShortDateField(label="First of its days", required=False),
        "last": lambda _: ShortDateField(label="Last of its days", required=False),
        "due": lambda _: ShortDateField(label="Claimed by", required=False),
    },
    "statement": {
        "cut_off": lambda _: ShortDateField(label="Last day", required=False),
        "pay_on": lambda _: ShortDateField(label="Day of payment", required=False),
    },
    "band": {
        "capacity": lambda _: forms.IntegerField(label="Heads in this band", required=False, min_value=1, max_value=10**7),
        "price": lambda _: PoundsField(label="Price of each", required=False, least=1),
        "service": lambda _: forms.DecimalField(label="Of it paid on time", **_PERCENT),
    },
    "point": {
        "name": lambda _: forms.CharField(label="Milestone", required=False, max_length=160),
        "share": lambda _: forms.DecimalField(label="Share", **_PERCENT),
    },
}  # fmt: skip
_NEEDED = {
    "measure": ("name", "due"), "amount": ("name", "pence", "first", "last"), "statement": ("cut_off", "pay_on"),
    "band": ("capacity", "price"), "point": ("name", "share"),
}  # fmt: skip
_QUIET = ("kind", "on", "service")
"""Fields that are filled in by themselves: a row with nothing else is empty."""


class VariationForm(forms.Form):
    """When, why, and what is different from then on. Empty rows are passed over."""

    valid_from = ShortDateField(label="First day of the new terms")
    reason = forms.CharField(label="Reason", max_length=300, help_text="Both sides read this. Name no pupils.")
    notice_given_on = ShortDateField(label="Day on which notice was given", required=False)
    whole = PoundsField(
        label="What all amounts from that day come to", required=False,
        help_text="It is shared in the proportion of the amounts now. Leave empty to enter each amount below.",
    )  # fmt: skip
    last_day = ShortDateField(label="New last day of the contract", required=False)
    value = PoundsField(
        label="Value of the whole term before VAT", required=False, least=1,
        help_text="Leave empty and it moves with the amounts.",
    )  # fmt: skip

    def __init__(self, *args: Any, contract: OutcomeContract, rows: int = FIRST_ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract, self.count = contract, rows
        self.version = ContractVersion.objects.filter(contract=contract).count() + 1
        self.measures = list(Measure.objects.filter(contract=contract).order_by("due_on", "pk"))
        self.priced = priced_version(contract)
        self.last_statement = Statement.objects.filter(contract=contract).exclude(
            state=Statement.State.CANCELLED
        ).order_by("cut_off").last()  # fmt: skip
        self.fields["last_day"].help_text = f"Now {long_date(contract.valid_to - timedelta(days=1))}"
        found = OutcomeItem.objects.filter(contract=contract, state__in=OPEN_STATES)
        self.items = list(found.order_by("service_from", "due_on", "pk"))
        for item in self.items:
            self.fields[f"item-{item.pk}"] = PoundsField(
                label=item.name, required=False, initial=item.pence, help_text=f"Now {money(item.pence)}"
            )
        self._add_rows(rows)

    def _add_rows(self, rows: int) -> None:
        hangs = [
            ("", "On time"), *((one.code, one.name) for one in self.measures),
            *((f"{NEW}{row}", f"New: what is to be shown {row + 1}") for row in range(rows)),
        ]  # fmt: skip
        there = self._prices_now()
        kinds = ["measure", "amount", "statement", *(("band", "point") if self.priced else ())]
        self.rows_of = {kind: range(max(rows, len(there.get(kind, ())))) for kind in kinds}
        for kind, shown in self.rows_of.items():
            for row in shown:
                initial = there.get(kind, [])[row : row + 1]
                for name, make in _ROW[kind].items():
                    field = make(hangs)
                    if initial:
                        field.initial = initial[0][name]
                    self.fields[f"{kind}-{row}-{name}"] = field

    def _prices_now(self) -> dict[str, list[dict[str, Any]]]:
        if self.priced is None:
            return {}
        self.points = list(self.priced.milestones.all())
        return {
            "band": [
                {"capacity": one.capacity, "price": one.price_pence, "service": _percent(one.service)}
                for one in self.priced.bands.all()
            ],
            "point": [{"name": one.name, "share": _percent(one.share)} for one in self.points],
        }

    def item_fields(self) -> list[Any]:
        """The fields of the amounts that there are."""
        return [self[f"item-{item.pk}"] for item in self.items]

    def row(self, kind: str, number: int) -> dict[str, Any]:
        """The bound fields of one row, by name."""
        return {name: self[f"{kind}-{number}-{name}"] for name in _ROW[kind]}

    def typed(self, kind: str) -> bool:
        """Whether anything was entered in rows of a kind, so that they are shown open."""
        names = [f"{kind}-{row}-{name}" for row in self.rows_of[kind] for name in _ROW[kind] if name not in _QUIET]
        return any(self[name].value() not in (None, "") for name in names)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for kind in self.rows_of:
            for row, values in self._filled(kind):
                for name in _NEEDED[kind]:
                    field = f"{kind}-{row}-{name}"
                    if values.get(name) in (None, "") and field not in self.errors:
                        self.add_error(field, f"Enter the {str(self.fields[field].label).lower()}, or clear the row")
        for row, values in self._filled("amount"):
            if values["first"] and values["last"] and values["last"] < values["first"]:
                self.add_error(f"amount-{row}-last", "The last of its days must be on or after the first")
            on = values["on"] or ""  # none where another choice came than the page offered
            if on.startswith(NEW) and not self.cleaned_data.get(f"measure-{on[len(NEW) :]}-name"):
                self.add_error(f"amount-{row}-on", "Enter what is to be shown, or choose something else")
        for row, values in self._filled("statement"):
            if values["cut_off"] and values["pay_on"] and values["pay_on"] <= values["cut_off"]:
                self.add_error(f"statement-{row}-pay_on", "The day of payment must be after the last day")
        return given

    def _filled(self, kind: str) -> list[tuple[int, dict[str, Any]]]:
        found = []
        for row in self.rows_of.get(kind, ()):
            values = {name: self.cleaned_data.get(f"{kind}-{row}-{name}") for name in _ROW[kind]}
            if any(values[name] not in (None, "") for name in values if name not in _QUIET):
                found.append((row, values))
        return found

    @property
    def valid_to(self) -> date | None:
        """The day after the new last one; none where the contract's end stays."""
        last: date | None = self.cleaned_data["last_day"]
        return last + timedelta(days=1) if last else None

    def terms(self) -> Terms:
        """The changes and the value, as the services take them. Raises WrongInput."""
        given = self.cleaned_data
        prices = {
            item.code: pence for item in self.items
            if (pence := given.get(f"item-{item.pk}")) is not None and pence != item.pence
        }  # fmt: skip
        terms = repriced(self.contract, valid_from=given["valid_from"], whole=given["whole"], prices=prices)
        value = Money(given["value"]) if given["value"] else None
        return with_more(terms, Changes(
            measures=self._measures(), items=self._amounts(), statements=self._statements(), **self._prices(),
        ), value)  # fmt: skip

    def _code(self, kind: str, row: int) -> str:
        return f"v{self.version}-{kind}{row + 1}"

    def _measures(self) -> list[MeasureTerms]:
        return [
            MeasureTerms(
                code=self._code("shown", row), kind=one["kind"] or Measure.Kind.OUTPUT, name=one["name"], due_on=one["due"],
                unit=one["unit"], target=one["target"],
            )
            for row, one in self._filled("measure")
        ]  # fmt: skip

    def _amounts(self) -> list[ItemTerms]:
        """An amount may be claimed from the first of its days; without a day to claim it by, by that of what it hangs on."""
        due = {one.code: one.due_on for one in self.measures} | {one.code: one.due_on for one in self._measures()}
        found = []
        for row, one in self._filled("amount"):
            on = self._code("shown", int(one["on"][len(NEW) :])) if one["on"].startswith(NEW) else one["on"]
            found.append(
                ItemTerms(
                    code=self._code("amount", row), name=one["name"], pence=one["pence"],
                    service=Period(one["first"], one["last"] + timedelta(days=1)), claimed_from=one["first"],
                    due_on=one["due"] or due.get(on, one["last"]), measure=on,
                )
            )  # fmt: skip
        return found

    def _statements(self) -> list[StatementTerms]:
        """Each begins on the day after the one before it."""
        found: list[StatementTerms] = []
        begins = self.last_statement.cut_off + timedelta(days=1) if self.last_statement else self.contract.valid_from
        for _, one in sorted(self._filled("statement"), key=lambda pair: pair[1]["cut_off"]):
            found.append(StatementTerms(begins, one["cut_off"], one["pay_on"]))
            begins = one["cut_off"] + timedelta(days=1)
        return found

    def _prices(self) -> dict[str, Sequence[Any]]:
        """Bands and milestones where they are other than now. A milestone in its own row keeps its code."""
        changed = any(f"{kind}-{row}-{name}" in self.changed_data for kind in ("band", "point")
                      for row in self.rows_of.get(kind, ()) for name in _ROW[kind])  # fmt: skip
        if self.priced is None or not changed:
            return {}
        codes = [one.code for one in self.points]
        return {
            "bands": [
                BandTerms(one["capacity"], one["price"], (one["service"] or Decimal(0)) / 100)
                for _, one in self._filled("band")
            ],
            "milestones": [
                MilestoneTerms(codes[row] if row < len(codes) else self._code("point", row), one["name"], one["share"] / 100)
                for row, one in self._filled("point")
            ],
        }  # fmt: skip


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"
