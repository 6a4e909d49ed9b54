"""Forms of the partnership's pages about council contracts."""

from decimal import Decimal
from typing import Any

from django import forms

from catalogue.models import Offer
from frontend.council.words import NAMES_NO_PUPIL
from frontend.fields import PoundsField, ShortDateField
from frontend.finance.naming import OrganisationField, organisation_called
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.models.schools import BillingClass
from subscriptions.commissions.models import Block, CouncilContract, Indicator, Package, QuarterReturn
from subscriptions.commissions.services.drafting import MOST_YEARS
from subscriptions.commissions.services.returning import NARRATIVE_LIMIT, ReadingTerms
from subscriptions.outcomes.models import OutcomeContract

KINDS = [
    (kind.value, kind.label)
    for kind in (OutcomeContract.Kind.COUNCIL, OutcomeContract.Kind.NHS, OutcomeContract.Kind.DEPARTMENT)
]
VAT = [("S", "20% VAT"), ("E", "Exempt"), ("O", "Outside the scope of VAT")]
PHASES = [("1", "Nursery"), ("2", "Primary"), ("3", "Middle deemed primary"), ("4", "Secondary"), ("5", "Middle deemed secondary"), ("6", "16 plus"), ("7", "All-through"), ("0", "Special and other")]  # fmt: skip
_PERCENT = {"min_value": 0, "max_value": 100, "required": False}


class NewContractForm(forms.Form):
    """A contract of so much a year, paid by quarter, a part of it at risk on one indicator."""

    party = OrganisationField(label="Who buys", help_text="Customer number or name, such as a council")
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    title = forms.CharField(label="Title", max_length=160)
    statutory_basis = forms.CharField(
        label="Statutory basis", max_length=240, help_text="Such as “Children and Families Act 2014, section 36”"
    )
    start = ShortDateField(label="First day")
    years = forms.CharField(
        label="Value of each year before VAT",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One amount in a line, for each year one",
    )
    notice_days = forms.IntegerField(label="Notice in days", min_value=0, max_value=400, initial=90)
    vat = forms.ChoiceField(label="VAT", choices=VAT)
    vat_reason = forms.CharField(label="Why no VAT", max_length=240, required=False)
    at_risk = forms.DecimalField(
        label="Percent at risk", min_value=0, max_value=99, decimal_places=2, initial=0,
        help_text="Of each quarter; 0 for nothing",
    )  # fmt: skip
    indicator = forms.CharField(label="Indicator on which it hangs", max_length=160, required=False)
    indicator_kind = forms.ChoiceField(label="Kind of indicator", choices=Indicator.Kind.choices)
    target = forms.DecimalField(label="Target", min_value=0, required=False)
    weeks = forms.IntegerField(label="Statutory weeks", min_value=1, max_value=104, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for block in Block:
            field = forms.IntegerField(label=f"{block.label}, percent", **_PERCENT)  # type: ignore[arg-type]
            self.fields[f"block_{block.value}"] = field
        if not self.is_bound:
            self.fields[f"block_{Block.COUNCIL}"].initial = 100

    def clean_years(self) -> list[Money]:
        lines = [line.strip() for line in self.cleaned_data["years"].splitlines() if line.strip()]
        if not 1 <= len(lines) <= MOST_YEARS:
            raise forms.ValidationError(f"Enter an amount for each of 1 to {MOST_YEARS} years")
        try:
            found = [Money.parse(line, what="Value of each year") for line in lines]
        except WrongInput as error:
            raise forms.ValidationError(error.message) from None
        if any(one.pence <= 0 for one in found):
            raise forms.ValidationError("Value of each year must be more than £0.00")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if sum(self.weights.values()) != 100:
            self.add_error("block_council", "The percentages of the blocks must add up to 100")
        if given.get("vat") in ("E", "O") and not given.get("vat_reason"):
            self.add_error("vat_reason", "Enter why no VAT is charged")
        if given.get("at_risk"):
            for name, words in (("indicator", "Enter the indicator"), ("target", "Enter the target")):
                if given.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, words)
        return given

    @property
    def weights(self) -> dict[str, int]:
        """The percent of each block."""
        return {block.value: self.cleaned_data.get(f"block_{block.value}") or 0 for block in Block}

    @property
    def treatment(self) -> VatTreatment:
        category, start = self.cleaned_data["vat"], self.cleaned_data["start"]
        return VatTreatment(category, vat_rate_on(category, start), self.cleaned_data["vat_reason"])


