"""Which invoices and credit notes we write for providers: pure figures from what waits, no database.

What is owed goes on one invoice a provider; what lies outside the scope of VAT stands apart from the rest (EN 16931,
BR-O-11). What was invoiced and is not owed any more goes on a credit note for each invoice that it credits, whose VAT is
VAT(all credited of the invoice at the rate) less the VAT credited before. A provider that is not registered charges none.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from invoicing.documents.drafts import DraftDocument, DraftLine, VatKey, with_vat
from invoicing.self_billing.waiting import Fact
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import vat_on

NOT_REGISTERED = VatTreatment("O", Decimal(0), "Supplier not registered for VAT")
ONE = Decimal(1)
CREDITED = "Less is owed for it than was invoiced"

Credited = Mapping[tuple[int, VatKey], tuple[int, int]]
"""Net and VAT in pence that were credited before, by the invoice's document and the treatment."""


class Terms(NamedTuple):
    """On what VAT facts a provider's invoices are written: those of its agreement."""

    registered: bool
    vat_number: str


class Customer(NamedTuple):
    """The partnership, to which all of them are addressed."""

    id: int
    name: str


class Paper(NamedTuple):
    """A document to be, with the facts that its lines carry, in the order of the lines."""

    draft: DraftDocument
    facts: tuple[Fact, ...]
    credits_invoice_id: int | None = None


def papers_of(
    facts: Iterable[Fact], *, terms: Mapping[int, Terms], customer: Customer, on: date, due_on: date, credited: Credited
) -> list[Paper]:
    """The documents of these facts: of providers without terms, and credits of what we did not write, there is none."""
    groups: dict[tuple[int, bool, int], list[Fact]] = {}
    for fact in facts:
        if fact.provider_id not in terms or (fact.pence < 0 and fact.credits_document_id is None):
            continue
        outside = treatment_of(fact, terms[fact.provider_id]).category == "O"
        groups.setdefault((fact.provider_id, outside, fact.credits_document_id or 0), []).append(fact)
    return [
        _paper(group, terms[provider], customer, on, due_on, credited)
        for (provider, _, _), group in sorted(groups.items())
    ]


def treatment_of(fact: Fact, terms: Terms) -> VatTreatment:
    """As the payable has it, but no VAT from who is not registered."""
    if not terms.registered:
        return NOT_REGISTERED
    return VatTreatment(fact.vat_category, fact.vat_rate, fact.vat_reason)


def _paper(
    facts: Sequence[Fact], terms: Terms, customer: Customer, on: date, due_on: date, credited: Credited
) -> Paper:
    first = facts[0]
    document = first.credits_document_id
    lines = [_line(fact, terms, customer) for fact in facts]
    taxed, groups = with_vat(lines, _credit_vat(document, lines, credited) if document else None)
    draft = DraftDocument(
        kind="self_billed_credit" if document else "self_billed",
        supplier_id=first.provider_id,
        customer_id=customer.id,
        issued_on=on,
        tax_point=on,
        due_on=None if document else due_on,
        lines=taxed,
        groups=groups,
        credits_id=document,
        credits_number=first.credits_number or "",
        reason=CREDITED if document else "",
        seller_vat_number=terms.vat_number,
    )
    return Paper(draft, tuple(facts), first.credits_invoice_id)


def _line(fact: Fact, terms: Terms, customer: Customer) -> DraftLine:
    net = abs(fact.pence)
    return DraftLine(
        fact.description, customer.id, customer.name, ONE, net, net, treatment_of(fact, terms), fact.account,
        fact.stream, fact.analysis_code, service_from=fact.service_from, service_to=fact.service_to,
    )  # fmt: skip


def _credit_vat(document: int, lines: Sequence[DraftLine], credited: Credited) -> dict[VatKey, int]:
    nets: dict[VatKey, int] = {}
    for line in lines:
        nets[line.key] = nets.get(line.key, 0) + line.net_pence
    before = {key: credited.get((document, key), (0, 0)) for key in nets}
    return {key: vat_on(before[key][0] + net, key[1]) - before[key][1] for key, net in nets.items()}
