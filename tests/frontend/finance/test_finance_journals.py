"""The pages of journals, purchases and the opening position: one person prepares, another approves, the auditor reads."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from invoicing.journals.models import ManualJournal, OpeningPosition, Purchase
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import add_person, give_role
from tests.conftest import START
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import opening_file, supplier_of

pytestmark = pytest.mark.django_db
LINE = {"line_0_debit": "7400", "line_0_credit": "2450", "line_0_pence": "1,200.00", "rows": "6"}
HEAD = {"kind": "accrual", "on": "31/8/26", "reason": "Fee for the audit"}


@pytest.fixture
def morgan(partnership, actor) -> Client:
    """Our finance manager."""
    person = add_person(name="Morgan Ellis", email="morgan@example.org", password=None, actor=actor)
    give_role(person=person, role=Role.FINANCE_MANAGER, organisation=partnership, valid_from=START, actor=actor)
    client = Client()
    client.force_login(person.user)
    return client


def text_of(response) -> str:
    """What stands on the page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_journal_goes_from_the_form_to_the_ledger_by_two_people(priya, morgan, edith):
    answer = priya.post("/finance/journals/new", {**HEAD, **LINE, "do": "submit"}, follow=True)
    assert "JNL-000001, £1,200.00, waits for approval." in text_of(answer)
    assert "You prepared it, so a finance manager who is not you approves it" in text_of(answer)
    refused = priya.post("/finance/journals/JNL-000001", {"do": "approve", "version": "1"})
    assert refused.status_code == 403
    assert balances() == {}
    assert "Approve JNL-000001, £1,200.00" in text_of(morgan.get("/finance/journals/JNL-000001"))
    answer = morgan.post("/finance/journals/JNL-000001", {"do": "approve", "version": "1"}, follow=True)
    assert "JNL-000001 approved: £1,200.00 posted on 31 August 2026." in text_of(answer)
    assert balances() == {"7400": 120_000, "2450": -120_000}
    page = text_of(edith.get("/finance/journals/JNL-000001"))
    assert "Prepared by Priya Shah, approved by Morgan Ellis." in page
    assert "1 September 2026" in page
    assert edith.post("/finance/journals/JNL-000001", {"do": "approve", "version": "1"}).status_code == 403


