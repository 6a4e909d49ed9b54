"""Subscription levels: what they cost this school side by side, what it has, taking one and moving to another."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.fields import DatePartsField, first_lower, first_upper
from frontend.finance.access import said
from frontend.formats import long_date, money, period
from frontend.numbers import whole
from frontend.school.level_networks import still_to_join
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money, TaxedAmount
from subscriptions.models import Agreement, PlanVersion
from subscriptions.plans.queries import RUNNING, Subscription
from subscriptions.plans.rules.billing import billing_words
from subscriptions.plans.services.pricing import PlanPrice, PlanPricing
from subscriptions.queries import allowances_of, subscription_on, versions_on, whole_term
from subscriptions.services import change_level, preview_level, preview_subscription, subscribe, who_may

Priced = list[tuple[PlanVersion, PlanPrice | None, str]]


class TakeForm(forms.Form):
    """From which day, and how it is paid."""

    starts = DatePartsField(label="First day")
    billing = forms.ChoiceField(label="How you pay", widget=forms.RadioSelect)

    def __init__(self, *args: Any, version: PlanVersion, changing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].label = f"First day of {version.plan.title}"
        choices = [(code, billing_words(code)) for code in version.billings]
        self.fields["billing"] = forms.ChoiceField(label="How you pay", choices=choices, widget=forms.RadioSelect)
        if changing or len(choices) == 1:
            del self.fields["billing"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "starts" in cleaned and cleaned["starts"] is None:
            self.add_error("starts", f"Enter the {first_lower(str(self.fields['starts'].label))}")
        return cleaned


@login_required
@require_safe
def subscription(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The levels side by side at this school's price for a year, and what it has."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    has = subscription_on(buyer.organisation, on)
    priced = prices_of(buyer, on, versions_on(on))
    context = {
        "buyer": buyer,
        "has": has and standing_words(buyer, has, on),
        "networks": still_to_join(buyer.organisation, on) if has else [],
        "columns": [{"text": "What is compared", "hidden": True}, *({"text": one.plan.title} for one, _, _ in priced)],
        "rows": compared(buyer, priced, has),
        "levels": priced,
        "working": [working(one, price) for one, price, _ in priced if price],
    }
    return render(request, "school/subscription.html", context)


def prices_of(buyer: Buyer, on: date, versions: Sequence[PlanVersion]) -> Priced:
    """Each level with what a year of it costs the school, or the sentence that says why there is no price."""
    pricing = PlanPricing(organisation=buyer.organisation, on=on)
    found: Priced = []
    for version in versions:
        try:
            found.append((version, pricing.price(version), ""))
        except DomainError as refusal:
            found.append((version, None, refusal.message))
    return found


def compared(buyer: Buyer, priced: Priced, has: Subscription | None) -> list[list[Any]]:
    """A row for each thing that any level includes, after the price and before what one can do."""
    included = [
        {one.included.topic: one.included.amount for one in version.entitlements.all()} for version, _, _ in priced
    ]
    topics = list(dict.fromkeys(topic for one in included for topic in one))
    rows: list[list[Any]] = [
        ["For", *(version.plan.summary or None for version, _, _ in priced)],
        ["A year, before VAT", *(money(price.net.pence) if price else why for _, price, why in priced)],
        ["With VAT", *(money(price.taxed.gross.pence) if price else None for _, price, _ in priced)],
        ["Courses and services", *(_class_words(version) for version, _, _ in priced)],
        *([topic, *(one.get(topic, "–") for one in included)] for topic in topics),
        ["How you may pay", *("; ".join(billing_words(code) for code in version.billings) for version, _, _ in priced)],
        ["Notice", *(f"{version.notice_weeks} weeks" if version.notice_weeks else "None" for version, _, _ in priced)],
        ["Choose", *(_action(buyer, version, price, has) for version, price, _ in priced)],
    ]
    return [row for row in rows if any(cell is not None for cell in row[1:])]


def _class_words(version: PlanVersion) -> str:
    return f"At the {version.class_words} price" if version.price_class else "At your own price"


def _action(buyer: Buyer, version: PlanVersion, price: PlanPrice | None, has: Subscription | None) -> Any:
    """The link to what one can do with a level."""
    if has is not None and has.version.plan_id == version.plan_id:
        return "You have this" if has.agreement.state in RUNNING else "Waits to be accepted"
    if price is None or (has is not None and has.agreement.state not in RUNNING):
        return None
    verb = "Change to" if has else "Take"
    return {
        "text": f"{verb} {version.plan.title}",
        "href": buyer.url("school-subscription-level", level=version.plan.code),
    }


def standing_words(buyer: Buyer, has: Subscription, on: date) -> dict[str, Any]:
    """What the school has, with its dates and the whole term's sum."""
    agreement = has.agreement
    rows = [
        {"key": "Level", "value": has.version.plan.title},
        {"key": "From, to", "value": first_upper(period(agreement.term_from, agreement.runs_to))},
        {"key": "Whole term, with VAT", "value": money(whole_term(agreement).gross.pence)},
    ]
    if agreement.notice_by and agreement.state in RUNNING:
        rows.append({"key": "Notice by", "value": long_date(agreement.notice_by)})
    left = [one for one in allowances_of(buyer.organisation) if one.valid_from <= on < one.valid_to]
    if left:
        words = "; ".join(f"{one.left} of {one.granted} {one.name} {_UNITS.get(one.unit, one.unit)}" for one in left)
        rows.append(
            {"key": "Left", "value": words, "href": buyer.url("school-places-left"), "action": "See what was used"}
        )
    return {
        "title": f"You have {has.version.plan.title}" if agreement.state in RUNNING else "Waits to be accepted",
        "rows": rows,
        "state": agreement.state,
        "offered": agreement.state == Agreement.State.OFFERED,
        "number": agreement.number,
    }


