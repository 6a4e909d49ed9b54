"""Lines of agreements for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, LineTerms
from subscriptions.services import agree

YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
SCHOOL_YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
STANDARD = ("S", Decimal("0.20"), "")


def line(pence: int, base: Period = YEAR, *, slot: int = 1, title: str = "Payroll", **more: Any) -> LineTerms:
    """A line at the standard rate over its whole base, unless said."""
    values = {"valid": base, "vat": STANDARD, "account_code": "4200", "stream_code": "BS"} | more
    return LineTerms(slot=slot, title=title, base=base, base_pence=pence, **values)


def agreed(
    organisation: Organisation,
    *lines: LineTerms,
    actor: Actor,
    term: Period = YEAR,
    billing: Billing | None = None,
    on: date | None = None,
    key: str = "test:1",
    **more: Any,
) -> Agreement:
    """An agreement that runs from the first day of its term."""
    return agree(
        source_key=key,
        kind=more.pop("kind", "service"),
        organisation=organisation,
        title="Services",
        term=term,
        lines=lines,
        billing=billing or Billing(),
        on=on or term.start,
        actor=actor,
        **more,
    )
