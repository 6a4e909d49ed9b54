"""Renewals of many agreements are priced with as many queries as those of two, to the same penny as one by one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation, PupilCount
from marketplace.organisations.services.registry import set_terms
from subscriptions.models import Agreement, PlanVersion
from subscriptions.renewals.preparing import draft_renewals, next_term
from subscriptions.services import draft_renewal, set_membership
from tests.shop import Shop, trust_with
from tests.subscriptions.plans.levels import published_level
from tests.subscriptions.renewals.agreed import TERM, agreed, line
from tests.subscriptions.sharing import schools_of

pytestmark = pytest.mark.django_db
QUERIES = 14
UPLIFT = Decimal("3.5")


@pytest.fixture
def offers(partnership: Organisation, actor: Actor) -> list[Offer]:
    """By pupils with the rules' VAT, by the class, and by the pupils of the whole trust in another's name."""
    shop = Shop(actor)
    by_pupils = {PriceClass.ANY: {"rate": "2.10", "per": "pupils"}}
    by_class = {PriceClass.MEMBER: {"flat": "900"}, PriceClass.NON_MEMBER: {"flat": "1100"}}
    by_trust = {PriceClass.ANY: {"rate": "1.30", "per": "trust_pupils"}}
    seller = shop.provider.organisation
    return [
        shop.offer("payroll", prices=by_pupils, term_months=12, vat_category=""),
        shop.offer("finance", prices=by_class, term_months=12),
        shop.offer("wide", prices=by_trust, term_months=12, vat_category="", sold_by=seller),
    ]


@pytest.fixture
def level(partnership: Organisation, actor: Actor) -> PlanVersion:
    return published_level(actor, "gold", {"rate": "4.00", "per": "pupils"})


@pytest.fixture
def twelve(offers: list[Offer], level: PlanVersion, actor: Actor, tmp_path: Path) -> list[Agreement]:
    """One agreement each of two academies of a trust (300 and 200 pupils), which pay by all its pupils too, and of ten schools
    of 100 to 550 pupils. Every second one is a member; one is invoiced to another by its terms, one by its agreement."""
    trust, academies = trust_with(tmp_path, actor, "Harbour Academy", "Quayside Academy")
    for academy, pupils in zip(academies, (300, 200), strict=True):
        PupilCount.objects.create(
            school=academy.school, pupils=pupils, source="October census", counted_on=date(2026, 8, 1)
        )
    schools = schools_of(range(100, 600, 50), actor)
    set_terms(organisation=schools[4], invoice_to=trust, actor=actor)
    found = []
    for number, school in enumerate([*academies, *schools]):
        if number % 2:
            set_membership(organisation=school, price_class=PriceClass.MEMBER, valid_from=TERM.start, actor=actor)
        priced = offers if school in academies else offers[:2]
        lines = [
            line(slot, offer_id=offer.pk, price_id=offer.prices.earliest("pk").pk, consumer_id=school.pk)
            for slot, offer in enumerate(priced, start=1)
        ]
        lines += [
            line(4, pence=50_001),
            line(5, offer_id=offers[0].pk, pence=7_777),
            line(6, source=f"plan-version:{level.pk}", level="gold"),
        ]
        more: dict[str, Any] = {"invoice_to": trust} if school == schools[5] else {}
        found.append(agreed(school, key=f"many:{number}", lines=lines, **more))
    return found


def drafted(agreements: list[Agreement]) -> list[Any]:
    fresh = Agreement.objects.filter(pk__in=[one.pk for one in agreements])
    rows = list(fresh.select_related("organisation", "invoice_to").order_by("pk"))
    return draft_renewals(agreements=rows, uplift=UPLIFT)


def queries(do: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as found:
        do()
    return len(found)


def test_twelve_are_priced_with_the_queries_of_two(twelve: list[Agreement]) -> None:
    drafted(twelve)
    assert [queries(lambda: drafted(twelve[:2])), queries(lambda: drafted(twelve))] == [QUERIES, QUERIES]
    alone = queries(lambda: [draft_renewal(agreement=one, term=next_term(one), uplift=UPLIFT) for one in twelve])
    assert alone > 6 * QUERIES


def test_many_cost_to_the_penny_what_each_costs_alone(twelve: list[Agreement]) -> None:
    together = drafted(twelve)
    assert [one.problem for one in together] == [""] * 12
    # 300 pupils at £2.10, no member £1,100.00, 500 pupils at £1.30, £500.01 and £77.77 raised by 3.5%, 300 pupils at £4.00
    assert together[0].after_pence == 630_00 + 1_100_00 + 650_00 + 517_51 + 80_49 + 1_200_00
    # 150 pupils, a member, of no trust
    assert together[3].after_pence == 315_00 + 900_00 + 517_51 + 80_49 + 600_00
    for one, draft in zip(twelve, together, strict=True):
        assert draft == draft_renewal(agreement=one, term=next_term(one), uplift=UPLIFT)
