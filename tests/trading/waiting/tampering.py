"""How the invariants of waiting lists and of moved places are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from marketplace.core.actors import Actor, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.models import Booking
from marketplace.trading.services import (
    add_to_basket,
    cancel_booking,
    check_basket,
    join_waiting,
    open_basket,
    place_order,
)
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.shop import START, Shop, person

ON = date(2026, 9, 1)
AT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


def _customer(name: str, actor: Actor) -> tuple[Organisation, Actor]:
    made = add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor)
    return made, person(made, actor, name=f"{name} Buyer")


def a_waiting_list() -> None:
    """A full date of which one place was given back; two wait, and the first of them was offered it."""
    actor = platform("test")
    has, buyer = _customer("Fernhill Nursery", actor)
    shop = Shop(actor)
    course = shop.course("tampered-course")
    # One invariant asks whether the course is still to come, by the clock of the database.
    run = shop.run(course, places=2, day=date.today() + timedelta(days=200))
    basket = open_basket(organisation=has, actor=buyer)
    add_to_basket(basket=basket, offer=course, run=run, school=has, quantity=Decimal(2), on=ON, actor=buyer)
    seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
    place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=buyer)
    for name in ("Birch Nursery", "Cedar Nursery"):
        school, waits = _customer(name, actor)
        join_waiting(run=run, organisation=school, school=school, seats=1, together=True, at=AT, actor=waits)
    cancel_booking(booking=Booking.objects.earliest("pk"), on=ON, actor=buyer)


def _waiting(*statements: str, table: str = "") -> Callable[[], None]:
    def tamper() -> None:
        a_waiting_list()
        if table:
            drop_constraints(table)
        for statement in statements:
            assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


ENTRY, OFFER = "trading_waitingentry", "trading_waitingoffer"
TAMPERINGS: dict[str, Callable[[], None]] = {
    "offered-places-are-held": _waiting(
        "UPDATE catalogue_placetaking SET released = places WHERE source_key LIKE 'waiting-offer:%'"
    ),
    "waiting-once-for-a-school": _waiting(
        f"UPDATE {ENTRY} SET school_id = (SELECT school_id FROM {ENTRY} ORDER BY id LIMIT 1)", table=ENTRY
    ),
    "waiting-lists-keep-their-order": _waiting(
        f"UPDATE {OFFER} SET entry_id = (SELECT max(id) FROM {ENTRY})",
        f"UPDATE {ENTRY} SET state = CASE state WHEN 'offered' THEN 'waiting' ELSE 'offered' END",
    ),
    "free-places-are-offered": _waiting("UPDATE catalogue_courserun SET capacity = capacity + 1"),
    "moved-places-moved-once": _waiting(
        "UPDATE trading_booking SET moved_from_id = (SELECT min(id) FROM trading_booking) WHERE state = 'booked'"
    ),
}

FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    ("offered-places-are-held", "offered without an offer", _waiting(f"UPDATE {ENTRY} SET state = 'offered'")),
    ("offered-places-are-held", "ended, and still held", _waiting(f"UPDATE {OFFER} SET state = 'lapsed'", table=OFFER)),
    ("waiting-once-for-a-school", "more asked for than taken", _waiting(f"UPDATE {ENTRY} SET asked = 2")),
    (
        "waiting-lists-keep-their-order",
        "passed over though it would have fitted",
        _waiting(
            f"UPDATE {OFFER} SET entry_id = (SELECT max(id) FROM {ENTRY}),"
            f" passed_over = ARRAY[(SELECT min(id) FROM {ENTRY})]",
            f"UPDATE {ENTRY} SET state = CASE state WHEN 'offered' THEN 'waiting' ELSE 'offered' END",
        ),
    ),
]
