"""Scenario 9, visit by visit: nine schools share a consultant, and each pays its part of every visit that was agreed.

Nothing is rounded visit by visit: after the last one each school has paid its share of the whole to the penny.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Sum

from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed
from marketplace.trading.engagements.services.agreeing import NewShare
from marketplace.trading.engagements.services.visits import agree_visit
from marketplace.trading.engagements.visit_queries import visit_dates_for
from tests.shop import person
from tests.subscriptions.sharing import schools_of
from tests.trading.engagements.visiting import delivered, written
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, provider_of, rate_of

pytestmark = pytest.mark.django_db
PUPILS = (198, 205, 211, 236, 178, 420, 412, 389, 1_051)
BY_PUPILS = [2_106_00, 2_180_46, 2_244_27, 2_510_18, 1_893_27, 4_467_27, 4_382_18, 4_137_55, 11_178_82]


@dataclass(frozen=True)
class Story:
    """Dates of so many days at a daily price, the schools' weights, and what each pays for all of them."""

    dates: int
    days: int
    daily: int
    weights: tuple[int, ...]
    shares: list[int]


STORIES = [
    # Two days a week for 39 weeks; six visits of thirteen days stand for them, since the running total is what counts.
    pytest.param(Story(6, 13, 450_00, (1,) * 9, [3_900_00] * 9), id="equal"),
    pytest.param(Story(6, 13, 450_00, PUPILS, BY_PUPILS), id="by pupils"),
    # Our own: 7 days at £415.00, £2,905.00, of three schools.
    pytest.param(Story(7, 1, 415_00, (210, 420, 195), [739_45, 1_478_91, 686_64]), id="our own"),
]


@pytest.mark.parametrize("story", STORIES)
def test_after_the_last_visit_each_school_has_paid_its_share_to_the_penny(partnership, actor, story):
    several = schools_of(story.weights if len(set(story.weights)) > 1 else PUPILS, actor)
    firm = provider_of(actor)
    nadia = consultant_of(firm, actor)
    rate_of(nadia, story.daily, story.daily * 85 // 100, audience="other")
    lead = person(several[0], actor)
    office = person(firm.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)
    shares = [NewShare(one, Decimal(weight)) for one, weight in zip(several, story.weights, strict=True)]
    dates = [on_day(DAY + timedelta(days=n), quantity=str(story.days)) for n in range(story.dates)]
    booking = book(several[0], nadia, actor, *dates, quantity=Decimal(story.dates * story.days), shares=shares)
    for planned in booking.dates.order_by("ordinal"):
        delivered(planned, planned.starts_at.date(), office, lead)
    paid = dict(Charge.objects.values_list("consumer").annotate(Sum("net_pence")).order_by())
    assert [paid[one.pk] for one in several] == story.shares
    assert sum(story.shares) == story.dates * story.days * story.daily
    assert Charge.objects.count() == story.dates * len(several)
    owed = Payable.objects.aggregate(pence=Sum("owed_pence"))["pence"]
    assert owed == story.dates * story.days * (story.daily * 85 // 100)
    call_command("verify_ledger")


def test_a_school_that_shares_reads_and_the_one_that_booked_answers(partnership, actor):
    first, second, third = schools_of((100, 200, 300), actor)
    firm = provider_of(actor)
    nadia = consultant_of(firm, actor)
    rate_of(nadia, audience="other")
    shares = [NewShare(one, Decimal(1)) for one in (first, second)]
    booking = book(first, nadia, actor, on_day(), shares=shares)
    visit = written(booking.dates.get(), DAY, actor)
    shares_it, outside = person(second, actor, name="Sim Second"), person(third, actor, name="Thea Third")
    assert visit_dates_for(shares_it).count() == 1 and visit_dates_for(outside).count() == 0
    with pytest.raises(NotAllowed, match="agrees or queries its visits"):
        agree_visit(visit=visit, on=DAY, actor=shares_it)
    assert not Charge.objects.exists()
