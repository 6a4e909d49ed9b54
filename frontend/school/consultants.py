"""Finding a consultant, asking up to four of them, and their quotes side by side."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest, buyer_for
from frontend.finance.access import posted, said
from frontend.finance.listing import chosen, page_of
from frontend.formats import long_date, money, plural
from frontend.numbers import whole
from frontend.school.consultant_forms import AcceptForm, AskForm, FindFilter, time_of
from frontend.school.consultant_words import quote_rows
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.engagements.asked_models import AskedBooking
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.queries import (
    free_times_of,
    prices_of,
    quotes_of,
    request_for,
    requests_for,
)
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.rules.terms import a_unit, units_words
from marketplace.trading.engagements.services.accepting import accept_quote
from marketplace.trading.engagements.services.agreeing import NewDate, is_member
from marketplace.trading.engagements.services.approving import approval_route, ask_booking_approval
from marketplace.trading.engagements.services.asking import MOST_ASKED, ask_consultants, withdraw_request
from marketplace.trading.engagements.services.request_locks import OPEN
from providers.accreditation.queries import standings_on
from providers.models import Consultant
from providers.queries import consultants_for

PER_PAGE = 25
Made = TypeVar("Made")
WRITE = ("GET", "HEAD", "POST")


def section(request: SignedInRequest, kind: str, code: str) -> Buyer:
    """The organisation of the address, its pages shown under Consultants."""
    buyer = buyer_for(request, kind, code)
    request.section_path = buyer.url("school-consultants")
    return buyer


@login_required
@require_safe
def consultants(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Those whom a school may book today, with its own price."""
    buyer, on = section(request, kind, code), timezone.localdate()
    shown = consultants_for(request.actor).filter(published=True, provider__published=True).order_by("name", "pk")
    everybody = list(shown)
    form = FindFilter(
        request.GET, themes=sorted({t for one in everybody for t in one.themes}),
        phases=sorted({p for one in everybody for p in one.phases}),
    )  # fmt: skip
    given = form.cleaned_data if form.is_valid() else {}
    standing = standings_on(everybody, on)
    found = [one for one in everybody if standing[one.pk].accredited and _fits(one, given)]
    page = page_of(request, found, per_page=PER_PAGE)
    prices = prices_of(list(page), on, member=is_member(buyer.organisation, on))
    context = {
        "buyer": buyer, "filter_form": form, "page_obj": page, "most": MOST_ASKED,
        "rows": [(one, _price_words(prices[one.pk])) for one in page],
        "count_text": plural(len(found), "consultant"), "chosen": chosen(request, form),
    }  # fmt: skip
    return render(request, "consultants/find.html", context)


def _fits(one: Consultant, given: dict[str, Any]) -> bool:
    theme, phase = given.get("theme"), given.get("phase")
    return (not theme or theme in one.themes) and (not phase or phase in one.phases)


def _price_words(rates: dict[str, Any]) -> list[str]:
    words = [f"{money(rates[unit].sell_pence)} {a_unit(unit)}" for unit in Engagement.Unit.values if unit in rates]
    mile = next((one.mileage_pence for one in rates.values() if one.mileage_pence), 0)
    if words:
        words.append(f"and {money(mile)} a mile" if mile else "travel included")
    return words


