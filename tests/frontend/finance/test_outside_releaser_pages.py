"""A governor without a login gets one link, reads what is paid, and releases it or says why not; advice goes by e-mail."""

from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from invoicing.paying_out.models import PaymentBatch, ReleaseLink, ReleaseRequest
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.services import reduce_payable
from marketplace.core import outbox
from marketplace.core.actors import Role
from marketplace.core.models import Delivery
from marketplace.messaging import references
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation, Person
from providers.services import add_provider
from tests.api.calling import Program
from tests.core import small_files
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.documents.papers import text_of as text_of_pdf
from tests.invoicing.paying_out.world import Payers, invoiced, overpaid
from tests.invoicing.self_billing.ridgeway import add_firm, earned
from tests.invoicing.self_billing.test_own_einvoices import paper
from tests.shop import person

pytestmark = pytest.mark.django_db
KEYS = count(100_000)
ASKED = {"do": "ask", "name": "Gwen Governor", "email": "gwen@governors.example", "form": "csv"}


@pytest.fixture
def payers(partnership: Organisation, actor) -> Payers:
    made = Payers(partnership, actor)
    made.account(made.ridgeway)
    return made


@pytest.fixture
def batch(payers: Payers) -> PaymentBatch:
    invoiced(payers.ridgeway, 95_625)
    return payers.approved()


def delivered() -> list[Message]:
    Delivery.objects.update(next_at=timezone.now())  # written by the database's clock, which no test sets
    while outbox.deliver():
        pass
    return list(Message.objects.order_by("pk"))


def link_in(message: Message) -> str:
    """The address in the e-mail as it leaves, without the site."""
    [reference] = message.fills.values()
    return "/" + references.text(reference).split("/", 3)[3]


def test_a_manager_names_somebody_who_releases_by_the_link_of_the_email(batch, payers):
    marta, address = signed_in(payers.marta), f"/finance/payment-batches/{batch.number}"
    assert "Ask a governor or trustee" in text_of(marta.get(address))
    assert "Ask a governor" not in text_of(signed_in(payers.olive).get(address))
    missing = marta.post(address, ASKED | {"email": ""})
    assert missing.status_code == 400 and "Enter their e-mail address" in text_of(missing)
    told = marta.post(address, ASKED, follow=True)
    assert "Gwen Governor gets a link to release" in text_of(told) and "Ask them no longer" in text_of(told)
    [mail] = [one for one in delivered() if one.topic == "releasers"]
    assert mail.to == "gwen@governors.example" and not ReleaseLink.objects.exists(), "made as it leaves"
    link = link_in(mail)
    assert "gwen" not in link.lower()

    nobody = Client()
    page = nobody.get(link)
    shown = text_of(page)
    assert "Release 1 payment, £956.25?" in shown and batch.content_hash in shown
    assert "Ridgeway Learning" in shown and "ending 6819" in shown and "31926819" not in shown
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    assert nobody.get(link).status_code == 200, "opening uses nothing up"
    done = nobody.post(link, {"do": "release"}, follow=True)
    assert "Your answer is recorded" in text_of(done)
    batch.refresh_from_db()
    assert (batch.state, batch.released_by) == ("sent", Person.objects.get(email="gwen@governors.example"))
    for again in (nobody.get(link), nobody.post(link, {"do": "release"}), nobody.get("/release/unknown")):
        assert again.status_code == 404 and "Gwen" not in text_of(again) and batch.number not in text_of(again)
    assert "Released by Gwen Governor" in text_of(marta.get(address))


def test_not_releasing_needs_a_reason_and_finance_reads_it(batch, payers):
    marta, address = signed_in(payers.marta), f"/finance/payment-batches/{batch.number}"
    marta.post(address, ASKED)
    link = link_in(next(one for one in delivered() if one.topic == "releasers"))
    nobody = Client()
    wrong = nobody.post(link, {"do": "decline", "reason": ""})
    assert wrong.status_code == 400 and "Enter why you do not release it" in text_of(wrong)
    nobody.post(link, {"do": "decline", "reason": "I do not know this payee"})
    batch.refresh_from_db()
    assert batch.state == "approved" and ReleaseRequest.objects.get().answer == "declined"
    assert "I do not know this payee" in text_of(marta.get(address))
    again = text_of(marta.post(address, ASKED, follow=True))
    assert "gets a link" in again and Person.objects.filter(email="gwen@governors.example").count() == 1
    unasked = text_of(marta.post(address, {"do": "unask"}, follow=True))
    assert "Gwen Governor is asked no longer" in unasked


def test_the_address_of_one_of_the_two_is_refused(batch, payers):
    email = Person.objects.get(pk=payers.marek.person_id).email
    refused = signed_in(payers.marta).post(f"/finance/payment-batches/{batch.number}", ASKED | {"email": email})
    assert refused.status_code == 409 and "somebody else must release it" in text_of(refused)
    assert not ReleaseRequest.objects.exists()


def test_who_acts_for_the_firm_gets_the_advice_as_a_pdf(payers, actor):

    person(payers.ridgeway, actor, role=Role.PROVIDER, name="Robin Staff")
    paid = invoiced(payers.ridgeway, 95_625)
    line = payers.sent().lines.get()
    [mail] = [one for one in delivered() if one.subject.startswith("Paid on")]
    [reference] = mail.attachments
    file = references.attachment(reference)
    assert (file.name, file.content_type) == (f"{line.batch.number}-1.pdf", "application/pdf")
    words = text_of_pdf(file.content)
    assert "£956.25" in words and paid.number in words and "31926819" not in words


