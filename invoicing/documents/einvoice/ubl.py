"""An issued document as UBL 2.1 by EN 16931. Pure: the same snapshot gives the same bytes on any day.

| kind | root | type code | seller |
|---|---|---|---|
| ``invoice`` | Invoice | 380 | the partnership |
| ``credit_note`` | CreditNote | 381 | the partnership |
| ``self_billed`` | Invoice | 389 | the provider; the partnership is the buyer |
| ``self_billed_credit`` | CreditNote | 261 | the provider; the partnership is the buyer |

Amounts are whole pence written as pounds; the VAT of each category and rate is the document's own, not worked out again.
"""

from dataclasses import dataclass
from datetime import timedelta

from lxml import etree

from invoicing.documents.einvoice import details
from invoicing.documents.einvoice.errors import EInvoiceNotMade
from invoicing.documents.einvoice.parties import add_parties
from invoicing.documents.einvoice.writing import (
    CURRENCY,
    group,
    plain_number,
    readable,
    root,
    say,
    say_amount,
    say_date,
    say_required,
    serialised,
)
from invoicing.documents.pdf.wording import vat_note
from invoicing.documents.snapshot import DocumentSnapshot, Line

EN_16931 = "urn:cen.eu:en16931:2017"
# OpenPEPPOL, Peppol BIS Billing 3.0 and Peppol BIS Self-Billing 3.0: (CustomizationID, ProfileID).
PEPPOL_BILLING = (
    f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
)
PEPPOL_SELF_BILLING = (
    f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0",
    "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0",
)
_ONE = "C62"  # UN/ECE Recommendation 20: one, without a further unit
_CREDIT_TRANSFER = "30"  # UNTDID 4461
# The object that a line is for (BT-128): UNTDID 1001 "130", and of UNTDID 1153 "ON", an order by the buyer's number.
_LINE_OBJECT, _BUYERS_ORDER = "130", "ON"


@dataclass(frozen=True)
class _Kind:
    """What differs in UBL between the kinds of document."""

    root: str
    type_element: str
    type_code: str
    line: str
    quantity: str
    peppol: tuple[str, str] = PEPPOL_BILLING


_INVOICE = _Kind("Invoice", "InvoiceTypeCode", "380", "InvoiceLine", "InvoicedQuantity")
_KINDS = {
    "invoice": _INVOICE,
    "credit_note": _Kind("CreditNote", "CreditNoteTypeCode", "381", "CreditNoteLine", "CreditedQuantity"),
    "self_billed": _Kind(
        "Invoice", "InvoiceTypeCode", "389", "InvoiceLine", "InvoicedQuantity", peppol=PEPPOL_SELF_BILLING
    ),
    "self_billed_credit": _Kind(
        "CreditNote", "CreditNoteTypeCode", "261", "CreditNoteLine", "CreditedQuantity", peppol=PEPPOL_SELF_BILLING
    ),
}


def build_ubl(snapshot: DocumentSnapshot) -> bytes:
    """The document's UBL.

    Refuses (EInvoiceNotMade) what EN 16931 cannot say: an unknown kind, no lines, outside the scope mixed with other
    categories, VAT from a seller without a VAT number, a reverse charge to a buyer without VAT and company number, a
    period that ends before it starts.
    """
    kind = _KINDS.get(snapshot.kind)
    if kind is None or not snapshot.lines:
        what = "has no lines" if kind else f"is a {snapshot.kind.replace('_', ' ')}"
        raise EInvoiceNotMade(f"{snapshot.number} {what}, so no e-invoice can be made of it.")
    categories = {line.vat_category for line in snapshot.lines} | {vat.category for vat in snapshot.vat}
    if "O" in categories and len(categories) > 1:  # BR-O-11 to BR-O-14
        raise EInvoiceNotMade(
            f"{snapshot.number} mixes what is outside the scope of VAT with other items, which no e-invoice may. "
            "Credit it and invoice the two apart."
        )
    document = root(kind.root)
    _add_head(document, snapshot, kind)
    _add_references(document, snapshot)
    add_parties(document, snapshot, categories)
    say_date(group(document, "Delivery"), "ActualDeliveryDate", details.delivered_on(snapshot))
    _add_payment(document, snapshot, kind)
    _add_totals(document, snapshot)
    for line in snapshot.lines:
        _add_line(document, line, snapshot, kind)
    return serialised(document)


def _add_head(document: etree._Element, snapshot: DocumentSnapshot, kind: _Kind) -> None:
    customization, profile = kind.peppol if details.is_peppol(snapshot) else (EN_16931, "")
    say(document, "CustomizationID", customization)
    say(document, "ProfileID", profile)
    say(document, "ID", snapshot.number)
    say_date(document, "IssueDate", snapshot.issued_on)
    if kind.root == "Invoice":
        say_date(document, "DueDate", snapshot.due_on)
        say(document, kind.type_element, kind.type_code)
        say(document, "Note", details.document_note(snapshot))
        say_date(document, "TaxPointDate", details.tax_point(snapshot))
    else:  # the schema of a credit note has another order, and no due date
        say_date(document, "TaxPointDate", details.tax_point(snapshot))
        say(document, kind.type_element, kind.type_code)
        say(document, "Note", details.document_note(snapshot))
    say(document, "DocumentCurrencyCode", CURRENCY)


