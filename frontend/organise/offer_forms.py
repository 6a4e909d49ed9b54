"""The parts of an offer as forms: each reads what the offer says and gives the changes, in the form of its content."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from catalogue.models import Offer
from catalogue.offer_queries import budget_codes_on
from catalogue.rules.offer_content import MOST_LEVELS, ROLES, Content
from catalogue.rules.phases import PHASES
from frontend.fields import PoundsField, ShortDateField
from marketplace.organisations.models import Organisation

COURSE, DEAL = Offer.Kind.COURSE, Offer.Kind.DEAL
_OTHER = "other"


class PartForm(forms.Form):
    """One part of an offer, filled from what it says now."""

    def __init__(self, data: Any, *, content: Content) -> None:
        super().__init__(data, initial=self.read(content))
        self.content = content

    @staticmethod
    def read(content: Content) -> dict[str, Any]:
        return dict(content)

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class AboutForm(PartForm):
    """What it is."""

    title = forms.CharField(label="Title", max_length=120)
    summary = forms.CharField(
        label="Summary", max_length=300, required=False, help_text="One or two sentences for the list of results",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    description = forms.CharField(
        label="Description", max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="What happens, what one can do afterwards, what to bring. Leave a line empty between paragraphs",
    )  # fmt: skip


class ForWhomForm(PartForm):
    """For whom it is, and what it is found by."""

    phases = forms.MultipleChoiceField(
        label="Phases", choices=[(one, one.capitalize()) for one in PHASES], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label="People", choices=[(one, one) for one in ROLES], required=False, widget=forms.CheckboxSelectMultiple
    )
    themes = forms.CharField(
        label="Themes", required=False, max_length=400, help_text="Separated by commas, like Attendance, Inclusion"
    )

    @staticmethod
    def read(content: Content) -> dict[str, Any]:
        return {**content, "themes": ", ".join(content["themes"])}

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"themes": self.cleaned_data["themes"].split(",")}


class EvidenceForm(PartForm):
    """How well it is shown to work, and where one can read it."""

    evidence = forms.ChoiceField(
        label="Evidence that it works", choices=Offer.Evidence.choices, widget=forms.RadioSelect,
        help_text="As rated by somebody who does not sell it",
    )  # fmt: skip
    evidence_url = forms.CharField(label="Address of the evidence", max_length=300, required=False)


class LevelsForm(PartForm):
    """Packages to choose among, in order; an empty name leaves a level out."""

    def __init__(self, data: Any, *, content: Content) -> None:
        super().__init__(data, content=content)
        levels = content["levels"]
        self.numbers = range(1, min(max(len(levels) + 2, 3), MOST_LEVELS) + 1)
        for number in self.numbers:
            level = levels[number - 1] if number <= len(levels) else {}
            for name, label, most, hint in _LEVEL_FIELDS:
                self.fields[f"{name}_{number}"] = forms.CharField(
                    label=label, required=False, max_length=most, initial=level.get(name, ""), help_text=hint,
                    widget=forms.Textarea(attrs={"rows": 2}) if name == "included" else None,
                )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        rows = [{name: self.cleaned_data[f"{name}_{number}"] for name, *_ in _LEVEL_FIELDS} for number in self.numbers]
        return {"levels": [row for row in rows if row["title"]]}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for number in self.numbers:
            if (given.get(f"included_{number}") or given.get(f"code_{number}")) and not given.get(f"title_{number}"):
                self.add_error(f"title_{number}", f"Enter the name of level {number}")
        return given


_LEVEL_FIELDS = (
    ("title", "Name", 60, ""),
    ("included", "What is included", 600, ""),
    ("code", "Code", 20, "Prices are found by it. Made from the name where it is empty"),
)


class TermForm(PartForm):
    """What one price pays for."""

    term_months = forms.IntegerField(
        label="Months that one price pays for", min_value=1, max_value=60, required=False,
        help_text="12 for a yearly agreement. Leave it empty for what is delivered once",
    )  # fmt: skip


class ElsewhereForm(PartForm):
    """Somebody else's event, booked with them."""

    signposted_url = forms.CharField(
        label="Address where it is booked", max_length=300, required=False,
        help_text="Only for an event of others: it is shown without a price, and schools book it there",
    )  # fmt: skip


