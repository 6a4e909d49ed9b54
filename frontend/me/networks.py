"""A member's networks: meetings to book with one click, and whether the network may write."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue.models import CourseRun
from frontend.buying import SignedInRequest
from frontend.finance.listing import page_of
from frontend.formats import long_date
from frontend.jinja import url
from frontend.notices.networks import SALT
from marketplace.core.errors import DomainError, NotFound
from marketplace.trading.models import Booking, NetworkMember
from marketplace.trading.queries_of_networks import coming_meetings, membership_for, memberships_for
from marketplace.trading.rules.networks import books_from, may_book
from marketplace.trading.services.networks import book_meeting, choose_mail, stop_mail

PER_PAGE = 25


@login_required
@require_safe
def networks(request: SignedInRequest) -> HttpResponse:
    """Networks of which one is the contact, or for whose member one buys."""
    page = page_of(request, memberships_for(request.actor, timezone.localdate()), per_page=PER_PAGE)
    return render(request, "me/networks.html", {"page_obj": page})


@login_required
@require_safe
def network(request: SignedInRequest, pk: int) -> HttpResponse:
    """One network: its meetings ahead, each with a place to book."""
    return _show(request, membership_for(request.actor, pk, timezone.localdate()))


def _show(request: SignedInRequest, member: NetworkMember, error: str = "", status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    runs = coming_meetings(member.network, timezone.now())
    booked: dict[int, list[str]] = {}
    standing = Booking.objects.filter(run__in=runs, school_id=member.organisation_id, state=Booking.State.BOOKED)
    for run_id, name in standing.order_by("pk").values_list("run", "delegate_name"):
        booked.setdefault(run_id, []).append(name)
    context = {
        "member": member,
        "network": member.network,
        "meetings": [_meeting(run, member, booked.get(run.pk, []), today) for run in runs],
        "who": request.POST.get("name", "") or request.actor.name,
        "errors": [error] if error else [],
        "back_url": url("me-networks"),
    }
    return render(request, "me/network.html", context, status=status)


def _meeting(run: CourseRun, member: NetworkMember, names: list[str], today: Any) -> dict[str, Any]:
    first = books_from(member.kind, run.starts_on)
    open_ = may_book(member.kind, run.starts_on, today) and run.places_left > 0
    later = f"Associates book from {long_date(first)} on" if first and first > today else ""
    return {"run": run, "names": names, "open": open_, "why": "" if open_ else later or "Full"}


@login_required
@require_POST
def book(request: SignedInRequest, pk: int, run: str) -> HttpResponse:
    """Books one place at a meeting."""
    today = timezone.localdate()
    member = membership_for(request.actor, pk, today)
    found = CourseRun.objects.filter(code=run, offer_id=member.network.offer_id).first()
    if found is None:
        raise NotFound("There is no such meeting.")
    name = request.POST.get("name", "")
    email = request.user.email if name.strip() == request.actor.name else ""  # type: ignore[union-attr]
    try:
        place = book_meeting(member=member, run=found, name=name, email=email, on=today, actor=request.actor)
    except DomainError as error:
        return _show(request, member, error.message, error.status)
    messages.success(request, f"{place.delegate_name} has a place on {long_date(found.starts_on)}.")
    return redirect(url("me-network", pk=pk))


@login_required
@require_POST
def mail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whether the network may write."""
    member = membership_for(request.actor, pk, timezone.localdate())
    wanted = request.POST.get("wanted") == "yes"
    choose_mail(member=member, wanted=wanted, actor=request.actor)
    messages.success(request, "Letters come again." if wanted else "No more letters of this network come.")
    return redirect(url("me-network", pk=pk))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stops the letters by the link at their end, without signing in; opening it changes nothing."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NotFound("This link no longer works.") from None
    member = NetworkMember.objects.filter(pk=pk).select_related("network").first()
    if member is None:
        raise NotFound("This link no longer works.")
    if request.method == "POST":
        stop_mail(member=member)
        member.refresh_from_db()
    return render(request, "public/network_stop.html", {"network": member.network, "stopped": member.no_mail})
