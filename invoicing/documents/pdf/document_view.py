"""An issued document as its template reads it: every amount, date and treatment already in words.

Contents by the Value Added Tax Regulations 1995 (SI 1995/2518), reg. 14 (invoices) and reg. 15C (credit notes).
"""

from decimal import Decimal
from typing import Any

from invoicing.documents.pdf.wording import (
    long_date,
    money,
    quantity,
    service_dates,
    vat_note,
    vat_words,
)
from invoicing.documents.snapshot import DocumentSnapshot, Line, Party, VatLine

DEMONSTRATION = "Demonstration: fictional schools, no money moves"
VAT_BY_INSTALMENT = (
    "The VAT of each instalment falls due on its due date, or when you pay it if that is earlier "
    "(VAT Regulations 1995, regulation 90(2))."
)
_NOT_TAXABLE = ("E", "O")
# HMRC, VAT Notice 700/62: the words that a self-billed invoice must bear; the second where it bears VAT.
SELF_BILLED = "Self billing"
OUTPUT_TAX = "The VAT shown is your output tax due to HM Revenue & Customs"
CLAIM_BACK = "claim_back"
NO_SUPPLY = "This is no VAT invoice: your credit note has put the VAT right."
_CREDITS = ("credit_note", "self_billed_credit")
_SELF_BILLED = ("self_billed", "self_billed_credit")


def document_view(snapshot: DocumentSnapshot) -> dict[str, Any]:
    """The template's data. Refuses (ValueError) no lines, an unknown kind or VAT category, an empty period."""
    if not snapshot.lines:
        raise ValueError(f"{snapshot.number} has no lines.")
    credit = _is_credit(snapshot)
    title = document_title(snapshot)
    notes = _Notes()
    return {
        "title": title,
        "number": snapshot.number,
        "metadata_title": f"{title} {snapshot.number}, {snapshot.seller.name}",
        "demonstration": DEMONSTRATION if snapshot.demonstration else "",
        "facts": _facts(snapshot, credit),
        "seller": seller_view(snapshot.seller),
        "customer": customer_view(snapshot.customer),
        "customer_heading": _customer_heading(snapshot, credit),
        "reason": snapshot.reason,
        "agent": agent_words(snapshot),
        "sections": _sections(snapshot, notes),
        "vat": [
            {
                "treatment": _group_words(group, snapshot, notes),
                "net": money(group.net_pence),
                "vat": money(group.vat_pence),
            }
            for group in snapshot.vat
        ],
        "notes": notes.listed(),
        "net": money(snapshot.net_pence),
        "vat_total": money(snapshot.vat_pence),
        "gross": money(snapshot.gross_pence),
        "gross_label": "Total credited" if credit else "Total to pay",
        "instalments": _instalments(snapshot),
        "payment": _payment(snapshot, credit),
    }


def _customer_heading(snapshot: DocumentSnapshot, credit: bool) -> str:
    if snapshot.kind == CLAIM_BACK:
        return "To"
    return "Credit to" if credit and not _is_self_billed(snapshot) else "Invoice to"


def document_title(snapshot: DocumentSnapshot) -> str:
    """ "VAT invoice" or "Credit note"; "Invoice" where nothing is taxable and the seller has no VAT number."""
    if snapshot.kind == CLAIM_BACK:
        return "Repayment request"
    if _is_credit(snapshot):
        return "Self-billed credit note" if _is_self_billed(snapshot) else "Credit note"
    if _is_self_billed(snapshot):
        return "Self-billed VAT invoice" if snapshot.seller.vat_number else "Self-billed invoice"
    taxable = any(line.vat_category not in _NOT_TAXABLE for line in snapshot.lines)
    return "VAT invoice" if taxable or snapshot.seller.vat_number else "Invoice"


def agent_words(snapshot: DocumentSnapshot) -> str:
    """That the seller's agent issues the document and collects, where somebody sells in the seller's name; or that the
    buyer writes it for the seller, and whose tax it shows (VAT Notice 700/62)."""
    seller, agent = snapshot.seller.name, snapshot.seller.agent
    if _is_self_billed(snapshot):
        said = f"{SELF_BILLED}: {snapshot.customer.name} writes this for {seller}."
        return f"{said} {OUTPUT_TAX}." if snapshot.vat_pence else said
    if snapshot.kind == CLAIM_BACK:
        return NO_SUPPLY
    if not agent:
        return ""
    if snapshot.kind == "credit_note":
        return f"Sold by {seller}. {agent} issues this credit note in its name."
    return f"Sold by {seller}. {agent} issues this invoice in its name and collects the payment for it."


