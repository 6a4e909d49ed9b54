"""How the invariants of agreements are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from marketplace.core.actors import platform
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.services import change
from tests.invoicing.tampering import after
from tests.shop import START
from tests.subscriptions.agreements.terms import YEAR, agreed, line

_JULY = date(2026, 7, 1)


def _built() -> None:
    """One agreement whose level changed in July, and one that nobody has accepted."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    running = agreed(customer, line(120_000), actor=actor, key="tampering:1")
    later = line(240_000, valid=Period(_JULY, YEAR.end))
    change(agreement=running, lines=[later], on=_JULY, today=_JULY, actor=actor)
    agreed(customer, line(50_000), actor=actor, key="tampering:2", offered=True)


_after = after(_built)
_FIRST = "(SELECT id FROM subscriptions_agreementline WHERE base_pence = 120000)"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "agreements-charged-once-a-day": _after(
        f"UPDATE subscriptions_billingperiod SET valid_to = valid_to - 1 WHERE line_id = {_FIRST}"
    ),
    "agreement-slots-without-gaps": _after(
        f"WITH days AS (UPDATE subscriptions_billingperiod SET valid_to = valid_to - 1 WHERE line_id = {_FIRST} RETURNING 1)"
        " UPDATE subscriptions_agreementline SET valid_to = valid_to - 1 WHERE base_pence = 120000"
    ),
    "agreements-charged-what-they-cost": _after(
        f"UPDATE subscriptions_billingperiod SET pence = pence - 1 WHERE line_id = {_FIRST}"
    ),
    "agreements-charge-once-accepted": _after(
        "UPDATE subscriptions_agreement SET state = 'declined', accepted_on = NULL WHERE source_key = 'tampering:1'"
    ),
}
