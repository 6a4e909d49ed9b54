"""A school queries an invoice, reads the answer and ends it; a trust's school sees its own lines alone."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from frontend.buying import buyers_of
from frontend.school.waiting import waits_for
from invoicing.credit_control.models import InvoiceQuery, QueryLine
from invoicing.documents.models import Document
from invoicing.services import run_billing, write_message
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.school.conftest import ON, TrustCast
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture
def invoice(school: Organisation, charges: Charges, actor: Actor) -> Document:
    """£120.00 and £60.00 of Oakfield."""
    charges(school, 10_000, on=ON, description="HR advice")
    charges(school, 5_000, on=ON, description="Clerking")
    run_billing(on=ON, actor=actor)
    return Document.objects.get(customer=school)


def test_a_school_asks_about_one_line_and_ends_it(
    as_sam: Client, sam: Actor, base: str, invoice: Document, actor: Actor, partnership: Organisation
) -> None:
    page = text_of(as_sam.get(f"{base}/invoices/{invoice.number}"))
    assert "Query this invoice" in page and "In query" not in page
    address = f"{base}/invoices/{invoice.number}/query"
    form = text_of(as_sam.get(address))
    assert "HR advice, £120.00 with VAT" in form and "Clerking, £60.00 with VAT" in form
    clerking = invoice.lines.get(description="Clerking").pk
    asked = as_sam.post(address, {"lines": [clerking], "text": "We clerk ourselves."})
    assert asked.status_code == 302 and asked["Location"] == f"{base}/queries/Q-000001"
    assert QueryLine.objects.get().line_id == clerking
    shown = text_of(as_sam.get(asked["Location"]))
    assert "£60.00 is in query" in shown and "With finance" in shown and "We clerk ourselves." in shown
    assert "Q-000001" in text_of(as_sam.get(f"{base}/invoices/{invoice.number}"))
    officer = person(partnership, actor, name="Priya Shah", role=Role.FINANCE_OFFICER, on=ON)
    write_message(query=InvoiceQuery.objects.get(), text="Sorry: credited soon.", at=timezone.now(), actor=officer)
    waits = waits_for(sam, buyers_of(sam), ON)
    assert f"Read the answer to your query of {invoice.number}" in [wait["text"] for wait in waits]
    read = text_of(as_sam.get(f"{base}/queries/Q-000001"))
    assert "Your turn" in read and "Sorry: credited soon." in read and "Priya" not in read
    assert as_sam.post(f"{base}/queries/Q-000001", {"text": "Thank you", "do": "reply"}).status_code == 302
    assert as_sam.post(f"{base}/queries/Q-000001", {"text": "", "do": "withdrawn"}).status_code == 302
    assert InvoiceQuery.objects.get().outcome == "withdrawn"
    assert "Withdrawn" in text_of(as_sam.get(f"{base}/queries"))


def test_nothing_chosen_is_every_line_that_is_not_in_query_yet(as_sam: Client, base: str, invoice: Document) -> None:
    address = f"{base}/invoices/{invoice.number}/query"
    empty = as_sam.post(address, {"text": ""})
    assert empty.status_code == 400 and "Enter what is not right" in text_of(empty)
    line = invoice.lines.get(description="Clerking").pk
    as_sam.post(address, {"lines": [line], "text": "One"})
    assert "1 line in query already" in text_of(as_sam.get(address))
    as_sam.post(address, {"text": "The rest"})
    assert QueryLine.objects.filter(query__number="Q-000002").count() == 1
    assert "All your lines of this invoice are in query already" in text_of(as_sam.get(address))


def test_an_outsider_is_told_nothing(as_outsider: Client, as_sam: Client, base: str, invoice: Document, oakfield: Organisation) -> None:  # fmt: skip
    as_sam.post(f"{base}/invoices/{invoice.number}/query", {"text": "Why?"})
    own = f"/customer/{oakfield.number}"
    for path in (f"{base}/queries", f"{own}/queries/Q-000001", f"{own}/invoices/{invoice.number}/query"):
        assert as_outsider.get(path).status_code == 404
    assert "Q-000001" not in text_of(as_outsider.get(f"{own}/queries"))


def test_a_trusts_school_queries_its_section_and_sees_no_other(
    trust_cast: TrustCast, charges: Charges, actor: Actor
) -> None:
    harbour, lighthouse = trust_cast.academies
    for academy, pence in ((harbour, 10_000), (lighthouse, 20_000)):
        charges(trust_cast.trust, pence, consumer=academy, on=ON, description=f"HR for {academy.name}")
    run_billing(on=ON, actor=actor)
    invoice = Document.objects.get(customer=trust_cast.trust)
    buyer = signed_in(person(harbour, actor, name="Hetty Harbour"))
    base = f"/school/{harbour.school.urn}"
    assert buyer.get(f"{base}/invoices/{invoice.number}").status_code == 404
    page = text_of(buyer.get(f"{base}/invoices/{invoice.number}/query"))
    assert "HR for Harbour Academy" in page and "Lighthouse" not in page
    others = invoice.lines.get(consumer=lighthouse).pk
    assert buyer.post(f"{base}/invoices/{invoice.number}/query", {"lines": [others], "text": "x"}).status_code == 400
    asked = buyer.post(f"{base}/invoices/{invoice.number}/query", {"text": "Two days, not three."})
    shown = text_of(buyer.get(asked["Location"]))
    assert "£120.00 is in query" in shown and "Lighthouse" not in shown
    trusts = text_of(trust_cast.client.get(f"{trust_cast.base}/queries/Q-000001"))
    assert "Two days, not three." in trusts


def test_the_query_of_a_day_is_of_that_day(as_sam: Client, base: str, invoice: Document) -> None:
    as_sam.post(f"{base}/invoices/{invoice.number}/query", {"text": "Why?"})
    assert InvoiceQuery.objects.get().opened_on == date(2026, 9, 1)
