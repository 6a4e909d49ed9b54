"""Drawing a contract up, and a draft up again: one page, what it would come to by the same calculation, then the draft."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.formats import money
from frontend.jinja import url
from frontend.organise.access import READ_AND_WRITE, OrganiserRequest, show
from frontend.organise.outcome_access import contract_page
from frontend.outcomes.heads_words import terms_of_plan
from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import outcome_contract_for
from subscriptions.outcomes.rules.drawing_up import Outcome, Plan
from subscriptions.outcomes.rules.heads_variation import HeadsBand, HeadsPoint, HeadsPrices
from subscriptions.outcomes.services.contracting import DRAWING_UP
from subscriptions.outcomes.services.drafting import discard_contract
from subscriptions.outcomes.services.drawing_up import (
    Planned,
    draft_by_plan,
    planned_of,
    preview_contract,
    redraft_by_plan,
)

Kind = OutcomeContract.Kind
_KINDS = [
    (one.value, f"{one.label}: {'we pay' if one in (Kind.HUB, Kind.CENTRE) else 'they pay us'}")
    for one in (Kind.HUB, Kind.CENTRE, Kind.COUNCIL, Kind.NHS, Kind.DEPARTMENT)
]
_EVERY = [
    ("month", "Every month"), ("quarter", "Every three months"), ("term", "Every four months: school terms"),
    ("half", "Every six months"), ("year", "Every year"),
]  # fmt: skip
_VAT = {
    "O": ("Outside VAT: a grant, nothing is supplied for it", "Grant: not a supply"),
    "S": ("Standard rate", ""),
    "E": ("Exempt: education by an eligible body", "Education by an eligible body"),
}
_PERCENT: dict[str, Any] = {"max_digits": 7, "decimal_places": 4, "min_value": 0, "max_value": 100, "initial": 0}


class DrawingForm(forms.Form):
    """A contract in a few words."""

    kind = forms.ChoiceField(label="Kind", choices=_KINDS, widget=forms.RadioSelect)
    customer = forms.CharField(label="Customer number", max_length=20, help_text="It stands on the organisation's page")
    title = forms.CharField(label="Title", max_length=160)
    first_day = ShortDateField(label="First day")
    months = forms.IntegerField(label="How many months it runs", min_value=1, max_value=120)
    value = PoundsField(label="Value of the whole term before VAT", least=1)
    every = forms.ChoiceField(label="How often it pays", choices=_EVERY, widget=forms.RadioSelect)
    pay_day = forms.IntegerField(
        label="Day of the month after, on which it is paid", min_value=1, max_value=28, initial=25,
        help_text="On a weekend or bank holiday the working day before",
    )  # fmt: skip
    on_time = forms.DecimalField(label="Paid on time, in percent", **_PERCENT)
    on_outputs = forms.DecimalField(label="Paid once each period's output is verified, in percent", **_PERCENT)
    output = forms.CharField(
        label="The output", required=False, max_length=80, help_text="Such as: Termly plan delivered"
    )
    on_outcomes = forms.DecimalField(label="Paid once outcomes are verified, in percent", **_PERCENT)
    outcomes = forms.CharField(
        label="The outcomes, one a line with its weight", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as: Reading at the expected standard, 50. Name no pupils.",
    )  # fmt: skip
    yearly = forms.BooleanField(label="Outcomes are shown once a year, not each period", required=False)
    outcomes_due = ShortDateField(label="Day by which the first year's outcomes are shown", required=False)
    evidence = forms.CharField(
        label="What evidence is asked for",
        required=False,
        max_length=160,
        help_text="With commas between: register, report",
    )
    bands = forms.CharField(
        label="Bands, one a line: heads, price of each, percent of it paid on time", required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as: 30, 120.00, 25. Heads fill the bands from the first. Leave the percent out where none is.",
    )  # fmt: skip
    milestones = forms.CharField(
        label="Milestones, one a line with its share", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as: Started training, 40. Together 100. Each head pays its share once it is accepted.",
    )  # fmt: skip
    heads_target = forms.IntegerField(
        label="For how many heads the part paid on time is reckoned", required=False, min_value=1, max_value=10**6
    )
    set_up = PoundsField(label="Set-up fee that is taken off it", required=False)
    vat = forms.ChoiceField(
        label="VAT", choices=[(key, words) for key, (words, _) in _VAT.items()], widget=forms.RadioSelect
    )
    account = forms.ChoiceField(
        label="Ledger account", help_text="One of expense where we pay, of income where they do"
    )
    stream = forms.ChoiceField(label="Income stream")
    purchase_order = forms.CharField(label="Their purchase order", required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = LedgerAccount.objects.filter(type__in=["expense", "income"], control=False).order_by("code")
        self.fields["account"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.get_type_display()}: {one.code} {one.name}") for one in accounts
        ]
        self.fields["stream"].choices = [  # type: ignore[attr-defined]
            (one.code, one.name) for one in IncomeStream.objects.order_by("code")
        ]

    def clean_customer(self) -> Organisation:
        found = Organisation.objects.filter(number=self.cleaned_data["customer"].strip()).first()
        if found is None:
            raise ValidationError("No organisation has this customer number. Check it on the organisation's page")
        return found

    def clean_outcomes(self) -> list[Outcome]:
        return [Outcome(*_weighed(line, "weight", "Reading, 50")) for line in _lines(self.cleaned_data["outcomes"])]

    def clean_bands(self) -> tuple[HeadsBand, ...]:
        return tuple(_band(line) for line in _lines(self.cleaned_data["bands"]))

    def clean_milestones(self) -> tuple[HeadsPoint, ...]:
        found = [_weighed(line, "share", "Started, 40") for line in _lines(self.cleaned_data["milestones"])]
        return tuple(HeadsPoint(f"m{at}", name, share / 100) for at, (name, share) in enumerate(found, start=1))

    @property
    def plan(self) -> Plan:
        """What was asked for, as the rule takes it."""
        given = self.cleaned_data
        return Plan(
            first_day=given["first_day"], months=given["months"], value_pence=given["value"], every=given["every"],
            on_time=given["on_time"], on_outputs=given["on_outputs"], on_outcomes=given["on_outcomes"],
            pay_day=given["pay_day"], output=given["output"] or "Output", outcomes=given["outcomes"],
            yearly=given["yearly"], outcomes_due=given["outcomes_due"],
            heads=HeadsPrices(given["bands"], given["milestones"]), heads_target=given["heads_target"] or 0,
            set_up_pence=given["set_up"] or 0,
        )  # fmt: skip


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _weighed(line: str, what: str, like: str) -> tuple[str, Decimal]:
    """A name, a comma and a figure."""
    name, comma, weight = line.rpartition(",")
    try:
        figure = Decimal(weight.strip().rstrip("%"))
        if not comma or not name.strip() or not figure.is_finite() or abs(figure) >= 1000:
            raise InvalidOperation
    except InvalidOperation:
        raise ValidationError(f"“{line[:60]}” must be a name, a comma and a {what}, like {like}") from None
    if len(name.strip()) > 80:
        raise ValidationError(f"“{line[:60]}…” must be 80 characters or fewer")
    if (figure * 10_000) % 1:
        raise ValidationError(f"“{line[:60]}” must have four decimals or fewer")
    return name.strip(), figure


def _band(line: str) -> HeadsBand:
    """Heads, a price in pounds and, where there is one, the percent of it paid on time."""
    parts = [part.strip().lstrip("£").rstrip("%") for part in line.split(",")]
    try:
        heads, pounds, *percent = [Decimal(part) for part in parts]
        pence = pounds * 100
        if len(percent) > 1 or heads % 1 or pence % 1 or not 0 < heads < 10**7 or not 0 < pence < 10**9:
            raise InvalidOperation
        share = percent[0] / 100 if percent else Decimal(0)
        if not 0 <= share < 1 or (share * 10_000) % 1:
            raise InvalidOperation
    except (InvalidOperation, ValueError):
        raise ValidationError(
            f"“{line[:60]}” must be heads, a price and a percent below 100, like 30, 120.00, 25"
        ) from None
    return HeadsBand(int(heads), int(pence), share)


@contract_page(READ_AND_WRITE, roles=DRAWING_UP)
def new(request: OrganiserRequest) -> HttpResponse:
    """The form; checked, with what it would come to; then the draft."""
    return _draw(request, None)


@contract_page(READ_AND_WRITE, roles=DRAWING_UP)
def redraft(request: OrganiserRequest, number: str) -> HttpResponse:
    """The same form with what a draft was drawn up from; then the draft, drawn up again under its number."""
    found = outcome_contract_for(request.actor, number)
    planned = planned_of(found)
    if found.state != OutcomeContract.State.DRAFT or planned is None:
        raise NotFound("Page not found")
    return _draw(request, found, _initial(planned))


def _draw(
    request: OrganiserRequest, draft: OutcomeContract | None, initial: dict[str, Any] | None = None
) -> HttpResponse:  # fmt: skip
    form = DrawingForm(request.POST if request.method == "POST" else None, initial=initial)
    parts = None
    if form.is_valid():
        try:
            parts = preview_contract(form.plan)
            if request.POST.get("do") == "draw":
                made = _drawn(request, form, draft)
                messages.success(
                    request, f"{made.number} is drawn up: {money(made.value_pence)}. Offer it when it is right."
                )
                return redirect(url("organise-outcome-contract", number=made.number))
        except DomainError as error:
            form.add_error(None, error.message)
    back = url("organise-outcome-contract", number=draft.number) if draft else url("organise-outcome-contracts")
    context = {
        "form": form, "parts": parts if form.is_bound and not form.errors else None, "back_url": back,
        "plan": form.plan if parts is not None and not form.errors else None,
        "by_heads": terms_of_plan(form.plan) if parts is not None and not form.errors and form.plan.by_heads else None,
        "title": f"Draw up {draft.number} again" if draft else "Draw up a contract",
    }  # fmt: skip
    return show(request, "outcome_new.html", context, status=400 if form.errors else 200)


def _drawn(request: OrganiserRequest, form: DrawingForm, draft: OutcomeContract | None) -> OutcomeContract:
    on = timezone.localdate()
    if draft is None:
        return draft_by_plan(planned=_planned(form), on=on, actor=request.actor)
    return redraft_by_plan(contract=draft, planned=_planned(form), on=on, actor=request.actor)


def _planned(form: DrawingForm) -> Planned:
    given = form.cleaned_data
    return Planned(
        kind=given["kind"], party=given["customer"], title=given["title"], plan=form.plan,
        vat=_treatment(given["vat"], given["first_day"]), account_code=given["account"], stream_code=given["stream"],
        purchase_order=given["purchase_order"],
        evidence_types=tuple(word.strip()[:40] for word in given["evidence"].split(",") if word.strip()),
    )  # fmt: skip


def _initial(planned: Planned) -> dict[str, Any]:
    """The words of a draft as they were typed."""
    plan = planned.plan
    return {
        "kind": planned.kind, "customer": planned.party.number, "title": planned.title, "first_day": plan.first_day,
        "months": plan.months, "value": plan.value_pence, "every": plan.every, "pay_day": plan.pay_day,
        "on_time": plan.on_time, "on_outputs": plan.on_outputs, "output": plan.output if plan.on_outputs else "",
        "on_outcomes": plan.on_outcomes, "yearly": plan.yearly, "outcomes_due": plan.outcomes_due,
        "outcomes": "\n".join(f"{one.name}, {one.weight.normalize():f}" for one in plan.outcomes),
        "evidence": ", ".join(planned.evidence_types), "vat": planned.vat.category, "account": planned.account_code,
        "stream": planned.stream_code, "purchase_order": planned.purchase_order,
        "bands": "\n".join(_band_words(one) for one in plan.heads.bands),
        "milestones": "\n".join(f"{one.name}, {_percent(one.share)}" for one in plan.heads.points),
        "heads_target": plan.heads_target or None, "set_up": plan.set_up_pence or None,
    }  # fmt: skip


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _band_words(band: HeadsBand) -> str:
    """As it is typed: "30, 120.00, 25"."""
    words = f"{band.capacity}, {Decimal(band.price_pence) / 100:.2f}"
    return f"{words}, {_percent(band.service)}" if band.service else words


def _treatment(category: str, on: date) -> VatTreatment:
    return VatTreatment(category, vat_rate_on(category, on), _VAT[category][1])


class DiscardForm(forms.Form):
    """Why a draft is not wanted, where somebody will ask."""

    reason = forms.CharField(label="Why it is not wanted", required=False, max_length=300, help_text="Name no pupils.")


@contract_page(READ_AND_WRITE, roles=DRAWING_UP)
def discard(request: OrganiserRequest, number: str) -> HttpResponse:
    """Asks once more, then discards a draft."""
    found = outcome_contract_for(request.actor, number)
    if found.state != OutcomeContract.State.DRAFT:
        raise NotFound("Page not found")
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            discard_contract(
                contract=found, reason=form.cleaned_data["reason"], on=timezone.localdate(), actor=request.actor
            )
            messages.success(request, f"{found.number} is discarded. Its number is not used again.")
            return redirect(url("organise-outcome-contracts"))
        except DomainError as error:
            form.add_error(None, error.message)
    context = {"form": form, "contract": found, "back_url": url("organise-outcome-contract", number=number)}
    return show(request, "outcome_discard.html", context, status=400 if form.errors else 200)
