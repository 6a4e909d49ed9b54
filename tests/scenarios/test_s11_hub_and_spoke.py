"""Scenario 11: a hub bears one cost alone and shares another with its spokes, an agreement with a line for each part."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.management import call_command

from marketplace.core.periods import Period
from subscriptions.membership.rules.methods import Method
from subscriptions.queries import whole_term
from subscriptions.services import PartTerms, Taking, agree_cost, plan_cost
from tests.subscriptions.sharing import schools_of

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))


@dataclass(frozen=True)
class Story:
    """What the lead bears alone, what is shared, by what, among schools of these pupils, and what each pays in all."""

    alone: int
    shared: int
    method: Method
    pupils: tuple[int, ...]
    shares: list[int]


# As described: £1,200 of transport alone, £900 shared by three.
DESCRIBED = Story(1_200_00, 900_00, Method.EQUAL, (300, 150, 120), [1_500_00, 300_00, 300_00])
# Our own: £847.50 alone, £1,000.00 by 310, 95 and 120 pupils: 590.476, 180.952, 228.571.
OUR_OWN = Story(847_50, 1_000_00, Method.PUPILS, (310, 95, 120), [1_437_98, 180_95, 228_57])


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_the_lead_bears_its_part_alone_and_shares_the_other(partnership, actor, story):
    schools = schools_of(story.pupils, actor)
    parts = [
        PartTerms("Transport", story.alone, Method.LEAD),
        PartTerms("Other cost", story.shared, story.method),
    ]
    cost = plan_cost(
        code="hub", title="Hub", term=YEAR, lead=schools[0], takes=[Taking(one) for one in schools], parts=parts,
        actor=actor,
    )  # fmt: skip
    agreements = agree_cost(cost=cost, version=1, on=YEAR.start, actor=actor)
    assert [whole_term(one).net.pence for one in agreements] == story.shares
    assert sum(story.shares) == story.alone + story.shared
    assert [one.lines.count() for one in agreements] == [2, 1, 1]
    assert agreements[0].lines.get(slot=1).steps[-1].endswith("alone")
    call_command("verify_ledger")
