"""One line of the basket: how many, who comes, and what its price depends on."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.rules.rule_form import depends_on_quantity
from catalogue.services import price_row_on
from frontend.buying import SignedInRequest, buyer_for
from frontend.school.colleagues import known_names
from frontend.school.facts import PREFIX, fact_fields, stated_facts
from frontend.school.offer_form import MOST_PEOPLE, term_fields
from frontend.school.people import person_fields
from marketplace.core.errors import DomainError
from marketplace.trading.models import BasketLine
from marketplace.trading.queries import basket_line_of
from marketplace.trading.services import change_line, check_basket
from marketplace.trading.services.agreeing import years_offered
from subscriptions.queries import price_class_on

NOW, LATER = "now", "later"
NAMING = [(NOW, "I will name everybody now"), (LATER, "I will name them later")]


class LineForm(forms.Form):
    """For a course the number of people and who each of them is; for a service its quantity and facts.

    ``included`` asks how many places are to come from the subscription, where any can.
    """

    def __init__(self, data: Any, *, line: BasketLine, rule: Any, suggested: str, included: bool) -> None:
        super().__init__(data)
        self.line = line
        if line.run_id is not None:
            self.fields["people"] = forms.IntegerField(
                label="Number of people", min_value=1, max_value=MOST_PEOPLE, initial=int(line.quantity)
            )
            if included:
                self.fields["use_included"] = forms.IntegerField(
                    label="How many of these places come from your subscription?",
                    help_text="Leave it empty to use as many as you have left; 0 keeps them for later",
                    min_value=0,
                    max_value=MOST_PEOPLE,
                    required=False,
                    initial=line.use_included,
                )
            self.fields["naming"] = forms.ChoiceField(
                label="Who comes?", choices=NAMING, widget=forms.RadioSelect, initial=_naming(line)
            )
            for index in range(int(line.quantity)):
                self.fields.update(_person(line, index, suggested))
        elif rule is not None and depends_on_quantity(rule):
            self.fields["quantity"] = forms.DecimalField(
                label="Quantity", min_value=Decimal("0.5"), max_value=1000, decimal_places=2, initial=line.quantity
            )
        years = years_offered(line.offer)
        for name, field in {**fact_fields(rule), **term_fields(years)}.items():
            field.initial = line.facts.get(name.removeprefix(PREFIX), field.initial)
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("naming") == NOW:
            for number in range(1, min(given.get("people") or 0, int(self.line.quantity)) + 1):
                if not given.get(f"name_{number}") and f"name_{number}" not in self.errors:
                    words = f"Enter the name of person {number}, or choose “I will name them later”"
                    self.add_error(f"name_{number}", words)
        return given

    def changes(self) -> dict[str, Any]:
        """The arguments of ``change_line`` for what was given."""
        given, kept = self.cleaned_data, self.line.facts
        unasked = {name: value for name, value in kept.items() if f"{PREFIX}{name}" not in self.fields}
        facts = unasked | stated_facts(given)
        found: dict[str, Any] = {"facts": facts} if any(name.startswith(PREFIX) for name in self.fields) else {}
        if "people" in given:
            found["quantity"] = Decimal(given["people"])
            for what, name in (("delegates", "name"), ("emails", "email"), ("needs", "needs")):
                values = [given.get(f"{name}_{number + 1}", "") for number in range(int(self.line.quantity))]
                found[what] = values[: given["people"]]
            if "use_included" in self.fields:
                found["use_included"] = given["use_included"]
        elif "quantity" in given:
            found["quantity"] = given["quantity"]
        return found


def _naming(line: BasketLine) -> str:
    named = [name for name in line.delegates if name]
    return NOW if len(named) == int(line.quantity) else LATER


def _person(line: BasketLine, index: int, suggested: str) -> dict[str, forms.Field]:
    def known(values: list[str]) -> str:
        return values[index] if index < len(values) else ""

    fields = person_fields(index + 1, name=known(line.delegates), email=known(line.emails), suggested=suggested)
    fields["needs"].initial = known(line.needs)
    return {f"{what}_{index + 1}": field for what, field in fields.items()}


def _has_included(line: BasketLine, request: SignedInRequest, on: date) -> bool:
    """Whether places of the line come from a subscription, or its buyer said how many should."""
    if line.run_id is None or line.use_included is not None:
        return line.run_id is not None
    check = check_basket(basket=line.basket, on=on, actor=request.actor)
    return any(one.quote and one.quote.included for one in check.lines if one.line.pk == line.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def basket_line(request: SignedInRequest, kind: str, code: str, line: int) -> HttpResponse:
    """Changes a line; what the price list refuses is said on the form and nothing changes."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    found = basket_line_of(request.actor, buyer.organisation, line)
    people_before = int(found.quantity)
    price_class = price_class_on(found.school, on)
    row = price_row_on(offer=found.offer, run=found.run, price_class=price_class, on=on)
    form = LineForm(
        request.POST if request.method == "POST" else None,
        line=found,
        rule=row.rule if row else None,
        suggested="colleagues",
        included=_has_included(found, request, on),
    )
    if form.is_bound and form.is_valid():
        try:
            changed = change_line(line=found, on=on, actor=request.actor, **form.changes())
        except DomainError as error:
            form.add_error("people" if "people" in form.fields else None, error.message)
        else:
            more = int(changed.quantity) > people_before and form.cleaned_data.get("naming") == NOW
            here = buyer.url("school-basket-line", line=line)
            return redirect(here if more else buyer.url("school-basket"))
    context = {
        "buyer": buyer,
        "line": found,
        "form": form,
        "people": [
            [form[f"{what}_{number}"] for what in ("name", "email", "needs")]
            for number in range(1, int(found.quantity) + 1)
            if f"name_{number}" in form.fields
        ],
        "fact_fields": [form[name] for name in form.fields if name.startswith(PREFIX)],
        "colleagues": known_names(request.actor, found.school) if found.run_id else [],
        "back_url": buyer.url("school-basket"),
    }
    return render(request, "school/basket_line.html", context, status=400 if form.errors else 200)
