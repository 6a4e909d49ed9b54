"""What was bought: the offer of an order's line as it was published when it was ordered."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.rules.offer_content import differences, says
from frontend.buying import SignedInRequest, buyer_for
from frontend.school.orders import own_order
from marketplace.core.errors import NotFound
from marketplace.trading.queries import lines_for


@login_required
@require_safe
def bought_offer(request: SignedInRequest, kind: str, code: str, number: str, position: int) -> HttpResponse:
    """The version that the line was ordered from, and what the offer says differently now.

    ``position`` counts the order's lines from 1. A line without a version, or of another school, is not found.
    """
    buyer = buyer_for(request, kind, code)
    order = own_order(buyer, request, number)
    ids = list(order.lines.order_by("pk").values_list("pk", flat=True))
    if not 1 <= position <= len(ids):
        raise NotFound("Page not found")
    lines = lines_for(request.actor, order).select_related("offer__current_version")
    line = lines.filter(pk=ids[position - 1], offer_version__isnull=False).first()
    if line is None or line.offer_version is None:
        raise NotFound("Page not found")
    now = line.offer.current_version
    newer = now if now is not None and now.pk != line.offer_version_id else None
    context = {
        "buyer": buyer,
        "order": order,
        "version": line.offer_version,
        "said": says(line.offer_version.content),
        "newer": newer,
        "changed": differences(line.offer_version.content, newer.content) if newer else [],
        "back_url": buyer.url("school-order", number=number),
    }
    return render(request, "school/bought_offer.html", context)
