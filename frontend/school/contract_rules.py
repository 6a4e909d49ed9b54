"""How many quotes a value needs: the rule that holds, and the organisation's own in its place."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.buying import SignedInRequest
from frontend.fields import DatePartsField, PoundsField
from frontend.formats import long_date, money
from frontend.school.contracts import register_buyer
from marketplace.core.errors import DomainError
from subscriptions.register.quoting import band_rules
from subscriptions.register.rules.buying import Band, rule_words
from subscriptions.services import set_quote_rule

STEPS = (1, 2, 3)


class QuoteRuleForm(forms.Form):
    """Up to three sums from which more quotes are needed. Below the first of them one price is enough."""

    source = forms.CharField(label="Where the rule stands", max_length=160)
    valid_from = DatePartsField(label="From when")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step in STEPS:
            self.fields[f"from{step}"] = PoundsField(label=f"Sum {step}, with VAT", required=False, least=1)
            self.fields[f"quotes{step}"] = forms.IntegerField(
                label=f"Quotes from sum {step} on", required=False, min_value=0, max_value=50,
                error_messages={"invalid": f"Quotes from sum {step} on must be a whole number, like 3"},
            )  # fmt: skip

    @property
    def steps(self) -> list[tuple[Any, Any]]:
        """Sum and number of each pair."""
        return [(self[f"from{step}"], self[f"quotes{step}"]) for step in STEPS]

    def clean(self) -> dict[str, Any]:
        given, before = super().clean() or {}, 0
        for step in STEPS:
            sum_, quotes = given.get(f"from{step}"), given.get(f"quotes{step}")
            if sum_ is not None and quotes is None and f"quotes{step}" not in self.errors:
                self.add_error(f"quotes{step}", f"Enter how many quotes {money(sum_)} needs")
            if sum_ is None and quotes is not None and f"from{step}" not in self.errors:
                self.add_error(f"from{step}", f"Enter the sum from which {quotes} are needed")
            if sum_ is not None and sum_ <= before:
                self.add_error(f"from{step}", f"Sum {step} must be more than {money(before)}")
            before = max(before, sum_ or 0)
        return given

    def bands(self) -> list[Band]:
        given = self.cleaned_data
        asked = [(given[f"from{step}"], given[f"quotes{step}"]) for step in STEPS if given.get(f"from{step}")]
        return [Band(0, 1, "One price is enough"), *(Band(pence, count, _words(count)) for pence, count in asked)]


def _words(count: int) -> str:
    return "One price is enough" if count < 2 else f"{count} quotes in writing"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quote_rules(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The bands of today with their source, and the form for one's own."""
    buyer, on = register_buyer(request, kind, code), timezone.localdate()
    rule = band_rules([buyer.organisation.pk], on)[buyer.organisation.pk]
    form = QuoteRuleForm(request.POST or None, initial=_initial(rule.bands) | {"valid_from": on})
    if form.is_bound and form.is_valid():
        starts = form.cleaned_data["valid_from"]
        given = {"bands": form.bands(), "source": form.cleaned_data["source"], "valid_from": starts}
        try:
            set_quote_rule(organisation=buyer.organisation, actor=request.actor, **given)
        except DomainError as error:
            form.add_error("valid_from" if error.code == "quote_rule_stands" else None, error.message)
        else:
            messages.success(request, f"Your own rule for quotes holds from {long_date(starts)} on.")
            return redirect(buyer.url("school-contracts"))
    context = {
        "buyer": buyer, "form": form, "rule": rule, "source": rule_words(rule),
        "back_url": buyer.url("school-contracts"),
    }  # fmt: skip
    return render(request, "school/contract_quotes.html", context, status=400 if form.errors else 200)


def _initial(bands: tuple[Band, ...]) -> dict[str, Any]:
    asked = [one for one in bands if one.from_pence][: len(STEPS)]
    found: dict[str, Any] = {}
    for step, one in zip(STEPS, asked, strict=False):
        found |= {f"from{step}": one.from_pence, f"quotes{step}": one.quotes}
    return found
