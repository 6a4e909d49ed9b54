"""How the invariants of course dates are broken by someone who has switched the guards off."""

from collections.abc import Callable

from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints
from tests.trading.tampering import an_order

_CANCELLED = "UPDATE catalogue_courserun SET state = 'cancelled' WHERE code LIKE 'tampered%'"


def _sql(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        an_order()
        for table in ("catalogue_courserun", "catalogue_meeting", "trading_booking"):
            drop_constraints(table)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "cancelled-dates-have-no-places": _sql(_CANCELLED),
    "meetings-match-their-date": _sql("UPDATE catalogue_meeting SET starts_at = starts_at - interval '1 hour'"),
}
FURTHER: list[tuple[str, Callable[[], None]]] = [
    (
        "cancelled-dates-have-no-places",
        _sql("UPDATE catalogue_courserun SET state = 'cancelled', taken = 2 WHERE code LIKE 'tampered%'"),
    ),
    ("meetings-match-their-date", _sql("DELETE FROM catalogue_meeting")),
    ("meetings-match-their-date", _sql("UPDATE catalogue_meeting SET position = 3")),
]
