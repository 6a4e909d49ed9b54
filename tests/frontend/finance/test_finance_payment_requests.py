"""The pages and operations of payment requests and of shares: finance asks, the auditor reads, payer and school see it."""

import pytest
from django.test import Client

from frontend.buying import buyer_of
from invoicing.models import Charge, PaymentRequest
from invoicing.services import allocate
from marketplace.core.actors import Role
from marketplace.organisations.services.people import add_person, give_role
from tests.conftest import START
from tests.frontend.finance.test_finance_journals import text_of
from tests.invoicing.books import receive
from tests.invoicing.journals.beyond_sales import TODAY

pytestmark = pytest.mark.django_db
ASKED = {"funder": "Tidewell Borough Council", "pence": "60.00", "reason": "Half of the programme", "reference": "S/26"}


@pytest.fixture
def asked(priya, invoice, council) -> PaymentRequest:
    answer = priya.post(f"/finance/invoices/{invoice.number}/payment-request", ASKED, follow=True)
    assert "Tidewell Borough Council is asked to pay £60.00 of INV-000001." in text_of(answer)
    return PaymentRequest.objects.get()


@pytest.fixture
def payments(council, actor) -> Client:
    """The council's payments officer."""
    person = add_person(name="Paula Nash", email="paula@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.COUNCIL_PAYMENTS, organisation=council, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


def test_finance_asks_and_the_page_says_that_it_is_no_vat_invoice(asked, priya, edith):
    page = text_of(priya.get(f"/finance/payment-requests/{asked.number}"))
    assert (
        "Payment request, not a VAT invoice. The supply is to Oakfield Primary School, invoiced by INV-000001." in page
    )
    assert "asked for £60.00 paid £0.00 left to pay £60.00" in page
    assert "was asked to pay £60.00 of this" in text_of(priya.get("/finance/invoices/INV-000001"))
    read = text_of(edith.get(f"/finance/payment-requests/{asked.number}"))
    assert "Payment request, not a VAT invoice." in read
    assert "Withdraw PRQ-000001" not in read
    assert edith.post(f"/finance/payment-requests/{asked.number}", {"reason": "No"}).status_code == 403
    assert edith.get("/finance/invoices/INV-000001/payment-request").status_code == 403
    letter = priya.get(f"/finance/payment-requests/{asked.number}/letter")
    assert (letter["Content-Type"], letter.content[:5]) == ("application/pdf", b"%PDF-")


def test_too_much_and_nobody_are_refused_on_the_form(priya, invoice, council):
    path = f"/finance/invoices/{invoice.number}/payment-request"
    refused = priya.post(path, {**ASKED, "pence": "120.01"})
    assert refused.status_code == 400
    assert "£120.00 is left to ask for, not £120.01" in text_of(refused)
    assert "There is no organisation Nobody" in text_of(priya.post(path, {**ASKED, "funder": "Nobody"}))
    assert not PaymentRequest.objects.exists()


def test_the_list_narrows_and_is_a_file(asked, invoice, council, priya, actor):
    assert "PRQ-000001" in text_of(priya.get("/finance/payment-requests?show=open"))
    allocate(source=receive(council, 6_000, key="1"), to=invoice.items.get(), pence=6_000, on=TODAY, actor=actor)
    assert "PRQ-000001" not in text_of(priya.get("/finance/payment-requests?show=open"))
    lines = priya.get("/finance/payment-requests?format=csv").content.decode().splitlines()
    assert lines[1].endswith("INV-000001,Oakfield Primary School,60.00,60.00,0.00,paid")
    assert "It is paid." in text_of(priya.get("/finance/payment-requests/PRQ-000001"))


def test_it_is_withdrawn_with_a_reason(asked, priya):
    path = f"/finance/payment-requests/{asked.number}"
    assert "Enter the reason" in text_of(priya.post(path, {"reason": ""}))
    page = text_of(priya.post(path, {"reason": "The council says no"}, follow=True))
    assert "It was withdrawn: nothing is asked for any more." in page
    assert "The council says no" in page
    assert "was asked to pay" not in text_of(priya.get("/finance/invoices/INV-000001"))


def test_school_and_payer_see_it_on_their_own_pages(asked, amira, payments, oakfield, council):
    own = text_of(amira.get(buyer_of(oakfield).url("school-invoice", number="INV-000001")))
    assert "Tidewell Borough Council was asked to pay £60.00 of this." in own
    theirs = buyer_of(council)
    page = text_of(payments.get(theirs.url("school-invoices")))
    assert "You were asked to pay" in page
    assert "INV-000001, Oakfield Primary School £60.00 £60.00 Open" in page
    assert payments.get(theirs.url("school-payment-request", number="PRQ-000001")).content[:5] == b"%PDF-"
    assert amira.get(buyer_of(oakfield).url("school-payment-request", number="PRQ-000001")).status_code == 404
    assert payments.get(theirs.url("school-invoice", number="INV-000001")).status_code == 404


def test_a_share_of_an_item_is_bought_by_another(charges, oakfield, council, priya):
    item = charges(oakfield, 90_000, description="SENCO programme")
    path = f"/finance/invoicing/{item.pk}/share"
    assert "becomes an item of its own" in text_of(priya.get(path))
    both = priya.post(path, {"buyer": council.number, "percent": "50", "pence": "450", "kind": ""})
    assert (both.status_code, "one of the two" in text_of(both)) == (400, True)
    page = text_of(priya.post(path, {"buyer": council.number, "percent": "50", "kind": "training"}, follow=True))
    assert "Tidewell Borough Council buys £450.00 of SENCO programme." in page
    assert "Tidewell Borough Council buys a share itself" in page
    assert sorted(one.due_pence for one in Charge.objects.all()) == [45_000, 45_000]
    again = priya.post(path, {"buyer": council.number, "pence": "1.00", "kind": ""})
    assert "buys a share of SENCO programme already" in text_of(again)
