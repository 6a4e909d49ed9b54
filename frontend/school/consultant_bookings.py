"""A school's bookings of consultants: the list, one with its dates and terms, more dates, another time, giving one up."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.buying import Buyer, SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.listing import page_of
from frontend.formats import long_date, money, plural
from frontend.school.consultant_forms import Ir35Form, OrderForm, ReasonForm, TimeForm, time_of
from frontend.school.consultant_words import DATE_TAGS, RELEASES, ladder_rows, price_sentence, when_words
from frontend.school.consultants import PER_PAGE, WRITE, section
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.engagements.models import Engagement, EngagementDate, EngagementShare
from marketplace.trading.engagements.queries import date_for, engagement_for, engagements_for, free_times_of
from marketplace.trading.engagements.rules.terms import units_words
from marketplace.trading.engagements.services.agreeing import NewDate, set_booking_purchase_order
from marketplace.trading.engagements.services.cancelling import consequence_of
from marketplace.trading.engagements.services.dates import add_date, cancel_booking, cancel_date, move_date
from marketplace.trading.engagements.services.ir35 import determination_of, determine, gross_payment_allowed
from marketplace.trading.engagements.services.planning import day_of, left_to_plan

State = EngagementDate.State


def own_booking(request: SignedInRequest, buyer: Buyer, number: str) -> Engagement:
    """The booking of this school; NotFound for another's. A school that shares one sees it, and does not change it."""
    found = engagement_for(request.actor, number)
    shares = found.shares.filter(school=buyer.organisation).exists()
    if found.school_id != buyer.organisation.pk and not shares:
        raise NotFound("Page not found")
    return found


