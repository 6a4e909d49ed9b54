"""Scenario 8: an accredited consultant for two and a half days; the school's record signed; each is charged and owed once.

Inclusive terms, £450.00 a day with a brokerage of 15% of the price; additive ones, £420.00 and 15% on top; and our own.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.payables.models import Payable
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.trading.engagements.visit_queries import margins_for
from providers.rates.rules.brokerage import split
from subscriptions.services import set_membership
from tests.conftest import finance
from tests.shop import person, schools
from tests.trading.engagements.visiting import delivered
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, provider_of, rate_of

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Story:
    """The terms in pence a day, the days, and what comes of them before VAT, with the school's VAT."""

    sell: int
    buy: int
    days: tuple[str, ...]
    school: int
    vat: int
    provider: int

    @property
    def margin(self) -> int:
        return self.school - self.provider


STORIES = [
    pytest.param(Story(450_00, 382_50, ("1", "1", "0.5"), 1_125_00, 225_00, 956_25), id="as described"),
    pytest.param(Story(483_00, 420_00, ("1", "1", "0.5"), 1_207_50, 241_50, 1_050_00), id="additive"),
    # Our own: £395.55 a day of which £356.00 is the provider's, a quarter, a half, and a whole day.
    pytest.param(Story(395_55, 356_00, ("0.25", "0.5", "1"), 692_21, 138_44, 623_00), id="our own"),
]


def test_the_terms_of_the_story():
    inclusive = split(sell_pence=450_00, brokerage="inclusive", share=Decimal("0.15"))
    assert (inclusive.buy_pence, inclusive.margin_pence) == (382_50, 67_50)
    additive = split(buy_pence=420_00, brokerage="additive", share=Decimal("0.15"))
    assert (additive.sell_pence, additive.margin_pence) == (483_00, 63_00)


@pytest.mark.parametrize("story", STORIES)
def test_the_school_pays_the_provider_is_owed_and_the_rest_is_kept(partnership, actor, tmp_path, story):
    [school] = schools(tmp_path, actor, {})
    set_membership(organisation=school, price_class=PriceClass.MEMBER, valid_from=date(2020, 1, 1), actor=actor)
    firm = provider_of(actor)
    nadia = consultant_of(firm, actor)
    rate_of(nadia, story.sell, story.buy)
    buyer = person(school, actor)
    office = person(firm.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)
    dates = [on_day(DAY + timedelta(days=7 * n), quantity=days) for n, days in enumerate(story.days)]
    booking = book(school, nadia, buyer, *dates, quantity=sum(map(Decimal, story.days)))
    for planned in booking.dates.order_by("ordinal"):
        delivered(planned, planned.starts_at.date(), office, buyer)
    run_billing(on=DAY + timedelta(days=30), actor=actor)
    [invoice] = Document.objects.all()
    assert (invoice.net_pence, invoice.vat_pence) == (story.school, story.vat)
    assert sum(due.owed_pence for due in Payable.objects.all()) == story.provider
    row = margins_for(finance(partnership)).get()
    assert row.sold - row.bought == story.margin
    call_command("verify_ledger")
