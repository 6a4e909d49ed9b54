"""Scenario 10: a contribution fair to all. A budget of £95,000 by pupils, to the penny, planned and agreed on the pages.

The second set divides by a formula that says what each school and each pupil counts.
"""

from dataclasses import dataclass, field
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from invoicing.documents.models import Document
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.core.money import Money, plain_pounds
from marketplace.organisations.services.people import add_person, give_role
from subscriptions.models import Agreement
from subscriptions.queries import whole_term
from tests.conftest import START
from tests.subscriptions.sharing import enter_all, schools_of

pytestmark = pytest.mark.django_db
SENT = {
    "title": "Contribution 2026-27", "code": "2026-27", "first": "1/9/26", "last": "31/8/27", "every": "year",
    "joining": "months", "supply_kind": "other",
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """A budget in pence divided among schools of these pupils, and what each pays; ``sent`` is how the form says it."""

    budget: int
    pupils: tuple[int, ...]
    shares: list[int]
    sent: dict[str, str] = field(default_factory=dict)


DESCRIBED = Story(
    95_000_00, (210, 420, 198, 630, 405), [10_708_54, 21_417_07, 10_096_62, 32_125_60, 20_652_17], {"method": "pupils"}
)
# Our own: £25 each, and of the £41,900 left 400 for a school and 1.5 for a pupil: 625, 1,465, 1,000 and 850 of 3,940.
OUR_OWN = Story(
    42_000_00,
    (150, 710, 400, 300),
    [6_671_57, 15_604_57, 10_659_52, 9_064_34],
    {"method": "formula", "fixed": "400", "per_pupil": "1.5", "nominal": "25"},
)


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_each_member_pays_its_share_and_together_they_pay_the_budget(partnership, actor, story):
    schools = schools_of(story.pupils, actor)
    enter_all(schools, actor, since=date(2026, 9, 1))
    morgan = add_person(name="Morgan Hale", email="morgan@example.org", password=None, actor=actor)
    give_role(person=morgan, role=Role.FINANCE_MANAGER, organisation=partnership, valid_from=START, actor=actor)
    client = Client()
    client.force_login(morgan.user)
    sent = {**SENT, **story.sent, "budget": plain_pounds(story.budget)}
    page = client.post("/finance/contributions/new", sent, follow=True).content.decode()
    for share in story.shares:
        assert str(Money(share)) in page
    assert not Agreement.objects.exists()
    for _ in range(2):
        answer = client.post("/finance/contributions/2026-27", {"do": "agree", "drawn": "1"}, follow=True)
        assert f"{len(schools)} agreements made" in answer.content.decode()
    agreements = Agreement.objects.order_by("organisation__name")
    assert [whole_term(one).net.pence for one in agreements] == story.shares
    assert sum(story.shares) == story.budget
    run_billing(on=date(2027, 1, 5), actor=actor)
    invoiced = dict(Document.objects.values_list("customer_id", "net_pence"))
    assert [invoiced[school.pk] for school in schools] == story.shares
    call_command("verify_ledger")
