"""How the invariants of consultant bookings are broken by someone who has switched the guards off."""

from collections.abc import Callable

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.shop import START, person
from tests.trading.engagements.world import book, consultant_of, on_day, provider_of, rate_of


def a_booking() -> None:
    """A customer of its own books a consultant of its own for a day."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    consultant = consultant_of(provider_of(actor, "Quayside Advice"), actor, name="Una Quayle")
    rate_of(consultant, audience="other")
    book(customer, consultant, person(customer, actor), on_day())


def _sql(statement: str, *tables: str) -> Callable[[], None]:
    def tamper() -> None:
        a_booking()
        for table in tables:
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "consultant-dates-in-the-calendar": _sql("UPDATE trading_engagementdate SET ends_at = ends_at + interval '1 hour'"),
    "consultants-accredited": _sql("UPDATE trading_engagementdate SET accredited_for = accredited_for - 1"),
}

FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "consultant-dates-in-the-calendar",
        "a time that is taken for no date",
        _sql("UPDATE trading_engagementdate SET state = 'cancelled', slot_id = NULL, reason = 'Gone'"),
    ),
    (
        "consultants-accredited",
        "more planned than was agreed",
        _sql("UPDATE trading_engagement SET quantity = 0.5", "trading_engagement"),
    ),
]
