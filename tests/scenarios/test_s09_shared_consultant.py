"""Scenario 9: nine schools share a consultant two days a week for 39 weeks, in equal shares or by their pupils.

Told through the services: planned, agreed, invoiced to each school; then one leaves, and not a penny is lost.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.services import run_billing
from marketplace.core.money import vat_on
from marketplace.core.periods import Period
from subscriptions.membership.rules.methods import Method
from subscriptions.queries import borne_by, whole_term
from subscriptions.services import PartTerms, Taking, agree_cost, leave_cost, plan_cost
from subscriptions.shared.rules.resplitting import Falls
from tests.subscriptions.sharing import schools_of

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
JANUARY = date(2027, 1, 1)
PUPILS = (198, 205, 211, 236, 178, 420, 412, 389, 1_051)


@dataclass(frozen=True)
class Story:
    """Days at a daily price in pence, by what method, among schools of these pupils, and what each bears."""

    days: int
    daily: int
    method: Method
    pupils: tuple[int, ...]
    shares: list[int]


BY_PUPILS = [2_106_00, 2_180_46, 2_244_27, 2_510_18, 1_893_27, 4_467_27, 4_382_18, 4_137_55, 11_178_82]
STORIES = [
    # As described: 78 days at £450.00, £35,100.00.
    pytest.param(Story(78, 450_00, Method.EQUAL, PUPILS, [3_900_00] * 9), id="equal"),
    pytest.param(Story(78, 450_00, Method.PUPILS, PUPILS, BY_PUPILS), id="by pupils"),
    # Our own: 38 days at £415.00, £15,770.00, shared by three.
    pytest.param(Story(38, 415_00, Method.EQUAL, (210, 420, 195), [5_256_67, 5_256_67, 5_256_66]), id="our own, equal"),
    pytest.param(
        Story(38, 415_00, Method.PUPILS, (210, 420, 195), [4_014_18, 8_028_36, 3_727_46]), id="our own, by pupils"
    ),
]


@pytest.mark.parametrize("story", STORIES)
def test_each_school_pays_its_share_and_all_pay_the_whole(partnership, actor, story):
    schools = schools_of(story.pupils, actor)
    whole = story.days * story.daily
    cost = plan_cost(
        code="consultant", title="Consultant", term=YEAR, lead=schools[0], takes=[Taking(one) for one in schools],
        parts=[PartTerms(f"{story.days} days", whole, story.method)], actor=actor,
    )  # fmt: skip
    agreements = agree_cost(cost=cost, version=1, on=YEAR.start, actor=actor)
    assert [one.organisation for one in agreements] == schools
    assert [whole_term(one).net.pence for one in agreements] == story.shares
    assert sum(story.shares) == whole
    run_billing(on=YEAR.start, actor=actor)
    invoices = {one.customer_id: one for one in Document.objects.all()}
    for school, share in zip(schools, story.shares, strict=True):
        invoice = invoices[school.pk]
        assert (invoice.net_pence, invoice.vat_pence) == (share, vat_on(share, Decimal("0.20")))
    call_command("verify_ledger")


def test_one_leaves_at_christmas_and_the_lead_bears_its_days(partnership, actor):
    schools = schools_of(PUPILS, actor)
    cost = plan_cost(
        code="consultant", title="Consultant", term=YEAR, lead=schools[0], takes=[Taking(one) for one in schools],
        parts=[PartTerms("78 days", 35_100_00, Method.EQUAL)], actor=actor,
    )  # fmt: skip
    agree_cost(cost=cost, version=1, on=YEAR.start, actor=actor)
    run_billing(on=YEAR.start, actor=actor)
    last = cost.participants.get(organisation=schools[-1])
    leave_cost(
        participant=last, version=2, on=JANUARY, falls=Falls.LEAD, reason="It has its own consultant", today=JANUARY,
        actor=actor,
    )  # fmt: skip
    # £3,900.00: 122 of 365 days, £1,303.56, are borne; the 243 days left, £2,596.44, are the lead's.
    assert [one.pence for one in borne_by(cost)] == [6_496_44, *[3_900_00] * 7, 1_303_56]
    call_command("verify_ledger")