@login_required
@require_http_methods(WRITE)
def ask(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The need, and whom it goes to."""
    buyer, on = section(request, kind, code), timezone.localdate()
    found = list(consultants_for(request.actor).filter(published=True, provider__published=True).order_by("name", "pk"))
    standing = standings_on(found, on)
    found = [one for one in found if standing[one.pk].accredited]
    initial = {"consultants": request.GET.getlist("consultant"), "answer_by": on + timedelta(days=10)}
    form = AskForm(posted(request), found=found, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = ask_consultants(
                school=buyer.organisation, consultants=form.chosen, need=form.need,
                answer_by=form.cleaned_data["answer_by"], on=on, actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            whom = plural(len(form.chosen), "consultant")
            messages.success(request, f"{made.number} went to {whom}. We tell you when each answers.")
            return redirect(buyer.url("school-consultant-request", number=made.number))
    context = {"buyer": buyer, "form": form, "back_url": buyer.url("school-consultants")}
    return render(request, "consultants/ask.html", context, status=400 if form.is_bound else 200)


@login_required
@require_safe
def requests(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """What the school asked for, newest first, with where each stands."""
    buyer = section(request, kind, code)
    mine = requests_for(request.actor).filter(school=buyer.organisation).prefetch_related("quotes")
    page = page_of(request, mine, per_page=PER_PAGE)
    rows = [(one, sum(quote.state == "quoted" for quote in one.quotes.all()), one.quotes.all()) for one in page]
    context = {"buyer": buyer, "page_obj": page, "rows": rows, "count_text": plural(page.paginator.count, "request")}
    return render(request, "consultants/requests.html", context)


@login_required
@require_http_methods(WRITE)
def request_page(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One request, its quotes side by side; taking it back."""
    buyer, on = section(request, kind, code), timezone.localdate()
    found = request_for(request.actor, number)
    if found.school_id != buyer.organisation.pk:
        raise NotFound("Page not found")
    errors, status = [], 200
    if request.method == "POST":
        try:
            withdraw_request(request=found, on=on, actor=request.actor)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, f"{number} is withdrawn. Those who were asked are told. Nothing is owed.")
            return redirect(buyer.url("school-consultant-requests"))
    quotes = quotes_of(found)
    given = [one for one in quotes if one.state in ("quoted", "accepted")]
    context = {
        "buyer": buyer, "asked": found, "errors": errors, "open": found.state in OPEN,
        "need": units_words(found.quantity, found.unit), "last_day": found.wanted_to - timedelta(days=1),
        "columns": quote_rows(given, found.budget_pence, on), "given": given,
        "others": [one for one in quotes if one not in given], "on": on, "waits": _waiting(found),
        "back_url": buyer.url("school-consultant-requests"),
    }  # fmt: skip
    return render(request, "consultants/request.html", context, status=status)


def _waiting(asked: ConsultantRequest) -> AskedBooking | None:
    """The quote of the request that is with its approver, with its order."""
    waits = AskedBooking.objects.filter(request=asked, state=AskedBooking.State.WAITING)
    return waits.select_related("order__approval", "quote__consultant").first()


@login_required
@require_http_methods(WRITE)
def accept(request: SignedInRequest, kind: str, code: str, number: str, quote: int) -> HttpResponse:
    """Accepting one quote: the whole cost, purchase order, off-payroll answer, and the first date."""
    buyer, on = section(request, kind, code), timezone.localdate()
    asked = request_for(request.actor, number)
    here = buyer.url("school-consultant-request", number=number)
    found = next((one for one in quotes_of(asked) if one.pk == quote), None)
    if found is None or asked.school_id != buyer.organisation.pk or found.quantity is None:
        raise NotFound("Page not found")
    if found.state != ConsultantQuote.State.QUOTED:
        return redirect(here)
    first = max(asked.wanted_from, on + timedelta(days=1))
    times = free_times_of(found.consultant, asked.unit, found.quantity, first)[:8]
    form = AcceptForm(posted(request), times=times)
    route = approval_route(quote=found, on=on, actor=request.actor)
    if (
        form.is_bound
        and form.is_valid()
        and route
        and (order := _taken(ask_booking_approval, request, found, form, times))
    ):
        messages.success(request, f"{order.number} is with {route.goes_to}. Nothing is booked before they approve.")
        return redirect(buyer.url("school-approval", number=order.number))
    if form.is_bound and form.is_valid() and not route and (made := _taken(accept_quote, request, found, form, times)):
        messages.success(
            request, f"{made.number} is agreed: {money(found.gross_pence)} with VAT. {made.consultant.name} is told."
        )
        return redirect(buyer.url("school-consultant-booking", number=made.number))
    context = {
        "buyer": buyer, "asked": asked, "quote": found, "form": form, "back_url": here,
        "units": units_words(found.quantity, asked.unit), "until": long_date(found.valid_until or on), "route": route,
    }  # fmt: skip
    return render(request, "consultants/accept.html", context, status=400 if form.is_bound else 200)


def _taken(
    verb: Callable[..., Made], request: SignedInRequest, found: ConsultantQuote, form: AcceptForm, times: Any
) -> Made | None:
    """The booking, or the order that waits for approval; None with the refusal on the form."""
    time = form.cleaned_data["time"]
    dates = [NewDate(*time_of(time, times), online=found.request.mode == "online")] if time else []
    shown = whole(request.POST.get("expected"), otherwise=-1)
    if shown < 0:
        form.add_error(None, "The sum that was shown is missing. Open the quote again.")
        return None
    try:
        return verb(
            quote=found, expected_pence=shown, ir35=form.ir35, dates=dates,
            purchase_order=form.cleaned_data["purchase_order"], on=timezone.localdate(), actor=request.actor,
        )  # fmt: skip
    except DomainError as error:
        form.add_error(None, " ".join(said(error)))
    return None
