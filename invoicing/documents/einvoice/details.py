"""What a document says in its e-invoice beyond its plain fields: notes, terms, periods, VAT groups. Pure."""

from datetime import date, timedelta
from decimal import Decimal

from invoicing.documents.einvoice.errors import EInvoiceNotMade
from invoicing.documents.pdf.document_view import DEMONSTRATION, OUTPUT_TAX, SELF_BILLED, agent_words, held_with
from invoicing.documents.pdf.wording import vat_note, vat_words
from invoicing.documents.snapshot import DocumentSnapshot, Instalment, Line, VatLine
from marketplace.core.money import Money
from marketplace.core.wording import long_date

ORDER_NAME = "Purchase order"


def is_peppol(snapshot: DocumentSnapshot) -> bool:
    """Peppol's own identifiers stand only where both parties can be reached there and it has the reference it asks for
    (PEPPOL-EN16931-R003, R010, R020)."""
    endpoints = snapshot.seller_endpoint and snapshot.customer_endpoint
    return bool(endpoints and snapshot.purchase_order.strip())


def document_note(snapshot: DocumentSnapshot) -> str:
    """One note (PEPPOL-EN16931-R002 allows no more): self-billing, the reason of a credit, who issues it in the seller's
    name, the demonstration."""
    said = [snapshot.reason, agent_words(snapshot)]
    if snapshot.kind in ("self_billed", "self_billed_credit"):
        said = [SELF_BILLED, OUTPUT_TAX if snapshot.vat_pence else "", snapshot.reason]
    said.append(DEMONSTRATION if snapshot.demonstration else "")
    return " – ".join(part for part in said if part.strip())


def payment_terms(snapshot: DocumentSnapshot) -> str:
    """Every date and amount in one sentence."""
    gross = Money(snapshot.gross_pence)
    if snapshot.kind == "self_billed_credit":
        return f"{gross} is taken from your next payment."
    if snapshot.kind == "credit_note":
        return f"Nothing to pay: {gross} is credited to your account with {held_with(snapshot)}."
    if snapshot.gross_pence <= 0:
        return "Nothing to pay."
    start = "We pay" if snapshot.kind == "self_billed" else "Pay"
    if len(snapshot.instalments) > 1:
        parts = [_payment_words(payment) for payment in snapshot.instalments]
        vat = " The VAT of each falls due with it." if snapshot.vat_follows_instalments else ""
        return f"{start} in {len(parts)} instalments: {'; '.join(parts)}.{vat}"
    return f"{start} {gross} by {long_date(snapshot.due_on)}." if snapshot.due_on else f"{start} {gross}."


def _payment_words(payment: Instalment) -> str:
    """ "£110.01 by 1 May 2026 (£10.00 exempt, £83.34 with VAT of £16.67 at 20%)": what reg. 90(2) asks of each payment."""
    parts = [
        f"{Money(part.net_pence)} with VAT of {Money(part.vat_pence)} at {vat_words(part.category, part.rate)}"
        if part.category == "S"
        else f"{Money(part.net_pence)} {_lower(vat_words(part.category, part.rate))}"
        for part in payment.parts
    ]
    return f"{Money(payment.gross_pence)} by {long_date(payment.due_on)} ({', '.join(parts)})"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def tax_point(snapshot: DocumentSnapshot) -> date | None:
    """None where each instalment has its own, which EN 16931 cannot say (BT-7 is one date)."""
    return None if snapshot.vat_follows_instalments else snapshot.tax_point


def order_of(line: Line, snapshot: DocumentSnapshot) -> str:
    """The line's own purchase order where it is not the document's; other references of the payer are none."""
    own = line.purchase_order not in ("", snapshot.purchase_order)
    return line.purchase_order if own and snapshot.payer_reference_name in ("", ORDER_NAME) else ""


def _last_day(line: Line) -> date | None:
    """The last day of the line's half-open period. Refuses a period that ends before it starts (BR-30)."""
    if line.service_to is None:
        return None
    if line.service_from and line.service_to <= line.service_from:
        raise EInvoiceNotMade(
            f"Line {line.position} has a period that ends before it starts, so no e-invoice can be made of it."
        )
    return line.service_to - timedelta(days=1)


def document_period(snapshot: DocumentSnapshot) -> tuple[date, date] | None:
    """First and last day of what is invoiced, where lines say them."""
    starts = [line.service_from for line in snapshot.lines if line.service_from]
    ends = [day for line in snapshot.lines if (day := _last_day(line))]
    if not starts or not ends or max(ends) < min(starts):
        return None
    return min(starts), max(ends)


def delivered_on(snapshot: DocumentSnapshot) -> date:
    """The day on which the supply was complete: the last day of service, or the tax point where that lies ahead."""
    ends = [day for line in snapshot.lines if (day := _last_day(line))]
    return min(max(ends), snapshot.tax_point) if ends else snapshot.tax_point


def vat_groups(snapshot: DocumentSnapshot) -> list[VatLine]:
    """One group a category and rate (BR-E-01 and its like), reasons joined."""
    found: dict[tuple[str, Decimal], VatLine] = {}
    for vat in snapshot.vat:
        key = (vat.category, vat.rate)
        before = found.get(key, VatLine(*key, reason="", net_pence=0, vat_pence=0))
        reasons = dict.fromkeys(reason for reason in (before.reason, vat.reason) if reason)
        found[key] = VatLine(
            *key,
            reason="; ".join(reasons),
            net_pence=before.net_pence + vat.net_pence,
            vat_pence=before.vat_pence + vat.vat_pence,
        )
    return [found[key] for key in sorted(found)]


def quantity_and_price(line: Line) -> tuple[Decimal, int]:
    """Quantity and unit price in pence whose product is the net; the price is never negative (BR-27).

    Where they do not multiply to the net (a discount), 1 × the net; what is given back has a negative quantity.
    """
    quantity, price = line.quantity, line.unit_price_pence
    if quantity * price != line.net_pence:
        quantity, price = Decimal(1), line.net_pence
    return (-quantity, -price) if price < 0 else (quantity, price)


def line_note(line: Line, snapshot: DocumentSnapshot) -> str:
    """One note: who receives it, how it was worked out, its own order, why it bears no VAT."""
    said = [f"For {line.consumer}"] if line.consumer not in ("", snapshot.customer.name) else []
    said += line.working
    if line.purchase_order not in ("", snapshot.purchase_order):
        said.append(f"{snapshot.payer_reference_name or 'Purchase order'}: {line.purchase_order}")
    said.append(vat_note(line.vat_category, line.vat_rate, line.vat_reason))
    return "; ".join(part for part in said if part)


def accounting_cost(line: Line) -> str:
    """The school's own codes for this cost: CFR of maintained schools, AAR of academies."""
    return ", ".join(f"{name} {code}" for name, code in (("CFR", line.cfr_code), ("AAR", line.aar_code)) if code)
