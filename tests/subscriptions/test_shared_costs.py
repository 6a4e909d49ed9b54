"""Shared costs: divided by parts, agreed once; who joins or leaves moves pennies, never loses one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from invoicing.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Authority
from subscriptions.agreements.rules.forms import Every
from subscriptions.membership.rules.methods import Method
from subscriptions.models import Agreement, SharedShare
from subscriptions.queries import borne_by, own_share, seen_by, whole_term
from subscriptions.services import (
    PartTerms,
    Taking,
    agree_cost,
    drop_cost,
    join_cost,
    leave_cost,
    plan_cost,
    preview_join,
    preview_leave,
)
from subscriptions.shared.joining import LeadStays, SharesAlready, SharesNoMore
from subscriptions.shared.planning import SharedCostChanged, SharedCostExists
from subscriptions.shared.rules.resplitting import Falls, LeadBearsTooLittle
from tests.shop import buyer
from tests.subscriptions.sharing import another, schools_of

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
FIRST, JANUARY = YEAR.start, date(2027, 1, 1)


@pytest.fixture
def three(partnership, actor):
    return schools_of([100, 200, 300], actor)


def planned(three, actor, **given):
    values = {
        "code": "consultant", "title": "Consultant", "term": YEAR, "lead": three[0],
        "takes": [Taking(one) for one in three], "parts": [PartTerms("Days", 36_500_00, Method.PUPILS)],
    } | given  # fmt: skip
    return plan_cost(**values, actor=actor)


def running(three, actor, **given):
    cost = planned(three, actor, **given)
    agree_cost(cost=cost, version=1, on=FIRST, actor=actor)
    cost.refresh_from_db()
    return cost


def amounts(cost):
    return {one.participant.organisation.name: one.pence for one in borne_by(cost)}


def of(cost, organisation):
    return cost.participants.get(organisation=organisation)


def test_parts_are_divided_by_their_own_methods(three, actor):
    takes = [Taking(three[0], Decimal(2)), Taking(three[1]), Taking(three[2], Decimal("0.5"))]
    parts = [
        PartTerms("Bus", 1_000_00, Method.LEAD),
        PartTerms("Hall", 100_00, Method.EQUAL, sharers=(three[1].number, three[2].number)),
        PartTerms("Trainer", 700_00, Method.WEIGHTS),
    ]
    cost = planned(three, actor, takes=takes, parts=parts)
    assert [one.parts for one in borne_by(cost)] == [
        (1_000_00, 0, 400_00),
        (0, 50_00, 200_00),
        (0, 50_00, 100_00),
    ]
    made = agree_cost(cost=cost, version=1, on=FIRST, actor=actor)
    assert agree_cost(cost=cost, version=1, on=JANUARY, actor=actor) == made
    assert [whole_term(one).net.pence for one in made] == [1_400_00, 250_00, 150_00]
    assert [line.title for line in made[0].lines.order_by("slot")] == ["Consultant: Bus", "Consultant: Trainer"]
    assert (Agreement.objects.count(), Charge.objects.count()) == (3, 6)


def test_who_leaves_is_borne_by_the_lead_and_the_others_stay_as_agreed(three, actor):
    cost = running(three, actor)
    lead, _, third = three
    effects = preview_leave(participant=of(cost, third), on=JANUARY, falls=Falls.LEAD, today=JANUARY)
    # £18,250.00 for 300 of 600 pupils, 243 of 365 days left: £12,150.00
    assert [(one.participant.organisation, one.before, one.after) for one in effects] == [
        (third, 12_150_00, 0),
        (lead, 4_050_00, 16_200_00),
    ]
    assert [one.now.net_pence for one in effects] == [-12_150_00, 12_150_00]
    leave_cost(
        participant=of(cost, third), version=2, on=JANUARY, falls=Falls.LEAD, reason="Closed", today=JANUARY,
        actor=actor,
    )  # fmt: skip
    assert amounts(cost) == {"School 01": 18_233_33, "School 02": 12_166_67, "School 03": 6_100_00}
    agreements = [of(cost, one).agreement for one in three]
    assert [whole_term(one).net.pence for one in agreements] == [18_233_33, 12_166_67, 6_100_00]
    with pytest.raises(SharesNoMore):
        preview_leave(participant=of(cost, third), on=JANUARY, falls=Falls.LEAD, today=JANUARY)
    call_command("verify_ledger")


def test_who_leaves_is_divided_again_among_those_who_stay(three, actor):
    cost = running(three, actor, every=Every.TERM)
    effects = preview_leave(participant=of(cost, three[2]), on=JANUARY, falls=Falls.AGAIN, today=FIRST)
    assert [(one.before, one.after) for one in effects] == [
        (12_150_00, 0),
        (4_050_00, 8_100_00),
        (8_100_00, 16_200_00),
    ]
    leave_cost(
        participant=of(cost, three[2]), version=2, on=JANUARY, falls=Falls.AGAIN, reason="Closed", today=FIRST,
        actor=actor,
    )  # fmt: skip
    agreements = [of(cost, one).agreement for one in three]
    assert [whole_term(one).net.pence for one in agreements] == [10_133_33, 20_266_67, 6_100_00]
    assert sum(amounts(cost).values()) == 36_500_00
    call_command("verify_ledger")


def test_who_joins_takes_a_share_off_all_or_off_the_lead(three, actor):
    cost = running(three, actor)
    newcomer = another(Authority.objects.get(), 4, 600, actor)
    effects = preview_join(cost=cost, organisation=newcomer, on=JANUARY, falls=Falls.AGAIN, today=JANUARY)
    assert [(one.participant.organisation.name, one.before, one.after) for one in effects] == [
        ("School 01", 4_050_00, 2_025_00),
        ("School 02", 8_100_00, 4_050_00),
        ("School 03", 12_150_00, 6_075_00),
        ("School 04", 0, 12_150_00),
    ]
    assert cost.participants.count() == 3
    with pytest.raises(LeadBearsTooLittle, match="bears £4,050"):
        preview_join(cost=cost, organisation=newcomer, on=JANUARY, falls=Falls.LEAD, today=JANUARY)
    given = {"cost": cost, "organisation": newcomer, "on": JANUARY, "falls": Falls.AGAIN, "today": JANUARY}
    with pytest.raises(SharedCostChanged):
        join_cost(**given, version=1, actor=actor)
    join_cost(**given, version=2, actor=actor)
    agreements = [of(cost, one).agreement for one in (*three, newcomer)]
    # Each of the three paid 122 of 365 days at the old share, and half of it for the rest.
    assert [whole_term(one).net.pence for one in agreements] == [4_058_33, 8_116_67, 12_175_00, 12_150_00]
    with pytest.raises(SharesAlready):
        join_cost(**given, version=3, actor=actor)
    call_command("verify_ledger")


def test_others_are_seen_only_where_it_is_open(three, actor):
    cost = running(three, actor)
    assert [one.participant.organisation for one in seen_by(own_share(three[1], "consultant"))] == [three[1]]
    running(three, actor, code="open", is_open=True)
    assert len(seen_by(own_share(three[1], "open"))) == 3
    other = another(Authority.objects.get(), 9, 10, actor)
    with pytest.raises(NotFound):
        own_share(other, cost.code)


def test_refusals(three, actor, partnership):
    cost = planned(three, actor)
    with pytest.raises(SharedCostExists):
        planned(three, actor)
    with pytest.raises(WrongInput, match="does not take part"):
        planned(three, actor, code="x", parts=[PartTerms("Hall", 1, Method.EQUAL, sharers=("C-999",))])
    with pytest.raises(WrongInput, match="named twice"):
        planned(three, actor, code="x", takes=[Taking(three[1]), Taking(three[1])])
    with pytest.raises(NotAllowed, match="agree shared costs"):
        agree_cost(cost=cost, version=1, on=FIRST, actor=buyer(three[0], role=Role.FINANCE_OFFICER))
    drop_cost(cost=cost, actor=actor)
    cost = running(three, actor)
    with pytest.raises(LeadStays):
        preview_leave(participant=of(cost, three[0]), on=JANUARY, falls=Falls.LEAD, today=JANUARY)
    with pytest.raises(WrongInput, match="Choose a day after"):
        preview_leave(participant=of(cost, three[1]), on=FIRST, falls=Falls.LEAD, today=FIRST)
    for change in (lambda: SharedShare.objects.update(pence=1), lambda: cost.parts.update(pence=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
