"""The price calculator: what an offer or a rule comes to for a buyer, with every step. It keeps nothing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalogue.price_queries import buyer_for_price, priced_offer
from catalogue.rules.classes import PriceClass
from catalogue.services.calculator import calculate
from catalogue.services.trying import Tried, try_offer, try_rule
from frontend.jinja import url
from frontend.organise.price_access import READ_AND_WRITE, PriceRequest, price_page
from frontend.organise.price_forms import CalculatorForm
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.organisations.models import Organisation


@price_page(READ_AND_WRITE)
def calculator(request: PriceRequest) -> HttpResponse:
    """Asks and answers; nothing is saved, whatever is sent."""
    initial = {"on": timezone.localdate(), "offer": request.GET.get("offer", "")[:60], "quantity": 1}
    form = CalculatorForm(request.POST if request.method == "POST" else None, initial=initial)
    tried = None
    if form.is_valid():
        try:
            tried = _try(request, form)
        except DomainError as error:
            form.add_error(_beside(form, error), error.message)
    context = {"form": form, "tried": tried, **(_answer(tried) if tried else {}), "back_url": url("organise-prices")}
    return render(request, "organise/price_calculator.html", context, status=400 if form.errors else 200)


def _try(request: PriceRequest, form: CalculatorForm) -> Tried:
    given: dict[str, Any] = form.cleaned_data
    price_class = PriceClass[given["price_class"].upper()]
    buyer = buyer_for_price(request.actor, given["organisation"]) if given["organisation"] else None
    if given["offer"]:
        return try_offer(
            offer=_offer(request, given["offer"]), price_class=price_class, facts=given["facts"],
            quantity=given["quantity"], on=given["on"], organisation=buyer,
        )  # fmt: skip
    if buyer is not None:
        return Tried(_of_school(given, buyer, price_class))
    facts = {**given["facts"], "price_class": price_class.code, "quantity": given["quantity"]}
    return Tried(calculate(rule=given["rule"], facts=facts, on=given["on"]))


def _of_school(given: dict[str, Any], buyer: Organisation, price_class: PriceClass) -> Any:
    [sample] = try_rule(
        rule=given["rule"], schools=[buyer], price_class=price_class, facts=given["facts"], on=given["on"],
        quantity=given["quantity"],
    )  # fmt: skip
    if sample.calculation is None:
        raise WrongInput(sample.refusal)
    return sample.calculation


def _offer(request: PriceRequest, code: str) -> Any:
    try:
        return priced_offer(request.actor, code.strip())
    except NotFound:
        raise NotFound(f"There is no offer {code}. Its code stands on its price list.") from None


def _beside(form: CalculatorForm, error: DomainError) -> str | None:
    """The field that the refusal is about."""
    if isinstance(error, NotFound):
        return "offer" if "offer" in error.message else "organisation"
    return "facts" if error.facts.get("fact") or error.code == "wrong_facts" else None


def _answer(tried: Tried) -> dict[str, Any]:
    steps = [{"text": step.text, "pence": step.pence} for step in tried.calculation.steps]
    total = tried.calculation.total
    if (taxed := tried.taxed) is not None and tried.vat is not None:
        return {"steps": [*steps, {"text": tried.vat.words, "pence": taxed.vat.pence}], "total": taxed.gross.pence,
                "total_text": "With VAT", "net": taxed.net.pence}  # fmt: skip
    return {"steps": steps, "total": total.pence, "total_text": "Before VAT", "net": total.pence}
