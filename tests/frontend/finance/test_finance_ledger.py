"""Journey 12: a figure opens from the trial balance to the steps of the price."""

import io
import re

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.ledger.models import JournalEntry
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.finance.counting import queries


def text_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_figure_opens_down_to_the_steps_of_its_price(edith: Client, invoice: Document) -> None:
    page = text_of(edith, "/finance/ledger", on="30/9/26")
    assert "Debits £120.00, credits £120.00: they agree" in page
    account = reverse("finance-account", kwargs={"code": "4200"})
    assert account in page
    page = text_of(edith, account)
    entry = reverse("finance-entry", kwargs={"pk": invoice.entry_id})
    assert entry in page and "£100.00 credit" in page
    page = text_of(edith, entry)
    paper = reverse("finance-invoice", kwargs={"number": invoice.number})
    assert paper in page and "document:" in page and "By" in page and "test" in page
    page = text_of(edith, paper)
    found = re.search(r'href="(/finance/invoicing/\d+)"', page)
    assert found
    assert "4 places × £25.00" in text_of(edith, found[1])


def test_the_file_equals_the_command(priya: Client, invoice: Document) -> None:
    printed = io.StringIO()
    call_command("trial_balance", "--on", "2026-09-30", "--format", "csv", stdout=printed)
    answer = priya.get("/finance/ledger", {"on": "2026-09-30", "format": "csv"}).content.decode("utf-8-sig")
    mine = [line for line in answer.splitlines() if line]
    rows = [line for line in printed.getvalue().splitlines() if line]
    assert mine[0] == rows[0] == "code,name,debit,credit"
    assert {line for line in mine if ",0.00,0.00" not in line} <= set(rows)
    assert len(mine) > 10


def test_a_day_before_the_first_posting_shows_nothing_owed(priya: Client, invoice: Document) -> None:
    assert "Debits £0.00, credits £0.00" in text_of(priya, "/finance/ledger", on="31/8/26")
    page = text_of(priya, reverse("finance-account", kwargs={"code": "1100"}), on="31/8/26")
    assert "Nothing was posted here up to this day" in page
    wrong = priya.get("/finance/ledger", {"on": "soon"})
    assert wrong.status_code == 400 and "On must be a real date" in wrong.content.decode()


def test_every_kind_of_entry_opens(
    priya: Client, invoice: Document, oakfield: Organisation, lloyds: BankAccount, actor: Actor
) -> None:
    from datetime import date

    from invoicing.services import allocate, record_receipt, reverse_receipt

    receipt = record_receipt(
        source_key="r", payer=oakfield, pence=100, received_on=date(2026, 9, 20), reference="",
        bank_account=lloyds.ledger_account, actor=actor,
    )  # fmt: skip
    allocate(source=receipt, to=invoice.items.get(), pence=100, on=date(2026, 9, 20), actor=actor)
    reverse_receipt(item=receipt, on=date(2026, 9, 21), reason="Bounced", actor=actor)
    kinds = set()
    for entry in JournalEntry.objects.all():
        page = text_of(priya, reverse("finance-entry", kwargs={"pk": entry.pk}))
        assert entry.source_key in page
        assert ("Reverses" in page) == bool(entry.reverses_id)
        kinds.add(entry.kind)
    assert {"invoice", "receipt", "allocation", "receipt.reversed", "allocation.reversed"} <= kinds


def test_an_account_takes_as_many_queries_for_25_lines_as_for_5(
    priya: Client, charges: Charges, oakfield: Organisation, actor: Actor
) -> None:
    from datetime import date

    from invoicing.services import run_billing

    address = reverse("finance-account", kwargs={"code": "1100"})

    def invoices(count: int) -> None:
        for number in range(count):
            charges(oakfield, 1000, purchase_order=f"PO-{count}-{number}")
        run_billing(on=date(2026, 9, 1), actor=actor)

    invoices(5)
    few = queries(lambda: priya.get(address))
    invoices(20)
    assert queries(lambda: priya.get(address)) == few