class DealForm(PartForm):
    """A group deal: what it saves, who may join, how long it runs."""

    list_price_pence = PoundsField(
        label="Price without the deal",
        least=1,
        required=False,
        help_text="What the supplier asks of anybody, before VAT",
    )
    who_may_join = forms.CharField(label="Who may join", max_length=200, required=False)
    deal_from = ShortDateField(label="Deal from", required=False)
    deal_last = ShortDateField(label="Last day of the deal", required=False)

    @staticmethod
    def read(content: Content) -> dict[str, Any]:
        first, end = (_day(content[name]) for name in ("deal_from", "deal_to"))
        return {**content, "deal_from": first, "deal_last": end - timedelta(days=1) if end else None}

    def changes(self) -> dict[str, Any]:
        given = super().changes()
        last = given.pop("deal_last")
        return given | {"deal_to": last + timedelta(days=1) if last else None}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class AccountsForm(PartForm):
    """What it is in the accounts, and in whose name it is sold."""

    budget = forms.ChoiceField(label="What it is in a school's accounts")
    cfr_code = forms.CharField(label="CFR code", max_length=6, required=False)
    aar_code = forms.CharField(label="Academies' code", max_length=8, required=False)
    supply_kind = forms.ChoiceField(label="Kind of supply, for VAT", choices=Offer.SupplyKind.choices)
    vat_category = forms.ChoiceField(
        label="VAT", required=False, choices=[("", "As the VAT rules say"), *Offer.VatCategory.choices]
    )
    vat_reason = forms.CharField(
        label="Reason", max_length=200, required=False, help_text="Where you decide: it stands on the invoice"
    )
    sold_by = forms.CharField(
        label="Sold by", max_length=200, required=False,
        help_text="Number of the supplier in whose name we sell it. Empty where we sell it ourselves",
    )  # fmt: skip

    def __init__(self, data: Any, *, content: Content) -> None:
        super().__init__(data, content=content)
        rows = [(f"{row.cfr_code} {row.aar_code}", f"{row.sold}: CFR {row.cfr_code}, academies {row.aar_code}")
                for row in budget_codes_on(timezone.localdate())]  # fmt: skip
        # Two things sold may share their codes: the first of them stands for both.
        self.known = dict(reversed(rows))
        choices = [(value, text) for value, text in rows if self.known[value] == text]
        self.fields["budget"].choices = [*choices, (_OTHER, "Other codes, entered below")]  # type: ignore[attr-defined]
        present = f"{content['cfr_code']} {content['aar_code']}"
        self.initial["budget"] = present if present in self.known else _OTHER

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("budget") == _OTHER and not given.get("cfr_code"):
            self.add_error("cfr_code", "Enter the CFR code, or choose what it is above")
        if (number := given.get("sold_by")) and not Organisation.objects.filter(number=number).exists():
            self.add_error("sold_by", f"There is no organisation {number}. An administrator adds it first")
        return given

    def changes(self) -> dict[str, Any]:
        given = super().changes()
        if (budget := given.pop("budget")) != _OTHER:
            given["cfr_code"], given["aar_code"] = budget.split(" ")
        return given | {"sold_by": given["sold_by"] or None}


class EventForm(PartForm):
    """Whether it is a package for exhibitors and sponsors, and of which event."""

    audience = forms.ChoiceField(label="For", choices=Offer.Audience.choices, widget=forms.RadioSelect)
    of_event = forms.CharField(
        label="Code of the event", max_length=60, required=False,
        help_text="Only for exhibitors and sponsors: the course on whose page the package stands",
    )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        return super().changes() | {"of_event": self.cleaned_data["of_event"] or None}


@dataclass(frozen=True)
class Part:
    """A page of the offer: who fills it and for which kinds; ``names`` are the keys of the content that it holds."""

    key: str
    title: str
    form: type[PartForm]
    names: tuple[str, ...]
    organisers: bool = False
    kinds: frozenset[str] = field(default_factory=lambda: frozenset(Offer.Kind.values))


_NOT_COURSE = frozenset(Offer.Kind.values) - {COURSE.value}
PARTS = (
    Part("about", "What it is", AboutForm, ("summary", "description")),
    Part("for-whom", "For whom it is", ForWhomForm, ("phases", "roles", "themes")),
    Part("evidence", "Evidence that it works", EvidenceForm, ("evidence_url",)),
    Part("levels", "Packages and levels", LevelsForm, ("levels",), kinds=_NOT_COURSE),
    Part("term", "How long it lasts", TermForm, ("term_months",), kinds=_NOT_COURSE),
    Part("deal", "The group deal", DealForm, ("list_price_pence", "who_may_join"), kinds=frozenset({DEAL.value})),
    Part("elsewhere", "Booked elsewhere", ElsewhereForm, ("signposted_url",), kinds=frozenset({COURSE.value})),
    Part("accounts", "Accounts, VAT and who sells it", AccountsForm, ("cfr_code",), organisers=True),
    Part("event", "Exhibitors and sponsors", EventForm, ("of_event",), organisers=True),
)


def parts_of(content: Mapping[str, Any], *, organiser: bool) -> list[Part]:
    """The pages of an offer of this kind, for an organiser or for its provider."""
    return [part for part in PARTS if content["kind"] in part.kinds and (organiser or not part.organisers)]


class NewOfferForm(forms.Form):
    """Kind and title; the rest follows part by part."""

    kind = forms.ChoiceField(label="Kind", choices=Offer.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Title", max_length=120)


class AskForm(forms.Form):
    """What is to be changed before it is published."""

    asked = forms.CharField(
        label="What is to be changed", max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The provider reads this",
    )  # fmt: skip
