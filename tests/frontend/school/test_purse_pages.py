"""A cluster's purse from its opening by finance to an order that it pays, and what its lead and finance see of it."""

from typing import Any

import pytest
from django.test import Client

from invoicing.second_person.limits import set_limit
from invoicing.second_person.models import Action, PreparedAction
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from subscriptions.asking.models import AskedChange
from subscriptions.models import Agreement, Purse, PurseMember
from tests.frontend.school.conftest import ON
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.invoicing.books import receive
from tests.shop import Shop, person
from tests.subscriptions.renewals.agreed import agreed
from tests.subscriptions.sharing import schools_of
from tests.trading.conftest import Buying

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER))


@pytest.fixture
def lead(school: Organisation, actor: Actor) -> Organisation:
    [found] = schools_of([100], actor)
    return found


@pytest.fixture
def purse(priya: Client, lead: Organisation, school: Organisation, actor: Actor) -> Purse:
    """£600.00, half of it from each, opened and filled on finance's pages."""
    sent: dict[str, Any] = {
        "name": "Harbour purse", "code": "harbour", "first": "1/9/26", "last": "31/8/27", "lead": lead.number,
        "members": school.number, "pence": "600", "method": "equal",
    }  # fmt: skip
    assert "There is no organisation Nowhere" in text_of(priya.post("/finance/purses/new", sent | {"lead": "Nowhere"}))
    page = text_of(priya.post("/finance/purses/new", sent, follow=True))
    assert "No member has money on account" in page and "£300.00" in page
    for payer in (lead, school):
        money = receive(payer, 300_00, key=payer.number, on=ON)
        if payer == lead:  # one person alone carries nothing until a limit is set
            sent = {"source": money.pk, "pence": "300"}
            asked = text_of(priya.post("/finance/purses/harbour", sent, follow=True))
            assert "goes into Harbour purse once a finance manager approves it" in asked
            assert PreparedAction.objects.get().pence == 300_00
            set_limit(action=Action.CARRY, pence=1_000_00, valid_from=ON, actor=actor)
        done = priya.post("/finance/purses/harbour", {"source": money.pk, "pence": "300"}, follow=True)
        assert "£300.00 is in Harbour purse now." in text_of(done)
    return Purse.objects.get()


def test_a_member_reads_the_statement_and_pays_an_order_from_the_purse(
    purse: Purse, as_sam: Client, base: str, sam: Actor, school: Organisation, shop: Shop
) -> None:
    course = shop.course()
    Buying().add(sam, school, course, 2, run=shop.run(course))
    page = as_sam.get(f"{base}/basket")
    assert "Pay from Harbour purse" in text_of(page) and "£600.00 left of £600.00" in text_of(page)
    placed = as_sam.post(f"{base}/basket", hidden_fields(page) | {"purse": "harbour", "purchase_order": ""})
    assert placed.status_code == 302
    assert Order.objects.get().invoice_to == purse.lead
    own = text_of(as_sam.get(f"{base}/purses/harbour"))
    assert "£280.00 of £600.00 is drawn, £320.00 is left" in own and "Safeguarding for new leaders" in own
    rows = as_sam.get(f"{base}/purses/harbour?format=csv").content.decode()
    assert rows.count("\r\n") == 4 and "-280.00,320.00" in rows
    assert "Harbour purse" in text_of(as_sam.get(f"{base}/sharing"))


def test_more_than_is_left_orders_nothing_and_says_what_is_left(
    purse: Purse, as_sam: Client, base: str, sam: Actor, school: Organisation, shop: Shop
) -> None:
    course = shop.course()
    Buying().add(sam, school, course, 5, run=shop.run(course))
    sent = hidden_fields(as_sam.get(f"{base}/basket")) | {"purse": "harbour", "purchase_order": ""}
    refused = as_sam.post(f"{base}/basket", sent)
    assert "Only £600.00 is left in Harbour purse, not £700.00" in text_of(refused)
    assert not Order.objects.exists()


def test_the_lead_alone_says_who_may_draw(
    purse: Purse, as_sam: Client, base: str, lead: Organisation, school: Organisation, actor: Actor
) -> None:
    member = PurseMember.objects.get(organisation=school)
    as_lead = signed_in(person(lead, actor, name="Lena Lead"))
    where = f"purses/harbour/members/{member.pk}"
    done = as_lead.post(f"/school/{lead.school.urn}/{where}", {"may_draw": "yes", "most": "100"}, follow=True)
    assert "may draw is set" in text_of(done) and "£100.00" in text_of(done)
    refused = as_sam.post(f"{base}/{where}", {"may_draw": "yes", "most": ""})
    assert "decides who may draw" in text_of(refused)
    assert PurseMember.objects.get(pk=member.pk).most_pence == 100_00


def test_an_outsider_and_a_school_that_is_no_member_find_no_purse(
    purse: Purse, as_outsider: Client, as_sam: Client, base: str
) -> None:
    assert as_outsider.get(f"{base}/purses/harbour").status_code == 404
    assert as_outsider.get("/finance/purses/harbour").status_code == 404
    assert as_sam.get(f"{base}/purses/other").status_code == 404


def test_finance_grants_with_the_sum_that_it_saw_or_says_why_not(
    priya: Client, as_sam: Client, base: str, school: Organisation
) -> None:
    running = agreed(school)
    day = {"on_day": "1", "on_month": "12", "on_year": "2026", "reason": "Our trust does it"}
    as_sam.post(f"{base}/services/{running.number}/change/end", day)
    asked = AskedChange.objects.get()
    assert "Answer 1 change of an agreement" in text_of(priya.get("/"))
    assert "HR advice" in text_of(priya.get("/finance/asked"))
    page = priya.get(f"/finance/asked/{asked.pk}")
    assert "Grant it from 1 December 2026" in text_of(page)
    assert "Enter why it is not granted" in text_of(priya.post(f"/finance/asked/{asked.pk}", {"do": "refuse"}))
    changed = priya.post(f"/finance/asked/{asked.pk}", {"do": "grant", "expected": "1"})
    assert changed.status_code == 409 and Agreement.objects.get().ended_on is None
    sent = {"do": "grant", "expected": str(asked.shown_pence)}
    assert "granted from 1 December 2026" in text_of(priya.post(f"/finance/asked/{asked.pk}", sent, follow=True))
    assert str(Agreement.objects.get().ended_on) == "2026-12-01"
    assert "Granted" in text_of(as_sam.get(f"{base}/services/{running.number}"))


def test_a_member_that_does_not_lead_is_sent_to_the_statement(
    purse: Purse, as_sam: Client, base: str, school: Organisation
) -> None:
    member = PurseMember.objects.get(organisation=school)
    gone = as_sam.get(f"{base}/purses/harbour/members/{member.pk}")
    assert (gone.status_code, gone["Location"]) == (302, f"{base}/purses/harbour")
