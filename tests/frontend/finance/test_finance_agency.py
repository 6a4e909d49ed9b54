"""What is sold for others, on finance's pages: the suppliers, their mandates, and how they are paid."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from frontend.finance.waiting import waits_for
from invoicing.agency.models import AgencySettlement
from invoicing.banking.services import ensure_bank_account
from invoicing.mandates.models import SalesMandate
from invoicing.services import allocate, credit_invoice, end_mandate, prepare_settlement
from marketplace.core.actors import Role
from marketplace.core.verification import verify
from tests.frontend.finance.conftest import TODAY
from tests.frontend.finance.counting import queries
from tests.frontend.school.visits import signed_in
from tests.invoicing.agency.fenland import add_fenland, mandate_for, sold
from tests.invoicing.books import FIRST, balances, nothing_written, receive
from tests.shop import person

pytestmark = pytest.mark.django_db
LIST = "/finance/sold-for-others"


@pytest.fixture
def officer(partnership, actor):
    return person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER, on=timezone.localdate())


@pytest.fixture
def manager(partnership, actor):
    return person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER, on=timezone.localdate())


@pytest.fixture
def fenland(manager):
    supplier = add_fenland()
    mandate_for(supplier, manager)
    return supplier


@pytest.fixture
def paid(fenland, oakfield, charges, actor):
    """£1,000.00 before VAT, all of it paid by the school."""
    invoice = sold(fenland, oakfield, 100_000, charges)
    allocate(source=receive(oakfield, 120_000, key="in"), to=invoice.items.get(), pence=120_000, on=FIRST, actor=actor)
    return invoice


@pytest.fixture
def account(partnership, actor):
    return ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds", sort_code="30-96-26",
        account_number="00123456", actor=actor,
    )  # fmt: skip


def page(client, address, **post):
    answer = client.post(address, post, follow=True) if post else client.get(address)
    return answer.status_code, " ".join(answer.content.decode().split())


def of(supplier) -> str:
    return reverse("finance-agency-supplier", kwargs={"number": supplier.number})


def the_settlement() -> str:
    return reverse("finance-settlement", kwargs={"number": AgencySettlement.objects.latest("pk").number})


def test_from_what_is_due_to_the_bank_by_two_people(fenland, paid, officer, manager, account):
    priya, marek = signed_in(officer), signed_in(manager)
    status, shown = page(priya, of(fenland))
    assert (
        "£1,080.00 would be paid to Fenland Software Ltd: £1,200.00 collected, less our fee £100.00 and its VAT"
        in shown
    )
    assert "Prepare settlement of £1,080.00" in shown and status == 200
    status, shown = page(priya, of(fenland), do="prepare")
    assert "AGS-000001, £1,080.00, waits for approval. Nothing is posted yet." in shown
    assert "You prepared it, so a finance manager who is not you approves it" in shown and "Approve £1" not in shown
    status, shown = page(marek, the_settlement(), do="approve")
    assert "AGS-000001 approved: pay £1,080.00 to Fenland Software Ltd. Our fee is invoiced as INV-000001." in shown
    status, shown = page(priya, the_settlement(), do="pay", on="30/9/26", account="current", reference="BACS 77")
    assert "AGS-000001: £1,080.00 to Fenland Software Ltd recorded as paid" in shown
    assert "Paid over on 30 September 2026. Prepared by Priya Officer, approved by Marek Manager." in shown
    assert balances() == {"1000": 12_000, "2200": -2_000, "4400": -10_000}
    assert "Nothing is due to Fenland Software Ltd" in page(priya, of(fenland))[1]
    assert [found.invariant.name for found in verify() if found.violations] == []


def test_nobody_approves_their_own_on_the_page(fenland, paid, manager):
    marek = signed_in(manager)
    page(marek, of(fenland), do="prepare")
    assert "Approve £1,080.00" not in page(marek, the_settlement())[1]
    with nothing_written():
        status, shown = page(marek, the_settlement(), do="approve")
    assert (status, "someone else must approve it" in shown) == (409, True)


def test_it_is_withdrawn_with_a_reason_and_prepared_again(fenland, paid, officer):
    priya = signed_in(officer)
    page(priya, of(fenland), do="prepare")
    assert "waits for approval, so no other is prepared meanwhile" in page(priya, of(fenland))[1]
    status, shown = page(priya, the_settlement(), do="withdraw", reason="")
    assert (status, "Enter the reason for withdrawing it" in shown) == (400, True)
    status, shown = page(priya, the_settlement(), do="withdraw", reason="More comes in tomorrow")
    assert "Withdrawn by Priya Officer: More comes in tomorrow. Nothing was posted." in shown
    page(priya, of(fenland), do="prepare")
    assert list(AgencySettlement.objects.values_list("number", "state")) == [
        ("AGS-000001", "withdrawn"), ("AGS-000002", "prepared"),
    ]  # fmt: skip


def test_a_payment_is_refused_before_its_approval_and_after_today(fenland, paid, officer, manager, account):
    priya = signed_in(officer)
    page(priya, of(fenland), do="prepare")
    given = {"do": "pay", "account": "current", "reference": ""}
    assert page(priya, the_settlement(), on="30/9/26", **given)[0] == 409
    page(signed_in(manager), the_settlement(), do="approve")
    status, shown = page(priya, the_settlement(), on="1/10/26", **given)
    assert (status, "Paid on must be today or in the past" in shown) == (400, True)
    assert page(priya, the_settlement(), do="")[0] == 400


def test_what_was_credited_since_is_taken_from_the_next(fenland, paid, officer, manager, account, actor):
    priya = signed_in(officer)
    page(priya, of(fenland), do="prepare")
    page(signed_in(manager), the_settlement(), do="approve")
    credit_invoice(invoice=paid, amounts={paid.lines.get().pk: 30_000}, reason="Less", on=TODAY, actor=actor)
    shown = page(priya, of(fenland))[1]
    assert "£360.00 more was paid over to Fenland Software Ltd than is its own by now" in shown
    assert "−£360.00" in shown and "Prepare settlement" not in shown


def test_a_manager_records_and_ends_a_mandate(partnership, manager, officer):
    supplier, marek = add_fenland(), signed_in(manager)
    given = {
        "supplier": supplier.number,
        "valid_from": "1/9/26",
        "fee": "7.5",
        "letters": "fen",
        "evidence": "Folder 12",
    }
    assert page(signed_in(officer), LIST + "/new", **given)[0] == 403
    status, shown = page(marek, LIST + "/new", **given | {"fee": "60"})
    assert (status, "Our fee must be 50" in shown) == (400, True)
    status, shown = page(marek, LIST + "/new", **given | {"supplier": "C999999"})
    assert "there is no customer C999999" in shown
    status, shown = page(marek, LIST + "/new", **given)
    assert "We sell for Fenland Software Ltd from 1 September 2026 on." in shown and "7.5%" in shown
    status, shown = page(marek, LIST + "/new", **given)
    assert (status, "End that one first" in shown) == (409, True)
    status, shown = page(marek, of(supplier), do="end", valid_to="1/10/26")
    assert "From 1 October 2026 on nothing more is sold for Fenland Software Ltd." in shown
    assert SalesMandate.objects.get().valid_to == date(2026, 10, 1)
    assert "Record another mandate" in shown


def test_only_a_manager_ends_it(fenland, officer):
    status, _ = page(signed_in(officer), of(fenland), do="end", valid_to="1/10/26")
    assert status == 403
    assert SalesMandate.objects.get().valid_to is None


def test_the_list_says_how_each_supplier_stands(fenland, paid, officer, manager):
    end_mandate(mandate=SalesMandate.objects.get(), valid_to=date(2026, 10, 1), actor=manager)
    shown = page(signed_in(officer), LIST)[1]
    for words in ("Fenland Software Ltd", "FEN", "10%", "1 Jan 2026", "1 Oct 2026", "£1,200.00"):
        assert words in shown, words
    assert "Record a mandate" not in shown
    assert "Record a mandate" in page(signed_in(manager), LIST)[1]


def test_the_lines_are_a_file_for_the_supplier(fenland, paid, officer):
    page(signed_in(officer), of(fenland), do="prepare")
    answer = signed_in(officer).get(the_settlement(), {"format": "csv"})
    assert answer["Content-Disposition"] == 'attachment; filename="remittance-AGS-000001.csv"'
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["invoice"], row["collected"], row["our_fee_before_vat"]) == ("FEN-000001", "1200.00", "100.00")
    assert row["customer"] == "Oakfield Primary School"


def test_the_invoice_says_who_sold_it_to_finance_and_to_the_school(fenland, paid, officer, oakfield, charges, actor):
    words = "We invoice and collect in its name"
    shown = page(signed_in(officer), reverse("finance-invoice", kwargs={"number": paid.number}))[1]
    assert words in shown and of(fenland) in shown
    buyer = signed_in(person(oakfield, actor, on=timezone.localdate()))
    own = {"kind": "customer", "code": oakfield.number, "number": paid.number}
    assert f"Sold by Fenland Software Ltd. {words}" in page(buyer, reverse("school-invoice", kwargs=own))[1]


def test_the_home_page_tells_what_waits(fenland, paid, officer, manager):
    prepare_settlement(supplier=fenland, on=TODAY, actor=officer)
    told = [(item["text"], item["pence"], item["href"]) for item in waits_for(manager, TODAY)]
    assert ("Approve 1 settlement with suppliers", 108_000, LIST) in told
    assert not any("settlement" in item["text"] for item in waits_for(officer, TODAY))
    page(signed_in(manager), the_settlement(), do="approve")
    told = [(item["text"], item["pence"]) for item in waits_for(officer, TODAY)]
    assert ("Pay 1 settlement with suppliers", 108_000) in told


def test_it_is_finances_alone(fenland, paid, officer, edith, amira):
    prepare_settlement(supplier=fenland, on=TODAY, actor=officer)
    for address in (LIST, of(fenland), the_settlement()):
        assert edith.get(address).status_code == 200
        assert edith.post(address, {"do": "prepare"}).status_code in (403, 405)
        assert amira.get(address).status_code == 404
    assert edith.get(LIST + "/new").status_code == 403 and amira.get(LIST + "/new").status_code == 404
    assert signed_in(officer).get(LIST + "/C999999").status_code == 404
    assert signed_in(officer).get("/finance/settlements/AGS-999999").status_code == 404


def test_a_supplier_with_many_invoices_takes_no_more_queries(fenland, officer, charges, oakfield, council, actor):
    priya = signed_in(officer)

    def sell(customer, key):
        invoice = sold(fenland, customer, 10_000, charges)
        source = receive(customer, 12_000, key=key)
        allocate(source=source, to=invoice.items.get(), pence=12_000, on=FIRST, actor=actor)

    def taken():
        return queries(lambda: priya.get(LIST)), queries(lambda: priya.get(of(fenland)))

    sell(oakfield, "first")
    few = taken()
    for number in range(3):
        sell(council if number % 2 else oakfield, f"more {number}")
    assert taken() == few
