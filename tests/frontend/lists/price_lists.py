"""What makes the price lists longer."""

from datetime import date, timedelta

from django.urls import reverse

from catalogue.models import Offer, Price
from catalogue.services import add_offer
from tests.frontend.lists import own_offers
from tests.frontend.lists.world import World

_FIRST = date(2020, 1, 1)


def _offer(world: World) -> Offer:
    def make() -> Offer:
        return add_offer(
            code="priced", kind=Offer.Kind.SERVICE, title="Advice", provider=own_offers._provider(world),
            supply_kind=Offer.SupplyKind.OTHER, cfr_code="E28a", actor=world.actor,
        )  # fmt: skip

    return world.kept("priced offer", make)  # type: ignore[no-any-return]


def rows(world: World, numbers: range) -> None:
    """A price of one day for each number."""
    offer, one = _offer(world), timedelta(days=1)
    days = [_FIRST + timedelta(days=number) for number in numbers]
    Price.objects.bulk_create(
        Price(offer=offer, price_class=0, valid_from=day, valid_to=day + one, rule={"flat": "1"}) for day in days
    )


def of_offer(world: World) -> str:
    return reverse("organise-offer-prices", kwargs={"code": _offer(world).code})
