"""How the invariants of queries, reminders and late payment are broken by someone with the guards off."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from invoicing.credit_control.services.reminders import mark_of
from invoicing.receivables.models import ReceivableItem
from invoicing.services import (
    claim_late_payment,
    load_reference_rate,
    open_query,
    propose_reminders,
    seed_reminder_levels,
    send_reminders,
    set_late_payment,
)
from marketplace.core.actors import platform
from tests.invoicing.books import run_sql

ON = date(2026, 12, 1)


def _trade() -> None:
    """A query, a reminder and a claim on what is open in the small world."""
    actor = platform("test")
    owing = ReceivableItem.objects.filter(outstanding_pence__gt=0, due_on__lt=ON - timedelta(days=45))
    item = owing.select_related("document", "organisation").earliest("due_on", "pk")
    seed_reminder_levels()
    load_reference_rate(half_from=date(2026, 7, 1), rate=Decimal("0.0375"), actor=actor)
    set_late_payment(from_on=ON, claims=True, actor=actor)
    send_reminders(
        on=ON, shown={one.customer_id: mark_of(one) for one in propose_reminders(on=ON).reminders}, actor=actor
    )
    claim_late_payment(item=item, on=ON, actor=actor)
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    open_query(document=item.document, organisation=item.organisation, text="Why?", at=at, actor=actor)


def _after(*statements: str) -> Callable[[], None]:
    def tamper() -> None:
        _trade()
        for statement in statements:
            run_sql(statement)

    return tamper


TAMPERINGS: dict[str, Callable[[], None]] = {
    "queries-stand-where-they-may": _after("UPDATE invoicing_queryline SET live = false"),
    "reminded-once": _after("UPDATE invoicing_reminder SET pence = pence + 1"),
    "late-payment-claimed-once": _after("UPDATE invoicing_lateclaim SET interest_pence = interest_pence + 1"),
}
