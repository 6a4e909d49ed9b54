"""An offer: what it is, when, what it costs this buyer and why, what cancelling costs, and into the basket."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.listing import prices_on_page
from catalogue.models import CourseRun, Offer
from catalogue.offer_queries import packages_of
from catalogue.queries import open_runs, published_offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.quotes import Quote
from catalogue.services import price_row_on
from frontend.buying import CUSTOMER, SCHOOL, TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.formats import plural
from frontend.run_words import fetch_meetings
from frontend.school.choosing import choosing_of
from frontend.school.facts import PREFIX
from frontend.school.finding import own_buyer, price_words
from frontend.school.offer_form import OfferForm, run_hint
from frontend.school.term_words import term_words
from frontend.school.waiting_join import join, waiting_choice
from frontend.school.words import cancelling_words, steps_of
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.services import add_to_basket, open_basket
from marketplace.trading.services.agreeing import quote_of_term, years_offered
from subscriptions.queries import included_on, price_class_on, theme_discounts_on


@require_safe
def find_offer(request: HttpRequest, offer: str) -> HttpResponse:
    """The offer for anybody, with its list price. Whoever buys for one organisation is sent to their own price."""
    if (own := own_buyer(request)) is not None:
        return redirect(own.url("school-offer", offer=offer))
    found, on = published_offer(offer), timezone.localdate()
    listed = prices_on_page(offers=[found], organisation=None, price_class=PriceClass.NON_MEMBER, on=on)[found.pk]
    runs = list(open_runs(found, after=timezone.now()))
    fetch_meetings(runs)
    context = {
        "offer": found,
        "runs": [{"run": run, "hint": run_hint(run)} for run in runs],
        "price": price_words(listed),
        "steps": steps_of(listed.quote) if listed.quote else [],
        "cancelling": cancelling_words(found, runs[0] if runs else None, on),
        "chosen": choosing_of(request, found, None, on),
        "packages": packages_of(found),
        "package_address": lambda code: reverse("find-offer", kwargs={"offer": code}),
        "back_url": reverse("find"),
    }
    return render(request, "public/offer.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def school_offer(request: SignedInRequest, kind: str, code: str, offer: str) -> HttpResponse:
    """The offer with the buyer's own price; posting puts it into the basket at that price."""
    buyer = buyer_for(request, kind, code)
    found, on = published_offer(offer), timezone.localdate()
    if found.audience == Offer.Audience.EXHIBITORS and kind in (SCHOOL, TRUST):
        raise NotFound("Page not found")
    receivers = receivers_for(buyer, request.actor)
    runs = list(open_runs(found, after=timezone.now()))
    fetch_meetings(runs)
    form = OfferForm(
        request.POST if request.method == "POST" else request.GET or None,
        offer=found,
        runs=runs,
        receivers=receivers,
        rule=_rule(found, receivers[0], on),
        years=years_offered(found),
    )
    if "update" in request.POST:
        return redirect(f"{request.path}?{form.as_query()}")
    valid = form.is_valid() if form.is_bound else True
    if request.method == "POST" and valid:
        put = join(request, buyer, form) if "wait" in request.POST else _add(request, buyer, form, on)
        if put is not None:
            return put
    quote = _quote(form, on) if valid and not form.errors else None
    context = _context(buyer, form, quote, runs, on) | {"chosen": choosing_of(request, found, buyer, on)}
    return render(request, "school/offer.html", context, status=400 if request.method == "POST" else 200)


def _rule(offer: Offer, receiver: Organisation, on: date) -> Any:
    row = price_row_on(offer=offer, run=None, price_class=price_class_on(receiver, on), on=on)
    return row.rule if row else None


def _quote(form: OfferForm, on: date) -> Quote | None:
    """The price of what is chosen. Where there is none, the form says why, beside the field that is missing."""
    if form.offer.signposted_url or (form.offer.kind == Offer.Kind.COURSE and form.run is None):
        return None
    try:
        quote, form.plan = quote_of_term(
            offer=form.offer,
            run=form.run,
            organisation=form.receiver,
            quantity=form.quantity,
            on=on,
            price_class=price_class_on(form.receiver, on),
            themes_off=theme_discounts_on([form.receiver.pk], on),
            included_places=included_on([form.receiver.pk], on).get(form.receiver.pk) if form.run else None,
            facts=form.facts,
            first_day=form.starts_on,
        )
        return quote
    except DomainError as error:
        form.refuse(error)
        return None


def _add(request: SignedInRequest, buyer: Buyer, form: OfferForm, on: date) -> HttpResponse | None:
    """Into the basket, and on to it; None where it was refused and the form now says why."""
    try:
        add_to_basket(
            basket=open_basket(organisation=buyer.organisation, actor=request.actor),
            offer=form.offer,
            run=form.run,
            school=form.receiver,
            quantity=form.quantity,
            facts=form.facts,
            service_from=form.starts_on,
            on=on,
            actor=request.actor,
        )
    except DomainError as error:
        form.refuse(error)
        return None
    messages.success(request, f"{form.offer.title} is in your basket. Nothing is ordered yet.")
    return redirect(buyer.url("school-basket"))


def _context(buyer: Buyer, form: OfferForm, quote: Quote | None, runs: list[CourseRun], on: date) -> dict[str, Any]:
    offer = form.offer
    return {
        "buyer": buyer,
        "offer": offer,
        "form": form,
        "refused": "" if form.is_bound else form.refused,
        "fact_fields": [form[name] for name in form.fields if name.startswith(PREFIX)],
        "runs": runs,
        "run_hints": {run.code: run_hint(run) for run in runs},
        "quote": quote,
        "steps": steps_of(quote) if quote else [],
        "term": term_words(form.plan, quote.vat) if quote else None,
        "for_whom": form.receiver.name,
        "many": plural(int(form.quantity), "person", "people") if "run" in form.fields else "",
        "waiting": waiting_choice(buyer, form) if "run" in form.fields and not form.errors else None,
        "add_text": f"Add {plural(int(form.quantity), 'place')}" if "run" in form.fields else "Add to basket",
        "cancelling": cancelling_words(offer, form.run, on),
        "packages": packages_of(offer) if buyer.kind == CUSTOMER else [],
        "package_address": lambda code: buyer.url("school-offer", offer=code),
        "back_url": buyer.url("school-find"),
    }
