"""What is asked about contracts: a contract's terms, its end, a document, and what the register is narrowed to."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from frontend.fields import DatePartsField, PoundsField
from frontend.formats import long_date
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, Person
from subscriptions.models import ContractDocument, OutsideContract
from subscriptions.register.rules.categories import CATEGORIES, category_words
from subscriptions.register.services import MOST_PENCE, MOST_QUOTES, MOST_WEEKS, VAT_CATEGORIES, ContractTerms

RELATED = {
    "none": "No",
    "interest": "Yes, a trustee or governor, or somebody close to one, has an interest",
    "declared": "Yes, and the interest is declared",
}
ENDS = [("", "Any time"), ("3", "Within 3 months"), ("6", "Within 6 months"), ("12", "Within a year")]
NOTICE = [("", "Any time"), ("30", "Within 30 days"), ("90", "Within 90 days"), ("180", "Within 180 days")]
SHOW = [("", "Running, coming or offered"), ("over", "Over"), ("all", "All")]
SOURCE = [("", "With us and with others"), ("ours", "With us"), ("outside", "With others")]
SORTS = [("", "Soonest end"), ("notice", "Soonest notice date"), ("service", "Service"), ("price", "Highest price")]


class ContractForm(forms.Form):
    """The terms of a contract with another supplier. For a trust also which of its schools has it."""

    organisation = forms.ChoiceField(label="School that has it", error_messages={"required": "Choose the school"})
    title = forms.CharField(label="What it is for", max_length=160)
    supplier = forms.CharField(label="Supplier", max_length=160)
    cfr_code = forms.ChoiceField(
        label="Category",
        choices=[("", "Choose a category"), *((code, category_words(code)) for code in CATEGORIES)],
        error_messages={"required": "Choose the category under which the school books it"},
    )
    year = PoundsField(label="Price a year before VAT", most=MOST_PENCE)
    vat_category = forms.ChoiceField(
        label="VAT", choices=list(VAT_CATEGORIES.items()), widget=forms.RadioSelect,
        error_messages={"required": "Choose how the supplier charges VAT"},
    )  # fmt: skip
    vat_percent = forms.CharField(label="VAT rate", required=False, max_length=6)
    first = DatePartsField(label="First day")
    last = DatePartsField(label="Last day")
    renewal = forms.ChoiceField(
        label="What happens when it ends?", choices=OutsideContract.Renewal.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens when it ends"},
    )  # fmt: skip
    notice_weeks = forms.IntegerField(
        label="Weeks of notice", required=False, min_value=0, max_value=MOST_WEEKS,
        error_messages={"invalid": "Weeks of notice must be a whole number, like 12"},
    )  # fmt: skip
    owner = forms.ChoiceField(label="Who looks after it", required=False)
    related = forms.ChoiceField(
        label="Is the supplier a related party?", choices=list(RELATED.items()), widget=forms.RadioSelect,
        error_messages={"required": "Choose whether the supplier is a related party"},
    )  # fmt: skip
    related_role = forms.CharField(label="Who is related, by role", required=False, max_length=80)
    quotes = forms.IntegerField(
        label="Quotes that you had", required=False, min_value=0, max_value=MOST_QUOTES,
        error_messages={"invalid": "Quotes that you had must be a whole number, like 3"},
    )  # fmt: skip
    notes = forms.CharField(label="Notes", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, holders: Iterable[Organisation], owners: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {str(one.pk): one for one in holders}
        self.owners = {str(one.pk): one for one in owners}
        if len(self.holders) < 2:
            del self.fields["organisation"]
        else:
            choices = [("", "Choose a school"), *((pk, one.name) for pk, one in self.holders.items())]
            self.fields["organisation"].choices = choices  # type: ignore[attr-defined]
        people = [("", "Everybody who buys for the school"), *((pk, one.name) for pk, one in self.owners.items())]
        self.fields["owner"].choices = people  # type: ignore[attr-defined]

    def clean_vat_percent(self) -> Decimal:
        text = self.cleaned_data["vat_percent"].strip().removesuffix("%").strip()
        if not text:
            return Decimal(0)
        try:
            percent = Decimal(text)
            rate = (percent / 100).quantize(Decimal("0.0001"))
        except ArithmeticError as error:
            raise forms.ValidationError("VAT rate must be a number of per cent, like 20") from error
        if not percent.is_finite() or not 0 <= rate < 1 or rate * 100 != percent:
            raise forms.ValidationError("VAT rate must be a number of per cent, like 20")
        return rate

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", f"Last day must be on or after {long_date(given['first'])}")
        if given.get("vat_category") == "S" and given.get("vat_percent") == 0:
            self.add_error("vat_percent", "Enter the VAT rate, such as 20")
        if given.get("vat_category") in ("Z", "E", "O") and given.get("vat_percent"):
            self.add_error("vat_percent", "Leave the VAT rate empty: only the standard or reduced rate has one")
        if given.get("related") in ("interest", "declared") and not given.get("related_role"):
            self.add_error("related_role", "Enter who is related by their role, such as chair of trustees")
        return given

    def holder(self) -> Organisation:
        """Whose contract it is."""
        return self.holders[self.cleaned_data["organisation"]] if "organisation" in self.fields else self._only()

    def _only(self) -> Organisation:
        [only] = self.holders.values()
        return only

    def terms(self) -> ContractTerms:
        given = self.cleaned_data
        return ContractTerms(
            supplier=given["supplier"],
            title=given["title"],
            cfr_code=given["cfr_code"],
            year_pence=given["year"],
            term=Period(given["first"], given["last"] + timedelta(days=1)),
            vat_category=given["vat_category"],
            vat_rate=given["vat_percent"],
            notice_weeks=given["notice_weeks"] or 0,
            renewal=given["renewal"],
            owner=self.owners.get(given["owner"]),
            related=given["related"],
            related_role=given["related_role"] if given["related"] != "none" else "",
            quotes=given["quotes"] or 0,
            notes=" ".join(given["notes"].split()),
        )


def initial_of(one: OutsideContract) -> dict[str, Any]:
    """What stands in the form of a contract that is changed."""
    percent = (one.vat_rate * 100).normalize()
    return {
        "title": one.title, "supplier": one.supplier, "cfr_code": one.cfr_code, "year": one.year_pence,
        "vat_category": one.vat_category, "vat_percent": f"{percent:f}" if percent else "", "first": one.term_from,
        "last": one.term_to - timedelta(days=1), "renewal": one.renewal, "notice_weeks": one.notice_weeks or None,
        "owner": str(one.owner_person_id or ""), "related": one.related, "related_role": one.related_role,
        "quotes": one.quotes or None, "notes": one.notes,
    }  # fmt: skip


class EndForm(forms.Form):
    """When a contract ended."""

    last = DatePartsField(label="Last day on which it ran")

    def ended_on(self) -> date:
        found: date = self.cleaned_data["last"] + timedelta(days=1)
        return found


class DocumentForm(forms.Form):
    """A document of a contract."""

    kind = forms.ChoiceField(
        label="What is it?", choices=ContractDocument.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose what the document is"},
    )  # fmt: skip
    title = forms.CharField(label="Title", max_length=120)
    file = forms.FileField(label="File", allow_empty_file=True, error_messages={"required": "Choose the file"})


class ContractFilter(forms.Form):
    """What the register is narrowed to."""

    q = forms.CharField(label="Supplier, service or number", required=False, max_length=60)
    show = forms.ChoiceField(label="Show", choices=SHOW, required=False)
    ends = forms.ChoiceField(label="Ends", choices=ENDS, required=False)
    notice = forms.ChoiceField(label="Notice by", choices=NOTICE, required=False)
    category = forms.ChoiceField(label="Category", required=False)
    related = forms.ChoiceField(
        label="Related party", required=False,
        choices=[("", "Any"), ("none", "Nobody is related"), ("interest", "Not declared"), ("declared", "Declared")],
    )  # fmt: skip
    source = forms.ChoiceField(label="With", choices=SOURCE, required=False)
    sort = forms.ChoiceField(label="Sort by", choices=SORTS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Any"), *((code, category_words(code)) for code in CATEGORIES)]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
