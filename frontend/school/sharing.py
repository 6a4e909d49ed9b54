"""What a buyer contributes as a member and shares with others: its figures, their working, others where it is open."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.rules.classes import PriceClass
from frontend.buying import SignedInRequest, buyer_for
from frontend.finance.contributions import terms_words
from frontend.finance.listing import page_of
from frontend.finance.members import last_of, votes_words
from frontend.formats import long_date
from marketplace.organisations.models import Organisation
from subscriptions.purses.queries import memberships_of
from subscriptions.queries import contributions_of, entries_of, own_share, seen_by, sharing_of

PER_PAGE = 25


@login_required
@require_safe
def sharing(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """The buyer's membership, its contributions with their working, and the costs that it shares."""
    buyer = buyer_for(request, kind, code)
    page = page_of(request, contributions_of(buyer.organisation), per_page=PER_PAGE)
    context = {
        "buyer": buyer,
        "member": membership_rows(buyer.organisation),
        "page_obj": page,
        "contributions": [(one, terms_words(one.round), one.round.term_to - timedelta(days=1)) for one in page],
        "costs": [(one, one.cost.term_to - timedelta(days=1)) for one in sharing_of(buyer.organisation)[:100]],
        "purses": memberships_of(buyer.organisation)[:100],
        "back_url": buyer.url("school-about"),
    }
    return render(request, "school/sharing.html", context)


def membership_rows(organisation: Organisation) -> list[dict[str, str]]:
    """The membership of today in rows for a card; none where there is none."""
    today = timezone.localdate()
    runs = (
        one
        for one in entries_of(organisation)
        if one.valid_from <= today and not (one.valid_to and one.valid_to <= today)
    )
    found = next(runs, None)
    if found is None:
        return []
    last = last_of(found)
    return [
        {"key": "Member as", "value": found.member_class.name},
        {"key": "Votes", "value": votes_words(found.member_class.votes)},
        {"key": "Votes cast by", "value": found.voter.name if found.voter else "Nobody is named"},
        {"key": "Prices", "value": f"As {PriceClass(found.member_class.price_class).one}"},
        {"key": "Since", "value": long_date(found.valid_from)},
        *([{"key": "Last day", "value": long_date(last)}] if last else []),
    ]


@login_required
@require_safe
def shared_cost(request: SignedInRequest, kind: str, code: str, cost: str) -> HttpResponse:
    """One cost that the buyer shares: its share of each part with the working; the others' where that is open."""
    buyer = buyer_for(request, kind, code)
    own = own_share(buyer.organisation, cost)
    seen = seen_by(own)
    mine = next(one for one in seen if one.participant.pk == own.pk)
    context = {
        "buyer": buyer,
        "own": own,
        "cost": own.cost,
        "parts": list(own.cost.parts.order_by("position")),
        "seen": seen,
        "mine": mine,
        "last": (own.left_on or own.cost.term_to) - timedelta(days=1),
        "last_of": lambda row: row.valid_to - timedelta(days=1),
        "back_url": buyer.url("school-sharing"),
    }
    return render(request, "school/shared_cost.html", context)
