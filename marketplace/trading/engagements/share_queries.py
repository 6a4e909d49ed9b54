"""A shared booking school by school: its part of the whole price, and what it was charged so far. Pence before VAT."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from invoicing.receivables.models import Charge
from marketplace.core.money import round_half_up, share_out
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.services.prepaid import prepaid_key
from marketplace.trading.engagements.visit_models import VisitCharge


@dataclass(frozen=True)
class SharePart:
    """One school: ``whole_pence`` is its part of the agreed time, ``charged_pence`` what visits, travel and payment in
    advance came to so far for it."""

    school: Organisation
    weight: Decimal
    percent: Decimal
    whole_pence: int
    charged_pence: int
    purchase_order: str
    lead: bool


def parts_of_booking(engagement: Engagement) -> list[SharePart]:
    """Every school that shares the booking, in the order of the shares; none where one school bears it alone."""
    shares = list(engagement.shares.select_related("school").order_by("position"))
    if not shares:
        return []
    weights = [one.weight for one in shares]
    wholes = share_out(round_half_up(engagement.quantity * engagement.sell_pence), weights)
    charged = _charged(engagement, [one.position for one in shares])
    return [
        SharePart(
            one.school, one.weight, (one.weight * 100 / sum(weights)).quantize(Decimal("0.1")), whole,
            charged.get(one.position, 0), one.purchase_order or engagement.purchase_order,
            one.school_id == engagement.school_id,
        )
        for one, whole in zip(shares, wholes, strict=True)
    ]  # fmt: skip


def _charged(engagement: Engagement, positions: list[int]) -> dict[int, int]:
    """By position. What a visit used of money paid in advance is not counted beside that money."""
    rows = VisitCharge.objects.filter(visit__date__engagement=engagement)
    if engagement.paid_by == Engagement.PaidBy.PREPAID:
        rows = rows.filter(kind=VisitCharge.Kind.TRAVEL)
    found = {row["position"]: int(row["pence"]) for row in rows.values("position").annotate(pence=Sum("net_pence"))}
    keys = {prepaid_key(engagement, position): position for position in positions}
    for key, pence in Charge.objects.filter(source_key__in=keys).values_list("source_key", "net_pence"):
        found[keys[key]] = found.get(keys[key], 0) + pence
    return found