def _add_references(document: etree._Element, snapshot: DocumentSnapshot) -> None:
    say(document, "BuyerReference", snapshot.purchase_order)
    if period := details.document_period(snapshot):
        element = group(document, "InvoicePeriod")
        say_date(element, "StartDate", period[0])
        say_date(element, "EndDate", period[1])
    if readable(snapshot.purchase_order) and snapshot.payer_reference_name in ("", details.ORDER_NAME):
        say(group(document, "OrderReference"), "ID", snapshot.purchase_order)
    if readable(snapshot.credits_number):
        credited = group(group(document, "BillingReference"), "InvoiceDocumentReference")
        say(credited, "ID", snapshot.credits_number)
        say_date(credited, "IssueDate", snapshot.credits_issued_on)


def _add_payment(document: etree._Element, snapshot: DocumentSnapshot, kind: _Kind) -> None:
    """How to pay, where there is something to pay and an account; the terms in one note (UBL-SR-05)."""
    bank = snapshot.bank
    if bank is not None and kind.root == "Invoice" and snapshot.gross_pence > 0:
        means = group(document, "PaymentMeans")
        say(means, "PaymentMeansCode", _CREDIT_TRANSFER)
        say(means, "PaymentID", snapshot.number)
        account = group(means, "PayeeFinancialAccount")
        say(account, "ID", bank.account_number)
        say(account, "Name", bank.account_name)
        say(group(account, "FinancialInstitutionBranch"), "ID", bank.sort_code)
    say(group(document, "PaymentTerms"), "Note", details.payment_terms(snapshot))


def _add_totals(document: etree._Element, snapshot: DocumentSnapshot) -> None:
    tax = group(document, "TaxTotal")
    say_amount(tax, "TaxAmount", snapshot.vat_pence)
    for vat in details.vat_groups(snapshot):
        part = group(tax, "TaxSubtotal")
        say_amount(part, "TaxableAmount", vat.net_pence)
        say_amount(part, "TaxAmount", vat.vat_pence)
        category = group(part, "TaxCategory")
        say(category, "ID", vat.category)
        if vat.category != "O":  # BR-O-05: no rate at all
            say(category, "Percent", plain_number(vat.rate * 100))
        if vat.category in ("E", "O", "AE"):  # BR-E-10, BR-O-10, BR-AE-10; BR-S-10 and BR-Z-10 forbid it
            say_required(category, "TaxExemptionReason", vat_note(vat.category, vat.rate, vat.reason))
        say(group(category, "TaxScheme"), "ID", "VAT")
    total = group(document, "LegalMonetaryTotal")
    say_amount(total, "LineExtensionAmount", snapshot.net_pence)
    say_amount(total, "TaxExclusiveAmount", snapshot.net_pence)
    say_amount(total, "TaxInclusiveAmount", snapshot.gross_pence)
    say_amount(total, "PayableAmount", snapshot.gross_pence)


def _add_line(document: etree._Element, line: Line, snapshot: DocumentSnapshot, kind: _Kind) -> None:
    quantity, price = details.quantity_and_price(line)
    element = group(document, kind.line)
    say(element, "ID", str(line.position))
    say(element, "Note", details.line_note(line, snapshot))
    say(element, kind.quantity, plain_number(quantity), unitCode=_ONE)
    say_amount(element, "LineExtensionAmount", line.net_pence)
    say(element, "AccountingCost", details.accounting_cost(line))
    if line.service_from or line.service_to:
        period = group(element, "InvoicePeriod")
        say_date(period, "StartDate", line.service_from)
        say_date(period, "EndDate", line.service_to - timedelta(days=1) if line.service_to else None)
    _add_order(element, details.order_of(line, snapshot))
    item = group(element, "Item")
    say_required(item, "Name", line.description)
    category = group(item, "ClassifiedTaxCategory")
    say(category, "ID", line.vat_category)
    if line.vat_category != "O":
        say(category, "Percent", plain_number(line.vat_rate * 100))
    say(group(category, "TaxScheme"), "ID", "VAT")
    say_amount(group(element, "Price"), "PriceAmount", price)


def _add_order(element: etree._Element, order: str) -> None:
    """The line's own order as its object. Its order line reference (BT-132) would be the number of a line of the order,
    which nobody has told us."""
    if readable(order):
        reference = group(element, "DocumentReference")
        say(reference, "ID", order, schemeID=_BUYERS_ORDER)
        say(reference, "DocumentTypeCode", _LINE_OBJECT)