def test_more_lines_keep_what_was_typed_and_judge_nothing_yet(priya):
    answer = priya.post("/finance/journals/new", {**LINE, "reason": "Half done", "do": "more"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="line_11_debit"' in page
    assert 'name="line_12_debit"' not in page
    assert 'value="1,200.00"' in page
    assert "There is a problem" not in page
    assert not ManualJournal.objects.exists()


def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(priya):
    answer = priya.post("/finance/journals/new", {"kind": "journal", "on": "1/9/26", "line_1_debit": "7400"})
    said = text_of(answer)
    assert answer.status_code == 400
    for sentence in ("Enter the reason", "Enter the account to credit of line 2", "Enter the amount of line 2"):
        assert sentence in said
    control = priya.post("/finance/journals/new", {**HEAD, **LINE, "line_0_credit": "1100"})
    assert control.status_code == 400
    assert not ManualJournal.objects.exists()


def test_a_journal_sent_back_is_changed_and_handed_in_again(priya, morgan):
    priya.post("/finance/journals/new", {**HEAD, **LINE, "do": "submit"})
    path = "/finance/journals/JNL-000001"
    empty = morgan.post(path, {"do": "send_back", "version": "1", "reason": ""})
    assert "Enter reason" in text_of(empty)
    morgan.post(path, {"do": "send_back", "version": "1", "reason": "Without the deposit"})
    assert "Sent back to Priya Shah: Without the deposit" in text_of(priya.get(path))
    form = priya.get(f"{path}/change").content.decode()
    assert 'value="1200.00"' in form
    priya.post(f"{path}/change", {**HEAD, **LINE, "line_0_pence": "900", "do": "submit"})
    stale = morgan.post(path, {"do": "approve", "version": "1"})
    assert "was changed since you looked" in text_of(stale)
    assert balances() == {}


def test_a_purchase_is_entered_approved_paid_and_the_payment_undone(priya, morgan, actor):
    supplier_of(actor)
    morgan.post("/finance/purchases/vat", {"percent": "63", "valid_from": "1/4/26"})
    sent = {
        "supplier": "harbour row estates", "supplier_number": "HR-2207", "dated_on": "3/9/26", "due_on": "3/10/26",
        "line_0_description": "Rent", "line_0_account": "7200", "line_0_net": "2000", "line_0_rate": "20",
        "line_0_vat": "", "line_0_tag": "residual", "rows": "4",
    }  # fmt: skip
    answer = priya.post("/finance/purchases/new", {**sent, "do": "submit"}, follow=True)
    assert "PUR-000001, £2,400.00, waits for approval." in text_of(answer)
    path = "/finance/purchases/PUR-000001"
    morgan.post(path, {"do": "approve", "version": "1"})
    assert balances() == {"7200": 214_800, "2210": 25_200, "2400": -240_000}
    from invoicing.banking.services import ensure_bank_account

    ensure_bank_account(code="current", name="Current", ledger_account_code="1000", layout="lloyds", actor=actor)
    pay = {"do": "pay", "pence": "1000", "paid_on": "20/9/26", "reference": "BACS", "account": "1000"}
    assert "£1,000.00 of PUR-000001 recorded as paid." in text_of(priya.post(path, pay, follow=True))
    too_much = priya.post(path, {**pay, "pence": "1400.01"})
    assert "Only £1,400.00 is still owed on PUR-000001" in text_of(too_much)
    payment = Purchase.objects.get().payments.get()
    undo = priya.post(f"{path}/payments/{payment.pk}/undo", {"reason": "Returned"}, follow=True)
    assert "£1,000.00 of PUR-000001 is owed again" in text_of(undo)
    assert "£252.00 of £400.00 comes back" in text_of(priya.get("/finance/purchases/vat?start=1/7/26&end=30/9/26"))


def test_the_opening_position_is_checked_handed_in_and_approved(priya, morgan, edith, oakfield, council, actor):
    text = opening_file(oakfield, council, supplier_of(actor))
    path = "/finance/opening-position"

    def upload(content: str) -> dict[str, object]:
        return {"on": "31/8/26", "file": SimpleUploadedFile("old.csv", content.encode()), "do": "check"}

    wrong = priya.post(path, upload(text.replace("1000.00\n", "999.00\n")))
    assert "Open invoices add up to £1,249.00, the trial balance says £1,250.00: £1.00 too little." in text_of(wrong)
    assert wrong.status_code == 400
    checked = priya.post(path, upload(text))
    assert "It equals its trial balance to the penny. Nothing is kept yet" in text_of(checked)
    assert not OpeningPosition.objects.exists()
    kept = {"on": "2026-08-31", "content": text, "file_name": "old.csv", "do": "submit"}
    assert "OPN-000001 waits for approval" in text_of(priya.post(path, kept, follow=True))
    assert "Approve and take over OPN-000001" not in text_of(priya.get(path))
    answer = morgan.post(path, {"do": "approve", "version": "1"}, follow=True)
    assert "Everything of it is in the books" in text_of(answer)
    assert balances()["1100"] == 125_000
    page = text_of(edith.get(path))
    assert "Gold courses" in page
    earlier = text_of(priya.get("/finance/invoices/OLD-A-17"))
    assert "Earlier invoice OLD-A-17" in earlier
    assert "Open the PDF" not in earlier
    assert priya.get("/finance/invoices/OLD-A-17/pdf").status_code == 404


def test_the_customer_sees_an_earlier_invoice_as_owed(priya, morgan, amira, oakfield, council, actor):
    text = opening_file(oakfield, council, supplier_of(actor))
    kept = {"on": "2026-08-31", "content": text, "file_name": "old.csv", "do": "submit"}
    priya.post("/finance/opening-position", kept)
    morgan.post("/finance/opening-position", {"do": "approve", "version": "1"})
    page = amira.get(f"/customer/{oakfield.number}/invoices")
    assert "OLD-A-17" in text_of(page)
    one = text_of(amira.get(f"/customer/{oakfield.number}/invoices/OLD-A-17"))
    assert "Invoice A/17 of the books before, £1,800.00 with its VAT" in one
    assert "PDF of" not in one


@pytest.mark.parametrize(
    "path",
    [
        "journals",
        "journals/new",
        "journals/JNL-000001",
        "purchases",
        "purchases/new",
        "purchases/vat",
        "opening-position",
    ],
)
def test_a_school_is_told_nothing_and_the_auditor_only_reads(amira, edith, path):
    assert amira.get(f"/finance/{path}").status_code == 404
    assert edith.get(f"/finance/{path}").status_code == (403 if path.endswith("new") else 404 if "JNL" in path else 200)


def test_the_finance_manager_reads_on_the_home_page_what_waits(priya, morgan):
    priya.post("/finance/journals/new", {**HEAD, **LINE, "do": "submit"})
    assert "Approve 1 journal" in text_of(morgan.get("/"))
    assert "Approve 1 journal" not in text_of(priya.get("/"))
    assert Person.objects.filter(name="Priya Shah").exists()
    assert Organisation.objects.exists()


def chosen(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("lines.csv", text.encode("utf-8-sig"), content_type="text/csv")


def test_lines_are_read_from_a_file_shown_and_then_handed_in(priya):
    text = 'Debit,Credit,Amount,Description\r\n7400,2450,"1,200.00",Audit of the year\r\n\r\n7200,2450,80.5,\r\n'
    sent = {**HEAD, "line_0_debit": "7300", "rows": "6", "do": "file", "file": chosen(text)}
    answer = priya.post("/finance/journals/new", sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and "There is a problem" not in page
    assert 'value="1200.00"' in page and 'value="80.50"' in page and 'value="Audit of the year"' in page
    assert 'value="Fee for the audit"' in page and not ManualJournal.objects.exists()
    lines = {"line_0_debit": "7400", "line_0_credit": "2450", "line_0_pence": "1200.00", "line_0_analysis": "Audit"}
    more = {"line_1_debit": "7200", "line_1_credit": "2450", "line_1_pence": "80.50", "do": "submit", "rows": "6"}
    kept = priya.post("/finance/journals/new", {**HEAD, **lines, **more}, follow=True)
    assert "JNL-000001, £1,280.50, waits for approval." in text_of(kept)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("debit,credit,amount\n7400,2450,10\n7400,2450,ten\n7400,1100,5\n",
         ["Line 3: amount must be", "Line 4: account 1100 is the sum"]),
        ("debit,credit,amount\n7400,4200,10\n", ["Line 2: choose the income stream"]),
        ("debit,credit,amount\n7400,2450,1,200.00\n", ["Line 2: there are more cells than columns"]),
        ("debit,credit,sum\n7400,2450,1\n", ["Line 1: there is no column sum"]),
        ("debit,credit\n7400,2450\n", ["Line 1: the column amount is missing"]),
        ("debit,credit,amount\n7400,2450,-1\n", ["Line 2: amount must be more than £0.00"]),
        ('debit,credit,amount\n"7400,2450,1\n', ["a quotation mark is not closed"]),
        ("debit,credit,amount\n", ["The file has no lines"]),
        ("debit,credit,amount\n" + "7400,2450,1\n" * 201, ["A journal has at most 200 lines, and the file has 201"]),
    ],
)  # fmt: skip
def test_one_wrong_line_takes_none_and_each_is_told_by_its_line(priya, text, said):
    answer = priya.post("/finance/journals/new", {**HEAD, **LINE, "do": "file", "file": chosen(text)})
    page = text_of(answer)
    assert answer.status_code == 400 and "None of them was taken" in page
    for sentence in said:
        assert sentence in page
    assert 'value="1,200.00"' in answer.content.decode(), "what was typed stays"
    assert not ManualJournal.objects.exists()


def test_no_file_is_asked_for_and_the_auditor_reads_none(priya, edith):
    assert "Choose the CSV file with the lines" in text_of(priya.post("/finance/journals/new", {"do": "file"}))
    refused = edith.post("/finance/journals/new", {"do": "file", "file": chosen("debit,credit,amount\n7400,2450,1\n")})
    assert refused.status_code == 403