@login_required
@require_safe
def bookings(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Every booking of a consultant, also those shared with other schools, newest first, with what is planned of it."""
    buyer = section(request, kind, code)
    shared = EngagementShare.objects.filter(engagement=OuterRef("pk"), school=buyer.organisation)
    mine = (
        engagements_for(request.actor).filter(Q(school=buyer.organisation) | Exists(shared)).prefetch_related("dates")
    )
    page = page_of(request, mine, per_page=PER_PAGE)
    rows = [(one, price_sentence(one), _next(one)) for one in page]
    context = {"buyer": buyer, "page_obj": page, "rows": rows, "count_text": plural(page.paginator.count, "booking")}
    return render(request, "consultants/bookings.html", context)


def _next(one: Engagement) -> str:
    """The next date in words, from what was read with the list."""
    now = timezone.now()
    coming = [d.starts_at for d in one.dates.all() if d.state == State.PLANNED and d.starts_at > now]
    return long_date(min(coming)) if coming else ""


@login_required
@require_http_methods(WRITE)
def booking(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One booking: who, what it costs and why, its dates, its terms; a purchase order that came later."""
    buyer = section(request, kind, code)
    found = own_booking(request, buyer, number)
    form = OrderForm(posted(request), initial={"purchase_order": found.purchase_order})
    if form.is_bound and form.is_valid():
        try:
            set_booking_purchase_order(engagement=found, actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error("purchase_order", error.message)
        else:
            messages.success(request, "The purchase order is kept. What is charged from now on carries it.")
            return redirect(buyer.url("school-consultant-booking", number=number))
    left = left_to_plan(found)
    context = {
        "buyer": buyer, "booking": found, "form": form, "price": price_sentence(found),
        "dates": [_date_row(one, buyer, found) for one in found.dates.order_by("starts_at")],
        "left": units_words(left, found.unit) if left > 0 else "", "may_change": found.school_id == buyer.organisation.pk,
        "determination": determination_of(found), "gross_allowed": gross_payment_allowed(found),
        "shares": list(found.shares.select_related("school").order_by("position")),
        "back_url": buyer.url("school-consultant-bookings"),
    }  # fmt: skip
    return render(request, "consultants/booking.html", context, status=400 if form.is_bound else 200)


def _date_row(one: EngagementDate, buyer: Buyer, found: Engagement) -> dict[str, Any]:
    keys = {"number": found.number, "ordinal": one.ordinal}
    coming = one.state == State.PLANNED and day_of(one) >= timezone.localdate()
    page = "school-consultant-date" if coming else "school-visit"
    open_ = coming or one.state in (State.WRITTEN_UP, State.QUERIED, State.AGREED)
    return {
        "when": when_words(one), "quantity": units_words(one.quantity, found.unit), "tag": DATE_TAGS[one.state],
        "where": "Online" if one.online else one.place or found.school.name,
        "note": one.reason or RELEASES[one.release],
        "href": buyer.url(page, **keys) if open_ else "",
    }  # fmt: skip


@login_required
@require_http_methods(WRITE)
def new_date(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """One more date out of the consultant's free times."""
    buyer, on = section(request, kind, code), timezone.localdate()
    found = own_booking(request, buyer, number)
    here, left = buyer.url("school-consultant-booking", number=number), left_to_plan(found)
    if found.state != Engagement.State.AGREED or left <= 0:
        return redirect(here)
    times = free_times_of(found.consultant, found.unit, left, on + timedelta(days=_weeks(request) * 7 + 1))
    form = TimeForm(posted(request), times=times)
    if form.is_bound and form.is_valid():
        try:
            made = add_date(
                engagement=found, new=NewDate(*time_of(form.cleaned_data["time"], times)), on=on, actor=request.actor
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{when_words(made)} is booked. {found.consultant.name} is told.")
            return redirect(here)
    context = {
        "buyer": buyer, "booking": found, "form": form, "left": units_words(left, found.unit), "back_url": here,
        "weeks": _weeks(request), "heading": "Add a date", "button": "Book this date",
    }  # fmt: skip
    return render(request, "consultants/time.html", context, status=400 if form.is_bound else 200)


def _weeks(request: SignedInRequest) -> int:
    """From how many weeks ahead free times are shown: ?weeks=4."""
    given = request.GET.get("weeks", "0")
    return min(int(given), 52) if given.isdecimal() and len(given) < 3 else 0


@login_required
@require_http_methods(WRITE)
def change_date(request: SignedInRequest, kind: str, code: str, number: str, ordinal: int) -> HttpResponse:
    """What cancelling the date costs today and later, before either button; another of the free times."""
    buyer, on = section(request, kind, code), timezone.localdate()
    found = own_booking(request, buyer, number)
    planned = date_for(request.actor, number, ordinal)
    here = buyer.url("school-consultant-booking", number=number)
    if planned.state != State.PLANNED or day_of(planned) < on or found.school_id != buyer.organisation.pk:
        return redirect(here)
    shown = consequence_of(planned=planned, on=on)
    first = on + timedelta(days=_weeks(request) * 7 + 1)
    same = free_times_of(found.consultant, found.unit, planned.quantity, first, exactly=True)
    cancelling, data = request.POST.get("do") == "cancel", posted(request)
    form, move = ReasonForm(data if cancelling else None), TimeForm(None if cancelling else data, times=same)
    done = ""
    if form.is_bound and form.is_valid():
        done = _cancelled(request, planned, form)
    elif move.is_bound and move.is_valid():
        done = _moved(request, planned, move, same)
    if done:
        messages.success(request, done)
        return redirect(here)
    context = {
        "buyer": buyer, "booking": found, "planned": planned, "when": when_words(planned), "shown": shown, "form": form,
        "move": move, "forms": [form, move], "ladder": ladder_rows(shown), "back_url": here, "weeks": _weeks(request),
        "may_move": not shown.provider,
    }  # fmt: skip
    return render(request, "consultants/date.html", context, status=400 if data is not None else 200)


def _cancelled(request: SignedInRequest, planned: EngagementDate, form: ReasonForm) -> str:
    try:
        result = cancel_date(
            date=planned, on=timezone.localdate(), reason=form.cleaned_data["reason"], by_school=True,
            actor=request.actor,
        )  # fmt: skip
    except DomainError as error:
        form.add_error(None, " ".join(said(error)))
        return ""
    owed = f"{money(result.school.pence)} before VAT is invoiced." if result.school else "Nothing is owed."
    return f"{when_words(planned)} is cancelled. {owed}"


def _moved(request: SignedInRequest, planned: EngagementDate, form: TimeForm, times: Any) -> str:
    starts, ends, _ = time_of(form.cleaned_data["time"], times)
    try:
        moved = move_date(planned=planned, starts_at=starts, ends_at=ends, on=timezone.localdate(), actor=request.actor)
    except DomainError as error:
        form.add_error(None, " ".join(said(error)))
        return ""
    return f"The date is now {when_words(moved)}."


@login_required
@require_http_methods(WRITE)
def cancel(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """Cancelling all that is still planned: each date with what it costs, and the sum, before the button."""
    buyer, on = section(request, kind, code), timezone.localdate()
    found = own_booking(request, buyer, number)
    here = buyer.url("school-consultant-booking", number=number)
    if found.state != Engagement.State.AGREED or found.school_id != buyer.organisation.pk:
        return redirect(here)
    planned = [one for one in found.dates.filter(state=State.PLANNED).order_by("starts_at") if day_of(one) >= on]
    for one in planned:
        one.engagement = found
    shown = [(when_words(one), consequence_of(planned=one, on=on)) for one in planned]
    form = ReasonForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            cancel_booking(
                engagement=found, on=on, reason=form.cleaned_data["reason"], by_school=True, actor=request.actor
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{number} is cancelled. {found.consultant.name} is told.")
            return redirect(here)
    context = {
        "buyer": buyer, "booking": found, "form": form, "shown": shown, "back_url": here,
        "total": sum(result.school.pence for _, result in shown),
    }  # fmt: skip
    return render(request, "consultants/cancel.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(WRITE)
def off_payroll(request: SignedInRequest, kind: str, code: str, number: str) -> HttpResponse:
    """The determination of the booking as a statement to print, and a new one."""
    buyer = section(request, kind, code)
    found = own_booking(request, buyer, number)
    here = buyer.url("school-consultant-off-payroll", number=number)
    form = Ir35Form(posted(request))
    if form.is_bound and form.is_valid():
        try:
            determine(engagement=found, ir35=form.ir35, on=timezone.localdate(), actor=request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, "The determination is kept. Give the consultant a copy of it.")
            return redirect(here)
    context = {
        "buyer": buyer, "booking": found, "form": form, "latest": determination_of(found),
        "earlier": list(found.determinations.order_by("-pk")[1:]), "gross_allowed": gross_payment_allowed(found),
        "back_url": buyer.url("school-consultant-booking", number=number),
    }  # fmt: skip
    return render(request, "consultants/off_payroll.html", context, status=400 if form.is_bound else 200)