def held_with(snapshot: DocumentSnapshot) -> str:
    """With whom the customer has its account: the seller, who says "us", or the seller's agent."""
    return snapshot.seller.agent or "us"


def customer_view(party: Party) -> dict[str, Any]:
    """The customer with the number under which we know it."""
    return _party(party, ("Customer number", party.number))


def seller_view(party: Party) -> dict[str, Any]:
    """The seller; its number in our own books would tell a customer nothing."""
    return _party(party)


def _party(party: Party, *first: tuple[str, str]) -> dict[str, Any]:
    numbers = [
        *first,
        ("VAT number", party.vat_number),
        ("Company number", party.company_number),
        ("E-mail", party.email),
    ]
    country = [party.country] if party.country not in ("", "GB") else []
    return {
        "name": party.name,
        "address": [part for part in party.address if part.strip()] + country,
        "numbers": [{"name": name, "value": value} for name, value in numbers if value],
    }


def _is_credit(snapshot: DocumentSnapshot) -> bool:
    if snapshot.kind not in ("invoice", CLAIM_BACK, *_CREDITS, *_SELF_BILLED):
        raise ValueError(f"Unknown kind of document {snapshot.kind!r}.")
    return snapshot.kind in _CREDITS


def _is_self_billed(snapshot: DocumentSnapshot) -> bool:
    return snapshot.kind in _SELF_BILLED


def _facts(snapshot: DocumentSnapshot, credit: bool) -> list[dict[str, str]]:
    facts = [
        (
            "Credit note number" if credit else "Number" if snapshot.kind == CLAIM_BACK else "Invoice number",
            snapshot.number,
        ),
        ("Issue date", long_date(snapshot.issued_on)),
    ]
    if snapshot.kind != CLAIM_BACK:
        point = "With each instalment" if snapshot.vat_follows_instalments else long_date(snapshot.tax_point)
        facts.append(("Tax point", point))
    if credit and snapshot.credits_number:
        facts.append(("Credits invoice", snapshot.credits_number))
    if credit and snapshot.credits_issued_on:
        facts.append(("Invoice issued", long_date(snapshot.credits_issued_on)))
    if snapshot.due_on and not credit:
        several = len(snapshot.instalments) > 1
        due = "To be paid on" if _is_self_billed(snapshot) else "Due date"
        facts.append(("First due date" if several else due, long_date(snapshot.due_on)))
    if snapshot.purchase_order:
        facts.append((_reference_name(snapshot), snapshot.purchase_order))
    return [{"name": name, "value": value} for name, value in facts]


def _reference_name(snapshot: DocumentSnapshot) -> str:
    return snapshot.payer_reference_name or "Purchase order or cost code"


def _sections(snapshot: DocumentSnapshot, notes: "_Notes") -> list[dict[str, Any]]:
    """The lines by the school that receives them, each section with its name and sums; of one school, one without."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in snapshot.lines:
        found.setdefault((line.consumer_number, line.consumer), []).append(line)
    several = len(found) > 1
    names = [name for _, name in found]
    return [
        {
            "name": section_name(name, number, names) if several else "",
            "lines": [_line(line, snapshot, notes, named=several) for line in lines],
            "sums": _sums(lines, name, snapshot) if several else [],
        }
        for (number, name), lines in found.items()
    ]


def section_name(name: str, number: str, names: list[str]) -> str:
    """The heading of a school's section; of ``names`` that are alike each has its customer number."""
    return f"{name} ({number})" if number and names.count(name) > 1 else name


def _sums(lines: list[Line], name: str, snapshot: DocumentSnapshot) -> list[dict[str, str]]:
    """Net, VAT and gross of a section, from its lines' shares of the VAT; one sum where the document bears none."""
    net, vat = sum(line.net_pence for line in lines), sum(line.vat_pence for line in lines)
    if not snapshot.vat_pence:
        return [{"label": f"Sum for {name}", "amount": money(net)}]
    return [
        {"label": f"Sum for {name} excluding VAT", "amount": money(net)},
        {"label": "VAT", "amount": money(vat)},
        {"label": "Including VAT", "amount": money(net + vat)},
    ]