class RuleForm(forms.Form):
    """Which schools of the council's area a package's rule finds."""

    phases = forms.MultipleChoiceField(
        label="Phases, for a rule", choices=PHASES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: any",
    )  # fmt: skip
    billing_classes = forms.MultipleChoiceField(
        label="Kinds of school, for a rule", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, one.label) for one in BillingClass if one != BillingClass.OTHER],
        help_text="None chosen: any",
    )  # fmt: skip


class PackageForm(RuleForm):
    """What the contract pays for which schools."""

    title = forms.CharField(label="Title", max_length=120)
    code = forms.SlugField(label="Code", max_length=40, help_text="Letters, digits and hyphens, like inclusion-days")
    what = forms.CharField(label="What it is", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    unit = forms.CharField(label="Unit", max_length=30, help_text="One of it: day, place, visit")
    price = PoundsField(label="Worth of a unit before VAT")
    allocation = forms.DecimalField(label="Units in all", min_value=Decimal("0.01"), decimal_places=2)
    each_most = forms.DecimalField(
        label="Units a school, at most", min_value=Decimal("0.01"), decimal_places=2, required=False
    )
    block = forms.ChoiceField(label="Paid from")
    first = ShortDateField(label="First day")
    last = ShortDateField(label="Last day")
    by = forms.ChoiceField(
        label="For which schools", choices=Package.By.choices, widget=forms.RadioSelect, initial="list"
    )
    confidential = forms.BooleanField(
        label="Schools causing concern: only the commissioner and organisers may know of it", required=False
    )

    def __init__(self, *args: Any, council: CouncilContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blocks = {line.block for line in council.lines.all()}
        self.fields["block"].choices = [(one.value, one.label) for one in Block if one in blocks]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", "Last day must be on or after the first day")
        return given


class AllocationForm(forms.Form):
    """More or fewer units of a package."""

    allocation = forms.DecimalField(label="Units in all", min_value=Decimal("0.01"), max_digits=10, decimal_places=2)
    reason = forms.CharField(
        label="Why it changes", max_length=200, help_text="The commissioner reads this",
        error_messages={"required": "Enter why it changes"},
    )  # fmt: skip


class ListForm(forms.Form):
    """The schools of a list."""

    schools = forms.CharField(
        label="Schools", required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One in a line: URN, customer number or name. Whoever is not in it is taken off",
    )  # fmt: skip

    def clean_schools(self) -> list[Organisation]:
        lines = [line.strip() for line in self.cleaned_data["schools"].splitlines() if line.strip()]
        found = [organisation_called(line) for line in lines]
        return list({one.pk: one for one in found}.values())


class OffersForm(forms.Form):
    """The offers of which the contract pays a share, by their code."""

    offers = forms.CharField(
        label="Offers", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One in a line, its code and the percent that the contract pays: senco-programme: 50",
    )  # fmt: skip

    def clean_offers(self) -> list[tuple[Offer, Decimal]]:
        found = []
        for line in self.cleaned_data["offers"].splitlines():
            if not line.strip():
                continue
            code, _, percent = line.partition(":")
            offer = Offer.objects.filter(code=code.strip()).first()
            if offer is None:
                raise forms.ValidationError(
                    f"There is no offer {code.strip()}. Write its code as it stands in its address"
                )
            figure = percent.strip().rstrip("%")
            if not figure.isdigit() or not 0 < int(figure) <= 100:
                raise forms.ValidationError(
                    f"Write the percent that is paid of {code.strip()}, like {code.strip()}: 50"
                )
            found.append((offer, Decimal(figure) / 100))
        return found


class ReturnForm(forms.Form):
    """The readings and the narrative of a quarter: for each indicator its counts, or its number."""

    narrative = forms.CharField(
        label="What happened in the quarter", required=False, max_length=NARRATIVE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}), help_text=NAMES_NO_PUPIL,
    )  # fmt: skip

    def __init__(self, *args: Any, report: QuarterReturn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["narrative"].initial = report.narrative
        self.indicators = list(report.council.indicators.order_by("code"))
        readings = {one.indicator_id: one for one in report.readings.all()}
        for one in self.indicators:
            read = readings.get(one.pk)
            for name, field in self._fields(one).items():
                self.fields[f"{name}_{one.pk}"] = field
                if read is not None:
                    kept = getattr(read, name)
                    field.initial = f"{kept.normalize():f}" if isinstance(kept, Decimal) else kept

    @staticmethod
    def _fields(one: Indicator) -> dict[str, forms.Field]:
        whole = {"required": False, "min_value": 0, "max_value": 1_000_000}
        if one.kind == Indicator.Kind.NUMBER:
            found: dict[str, forms.Field] = {
                "value": forms.DecimalField(
                    label=f"Number, {one.unit}" if one.unit else "Number", required=False, min_value=0
                )
            }
        else:
            found = {
                "part": forms.IntegerField(label="How many", **whole),  # type: ignore[arg-type]
                "whole": forms.IntegerField(label="Of how many", **whole),  # type: ignore[arg-type]
            }
        if one.kind == Indicator.Kind.WITHIN_WEEKS:
            found["part"].label = f"Finished within {one.weeks} weeks"
            found["whole"].label = "Cases in all, without allowed exceptions"
            found["excepted"] = forms.IntegerField(label="Allowed exceptions", **whole)  # type: ignore[arg-type]
        found["source"] = forms.CharField(label="Where it is from", required=False, max_length=160)
        return found

    def fields_of(self, one: Indicator) -> list[forms.BoundField]:
        """The bound fields of an indicator, in their order."""
        return [self[name] for name in self.fields if name.endswith(f"_{one.pk}") and name != "narrative"]

    def readings(self) -> list[tuple[Indicator, ReadingTerms]]:
        """What was entered, for the indicators of which something was."""
        found = []
        for one in self.indicators:
            value, part, whole = (self.cleaned_data.get(f"{name}_{one.pk}") for name in ("value", "part", "whole"))
            if value is None and part is None and whole is None:
                continue
            terms = ReadingTerms(
                source=self.cleaned_data.get(f"source_{one.pk}") or "Counted by the partnership", value=value, part=part,
                whole=whole, excepted=self.cleaned_data.get(f"excepted_{one.pk}") or 0,
            )  # fmt: skip
            found.append((one, terms))
        return found


class IndicatorForm(forms.Form):
    """One more indicator."""

    name = forms.CharField(label="Name", max_length=160)
    code = forms.SlugField(label="Code", max_length=40, help_text="Letters, digits and hyphens")
    definition = forms.CharField(label="How it is counted", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label="Kind", choices=Indicator.Kind.choices)
    unit = forms.CharField(label="Unit", max_length=40, required=False)
    target = forms.DecimalField(label="Target", min_value=0, decimal_places=4)
    lower_is_better = forms.BooleanField(label="Lower is better", required=False)
    weeks = forms.IntegerField(label="Statutory weeks", min_value=1, max_value=104, required=False)
    due_on = ShortDateField(label="To be reached by")


class StepForm(forms.Form):
    """One more thing to hand over."""

    text = forms.CharField(label="What is handed over", max_length=200)
    due_on = ShortDateField(label="By")
