"""The pages of members, contributions and shared costs: finance plans, a manager agrees, the auditor reads."""

from datetime import date

import pytest
from django.test import Client

from marketplace.core.actors import Role
from marketplace.organisations.services.people import add_person, give_role
from subscriptions.models import ContributionRound, MemberClass, MemberEntry, SharedCost
from tests.conftest import START
from tests.frontend.finance.test_finance_journals import text_of
from tests.subscriptions.sharing import enter_all, schools_of

pytestmark = pytest.mark.django_db
ROUND = {
    "title": "Contribution 2026-27", "code": "2026-27", "first": "1/9/26", "last": "31/8/27", "budget": "60,000",
    "method": "pupils", "every": "year", "joining": "months", "supply_kind": "other",
}  # fmt: skip
COST = {
    "title": "Consultant", "code": "consultant", "first": "1/9/26", "last": "31/8/27", "every": "year",
    "supply_kind": "other", "part1-title": "78 days", "part1-pence": "36,500", "part1-method": "pupils",
    **{f"part{i}-method": "equal" for i in (2, 3, 4)},
}  # fmt: skip


@pytest.fixture
def morgan(partnership, actor) -> Client:
    """Our finance manager."""
    person = add_person(name="Morgan Hale", email="morgan@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.FINANCE_MANAGER, organisation=partnership, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


@pytest.fixture
def three(partnership, actor):
    return schools_of([100, 200, 300], actor)


def buyer_of(school, actor) -> Client:
    person = add_person(name="Sam Okoro", email=f"sam.{school.number}@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.BUYER, organisation=school, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


def test_the_register_from_its_first_class_to_a_member_that_left(morgan, priya, edith, three, actor):
    assert "Add a class first" in text_of(morgan.get("/finance/members/new"))
    sent = {"name": "Full member", "code": "full", "votes": "1", "price_class": "1"}
    assert priya.post("/finance/members/classes", sent).status_code == 403
    assert "Full member is a class of members." in text_of(morgan.post("/finance/members/classes", sent, follow=True))
    entry = {"organisation": three[0].school.urn, "member_class": "full", "first": "1/9/26"}
    assert "Full member: 1 vote, prices of a member" in text_of(morgan.get("/finance/members/new"))
    assert "is in the register" in text_of(morgan.post("/finance/members/new", entry, follow=True))
    wrong = morgan.post("/finance/members/new", {**entry, "voter": "nobody@example.org"})
    assert (wrong.status_code, "Nobody here has the address" in text_of(wrong)) == (400, True)
    page = text_of(edith.get("/finance/members?on=1/9/26&kind=full"))
    assert "1 member with 1 vote" in page
    assert "Enter a member" not in page
    lines = edith.get("/finance/members?on=1/9/26&format=csv").content.decode().splitlines()
    assert lines[1] == f"{three[0].number},School 01,Full member,1,member,2026-09-01,,"
    made = MemberEntry.objects.get()
    left = morgan.post(f"/finance/members/{made.pk}", {"do": "leave", "on": "1/1/27", "reason": "Closed"}, follow=True)
    assert "Left because Closed" in text_of(left)
    assert "No members match these filters" in text_of(edith.get("/finance/members?on=1/1/27"))
    assert buyer_of(three[0], actor).get("/finance/members").status_code == 404


def test_a_round_is_planned_looked_at_and_agreed(morgan, priya, edith, three, actor):
    enter_all(three, actor, since=date(2026, 1, 1))
    wrong = priya.post("/finance/contributions/new", {**ROUND, "method": "bands", "bands": "200"})
    assert "Bands must be one in a line" in text_of(wrong)
    page = text_of(priya.post("/finance/contributions/new", ROUND, follow=True))
    assert "100 pupils, October 2025 census; 100 of 600 of £60,000.00 = £10,000.00" in page
    assert "A finance manager agrees it." in page
    assert priya.post("/finance/contributions/2026-27", {"do": "agree", "drawn": "1"}).status_code == 403
    again = text_of(priya.post("/finance/contributions/2026-27", {"do": "draw"}, follow=True))
    assert "worked out again" in again
    late = morgan.post("/finance/contributions/2026-27", {"do": "agree", "drawn": "1"})
    assert "were worked out again since you looked" in text_of(late)
    done = text_of(morgan.post("/finance/contributions/2026-27", {"do": "agree", "drawn": "2"}, follow=True))
    assert "3 agreements made: £60,000.00 before VAT." in done
    lines = edith.get("/finance/contributions/2026-27?format=csv").content.decode().splitlines()
    assert [line.split(",")[8] for line in lines[1:]] == ["10000.00", "20000.00", "30000.00"]
    after = {
        **ROUND,
        "code": "2027-28",
        "first": "1/9/27",
        "last": "31/8/28",
        "budget": "66,000",
        "previous": "2026-27",
    }
    page = text_of(morgan.post("/finance/contributions/new", after, follow=True))
    assert "£11,000.00 £10,000.00 £1,000.00" in page
    assert "is gone" in text_of(morgan.post("/finance/contributions/2027-28", {"do": "drop"}, follow=True))
    assert ContributionRound.objects.count() == 1


def test_a_member_joins_a_round_in_mid_year(morgan, three, actor):
    enter_all(three[:2], actor, since=date(2026, 1, 1))
    morgan.post("/finance/contributions/new", ROUND)
    morgan.post("/finance/contributions/2026-27", {"do": "agree", "drawn": "1"})
    sent = {"organisation": "School 03", "on": "1/1/27"}
    page = text_of(morgan.post("/finance/contributions/2026-27/join", sent, follow=True))
    assert "School 03 contributes to Contribution 2026-27 too." in page
    assert "Divided £60,000.00, joined later £60,000.00" in page
    assert "contributes to Contribution 2026-27 already" in text_of(
        morgan.post("/finance/contributions/2026-27/join", sent)
    )


def test_a_shared_cost_from_plan_to_a_school_that_leaves(morgan, priya, three, actor):
    sharers = "\n".join(one.name for one in three)
    wrong = priya.post("/finance/shared-costs/new", {**COST, "lead": "Nowhere", "sharers": sharers, "part1-pence": "x"})
    assert wrong.status_code == 400
    assert "There is no organisation Nowhere" in text_of(wrong)
    assert "Amount must be pounds and pence" in text_of(wrong)
    sent = {**COST, "lead": three[0].number, "sharers": sharers, "is_open": "on"}
    page = text_of(priya.post("/finance/shared-costs/new", sent, follow=True))
    assert "School 01 (lead) 100 £6,083.33 £6,083.33" in page
    done = morgan.post("/finance/shared-costs/consultant", {"do": "agree", "version": "1"}, follow=True)
    assert "3 agreements made." in text_of(done)
    leaver = SharedCost.objects.get().participants.get(organisation=three[2])
    where = f"/finance/shared-costs/consultant/leave/{leaver.pk}"
    given = {"on": "1/1/27", "falls": "lead", "reason": "Closed", "version": "2"}
    shown = text_of(morgan.post(where, {**given, "do": "show"}))
    assert "School 03 £12,150.00 £0.00 −£12,150.00 −£12,150.00" in shown
    assert not leaver.cost.participants.exclude(left_on=None).exists()
    done = text_of(morgan.post(where, {**given, "do": "do"}, follow=True))
    assert "School 03 300 £6,100.00 £6,100.00" in done
    assert priya.get(where).status_code == 403


def test_a_school_sees_its_share_and_the_others_only_where_it_is_open(morgan, three, actor):
    enter_all(three, actor, since=date(2026, 1, 1))
    morgan.post("/finance/contributions/new", ROUND)
    morgan.post("/finance/contributions/2026-27", {"do": "agree", "drawn": "1"})
    for code, is_open in (("shut", {}), ("wide", {"is_open": "on"})):
        sent = {**COST, **is_open, "code": code, "lead": three[0].number, "sharers": "School 01\nSchool 02"}
        morgan.post("/finance/shared-costs/new", sent)
        morgan.post(f"/finance/shared-costs/{code}", {"do": "agree", "version": "1"})
    school = three[0].school
    sam, here = buyer_of(three[0], actor), f"/school/{school.urn}/sharing"
    page = text_of(sam.get(here))
    assert "Member as Full member" in page
    assert "100 of 600 of £60,000.00 = £10,000.00" in page
    assert "School 02" not in text_of(sam.get(f"{here}/shut"))
    assert "£24,333.33" in text_of(sam.get(f"{here}/wide"))
    assert "School 01 (lead) £12,166.67 School 02 £24,333.33 Whole cost £36,500.00" in text_of(sam.get(f"{here}/wide"))
    other = buyer_of(three[2], actor)
    assert other.get(f"/school/{three[2].school.urn}/sharing/wide").status_code == 404
    assert other.get(here).status_code == 404
    assert MemberClass.objects.count() == 1
