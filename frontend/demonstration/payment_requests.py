"""The council pays towards two schools' invoices: one request that it paid, one that waits."""

from datetime import timedelta

from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from invoicing.documents.models import Document
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.models import ReceivableItem
from invoicing.services import allocate, record_receipt, request_payment
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation


def add_payment_requests(directory: Directory, *, year: Year) -> None:
    """Half of the two newest invoices of academies that owe the whole of them, asked for by the finance officer."""
    officer, payments = directory.signed["finance_officer"], directory.signed["council_payments"]
    [council] = Organisation.objects.filter(pk__in=payments.organisations(Role.COUNCIL_PAYMENTS))
    on = year.today - timedelta(days=2)
    for invoice in _unpaid(year):
        half = invoice.gross_pence // 2
        made = request_payment(
            invoice=invoice, funder=council, pence=half, reason="Half of the places, as the council agreed",
            reference="SEND 26/114", on=on, actor=officer,
        )  # fmt: skip
    came = record_receipt(
        source_key="demonstration:payment-request", payer=council, pence=half, received_on=on, reference=made.number,
        bank_account=LedgerAccount.objects.get(pk="1010"), actor=officer,
    )  # fmt: skip
    allocate(source=came, to=invoice.items.get(), pence=half, on=on, actor=officer)


def _unpaid(year: Year) -> list[Document]:
    owed = ReceivableItem.objects.filter(
        organisation__kind=Organisation.Kind.SCHOOL, outstanding_pence__gt=10_000, document__kind="invoice",
        organisation__school__billing_class="academy", document__issued_on__lte=year.today - timedelta(days=2),
        organisation__terms__invoice_to__isnull=True,
    )  # fmt: skip
    found = [item.document for item in owed.order_by("-pk").select_related("document") if _whole(item)]
    return found[:2][::-1]


def _whole(item: ReceivableItem) -> bool:
    """Nothing of it is paid, and it is paid at once."""
    return item.outstanding_pence == item.pence == item.document.gross_pence
