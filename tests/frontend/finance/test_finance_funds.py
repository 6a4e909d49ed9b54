"""The pages and operations of funds: a manager opens one, an officer takes in a grant, the auditor reads."""

import pytest
from django.test import Client

from invoicing.ledger.models import Fund, Movement
from invoicing.receivables.models import Charge
from invoicing.services import set_aside
from marketplace.core.actors import Role
from marketplace.organisations.services.people import add_person, give_role
from tests.conftest import START
from tests.frontend.finance.test_finance_journals import text_of
from tests.invoicing.books import balances, bill, receive
from tests.invoicing.funds.granted import approved, cast_of, granted, own_fund
from tests.invoicing.journals.beyond_sales import TODAY

pytestmark = pytest.mark.django_db
NEW = {
    "name": "Summer reading", "code": "summer", "kind": "restricted", "purpose": "Books for the summer",
    "starts_on": "1/4/26", "last": "31/3/27",
}  # fmt: skip


@pytest.fixture
def morgan(partnership, actor) -> Client:
    """Our finance manager."""
    person = add_person(name="Morgan Hale", email="morgan@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.FINANCE_MANAGER, organisation=partnership, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


def test_a_fund_is_opened_by_a_manager_and_shown_to_the_auditor(morgan, priya, edith):
    assert priya.post("/finance/funds/new", NEW).status_code == 403
    assert not Fund.objects.exists()
    answer = morgan.post("/finance/funds/new", NEW, follow=True)
    assert "Summer reading is open." in text_of(answer)
    assert "Last day to spend it 31 March 2027" in text_of(answer)
    again = morgan.post("/finance/funds/new", NEW)
    assert again.status_code == 400
    assert "There is a fund SUMMER already" in text_of(again)
    page = edith.get("/finance/funds/SUMMER")
    assert "Nothing has moved yet" in text_of(page)
    assert "Take in a grant" not in text_of(page)
    assert edith.get("/finance/funds/SUMMER/grant").status_code == 403


def test_a_grant_is_claimed_once_however_often_the_form_is_sent(partnership, actor, priya):
    cast_of(partnership, actor)
    sent = {"source": "", "pence": "60,000.00", "on": "1/9/26", "description": "Year one", "key": "0123456789abcdef"}
    answer = priya.post("/finance/funds/MINDS/grant", sent, follow=True)
    assert "£60,000.00 is claimed for Calm Minds: it goes out with the next invoice batch." in text_of(answer)
    priya.post("/finance/funds/MINDS/grant", sent)
    assert Charge.objects.count() == 1
    bill()
    page = text_of(priya.get("/finance/funds/MINDS"))
    assert "received £60,000.00 spent £0.00 left £60,000.00" in page
    assert "INV-000001" in page


def test_money_that_is_here_is_taken_as_a_grant(partnership, actor, priya):
    cast = cast_of(partnership, actor)
    money = receive(cast.health, 50_000, key="bank:9")
    form = text_of(priya.get("/finance/funds/MINDS/grant"))
    assert "£500.00 received on 1 Sep 2026 from Tideway Health Trust" in form
    sent = {"source": str(money.pk), "pence": "500.01", "description": "Year one", "key": "0123456789abcdef"}
    refused = priya.post("/finance/funds/MINDS/grant", sent)
    assert refused.status_code == 400
    assert "£500.00 of this receipt is not set against anything" in text_of(refused)
    priya.post("/finance/funds/MINDS/grant", {**sent, "pence": "500.00"})
    assert balances() == {"1000": 50_000, "4500": -50_000}


def test_the_list_adds_up_and_is_a_file_too(partnership, actor, edith):
    cast = cast_of(partnership, actor)
    granted(cast.minds, cast.health, 6_000_000)
    page = text_of(edith.get("/finance/funds?on=30/4/26"))
    assert "£60,000.00 is left in funds" in page
    assert "Total of all 1 fund £60,000.00 £0.00 £60,000.00" in page
    assert "£0.00" in text_of(edith.get("/finance/funds?on=31/3/26"))
    lines = edith.get("/finance/funds?on=30/4/26&format=csv").content.decode().splitlines()
    assert lines[1].startswith("MINDS,Calm Minds,Restricted by its funder,Tideway Health Trust,2026-04-01,2027-04-01,,")
    assert lines[1].endswith("60000.00,0.00,60000.00")
    movements = edith.get("/finance/funds/MINDS?format=csv").content.decode().splitlines()
    assert movements[1].endswith("4500 Grants,60000.00,60000.00")


def test_an_empty_fund_is_closed_by_a_manager_and_opened_again_with_a_reason(partnership, actor, morgan, priya):
    cast_of(partnership, actor)
    assert priya.post("/finance/funds/MINDS", {"do": "close"}).status_code == 403
    assert "Calm Minds is closed." in text_of(morgan.post("/finance/funds/MINDS", {"do": "close"}, follow=True))
    assert "Take in a grant" not in text_of(morgan.get("/finance/funds/MINDS"))
    assert morgan.post("/finance/funds/MINDS", {"do": "reopen", "reason": ""}).status_code == 400
    answer = morgan.post("/finance/funds/MINDS", {"do": "reopen", "reason": "Late credit"}, follow=True)
    assert "Calm Minds is open again." in text_of(answer)


def test_a_journal_names_its_fund_on_the_form_and_in_the_ledger(partnership, actor, priya, morgan):
    cast = cast_of(partnership, actor)
    assert "Fund, line 1" in text_of(priya.get("/finance/journals/new"))
    granted(cast.minds, cast.health, 10_000)
    line = {
        "line_0_debit": "7400", "line_0_credit": "2450", "line_0_pence": "100.01", "line_0_fund": "MINDS", "rows": "6",
        "kind": "journal", "on": "31/8/26", "reason": "Days", "do": "submit",
    }  # fmt: skip
    priya.post("/finance/journals/new", line)
    refused = morgan.post("/finance/journals/JNL-000001", {"do": "approve", "version": "1"})
    assert "Calm Minds has £100.00 left, so £100.01 cannot be taken from it" in text_of(refused)
    priya.post("/finance/journals/new", {**line, "line_0_pence": "100.00"})
    page = morgan.post("/finance/journals/JNL-000002", {"do": "approve", "version": "1"}, follow=True)
    assert "Calm Minds" in text_of(page)
    posted = Movement.objects.get(debit_account="7400")
    assert "Calm Minds" in text_of(morgan.get(f"/finance/ledger/entries/{posted.entry_id}"))


def test_a_manager_lets_a_fund_pay_a_share_of_an_item(partnership, actor, oakfield, charges, priya, morgan):
    cast = cast_of(partnership, actor)
    fund = own_fund(cast.morgan)
    item = charges(oakfield, 150_000, description="Peer review")
    address = f"/finance/invoicing/{item.pk}/fund"
    assert "No fund of our own has anything left" in text_of(morgan.get(address))
    journal = set_aside(fund=fund, pence=100_000, on=TODAY, reason="Reserve", today=TODAY, actor=cast.priya)
    approved(journal, cast.morgan)
    assert priya.get(address).status_code == 403
    answer = morgan.post(address, {"fund": "PEER", "percent": "60"}, follow=True)
    assert "Peer review fund pays £900.00 of Peer review." in text_of(answer)
    assert "Peer review fund pays 60%" in text_of(answer)
    refused = morgan.post(address, {"reason": "Called off"})
    assert refused.status_code == 400
    assert "£600.00 of Peer review still stands" in text_of(refused)
