"""Finance reads and writes, the auditor reads without buttons, nobody else learns that there is anything."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from frontend.finance.urls import urlpatterns
from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from invoicing.receivables.models import Allocation, Charge
from invoicing.services import allocate, record_receipt
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.banking.files import lloyds as lloyds_file

NAMES = [pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)]
WRITING = {
    "finance-credit", "finance-receipt", "finance-allocate", "finance-allocation-undo", "finance-receipt-undo",
    "finance-bank-undo", "finance-bank-upload", "finance-customer-terms", "finance-write-off",
    "finance-payment-request-ask", "finance-item-share", "finance-council-journal-new", "finance-bank-account-add",
}  # fmt: skip

OF_CUSTOMER = (
    "finance-customer", "finance-customer-terms", "finance-statement", "finance-receipt", "finance-late-payment",
    "finance-reminder-pause", "finance-vat-facts", "finance-customer-places",
)  # fmt: skip
# What these show is made by others' work: who may see and do it is held by the access matrix alone.
ELSEWHERE = {
    "finance-agency-mandate", "finance-agency-supplier", "finance-settlement", "finance-prepared", "finance-limits", "finance-refund-paid", "finance-customer-refund", "finance-customer-carry", "finance-query",
    "finance-reminder-level", "finance-reminder-letter", "finance-reminder-pause", "finance-vat-rule-end", "finance-vat-rule-add", "finance-journal",
    "finance-journal-new", "finance-journal-change", "finance-purchase", "finance-purchase-new", "finance-purchase-change",
    "finance-purchase-undo", "finance-item-fund", "finance-month", "finance-vat-return", "finance-fund", "finance-fund-new", "finance-fund-grant",
    "finance-council-journal", "finance-council-journal-undo", "finance-payment-request",
    "finance-payment-request-letter", "finance-payable",
}  # fmt: skip


@pytest.fixture
def addresses(
    invoice: Document,
    oakfield: Organisation,
    lloyds: BankAccount,
    imported: Callable[[bytes], None],
    charges: Charges,
    actor: Actor,
) -> dict[str, str]:
    """The address of every finance page, in a world where each exists."""
    charges(oakfield, 500, on=date(2026, 10, 1))
    imported(lloyds_file([(date(2026, 9, 29), "SOMEBODY", 700)], opening=0).encode())
    receipt = record_receipt(
        source_key="by-hand:1", payer=oakfield, pence=3000, received_on=date(2026, 9, 20), reference="Cheque 7",
        bank_account=lloyds.ledger_account, actor=actor,
    )  # fmt: skip
    item = invoice.items.get()
    allocation = allocate(source=receipt, to=item, pence=1000, on=date(2026, 9, 20), actor=actor)
    numbers = {"number": invoice.number or "", "account": lloyds.pk, "code": "1100"}
    line = lloyds.lines.get()
    keys = {
        "finance-item-share": {"pk": Charge.objects.get(state="pending").pk},
        "finance-item": {"pk": Charge.objects.get(state="pending").pk},
        "finance-invoice-batch-done": {"first": invoice.number, "last": invoice.number},
        "finance-allocate": {"number": oakfield.number, "pk": receipt.pk},
        "finance-allocation-undo": {"pk": allocation.pk},
        "finance-receipt-undo": {"pk": receipt.pk},
        "finance-bank-undo": {"pk": line.pk},
        "finance-bank-statement": {"account": lloyds.pk, "pk": line.statement_id},
        "finance-entry": {"pk": invoice.entry_id},
        **{name: {"number": oakfield.number} for name in OF_CUSTOMER},
    }
    found = {}
    for pattern in urlpatterns:
        if pattern.name in ELSEWHERE:
            continue
        wanted = keys.get(pattern.name or "") or {k: numbers[k] for k in pattern.pattern.converters if k in numbers}
        found[pattern.name or ""] = reverse(pattern.name or "", kwargs=wanted)
    return found


def test_every_page_is_finances_alone(
    addresses: dict[str, str], priya: Client, edith: Client, amira: Client, client: Client
) -> None:
    assert set(NAMES) >= ELSEWHERE
    assert len(addresses) == len(NAMES) - len(ELSEWHERE) > 20
    for name, address in addresses.items():
        assert client.get(address)["Location"].startswith(reverse("account_login")), name
        assert amira.get(address).status_code == 404, name
        assert amira.post(address).status_code in (404, 405), name
        assert priya.get(address).status_code == 200, name
        assert edith.get(address).status_code == (403 if name in WRITING else 200), name


def test_the_auditor_is_given_no_buttons_and_can_do_nothing(addresses: dict[str, str], edith: Client) -> None:
    for name, address in addresses.items():
        if name in WRITING or name in ("finance-invoice-pdf", "finance-invoice-ubl"):
            continue
        page = edith.get(address).content.decode()
        assert 'method="post"' not in page.replace(reverse("account_logout"), "").replace(
            '<form method="post" action="">', ""
        ), name
        assert edith.post(address).status_code in (403, 405), name
    assert Charge.objects.filter(state="pending").count() == 1
    assert Allocation.objects.filter(undone_on__isnull=False).count() == 0


def test_nothing_typed_into_an_address_breaks_a_page(addresses: dict[str, str], priya: Client) -> None:
    odd = ["\0", "9" * 30, "-1", "31/12/9999", "1/1/0001", "中文 🙂", "'; --", "%", "=1+1", "x" * 5000]
    names = ["q", "customer", "held", "state", "kind", "owing", "on", "due_by", "start", "end", "page", "sort", "line",
             "payer", "issued_from", "format", "return_to"]  # fmt: skip
    for name, address in addresses.items():
        for text in odd:
            answer = priya.get(address, dict.fromkeys(names, text))
            assert answer.status_code in (200, 400, 404), (name, text)
    assert priya.get("/finance/bank/current/match", {"q": "\0"}).status_code == 200
    assert priya.get("/finance/bank/current/match", {"line": "1", "payer": "\0"}).status_code in (200, 404)
    assert priya.get(f"/finance/ledger/entries/{'9' * 30}").status_code == 404


def test_what_does_not_exist_is_not_found(priya: Client, addresses: dict[str, str]) -> None:
    for name, kwargs in [
        ("finance-item", {"pk": 999_999}),
        ("finance-invoice", {"number": "INV-999999"}),
        ("finance-customer", {"number": "C999999"}),
        ("finance-account", {"code": "9999"}),
        ("finance-entry", {"pk": 10**15}),
        ("finance-bank-match", {"account": "nobody"}),
        ("finance-bank-undo", {"pk": 999_999}),
        ("finance-invoice-batch-done", {"first": "INV-999998", "last": "INV-999999"}),
    ]:
        assert priya.get(reverse(name, kwargs=kwargs)).status_code == 404, name