def _line(line: Line, snapshot: DocumentSnapshot, notes: "_Notes", *, named: bool) -> dict[str, Any]:
    """``named``: the section's heading already says who receives it."""
    codes = [f"{name} {code}" for name, code in (("CFR", line.cfr_code), ("AAR", line.aar_code)) if code]
    small = [f"For {line.consumer}"] if not named and line.consumer not in ("", snapshot.customer.name) else []
    small += [service_dates(line.service_from, line.service_to), *line.working]
    if line.purchase_order not in ("", snapshot.purchase_order):
        small.append(f"{_reference_name(snapshot)}: {line.purchase_order}")
    small.append(", ".join(codes))
    return {
        "description": line.description,
        "small": [text for text in small if text],
        "quantity": quantity(line.quantity),
        "unit_price": money(line.unit_price_pence),
        "vat": notes.marked(line.vat_category, line.vat_rate, line.vat_reason),
        "net": money(line.net_pence),
    }


def _instalments(snapshot: DocumentSnapshot) -> dict[str, Any]:
    """Each payment's due date, net, rate and VAT (SI 1995/2518, reg. 90(2)), and their totals; empty where there is one."""
    if len(snapshot.instalments) < 2:
        return {"payments": [], "totals": {}, "note": ""}
    return {
        "payments": [
            {
                "due": long_date(payment.due_on),
                "parts": [
                    {
                        "rate": vat_words(part.category, part.rate),
                        "net": money(part.net_pence),
                        "vat": money(part.vat_pence),
                    }
                    for part in payment.parts
                ],
                "gross": money(payment.gross_pence),
            }
            for payment in snapshot.instalments
        ],
        "totals": {
            "net": money(sum(payment.net_pence for payment in snapshot.instalments)),
            "vat": money(sum(payment.vat_pence for payment in snapshot.instalments)),
            "gross": money(sum(payment.gross_pence for payment in snapshot.instalments)),
        },
        "note": VAT_BY_INSTALMENT if snapshot.vat_follows_instalments else "",
    }


def _payment(snapshot: DocumentSnapshot, credit: bool) -> dict[str, Any] | None:
    if _is_self_billed(snapshot):
        gross = money(snapshot.gross_pence)
        due = f" on {long_date(snapshot.due_on)}" if snapshot.due_on else ""
        said = f"{gross} is taken from your next payment." if credit else f"We pay you {gross}{due}."
        return {"heading": "What happens next", "sentence": said, "pay_to": [], "quote": ""}
    if credit:
        said = f"Nothing to pay: {money(snapshot.gross_pence)} is credited to your account with {held_with(snapshot)}."
        return {"heading": "What happens next", "sentence": said, "pay_to": [], "quote": ""}
    if snapshot.gross_pence <= 0:
        return {"heading": "How to pay", "sentence": "Nothing to pay.", "pay_to": [], "quote": ""}
    if len(snapshot.instalments) > 1:
        said = "Pay each instalment by its due date."
    elif snapshot.due_on:
        said = f"Pay {money(snapshot.gross_pence)} by {long_date(snapshot.due_on)}."
    else:
        said = f"Pay {money(snapshot.gross_pence)}."
    return {
        "heading": "How to pay",
        "sentence": said,
        "pay_to": list(snapshot.pay_to),
        "quote": snapshot.number,
    }


def _group_words(group: VatLine, snapshot: DocumentSnapshot, notes: "_Notes") -> str:
    """The treatment with the letters of its lines' reasons: one group may be exempt for two."""
    treatment = (group.category, group.rate)
    alike = [other for other in snapshot.vat if (other.category, other.rate) == treatment]
    if len(alike) > 1:  # told apart by their reasons
        return notes.marked(*treatment, group.reason)
    lines = [line for line in snapshot.lines if (line.vat_category, line.vat_rate) == treatment]
    return notes.marked(*treatment, *(line.vat_reason for line in lines))


class _Notes:
    """Reasons in the order in which lines first give them, each under a letter."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def marked(self, category: str, rate: Decimal, *reasons: str) -> str:
        """The treatment, with the letters of what needs saying about it."""
        words = vat_words(category, rate)
        notes = [vat_note(category, rate, reason) for reason in reasons]
        letters = [self._letter_of(note) for note in dict.fromkeys(notes) if note and note != words]
        return f"{words} ({', '.join(letters)})" if letters else words

    def listed(self) -> list[str]:
        return [f"({letter}) {note}" for note, letter in self._letters.items()]

    def _letter_of(self, note: str) -> str:
        return self._letters.setdefault(note, _letter(len(self._letters)))


def _letter(index: int) -> str:
    """a … z, aa, ab …"""
    before = _letter(index // 26 - 1) if index >= 26 else ""
    return before + chr(ord("a") + index % 26)