_UNITS = {"place": "places", "half_day": "half days", "download": "downloads"}


def working(version: PlanVersion, price: PlanPrice) -> dict[str, Any]:
    """The steps of one level's price."""
    steps = [{"text": step.text, "pence": step.pence} for step in [*price.steps, *price.vat_steps]]
    return {"title": version.plan.title, "steps": steps, "total": price.taxed.gross.pence}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def level(request: SignedInRequest, kind: str, code: str, level: str) -> HttpResponse:
    """What one level comes to for this school from a day on; posting takes it, or moves to it, for just that sum."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    has = subscription_on(buyer.organisation, on)
    if has is not None and has.agreement.state not in RUNNING:
        return redirect(buyer.url("school-subscription"))
    version = next((one for one in versions_on(on) if one.plan.code == level), None)
    if version is None:
        raise NotFound("Page not found")
    sent = request.POST if request.method == "POST" else request.GET
    bound = sent if "starts_day" in sent else None
    form = TakeForm(bound, version=version, changing=bool(has), initial={"starts": on, "billing": version.billings[0]})
    context: dict[str, Any] = {
        "buyer": buyer, "version": version, "form": form, "has": has, "here": request.path,
        "includes": [one.included.words for one in version.entitlements.all()],
        "back_url": buyer.url("school-subscription"), "errors": [],
    }  # fmt: skip
    starts, billing = on, version.billings[0]
    if form.is_bound:
        if not form.is_valid():
            return render(request, "school/subscription_level.html", context, status=400)
        starts, billing = form.cleaned_data["starts"], form.cleaned_data.get("billing", billing)
    context |= {"starts": starts, "billing": billing}
    status = 200
    try:
        version = _version_from(version, starts)
        if request.method == "POST":
            done = _done(request, buyer, version, has, starts, billing, on)
            messages.success(request, done)
            return redirect(buyer.url("school-subscription"))
    except DomainError as refusal:
        context["errors"], status = said(refusal), refusal.status
    try:
        shown = _moving(version, has, starts, on) if has else _taking(request, buyer, version, starts, billing, on)
    except DomainError as refusal:
        context["errors"], status = context["errors"] or said(refusal), refusal.status
    else:
        context |= shown
    return render(request, "school/subscription_level.html", context, status=status)


def _version_from(version: PlanVersion, starts: date) -> PlanVersion:
    """The version of the level that holds on the day: its price may be another one by then."""
    found = next((one for one in versions_on(starts) if one.plan_id == version.plan_id), None)
    return found or version


def _done(
    request: SignedInRequest, buyer: Buyer, version: PlanVersion, has: Subscription | None, starts: date, billing: str, on: date
) -> str:  # fmt: skip
    """Takes the level or moves to it; the sentence that says so."""
    pence = whole(request.POST.get("expected"))
    title = version.plan.title
    if has is not None:
        change_level(
            agreement=has.agreement, version=version, on=starts, today=on, actor=request.actor, expected_pence=pence
        )
        return f"You have {title} from {long_date(starts)}."
    made = subscribe(
        organisation=buyer.organisation,
        version=version,
        starts=starts,
        billing=billing,
        on=on,
        actor=request.actor,
        expected_pence=pence,
        prepare=request.POST.get("do") == "prepare",
    )
    if made.state == Agreement.State.OFFERED:
        return f"{title} is prepared. It runs once an approver of {buyer.name} accepts it."
    return f"You have {title} from {long_date(starts)}. Its number is {made.number}."


def _moving(version: PlanVersion, has: Subscription, starts: date, on: date) -> dict[str, Any]:
    """What moving to the level comes to, and the words of the button."""
    shown = preview_level(agreement=has.agreement, version=version, on=starts, today=on)
    change, title = shown.change, version.plan.title
    net, vat, gross = change.net_pence, change.vat_pence, change.gross_pence
    if gross > 0:
        button = f"Change to {title}: pay {money(net)} + VAT {money(vat)} = {money(gross)}"
    elif gross < 0:
        button = f"Change to {title}: {money(-gross)} with VAT comes back"
    else:
        button = f"Change to {title}: nothing to pay now"
    return {
        "year": working(version, shown.year),
        "sentences": change.sentences,
        "told": shown.includes,
        "sums": [("Before VAT", net), ("VAT", vat), ("To pay now" if gross >= 0 else "Comes back", gross)],
        "button_text": button,
        "expected": gross,
        "last": has.agreement.runs_to - timedelta(days=1),
    }


def _taking(
    request: SignedInRequest, buyer: Buyer, version: PlanVersion, starts: date, billing: str, on: date
) -> dict[str, Any]:
    """What taking the level comes to, and the words of the button: for oneself, or for whoever may commit so much."""
    shown = preview_subscription(organisation=buyer.organisation, version=version, starts=starts, billing=billing)
    whole, title = shown.whole, version.plan.title
    now = [amount for day, _, amount in shown.payments() if day <= on]
    limit = request.actor.spending_limit(buyer.organisation.pk)
    over = limit is not None and whole.gross.pence > limit
    names = who_may(buyer.organisation, whole.gross, on) if over else ""
    return {
        "year": working(version, shown.year),
        "part_of_a_year": shown.part_of_a_year,
        "sums": [("Before VAT", whole.net.pence), ("VAT", whole.vat.pence), ("Whole term", whole.gross.pence)],
        "payments": [
            [long_date(day), period(days.start, days.end), money(amount.net.pence), money(amount.gross.pence)]
            for day, days, amount in shown.payments()
        ],
        "expected": whole.gross.pence,
        "last": shown.term.last_day,
        "over": _over_words(whole.gross, limit or 0, names) if over else "",
        "may_prepare": bool(names),
        "button_text": f"Prepare {title} for {names}" if over else _take_words(title, now, whole),
        "do": "prepare" if over else "take",
    }


def _take_words(title: str, now: Sequence[TaxedAmount], whole: TaxedAmount) -> str:
    """ "Take Gold: pay £2,000.00 + VAT £400.00 = £2,400.00 now"."""
    net, vat, gross = (sum(getattr(one, name).pence for one in now) for name in ("net", "vat", "gross"))
    if not now:
        return f"Take {title}: {whole.gross} over the term, nothing to pay now"
    return f"Take {title}: pay {money(net)} + VAT {money(vat)} = {money(gross)} now"


def _over_words(gross: Money, limit: int, names: str) -> str:
    over = f"This is {money(gross.pence - limit)} over your limit of {money(limit)}"
    return f"{over}, so {names} may accept it." if names else f"{over}, and nobody at the school may accept it yet."
