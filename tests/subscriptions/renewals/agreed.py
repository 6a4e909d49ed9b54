"""Agreements for tests: one or two services of a school, from April 2026 to March 2027, with twelve weeks of notice."""

from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor, platform
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, Every, LineTerms
from subscriptions.services import agree

TERM = Period(date(2026, 4, 1), date(2027, 4, 1))
NOTICE_BY = date(2027, 1, 7)
PLATFORM = platform("test")
STANDARD = ("S", Decimal("0.20"), "")


def line(
    slot: int = 1, *, title: str = "HR advice", pence: int = 120_000, term: Period = TERM, **more: Any
) -> LineTerms:
    """A year of a service at the standard rate."""
    given: dict[str, Any] = {
        "slot": slot, "title": title, "base": term, "base_pence": pence, "valid": term, "vat": STANDARD,
        "account_code": "4200", "stream_code": "BS", "cfr_code": "E28a", "steps": ("Base: £1,200.00",),
    }  # fmt: skip
    return LineTerms(**given | more)


def agreed(
    organisation: Organisation,
    *,
    key: str = "test:1",
    lines: list[LineTerms] | None = None,
    on: date = date(2026, 4, 1),
    actor: Actor = PLATFORM,
    **more: Any,
) -> Agreement:
    """HR advice at £1,200.00 a year, running unless said."""
    given: dict[str, Any] = {
        "kind": "service", "title": "HR advice", "term": TERM, "billing": Billing(), "notice_weeks": 12,
    }  # fmt: skip
    return agree(source_key=key, organisation=organisation, lines=lines or [line()], on=on, actor=actor, **given | more)


MONTHLY = Billing(every=Every.MONTH)
