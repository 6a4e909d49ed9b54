"""How the invariants of visits are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from marketplace.core.actors import Role, platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.tampering import after
from tests.shop import person
from tests.trading.engagements.visiting import delivered, written
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, provider_of, rate_of


def two_visits() -> None:
    """One visit that was agreed, one that is with the school."""
    actor = platform("test")
    school = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    firm = provider_of(actor, name="Tampered Learning")
    nadia = consultant_of(firm, actor, name="Nadia Tampered")
    rate_of(nadia, audience="other", mile=45)
    office = person(firm.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)
    buyer = person(school, actor, name="Sam Buyer")
    booking = book(school, nadia, actor, on_day(), on_day(DAY + timedelta(days=1)), quantity=Decimal(2))
    first, second = booking.dates.order_by("ordinal")
    delivered(first, DAY, office, buyer, miles=20)
    written(second, DAY + timedelta(days=1), office)


_after = after(two_visits)

TAMPERINGS: dict[str, Callable[[], None]] = {
    "visits-charged-once": _after("UPDATE trading_visitcharge SET net_pence = net_pence + 1"),
    "visits-stand-as-their-dates": _after("UPDATE trading_engagementdate SET state = 'planned'"),
    "visits-agreed-by-another": _after(
        "UPDATE trading_visit SET decided_by_id = written_by_id WHERE state = 'agreed'", "trading_visit"
    ),
}
FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "visits-charged-once",
        "a charge of another amount",
        _after("UPDATE invoicing_charge SET net_pence = net_pence + 1 WHERE source_key LIKE '%:visit:1'"),
    ),
    (
        "visits-charged-once",
        "charged although nobody agreed",
        _after("UPDATE invoicing_charge SET source_key = 'engagement:CB-9:visit:9' WHERE source_key LIKE '%:visit:1'"),
    ),
    (
        "visits-charged-once",
        "owed to the provider in another amount",
        _after(
            "UPDATE invoicing_payable SET net_pence = net_pence + 1 WHERE source_key LIKE '%:visit:1'",
            "invoicing_payable",
        ),
    ),
    (
        "visits-charged-once",
        "more units than were charged",
        _after("UPDATE trading_visit SET quantity = quantity + 1 WHERE state = 'agreed'"),
    ),
]
