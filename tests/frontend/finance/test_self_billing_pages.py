"""Self-billing on the pages: an agreement offered and signed, invoices written and read, own ones sent and agreed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from frontend.formats import long_date, short_date
from invoicing.payees.services import ask_account, confirm_account
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.due import payment_day
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.core.actors import Role
from providers.services import add_provider
from tests.api.calling import Program
from tests.core import small_files
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.self_billing.ridgeway import NONE, add_firm, agreed, earned
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(partnership, actor):
    made = add_firm()
    add_provider(organisation=made, code="ridgeway-learning", actor=actor)
    return made


@pytest.fixture
def ada(firm, actor):
    return person(firm, actor, role=Role.PROVIDER, name="Ada Ridge")


@pytest.fixture
def officer(partnership, actor):
    return person(partnership, actor, role=Role.FINANCE_OFFICER, name="Priya Officer")


def test_an_agreement_is_offered_signed_and_used(partnership, firm, ada, officer, actor):
    manager = signed_in(person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager"))
    today = timezone.localdate()
    offered = manager.post(
        "/finance/self-billing/new", {"provider": firm.number, "valid_from": today.strftime("%d/%m/%Y")}, follow=True
    )
    assert "waits for Ridgeway Learning to sign it" in text_of(offered)
    [agreement] = SelfBillingAgreement.objects.all()
    earned(firm, 10_000, key="a", on=today)
    assert "is not signed yet" in text_of(manager.get(f"/finance/self-billing/run?on={today:%d/%m/%Y}"))
    own = signed_in(ada)
    assert "waits for you" in text_of(own.get("/provider/ridgeway-learning/money"))
    address = f"/provider/ridgeway-learning/money/self-billing/{agreement.number}"
    last = short_date(agreement.valid_to - timedelta(days=1))
    for client, page in ((own, "/provider/ridgeway-learning/money"), (manager, "/finance/self-billing")):
        assert last in text_of(client.get(page))
    assert own.post(address, {"name": "Ada Ridge"}).status_code == 400
    signed = own.post(address, {"name": "Ada Ridge", "agree": "on"}, follow=True)
    assert "is signed. We write your invoices" in text_of(signed)

    browser = signed_in(officer)
    shown = text_of(browser.get(f"/finance/self-billing/run?on={today:%d/%m/%Y}"))
    assert "£120.00" in shown and "with VAT of £20.00" in shown
    done = browser.post("/finance/self-billing/run", {"on": today.strftime("%d/%m/%Y")}, follow=True)
    assert "1 document written" in text_of(done)
    invoice = ProviderInvoice.objects.get()
    page = text_of(own.get(f"/provider/ridgeway-learning/money/invoices/{invoice.pk}"))
    assert "your output tax due to HM Revenue & Customs" in page and "£120.00 is to be paid on" in page
    assert own.get(f"/provider/ridgeway-learning/money/invoices/{invoice.pk}/pdf").content.startswith(b"%PDF")
    assert b">389<" in own.get(f"/provider/ridgeway-learning/money/invoices/{invoice.pk}/ubl").content
    assert "£120.00" in text_of(own.get("/provider/ridgeway-learning/money"))
    year = today.year if (today.month, today.day) >= (4, 6) else today.year - 1
    rows = own.get(f"/provider/ridgeway-learning/money?year={year}").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and f"100.00,{invoice.number}" in rows[1]
    for odd in ("0000", "9999"):  # no tax year: the page, as without it
        assert "Self-billing agreements" in text_of(own.get(f"/provider/ridgeway-learning/money?year={odd}"))
    ended = manager.post(
        f"/finance/self-billing/{agreement.number}",
        {"do": "end", "on": (today + timedelta(days=1)).strftime("%d/%m/%Y"), "reason": "Sold"}, follow=True,
    )  # fmt: skip
    assert "we write no invoices under" in text_of(ended)


def test_the_money_page_says_when_a_payment_waits_for_the_bank_account(firm, ada, officer, partnership, actor):
    today = timezone.localdate()
    page = "/provider/ridgeway-learning/money"
    own = signed_in(ada)
    assert "Not paid on" not in text_of(own.get(page)), "nothing is to be paid"
    agreed(firm, begins=today)
    earned(firm, 10_000, key="a", on=today)
    signed_in(officer).post("/finance/self-billing/run", {"on": today.strftime("%d/%m/%Y")})
    words = f"Not paid on {long_date(payment_day(today))}: We know no bank account to pay into."
    assert words in text_of(own.get(page))
    manager = person(partnership, actor, role=Role.FINANCE_MANAGER, name="Marek Manager")
    _account(firm, ada, manager, "12345678", on=today - timedelta(days=60))
    seen = text_of(own.get(page))
    assert "Not paid on" not in seen and "next on" in seen
    _account(firm, ada, manager, "87654321", on=payment_day(today))
    seen = text_of(own.get(page))
    assert "The bank account was changed lately and can be paid into from" in seen and "next on" not in seen


def _account(firm, asker, manager, number, *, on):
    asked = ask_account(
        organisation=firm, account_name="Ridgeway", sort_code="20-45-11", account_number=number, on=on, actor=asker
    )
    confirm_account(account=asked, how_checked="Called Ada on the number in the contract", on=on, actor=manager)


def test_an_own_invoice_is_sent_queried_answered_and_agreed(firm, ada, officer):
    today = timezone.localdate()
    earned(firm, 10_000, key="a", on=today, vat=NONE)
    own, browser = signed_in(ada), signed_in(officer)
    page = "/provider/ridgeway-learning/money/send"
    assert "Enter" in text_of(own.post(page, {}))
    sent = own.post(
        page,
        {
            "number": "R-1", "dated_on": today.strftime("%d/%m/%Y"), "net_pence": "100", "vat_pence": "20",
            "file": SimpleUploadedFile("r-1.pdf", small_files.PDF),
        },
        follow=True,
    )  # fmt: skip
    assert "We check R-1 and pay it on" in text_of(sent)
    invoice = ProviderInvoice.objects.get()
    address = f"/finance/provider-invoices/{invoice.pk}"
    assert "Agree £120.00" in text_of(browser.get(address))
    assert browser.post(address, {"do": "query", "reason": ""}).status_code == 400
    browser.post(address, {"do": "query", "reason": "Which school?"})
    asked = f"/provider/ridgeway-learning/money/invoices/{invoice.pk}"
    assert "Which school?" in text_of(own.get(asked))
    own.post(asked, {"answer": "Oakfield"})
    agreed_page = browser.post(address, {"do": "agree"}, follow=True)
    assert "R-1 is agreed: £120.00 is to be paid on" in text_of(agreed_page)
    assert "R-1" in text_of(browser.get("/finance/provider-invoices?state=open&provider=ridgeway"))
    assert "No invoices match" in text_of(browser.get("/finance/provider-invoices?provider=nobody"))
    [row] = Program(officer).get("/provider-invoices", state="agreed").json()["results"]
    assert (row["number"], row["gross_pence"], row["provider"]) == ("R-1", 12_000, firm.number)
    whole = Program(ada).get(f"/provider-invoices/{invoice.pk}").json()
    assert whole["lines"][0]["net_pence"] == 10_000


@pytest.mark.parametrize(("vat", "told"), [("20", False), ("19.99", False), ("10", True), ("100", True)])
def test_finance_is_told_where_the_vat_is_not_what_the_rates_come_to(firm, ada, officer, vat, told):
    today = timezone.localdate()
    earned(firm, 10_000, key="a", on=today)
    given = {"number": "R-1", "dated_on": today.strftime("%d/%m/%Y"), "net_pence": "100", "vat_pence": vat}
    given["file"] = SimpleUploadedFile("r-1.pdf", small_files.PDF)
    signed_in(ada).post("/provider/ridgeway-learning/money/send", given)
    shown = text_of(signed_in(officer).get(f"/finance/provider-invoices/{ProviderInvoice.objects.get().pk}"))
    assert ("and at the rates on record it would be £20.00. Ask the provider" in shown) is told


def test_another_provider_sees_nothing_of_it(firm, ada, actor, officer):
    other = add_firm("Other Training", vat_number="")
    add_provider(organisation=other, code="other-training", actor=actor)
    stranger = signed_in(person(other, actor, role=Role.PROVIDER, name="Otto Other"))
    agreement = agreed(firm, begins=timezone.localdate())
    earned(firm, 10_000, key="a", on=timezone.localdate())
    signed_in(officer).post("/finance/self-billing/run", {"on": f"{timezone.localdate():%d/%m/%Y}"})
    invoice = ProviderInvoice.objects.get()
    for address in (
        "/provider/ridgeway-learning/money",
        f"/provider/other-training/money/invoices/{invoice.pk}",
        f"/provider/other-training/money/invoices/{invoice.pk}/pdf",
        f"/provider/other-training/money/self-billing/{agreement.number}",
        f"/finance/provider-invoices/{invoice.pk}",
    ):
        assert stranger.get(address).status_code == 404, address
