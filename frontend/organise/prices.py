"""Price lists: all offers with what holds today, one offer's rows, a new price with its preview, the end of one."""

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalogue.models import Offer, Price
from catalogue.price_queries import WRITERS, example_schools, price_for, price_lists, priced_offer, prices_of
from catalogue.rules.classes import PriceClass
from catalogue.rules.describing import rule_words
from catalogue.services import add_price, end_price
from catalogue.services.trying import Sample, try_rule
from frontend.fields import first_upper
from frontend.finance.listing import page_of
from frontend.formats import long_date, plural
from frontend.jinja import url
from frontend.organise.price_access import READ_AND_WRITE, PriceRequest, price_page
from frontend.organise.price_forms import EndPriceForm, PriceForm
from marketplace.core.errors import DomainError

SET = "set prices"
TEXT_LIMIT = 80


@price_page()
def prices(request: PriceRequest) -> HttpResponse:
    """Every offer with how many prices hold today: where none does, nobody can buy it."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_LIMIT]  # PostgreSQL's text holds no NUL
    page = page_of(request, price_lists(request.actor, text=text, on=timezone.localdate()))
    context = {
        "page_obj": page, "text": text, "count_text": plural(page.paginator.count, "offer"),
        "chosen": [{"text": f"Words: {text}", "remove_url": url("organise-prices")}] if text else [],
    }  # fmt: skip
    return render(request, "organise/prices.html", context)


@price_page()
def offer_prices(request: PriceRequest, code: str) -> HttpResponse:
    """One offer's price list: by class and dates, with what each row says and why it may not be changed."""
    offer, on = priced_offer(request.actor, code), timezone.localdate()
    page = page_of(request, prices_of(request.actor, code))
    may_write = request.actor.has(*WRITERS)
    rows = [row_of(price, on, may_write=may_write) for price in page]
    context = {
        "offer": offer, "page_obj": page, "rows": rows, "may_write": may_write, "on": on,
        "back_url": url("organise-prices"),
    }  # fmt: skip
    return render(request, "organise/offer_prices.html", context)


def row_of(price: Price, on: date, *, may_write: bool) -> dict[str, Any]:
    """A row in words."""
    ended = price.valid_to is not None and price.valid_to <= on
    state = "Ended" if ended else "To come" if price.valid_from > on else "Holds"
    return {
        "price": price, "class": first_upper(PriceClass(price.price_class).words), "state": state,
        "words": rule_words(price.rule), "rule": json.dumps(price.rule, indent=2, ensure_ascii=False),
        "frozen": "Used, so it stays as it is and may only be ended" if price.pinned else "",
        "may_end": may_write and price.valid_to is None,
    }  # fmt: skip


@price_page(READ_AND_WRITE, to=SET)
def add(request: PriceRequest, code: str) -> HttpResponse:
    """A new price: looked at first with three example schools, then saved."""
    offer = priced_offer(request.actor, code)
    form = PriceForm(
        request.POST if request.method == "POST" else None, offer=offer, initial={"valid_from": timezone.localdate()}
    )
    samples: list[Sample] = []
    if form.is_valid():
        if request.POST.get("do") == "save" and (done := _save(request, offer, form)) is not None:
            return done
        samples = _preview(request, form)
    context = {
        "offer": offer, "form": form, "samples": samples, "words": rule_words(form.built) if samples else "",
        "rule": json.dumps(form.built, indent=2, ensure_ascii=False) if samples else "",
        "back_url": url("organise-offer-prices", code=code),
    }  # fmt: skip
    return render(request, "organise/price_add.html", context, status=400 if form.errors else 200)


def _preview(request: PriceRequest, form: PriceForm) -> list[Sample]:
    on = form.cleaned_data["valid_from"]
    schools = example_schools(request.actor, max(on, timezone.localdate()))
    price_class = PriceClass.NON_MEMBER if form.chosen_class is PriceClass.ANY else form.chosen_class
    facts = form.cleaned_data["facts"]
    return try_rule(
        rule=form.built, schools=schools, price_class=price_class, facts=facts, on=max(on, timezone.localdate())
    )


def _save(request: PriceRequest, offer: Offer, form: PriceForm) -> HttpResponse | None:
    given = form.cleaned_data
    try:
        made = add_price(
            offer=offer, price_class=form.chosen_class, rule=form.built, valid_from=given["valid_from"],
            valid_to=given["valid_to"], run=form.chosen_run, actor=request.actor,
        )  # fmt: skip
    except DomainError as error:
        form.add_error(None, error.message)
        return None
    words = PriceClass(made.price_class).words
    messages.success(request, f"The price for {words} holds from {long_date(made.valid_from)}.")
    return redirect(url("organise-offer-prices", code=offer.code))


@price_page(READ_AND_WRITE, to=SET)
def end(request: PriceRequest, code: str, pk: int) -> HttpResponse:
    """Ends a price; what was ordered at it stays."""
    price = price_for(request.actor, code, pk)
    form = EndPriceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            end_price(price=price, valid_to=form.cleaned_data["valid_to"], actor=request.actor)
        except DomainError as error:
            form.add_error("valid_to", error.message)
        else:
            messages.success(
                request, f"The price ends. Its last day is the one before {long_date(form.cleaned_data['valid_to'])}."
            )
            return redirect(url("organise-offer-prices", code=code))
    back = url("organise-offer-prices", code=code)
    row = row_of(price, timezone.localdate(), may_write=True)
    context = {"offer": price.offer, "price": price, "row": row, "form": form, "back_url": back}
    return render(request, "organise/price_end.html", context, status=400 if form.errors else 200)
