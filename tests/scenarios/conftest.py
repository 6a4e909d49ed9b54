from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.rules.facts import IncludedPlaces
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from tests.shop import Shop


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def order() -> Callable[..., Order]:
    """``order(buyer, school, [line, …], on=day)``: fills a basket, looks at its total, and orders just that."""

    def place(
        buyer: Actor,
        school: Organisation,
        lines: list[dict[str, Any]],
        *,
        on: date,
        included: dict[int, IncludedPlaces] | None = None,
        purchase_order: str = "",
    ) -> Order:
        basket = open_basket(organisation=school, actor=buyer)
        for line in lines:
            given = {"school": school} | line | {"quantity": Decimal(line.get("quantity", 1))}
            add_to_basket(basket=basket, on=on, actor=buyer, **given)
        seen = check_basket(basket=basket, on=on, actor=buyer, included=included).total.gross.pence
        return place_order(
            basket=basket,
            purchase_order=purchase_order,
            expected_pence=seen,
            on=on,
            actor=buyer,
            included=included,
        )

    return place
