"""How the invariants of the catalogue and of trading are broken by someone who has switched the guards off.

Each tampering first makes an order through the public services, then changes what no service would.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.services import (
    Answer,
    add_to_basket,
    ask_approval,
    check_basket,
    decide,
    open_basket,
    place_order,
)
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.shop import START, Shop, person

ON = date(2026, 9, 1)


def an_order() -> None:
    """A customer of its own orders two places and one service."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    buyer, shop = person(customer, actor), Shop(actor)
    course = shop.course("tampered-course")
    service = shop.offer("tampered-service", prices={0: {"flat": "100"}})  # type: ignore[dict-item]
    basket = open_basket(organisation=customer, actor=buyer)
    run = shop.run(course)
    add_to_basket(basket=basket, offer=course, run=run, school=customer, quantity=Decimal(2), on=ON, actor=buyer)
    add_to_basket(basket=basket, offer=service, school=customer, quantity=Decimal(1), on=ON, actor=buyer)
    seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
    place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=buyer)


def _sql(statement: str, *tables: str) -> Callable[[], None]:
    def tamper() -> None:
        an_order()
        for table in tables:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


def _overlapping_prices() -> None:
    an_order()
    run_sql("ALTER TABLE catalogue_price DROP CONSTRAINT price_no_overlap")
    assert run_sql("UPDATE catalogue_price SET price_class = 0") >= 2


def an_approved_order() -> None:
    """A customer's office asks for a course, its head approves it."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    asker = person(customer, actor, name="Una Office", limit=1)
    head = person(customer, actor, name="Hugo Head", role=Role.APPROVER)
    shop = Shop(actor)
    course = shop.course("tampered-course")
    basket, run = open_basket(organisation=customer, actor=asker), shop.run(course)
    add_to_basket(basket=basket, offer=course, run=run, school=customer, quantity=Decimal(2), on=ON, actor=asker)
    order = ask_approval(basket=basket, purchase_order="", expected_pence=36_000, on=ON, actor=asker)
    decide(approval=order.approval, answer=Answer.APPROVE, on=ON, actor=head)


def _approved(statement: str, *tables: str) -> Callable[[], None]:
    def tamper() -> None:
        an_approved_order()
        for table in tables:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


APPROVAL = "trading_approval"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "approvals-match-their-orders": _approved("UPDATE trading_order SET state = 'declined'"),
    "orders-approved-by-another": _approved(
        "UPDATE trading_approval SET decided_by_person_id = asked_by_person_id", APPROVAL
    ),
    "approved-within-the-limit": _approved(
        "UPDATE organisations_roleassignment SET spending_limit_pence = 35999 WHERE role = 'approver'"
    ),
    "places-within-capacity": _sql("UPDATE catalogue_courserun SET taken = taken - 1"),
    "prices-never-overlap": _overlapping_prices,
    "bookings-hold-their-places": _sql("DELETE FROM trading_booking WHERE id = (SELECT max(id) FROM trading_booking)"),
    "used-prices-are-frozen": _sql("UPDATE catalogue_price SET pinned = false WHERE pinned"),
    "orders-are-paid-as-agreed": _sql(
        "UPDATE trading_orderline SET instalments = 12 WHERE run_id IS NULL", "trading_orderline"
    ),
    "orders-are-charged-as-priced": _sql(
        "UPDATE invoicing_charge SET vat_rate = vat_rate + 0.01 WHERE source_key LIKE 'order-line:%'"
    ),
    "orders-add-up": _sql("UPDATE trading_order SET net_pence = net_pence + 1, vat_pence = vat_pence - 1"),
    "orders-are-charged-once": _sql(
        "DELETE FROM invoicing_charge WHERE source_key IN (SELECT charge_source_key FROM trading_orderline)"
    ),
}

_DEPUTY = (
    "INSERT INTO organisations_deputy (organisation_id, for_person_id, deputy_id, valid_from, valid_to)"
    " SELECT organisation_id, {0}, {1}, closed_on, closed_on + 1 FROM trading_approval"
)

FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "orders-add-up",
        "an order taken away from its lines",
        _sql("DELETE FROM trading_order WHERE id = (SELECT min(order_id) FROM trading_orderline)"),
    ),
    (
        "approvals-match-their-orders",
        "an order set back to waiting",
        _approved("UPDATE trading_order SET state = 'awaiting_approval'"),
    ),
    (
        "approvals-match-their-orders",
        "places that wait though the order is placed",
        _approved("UPDATE trading_booking SET state = 'held'"),
    ),
    (
        "orders-are-charged-once",
        "charged though nobody approved it",
        _approved("UPDATE trading_order SET state = 'awaiting_approval'"),
    ),
    (
        "orders-approved-by-another",
        "decided on behalf of the asker",
        _approved("UPDATE trading_approval SET on_behalf_of_person_id = asked_by_person_id", APPROVAL),
    ),
    (
        "orders-approved-by-another",
        "another asker written in",
        _approved(
            "UPDATE trading_approval SET asked_by_person_id = decided_by_person_id, decided_by_person_id = asked_by_person_id"
        ),
    ),
    (
        "orders-approved-by-another",
        "decided by the asker's deputy",
        _approved(_DEPUTY.format("asked_by_person_id", "decided_by_person_id")),
    ),
    (
        "orders-approved-by-another",
        "decided by whom the asker stands in for",
        _approved(_DEPUTY.format("decided_by_person_id", "asked_by_person_id")),
    ),
    (
        "orders-approved-by-another",
        "a link to the asker's own address",
        _approved(
            "UPDATE trading_approval a SET how = 'link', decided_by_person_id = NULL, approver_email = upper(p.email)"
            " FROM organisations_person p WHERE p.id = a.asked_by_person_id",
        ),
    ),
    (
        "orders-approved-by-another",
        "own paper without a scan",
        _approved(
            "UPDATE trading_approval SET how = 'paper', decided_by_person_id = NULL, minute_reference = 'x',"
            " minuted_on = closed_on, recorded_by_person_id = asked_by_person_id",
            APPROVAL,
        ),
    ),
    (
        "approved-within-the-limit",
        "the role had ended by then",
        _approved("UPDATE organisations_roleassignment SET valid_to = valid_from WHERE role = 'approver'"),
    ),
    (
        "places-within-capacity",
        "more taken than there are",
        _sql("UPDATE catalogue_courserun SET capacity = 1", "catalogue_courserun"),
    ),
    (
        "bookings-hold-their-places",
        "a place given back while its booking stands",
        _sql("UPDATE catalogue_placetaking SET released = 1"),
    ),
    ("orders-add-up", "a dearer place", _sql("UPDATE trading_booking SET net_pence = net_pence + 1")),
    (
        "orders-add-up",
        "working that says something else",
        _sql("""UPDATE trading_orderline SET steps = '[{"text": "Free", "pence": 0}, {"text": "VAT", "pence": 0}]'"""),
    ),
    (
        "orders-are-charged-once",
        "another amount charged",
        _sql("UPDATE invoicing_charge SET net_pence = net_pence + 1 WHERE source_key LIKE 'order-line:%'"),
    ),
    (
        "orders-are-charged-once",
        "charged to another school",
        _sql("UPDATE invoicing_charge SET consumer_id = supplier_id WHERE source_key LIKE 'order-line:%'"),
    ),
]
