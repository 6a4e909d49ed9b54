"""How it is broken that schools are shown, and bought, what was published."""

from collections.abc import Callable

from catalogue.models import Offer
from catalogue.services import record_rating
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.trading.tampering import ON, an_order


def _sql(statement: str, table: str) -> Callable[[], None]:
    def tamper() -> None:
        an_order()
        drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


def _rated_otherwise() -> None:
    an_order()
    offer = Offer.objects.get(code="tampered-course")
    record_rating(source_key="evaluation:1", offer=offer, score=3, given_on=ON)
    assert run_sql("UPDATE catalogue_offerrating SET points = 5") == 1


TAMPERINGS: dict[str, Callable[[], None]] = {
    "offers-shown-as-published": _sql(
        "UPDATE catalogue_offer SET summary = 'Cheaper than it says' WHERE kind = 'course'", "catalogue_offer"
    ),
    "ratings-add-up": _rated_otherwise,
    "orders-name-what-was-published": _sql(
        "UPDATE trading_orderline l SET offer_version_id = v.id FROM catalogue_offerversion v WHERE v.offer_id <> l.offer_id",
        "trading_orderline",
    ),
}
