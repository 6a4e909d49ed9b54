"""A round for tests: payroll and clerking for a year from April 2027, for schools of the register."""

from datetime import date
from typing import Any

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from subscriptions.rounds.planning import Plan
from subscriptions.services import round_for_schools
from tests.shop import Shop

TODAY, APRIL = date(2026, 9, 30), date(2027, 4, 1)


def services_for_a_year(actor: Actor) -> list[Offer]:
    """Payroll at £100.00 and £1.00 a pupil, clerking at £1,150.00."""
    shop = Shop(actor)
    rules: dict[str, dict[str, Any]] = {
        "payroll": {"sum": [{"flat": "100"}, {"per": "pupils", "rate": "1"}]},
        "clerking": {"flat": "1150"},
    }
    return [
        shop.offer(code, prices={PriceClass.ANY: rule}, vat_category="", term_months=12) for code, rule in rules.items()
    ]


def round_of(offers: list[Offer], organisations: list[Organisation], **more: Any) -> Plan:
    given: dict[str, Any] = {
        "key": "services-2027", "title": "Services for 2027", "offers": offers, "first_day": APRIL,
        "organisations": [one.pk for one in organisations], "on": TODAY, "notice_weeks": 12,
    }  # fmt: skip
    return round_for_schools(**given | more)
