"""Networks that a school's subscription level opens: those it may still join, and joining one."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from frontend.buying import SignedInRequest, buyer_for
from frontend.jinja import url
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import Network, NetworkMember
from marketplace.trading.services.network_members import join_by_level, opened_by_level


def still_to_join(organisation: Organisation, on: date) -> list[Network]:
    """The networks that its level opens and of which it is no member yet."""
    names = opened_by_level(organisation, on)
    if not names:
        return []
    joined = NetworkMember.objects.filter(on_day(on), organisation=organisation).values("network")
    return list(Network.objects.filter(name__in=names, closed_on=None).exclude(pk__in=joined))


@login_required
@require_POST
def join(request: SignedInRequest, kind: str, code: str, network: str) -> HttpResponse:
    """Joins a network that the level opens; its meetings can be booked at once."""
    buyer = buyer_for(request, kind, code)
    found = Network.objects.filter(code=network).first()
    if found is None:
        raise NotFound("Page not found")
    made = join_by_level(network=found, organisation=buyer.organisation, on=timezone.localdate(), actor=request.actor)
    messages.success(request, f"{buyer.organisation.name} is in {found.name}. Book its meetings here.")
    return redirect(url("me-network", pk=made.pk))