def test_a_credit_is_claimed_back_by_page_and_program_and_the_firm_is_told(payers, actor):

    add_provider(organisation=payers.ridgeway, code="ridgeway-learning", actor=actor)
    robin = person(payers.ridgeway, actor, role=Role.PROVIDER, name="Robin Staff")
    credit = overpaid(payers, 42_000)
    path = f"/provider-invoices/{credit.pk}/claim-back"
    assert Program(robin).post(path, {"reason": "x"}).status_code == 403
    made = Program(payers.priya).post(path, {"reason": "No more work"})
    assert made.status_code == 201 and made.json()["number"] == "RPR-000001" and made.json()["pence"] == 42_000
    assert Program(payers.priya).post(path, {"reason": "Again"}).status_code == 409
    page = text_of(signed_in(payers.priya).get(f"/finance/provider-invoices/{credit.pk}"))
    assert "RPR-000001 asks Ridgeway Learning to pay back £420.00" in page and "Claim back £420.00" not in page
    document = text_of(signed_in(payers.priya).get("/finance/invoices/RPR-000001"))
    assert "Repayment request RPR-000001" in document and "Credit lines" not in document
    assert "RPR-000001" in text_of(signed_in(payers.priya).get("/finance/invoices?kind=claim_back"))
    [mail] = [one for one in delivered() if one.subject.startswith("Pay back £420.00")]
    assert "the credit note has put the VAT right" in mail.plain
    [reference] = mail.attachments
    assert "This is no VAT invoice" in text_of_pdf(references.attachment(reference).content)


def test_a_provider_sends_an_einvoice_and_a_credit_note_by_page_and_program(partnership, payers, actor):

    firm = add_firm("Fenland Training")
    add_provider(organisation=firm, code="fenland", actor=actor)
    ada = person(firm, actor, role=Role.PROVIDER, name="Ada Fen")
    earned(firm, 10_000, key="a", on=timezone.localdate())
    own, address = signed_in(ada), "/provider/fenland/money/send"

    def ubl(pence: int) -> dict[str, object]:
        return {"do": "ubl", "ubl": SimpleUploadedFile("r-17.xml", paper(("Visit a", pence)))}

    refused = own.post(address, ubl(9_000))
    assert refused.status_code == 409
    assert "Line 1, Visit a" in text_of(refused) and "£100.00 is owed to you for that" in text_of(refused)
    assert "Choose the e-invoice" in text_of(own.post(address, {"do": "ubl"}))
    assert "We check R-17 and pay it on" in text_of(own.post(address, ubl(10_000), follow=True))
    invoice = ProviderInvoice.objects.get(provider=firm)
    page = f"/provider/fenland/money/invoices/{invoice.pk}"
    assert own.get(f"{page}/credit").status_code == 404, "not agreed yet"
    signed_in(payers.priya).post(f"/finance/provider-invoices/{invoice.pk}", {"do": "agree"})
    assert "Send a credit note for it" in text_of(own.get(page))
    reduce_payable(source_key="less", of="a", pence=2_500, reason="Half a day", on=timezone.localdate(), actor=actor)
    form = text_of(own.get(f"{page}/credit"))
    assert "£120.00 of £120.00 is left to credit" in form and "£25.00" in form
    given = {"number": "R-17C", "dated_on": f"{timezone.localdate():%d/%m/%Y}", "net_pence": "25", "vat_pence": "5"}

    def pdf() -> SimpleUploadedFile:
        return SimpleUploadedFile("c.pdf", small_files.PDF)

    over = own.post(f"{page}/credit", given | {"net_pence": "200", "file": pdf()})
    assert over.status_code == 409 and "£120.00 of R-17 is left to credit" in text_of(over)
    sent = own.post(f"{page}/credit", given | {"file": pdf()}, follow=True)
    assert "take it from your next payment once it is agreed" in text_of(sent)
    note = ProviderInvoice.objects.get(provider=firm, kind="own_credit")
    assert (note.credits, note.lines.count()) == (invoice, 1)
    stranger = signed_in(person(payers.priory, actor, role=Role.PROVIDER, name="Otto Other"))
    assert stranger.get(f"{page}/credit").status_code == 404


def test_a_program_sends_an_einvoice(partnership, payers, actor):

    firm = add_firm("Fenland Training")
    earned(firm, 10_000, key="a", on=timezone.localdate())
    ada = Program(person(firm, actor, role=Role.PROVIDER, name="Ada Fen"))

    def post(program: Program, **fields: object):
        headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": f"test-file-{next(KEYS)}"}
        return program.client.post("/api/v1/provider-invoices", fields, headers=headers)

    xml = SimpleUploadedFile("r-17.xml", paper(("Visit a", 9_000)))
    refused = post(ada, provider=firm.number, file=xml)
    assert refused.status_code == 409 and "Line 1, Visit a" in refused.json()["detail"][0]
    bare = post(ada, provider=firm.number, file=SimpleUploadedFile("a.pdf", small_files.PDF))
    assert bare.status_code == 400
    made = post(ada, provider=firm.number, file=SimpleUploadedFile("r-17.xml", paper(("Visit a", 10_000))))
    assert made.status_code == 201 and made.json()["lines"][0]["net_pence"] == 10_000
    assert post(ada, provider=payers.priory.number, file=xml).status_code == 404
