"""List prices as they are sorted by: worked out ahead, once a day, by the same rule as the price that is shown."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q

from catalogue.listing import prices_on_page
from catalogue.models import ListPrice, Offer
from catalogue.queries import published_offers
from catalogue.rules.classes import PriceClass

AT_ONCE = 200


@transaction.atomic
def work_out_list_prices(*, on: date, most: int = AT_ONCE) -> int:
    """Works out the next ``most`` list prices that are not of this day; returns how many, 0 when all are.

    Several may run at once: each takes offers that no other holds.
    """
    stale = Q(list_price__isnull=True) | Q(list_price__worked_on__lt=on)
    waiting = published_offers().filter(stale).order_by("pk").values("pk")[:most]
    offers = list(
        Offer.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)))
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("pk")
    )
    prices = prices_on_page(offers=offers, organisation=None, price_class=PriceClass.NON_MEMBER, on=on)
    rows = []
    for offer in offers:
        quote = prices[offer.pk].quote
        rows.append(ListPrice(offer=offer, pence=quote.net.pence if quote else None, worked_on=on))
    ListPrice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["offer"], update_fields=["pence", "worked_on"]
    )
    return len(rows)


def forget_list_prices(*, offer_ids: Iterable[int]) -> None:
    """The prices of these offers changed: they are worked out anew within a minute, and sorted last until then."""
    ListPrice.objects.filter(pk__in=list(offer_ids)).delete()
