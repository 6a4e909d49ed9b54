"""Resources of a shop: a licence of a year by an author, and a download that is kept."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import Offer, Resource
from catalogue.rules.classes import PriceClass
from catalogue.services import add_resource_file, set_up_resource
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from tests.core.small_files import PDF
from tests.shop import Shop

ON = date(2026, 9, 1)


def kit(
    shop: Shop,
    *,
    code: str = "phonics-kit",
    form: Resource.Form = Resource.Form.LICENCE,
    scope: Resource.Scope = Resource.Scope.SCHOOL,
    author: Organisation | None = None,
    royalty: str = "0.3",
    price: str = "240",
    **more: Any,
) -> Offer:
    """Published, with one file called Guide unless it is printed."""
    term = 12 if form == Resource.Form.LICENCE else None
    offer = shop.offer(
        code, kind=Offer.Kind.RESOURCE, term_months=term, account_code="4300", stream_code="PR",
        prices={PriceClass.ANY: more.pop("rule", {"flat": price})}, **more,
    )  # fmt: skip
    resource = set_up_resource(
        offer=offer, form=form, scope=scope, author=author, royalty=Decimal(royalty if author else 0), actor=shop.actor
    )
    if resource.downloads:
        add_resource_file(resource=resource, title="Guide", upload=PDF, name="guide.pdf", on=ON, actor=shop.actor)
    return offer


def ordered(
    buyer: Actor, school: Organisation, offer: Offer, *, by: Organisation | None = None, on: date = ON, **more: Any
) -> Order:
    """One of it for a school, ordered by itself or its trust."""
    basket = open_basket(organisation=by or school, actor=buyer)
    given = {"quantity": Decimal(1)} | more
    add_to_basket(basket=basket, offer=offer, school=school, on=on, actor=buyer, **given)
    seen = check_basket(basket=basket, on=on, actor=buyer).total.gross.pence
    return place_order(basket=basket, purchase_order="", expected_pence=seen, on=on, actor=buyer)
