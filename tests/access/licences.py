"""Resources and what their authors earn in the world of the access matrix: each school has a licence of its own resource."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.models import Offer, Resource
from catalogue.rules.classes import PriceClass
from catalogue.services import add_offer, add_price, add_resource_file, publish_offer, set_up_resource
from invoicing.payables.models import Payable
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Licence
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from providers.models import Provider
from tests.core.small_files import PDF


def licensed(*, school: Organisation, buyer: Actor, author: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """A licence that the school ordered, with its file and the royalty of its author."""
    offer = add_offer(
        code=f"kit-of-{school.pk}", title=f"Kit of {school.name}", kind=Offer.Kind.RESOURCE,
        provider=Provider.objects.earliest("pk"), supply_kind=Offer.SupplyKind.OTHER, cfr_code="E19", term_months=12,
        actor=actor,
    )  # fmt: skip
    add_price(offer=offer, price_class=PriceClass.ANY, rule={"flat": "24"}, valid_from=date(2020, 1, 1), actor=actor)
    publish_offer(offer=offer, actor=actor)
    resource = set_up_resource(
        offer=offer, form=Resource.Form.LICENCE, author=author, royalty=Decimal("0.3"), actor=actor
    )
    file = add_resource_file(resource=resource, title="Guide", upload=PDF, name="guide.pdf", on=today, actor=actor)
    basket = open_basket(organisation=school, actor=buyer)
    add_to_basket(basket=basket, offer=offer, school=school, quantity=Decimal(1), on=today, actor=buyer)
    seen = check_basket(basket=basket, on=today, actor=buyer).total.gross.pence
    order = place_order(basket=basket, on=today, actor=buyer, purchase_order="", expected_pence=seen)
    licence = Licence.objects.get(order_line__order=order)
    royalty = Payable.objects.get(source_key=f"order-line:{licence.order_line_id}:royalty")
    return {"licence": licence.pk, "resource_file": file.pk, "resource": offer.code, "payable": royalty.pk}
