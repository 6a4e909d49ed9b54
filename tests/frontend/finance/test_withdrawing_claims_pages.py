"""Withdrawing a repayment request: by page and program, alone or by two people; the provider is told and reads why."""

from datetime import date

import pytest

from frontend.jinja import url
from invoicing.provider_invoices.claim_models import ClaimBack, ClaimWithdrawal
from invoicing.provider_invoices.claiming_back import claim_back
from invoicing.second_person.models import Action, PreparedAction
from invoicing.services import set_limit
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation
from providers.services import add_provider
from tests.api.calling import Program
from tests.frontend.finance.test_outside_releaser_pages import delivered
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.paying_out.world import TODAY, Payers, overpaid
from tests.shop import person

pytestmark = pytest.mark.django_db
WHY = "A day is booked in May"


@pytest.fixture
def payers(partnership: Organisation, actor) -> Payers:
    return Payers(partnership, actor)


@pytest.fixture
def claim(payers: Payers) -> ClaimBack:
    return claim_back(credit=overpaid(payers, 42_000), reason="No more work", on=TODAY, actor=payers.priya)


def at(claim: ClaimBack) -> str:
    return f"/finance/provider-invoices/{claim.credit_id}"


def withdraw(client, claim: ClaimBack, reason: str = WHY, number: str = "RPR-000001"):
    return client.post(at(claim), {"do": "withdraw", "claim": number, "reason": reason}, follow=True)


def test_finance_withdraws_by_page_after_reading_what_it_does(payers, claim):
    client = signed_in(payers.priya)
    document = client.get("/finance/invoices/RPR-000001")
    assert f'href="{at(claim)}#withdraw"' in document.content.decode()
    page = text_of(client.get(at(claim)))
    assert "Ridgeway Learning still owes £420.00 on RPR-000001." in page and "Withdraw RPR-000001" in page
    refused = withdraw(client, claim, reason="")
    assert refused.status_code == 400 and "Enter the reason" in text_of(refused)
    assert withdraw(client, claim, number="RPR-000009").status_code == 404
    done = text_of(withdraw(client, claim))
    assert "RPR-000001 is withdrawn: £420.00 is taken from the next payment to Ridgeway Learning again." in done
    assert "£420.00 of it was withdrawn on" in done and WHY in done and "Withdraw RPR-000001" not in done
    document = text_of(client.get("/finance/invoices/RPR-000001"))
    assert "Withdrawn" in document and "Request withdrawn" in document and "Undo £420.00" not in document
    assert "was withdrawn" in document, "its history"


def test_a_repayment_request_is_written_off_where_its_page_says(payers, claim):
    client = signed_in(payers.priya)
    set_limit(action=Action.WRITE_OFF, pence=50_000, valid_from=date(2025, 9, 1), actor=payers.marek)
    page = url("finance-write-off", number="RPR-000001")
    assert f'href="{page}"' in client.get("/finance/invoices/RPR-000001").content.decode()
    asked = text_of(client.get(page))
    assert "Ridgeway Learning still owes £420.00" in asked and "relief for bad debts" not in asked
    done = text_of(client.post(page, {"pence": "420.00", "reason": "Dissolved"}, follow=True))
    assert "Write-off: £420.00." in done and "Written off" in done


def test_the_provider_is_told_and_reads_why(payers, claim, actor):
    add_provider(organisation=payers.ridgeway, code="ridgeway-learning", actor=actor)
    robin = person(payers.ridgeway, actor, role=Role.PROVIDER, name="Robin Staff")
    withdraw(signed_in(payers.priya), claim)
    [mail] = [one for one in delivered() if one.subject.startswith("Do not pay RPR-000001")]
    assert mail.subject == "Do not pay RPR-000001: £420.00 is taken from your next payment"
    assert WHY not in mail.plain
    page = text_of(signed_in(robin).get(f"/provider/ridgeway-learning/money/invoices/{claim.credit_id}"))
    assert "£420.00 is taken from your next payment." in page and WHY in page and "RPR-000001, withdrawn" in page
    path = f"/provider-invoices/{claim.credit_id}/withdraw-claim"
    assert Program(robin).post(path, {"number": "RPR-000001", "reason": "x"}).status_code == 403


def test_above_the_limit_a_manager_approves_what_the_page_says(payers, claim):
    set_limit(action=Action.WITHDRAWAL, pence=10_000, valid_from=date(2026, 1, 1), actor=payers.marek)
    client = signed_in(payers.priya)
    assert "above what one person may withdraw alone" in text_of(client.get(at(claim)))
    assert "Withdrawing RPR-000001 waits for a finance manager" in text_of(withdraw(client, claim))
    assert "waits for approval already" in text_of(withdraw(client, claim))
    assert not ClaimWithdrawal.objects.exists()
    prepared = PreparedAction.objects.get()
    manager = signed_in(payers.marek)
    address = url("finance-prepared", pk=prepared.pk)
    words = text_of(manager.get(address))
    assert "Still owed on it" in words and "To take from the next payment again" in words
    assert "approved and done: RPR-000001" in text_of(manager.post(address, {"approve": "1"}, follow=True))
    assert ClaimWithdrawal.objects.get().pence == 42_000


def test_a_program_withdraws_and_prepares(payers, claim):
    path = f"/provider-invoices/{claim.credit_id}/withdraw-claim"
    assert Program(payers.priya).post(path, {"number": "RPR-000002", "reason": WHY}).status_code == 404
    set_limit(action=Action.WITHDRAWAL, pence=10_000, valid_from=date(2026, 1, 1), actor=payers.marek)
    asked = Program(payers.priya).post(path, {"number": "RPR-000001", "reason": WHY})
    assert asked.status_code == 201 and asked.json() == {"done": False, "prepared": PreparedAction.objects.get().pk}
    set_limit(action=Action.WITHDRAWAL, pence=50_000, valid_from=date(2026, 1, 2), actor=payers.marek)
    assert Program(payers.priya).post(path, {"number": "RPR-000001", "reason": WHY}).json()["done"] is True
    again = Program(payers.priya).post(path, {"number": "RPR-000001", "reason": WHY})
    assert again.status_code == 409 and again.json()["code"] == "provider_invoice_moved"


def test_a_program_writes_a_repayment_request_off(payers, claim):
    set_limit(action=Action.WRITE_OFF, pence=50_000, valid_from=date(2025, 9, 1), actor=payers.marek)
    program, sent = Program(payers.priya), {"pence": 42_000, "reason": "Dissolved"}
    done = program.post("/invoices/RPR-000001/write-offs", sent)
    assert done.status_code == 201 and done.json() == {"done": True, "prepared": None}
    assert "Written off" in text_of(signed_in(payers.priya).get("/finance/invoices/RPR-000001"))
    assert program.post("/invoices/RPR-000009/write-offs", sent).status_code == 404
