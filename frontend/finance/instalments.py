"""The payments of an invoice in instalments, as finance and the school read them."""

from dataclasses import dataclass
from datetime import date

from frontend.formats import long_date, money
from frontend.school.vat import vat_label
from invoicing.documents.models import Document
from invoicing.receivables.payment_plan import PlannedPayment, payment_plan
from invoicing.receivables.standing import standing


@dataclass(frozen=True)
class ShownPayment:
    """A payment with its words: ``rates`` one for each VAT rate, ``tax_point`` where its VAT stands."""

    payment: PlannedPayment
    state: str
    rates: list[str]
    tax_point: str


def shown_plan(document: Document, today: date) -> list[ShownPayment]:
    """The payments in order; none where the invoice is due at once."""
    return [
        ShownPayment(payment, payment_state(payment, today), _rates(payment), _tax_point(payment, today))
        for payment in payment_plan(document)
    ]


def payment_state(payment: PlannedPayment, today: date) -> str:
    """The state of one payment, for its tag."""
    settled = payment.outstanding_pence + payment.received_pence + payment.written_off_pence
    return standing(
        gross=payment.gross_pence,
        outstanding=payment.outstanding_pence,
        credited=payment.gross_pence - settled,
        written_off=payment.written_off_pence,
        earliest_due=payment.due_on,
        on=today,
    ).words


def _rates(payment: PlannedPayment) -> list[str]:
    """ "20%" where there is one rate; else what each rate has: "Exempt: £10.00", "20%: £83.34 + £16.67"."""
    labels = [vat_label(part.category, part.rate) for part in payment.parts]
    if len(labels) == 1:
        return labels
    return [
        f"{label}: {money(part.net_pence)} + {money(part.vat_pence)}"
        if part.rate
        else f"{label}: {money(part.net_pence)}"
        for label, part in zip(labels, payment.parts, strict=True)
    ]


def _tax_point(payment: PlannedPayment, today: date) -> str:
    """Where its VAT stands: fallen due, waiting, or credited before it fell due."""
    if not payment.vat_pence:
        return "No VAT"
    waits, credited = payment.waiting_vat_pence, payment.cancelled_vat_pence
    fallen = payment.vat_pence - waits - credited
    said = []
    if fallen and payment.tax_point:
        what = "Reached" if fallen == payment.vat_pence else f"{money(fallen)} reached"
        said.append(f"{what} {long_date(payment.tax_point)}")
    if waits:
        what = "Waits" if waits == payment.vat_pence else f"{money(waits)} waits"
        until = f"until {long_date(payment.due_on)}" if payment.due_on > today else "for the next nightly run"
        said.append(f"{what} {until}")
    if credited:
        said.append(f"{money(credited)} credited before")
    return ", ".join(said)
