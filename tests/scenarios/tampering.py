"""How it is broken that peer review is settled once, and that free support stays out of the ledger."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from marketplace.core.actors import platform
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.services.reviewing import open_review, record_review_day, settle_review
from marketplace.trading.engagements.services.supporting import record_support
from tests.invoicing.books import run_sql

ON = date(2026, 9, 1)
SYSTEM = platform("tampering")


def reviews_and_support() -> None:
    """A settled round of two schools, something lent free and something lent for money."""
    one, other = (
        add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=date(2020, 1, 1), actor=SYSTEM)
        for name in ("Alder School", "Birch School")
    )
    made = open_review(title="Reviews", day_pence=350_00, on=ON, actor=SYSTEM)
    record_review_day(round=made, giver=one, receiver=other, held_on=ON, days=Decimal(2), actor=SYSTEM)
    settle_review(round=made, expected_pence=700_00, on=ON, actor=SYSTEM)
    lent = {"kind": "secondment", "what": "An adviser", "year_pence": 1_000_00, "on": ON, "actor": SYSTEM}
    held = Period(ON, date(2027, 9, 1))
    record_support(giver=one, receiver=partnership(), held=held, **lent)
    record_support(giver=partnership(), receiver=other, held=held, paid=True, **lent)


def _sql(statement: str) -> Callable[[], None]:
    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        reviews_and_support()
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "reviews-settled-once": _sql("UPDATE trading_reviewday SET days = days + 1"),
    "support-charged-if-paid": _sql(
        "UPDATE trading_supportentry SET paid = true, source_key = 'support:' || number WHERE NOT paid"
    ),
}
