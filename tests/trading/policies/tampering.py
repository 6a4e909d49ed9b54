"""How the invariants of fees and waivers are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.services import (
    add_to_basket,
    ask_waiver,
    cancel_booking,
    check_basket,
    decide_waiver,
    open_basket,
    place_order,
)
from tests.catalogue.policies_of_the_field import POLICIES
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.shop import START, Shop, person

ON, LATE = date(2026, 9, 1), date(2027, 3, 18)


def fees_and_waivers() -> None:
    """A free place cancelled late for £50.00, and a priced one of which £180.00 is waived."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    buyer, shop = person(customer, actor), Shop(actor)
    organiser = person(partnership(), actor, name="Ora Niser", role=Role.ORGANISER)
    basket = open_basket(organisation=customer, actor=buyer)
    for code, price in (("priced", "180"), ("free", "0")):
        course = shop.course(code, title=code.title(), other=price, cancellation=POLICIES["four working days"])
        add_to_basket(
            basket=basket, offer=course, run=shop.run(course), school=customer, quantity=Decimal(1), on=ON, actor=buyer
        )
    seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
    order = place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=buyer)
    priced, free = (line.bookings.get() for line in order.lines.order_by("pk"))
    cancel_booking(booking=free, on=LATE, actor=buyer)
    waiver = ask_waiver(booking=priced, reason="ofsted", on=LATE, actor=buyer)
    decide_waiver(waiver=waiver, grant=True, answer="", on=LATE, actor=organiser)


def _sql(statement: str, *tables: str) -> Callable[[], None]:
    def tamper() -> None:
        fees_and_waivers()
        for table in tables:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


FEES, WAIVERS = "booking-fees-are-charged-once", "waivers-granted-by-another"
TAMPERINGS: dict[str, Callable[[], None]] = {
    FEES: _sql("UPDATE trading_bookingfee SET pence = pence + 1"),
    WAIVERS: _sql("UPDATE trading_waiver SET decided_by_person_id = asked_by_person_id", "trading_waiver"),
}
FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        FEES,
        "a fee that nobody charged",
        _sql("UPDATE trading_bookingfee SET charge_source_key = 'booking:0:cancelled-fee'"),
    ),
    (FEES, "a fee of a place that stands", _sql("UPDATE trading_booking SET state = 'booked', cancelled_on = NULL")),
    (FEES, "charged without a fee", _sql("DELETE FROM trading_bookingfee")),
    (WAIVERS, "more given than was taken off", _sql("UPDATE trading_waiver SET given_pence = given_pence - 1")),
    (WAIVERS, "taken off without being given", _sql("UPDATE trading_waiver SET given_pence = 0")),
]
