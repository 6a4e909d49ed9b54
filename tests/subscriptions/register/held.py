"""Contracts that schools hold elsewhere, for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.models import OutsideContract
from subscriptions.services import ContractTerms, add_outside_contract

ON = date(2026, 9, 1)
TERM = Period(date(2026, 4, 1), date(2027, 4, 1))


def terms(**more: Any) -> ContractTerms:
    """Cleaning by Sparkle Ltd for £14,200.00 a year, standard rated, April 2026 to March 2027, with 12 weeks' notice."""
    given: dict[str, Any] = {
        "supplier": "Sparkle Ltd", "title": "Cleaning", "cfr_code": "E14", "year_pence": 14_200_00, "term": TERM,
        "vat_category": "S", "vat_rate": Decimal("0.20"), "notice_weeks": 12, "renewal": "automatic",
    }  # fmt: skip
    return ContractTerms(**given | more)


def held(organisation: Organisation, actor: Actor, **more: Any) -> OutsideContract:
    """The same entered, with these terms changed."""
    return add_outside_contract(organisation=organisation, terms=terms(**more), on=ON, actor=actor)
