"""The opening position: read, compared to the penny, refused with each difference, taken over whole and once."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from invoicing.documents.models import Document
from invoicing.journals.models import OpeningPlaces, OpeningPosition, Purchase
from invoicing.journals.rules.opening import differences, document_number
from invoicing.journals.rules.opening_file import decode, read
from invoicing.journals.services.deciding import SamePerson
from invoicing.journals.services.opening import OpeningDiffers, OpeningTaken
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.recognition.models import Deferral
from invoicing.services import (
    allocate,
    approve_opening,
    check_opening,
    credit_in_full,
    release_income,
    reverse_receipt,
    send_back_opening,
    submit_opening,
)
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.models import User
from tests.invoicing.books import balances, receive
from tests.invoicing.journals.beyond_sales import LAST_DAY, TODAY, finance_person, opening_file, take_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(oakfield, council, landlord):
    return opening_file(oakfield, council, landlord)


def problems(text, on=LAST_DAY):
    return check_opening(content=text.encode(), on=on, today=TODAY).problems


def test_everything_is_taken_over_and_nothing_is_left_on_the_opening_account(text, priya, morgan, oakfield, council):
    taken = take_over(text, by=priya, approver=morgan)
    assert balances() == {
        "1000": 500_000,
        "1100": 125_000,
        "2100": -1_250,
        "2300": -90_000,
        "2400": -30_000,
        "3000": -503_750,
    }
    items = ReceivableItem.objects.order_by("pk").values_list(
        "document__number", "organisation", "outstanding_pence", "due_on"
    )
    assert list(items) == [
        ("OLD-A-17", oakfield.pk, 100_000, date(2026, 4, 2)), ("OLD-A-18", council.pk, 25_000, date(2026, 9, 3)),
    ]  # fmt: skip
    assert UnallocatedItem.objects.get().remaining_pence == 1_250
    assert Purchase.objects.get(opening=True).outstanding_pence == 30_000
    assert OpeningPlaces.objects.get().count == 4
    deferral = Deferral.objects.get()
    assert (deferral.pence, deferral.service_from, deferral.parts.count()) == (90_000, date(2026, 9, 1), 7)
    assert (taken.state, taken.approved_by_id) == ("approved", morgan.person_id)
    call_command("verify_ledger")


def test_an_earlier_invoice_is_paid_like_any_other_and_credits_settle_it(text, priya, morgan, oakfield, actor):
    take_over(text, by=priya, approver=morgan)
    invoice = Document.objects.get(number="OLD-A-17")
    money = receive(oakfield, 90_000, key="cheque", on=TODAY)
    allocate(source=money, to=invoice.items.get(), pence=90_000, on=TODAY, actor=actor)
    credit = UnallocatedItem.objects.get(source_key="opening:credit:1")
    allocate(source=credit, to=invoice.items.get(), pence=1_250, on=TODAY, actor=actor)
    assert invoice.items.get().outstanding_pence == 8_750
    release_income(on=date(2026, 9, 30), actor=actor)
    assert balances()["4200"] == -12_858  # 900.00 over seven months: 128.58, then six of 128.57
    call_command("verify_ledger")


def test_an_earlier_invoice_is_not_credited_and_its_credit_not_taken_back(text, priya, morgan, actor):
    take_over(text, by=priya, approver=morgan)
    with pytest.raises(DomainError):
        credit_in_full(invoice=Document.objects.get(number="OLD-A-17"), reason="Not owed", on=TODAY, actor=actor)
    with pytest.raises(WrongInput, match="taken over with the opening position"):
        reverse_receipt(item=UnallocatedItem.objects.get(), on=TODAY, reason="Wrong", actor=actor)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1000.00\n", "999.99\n", "Open invoices add up to £1,249.99, the trial balance says £1,250.00: £0.01 too little."),
        ("900.00,4200", "900.01,4200", "Deferred income adds up to £900.01, the trial balance says £900.00: £0.01 too much."),
        ("30/6/2026,12.50", "30/6/2026,12.00", "Credits on account add up to £12.00, the trial balance says £12.50: £0.50 too little."),
        ("19/9/2026,300.00", "19/9/2026,1.00", "Unpaid purchases add up to £1.00, the trial balance says £300.00: £299.00 too little."),
        ("5000.00,", "5000.10,", "The trial balance does not balance: debits £6,250.10, credits £6,250.00, a difference of £0.10."),
    ],
)  # fmt: skip
def test_a_difference_of_any_part_is_refused_and_said(text, priya, old, new, says):
    assert text.count(old) == 1
    changed = text.replace(old, new)
    assert problems(changed) == [says]
    with pytest.raises(OpeningDiffers) as refused:
        submit_opening(content=changed.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=priya)
    assert refused.value.detail == [says]
    assert not OpeningPosition.objects.exists()
    assert balances() == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1000,5000", "1009,5000", "there is no ledger account 1009"),
        ("3000,,", "3900,,", "account 3900: the opening position posts to it itself"),
        ("A/18,4/8/2026", "A-17,4/8/2026", "number A-17 stands twice"),
        ("A/17,3/3/2026", "A/17,3/3/2027", "must be dated by 31 August 2026"),
        ("1800.00,1000.00", "900.00,1000.00", "more is outstanding on A/17 than its gross amount"),
        ("1800.00,1000.00", "1800.00,1000.001", "outstanding must be pounds and pence"),
        ("3/3/2026,2/4", "31/2/2026,2/4", "date must be a date, like 31/8/2026"),
        ("31/3/2027,900", "31/8/2026,900", "the service must end after 31 August 2026"),
        ("Gold courses,4", "Gold courses,0", "count must be a whole number"),
        ("[credits]", "[credit]", "there is no section [credit]"),
        ("customer,reference,date,amount", "customer,reference,date", "amount is missing"),
        ("Tidewell Borough Council,A", "Tidewell Council,A", "there is no organisation Tidewell Council"),
        ("4200,BS", "7900,BS", "account 7900 is not an account of income"),
        ("[trial balance]", "", "must begin with a section"),
        ("3000,,5037.50", '3000,,"5037.50', "a quotation mark is not closed"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_taken_is_said_with_its_line(text, old, new, says):
    assert old in text
    assert says in " ".join(problems(text.replace(old, new, 1)))


def test_it_is_taken_over_once_by_two_people(text, priya, morgan, partnership, actor):
    manager = finance_person(partnership, "Mina Rao", Role.FINANCE_MANAGER, actor)
    made = submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=manager)
    with pytest.raises(OpeningTaken, match="OPN-000001 waits for approval already"):
        submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=priya)
    with pytest.raises(SamePerson):
        approve_opening(opening=made, version=1, today=TODAY, actor=manager)
    send_back_opening(opening=made, reason="The last month is missing", version=1, actor=morgan)
    take_over(text, by=priya, approver=morgan)
    before = balances()
    with pytest.raises(OpeningTaken, match="taken over with OPN-000002 already"):
        submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=priya)
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningPosition.objects.filter(number="OPN-000001").update(state="submitted")
        OpeningPosition.objects.filter(number="OPN-000001").update(state="approved", approved_by_id=morgan.person_id)
    assert balances() == before


def test_what_became_different_before_approval_is_refused_whole(text, priya, morgan, oakfield):
    made = submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=priya)
    type(oakfield).objects.filter(pk=oakfield.pk).update(number="C999999")
    with pytest.raises(OpeningDiffers):
        approve_opening(opening=made, version=1, today=TODAY, actor=morgan)
    made.refresh_from_db()
    assert (made.state, balances(), Document.objects.count()) == ("submitted", {}, 0)


def test_the_command_checks_and_hands_in(text, priya, morgan, tmp_path):
    file = tmp_path / "old.csv"
    file.write_text(text, encoding="utf-8-sig")
    out = StringIO()
    call_command("import_opening_position", str(file), "--on", "2026-08-31", "--dry-run", stdout=out)
    assert "2 open invoices, £1,250.00" in out.getvalue()
    assert not OpeningPosition.objects.exists()
    with pytest.raises(CommandError, match="--by"):
        call_command("import_opening_position", str(file), "--on", "2026-08-31")
    email = User.objects.get(pk=priya.user_id).email
    call_command("import_opening_position", str(file), "--on", "2026-08-31", "--by", email, stdout=out)
    assert "OPN-000001 waits for approval" in out.getvalue()
    assert OpeningPosition.objects.get().prepared_by_id == priya.person_id
    file.write_text(text.replace("5000.00", "5000.01"))
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_opening_position", str(file), "--on", "2026-08-31", "--dry-run", stderr=err)
    assert "a difference of £0.01" in err.getvalue()


def test_a_file_is_read_as_spreadsheets_save_it():
    rows = '[Trial balance],,\r\nAccount,Debit,Credit\r\n1000,"£1,200.50",\r\n,,\r\n3000,,1200.50\r\n'
    for encoding in ("utf-8-sig", "cp1252", "utf-8"):
        file = read(decode(rows.encode(encoding)))
        assert (file.problems, [row.pence for row in file.balances], differences(file)) == ([], [120_050, -120_050], [])
    with pytest.raises(WrongInput, match="must be a CSV file"):
        decode(b"PK\x03\x04\x00\x00")
    assert document_number("2026/INV 0017") == "OLD-2026-INV-0017"


def test_the_last_day_of_the_old_books_is_past(text):
    assert "must be in the past" in problems(text, on=TODAY + timedelta(days=1))[0]
