"""Reads over invoicing, scoped to an actor: a school sees its own, finance and the auditor see all."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from invoicing.documents.models import Document
from invoicing.ledger.models import JournalEntry, LedgerAccount, Movement
from invoicing.receivables.ageing import AGED
from invoicing.receivables.models import Allocation, Charge, ReceivableItem, UnallocatedItem
from marketplace.core.actors import BUYING, FINANCE_READERS, INVOICED, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for

AGES = ["Not yet due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days"]


def documents_for(actor: Actor) -> QuerySet[Document]:
    """Issued documents of sales that the actor may see: those invoiced to their organisations.

    A school does not see an invoice to its trust or council, on which other schools' lines stand; what it received it
    sees on its orders.
    """
    issued = Document.objects.filter(state=Document.State.ISSUED, kind__in=Document.SALES).select_related("customer")
    if actor.system or actor.has(*FINANCE_READERS):
        return issued
    return issued.filter(customer_id__in=actor.organisations(*INVOICED))


def document_for(actor: Actor, number: str) -> Document:
    """One document by its number, or NotFound whether it is missing or not the actor's."""
    found = documents_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no document {number}.")
    return found


def invoices_for(actor: Actor) -> QuerySet[Document]:
    return documents_for(actor).filter(kind=Document.Kind.INVOICE)


def credit_notes_for(actor: Actor) -> QuerySet[Document]:
    return documents_for(actor).filter(kind=Document.Kind.CREDIT_NOTE)


def charges_for(actor: Actor) -> QuerySet[Charge]:
    """Items to invoice: all for finance and the auditor, otherwise those of the actor's organisations."""
    charges = Charge.objects.select_related("invoice_to", "consumer")
    if actor.system or actor.has(*FINANCE_READERS):
        return charges
    own = actor.organisations(*BUYING)
    return charges.filter(Q(invoice_to_id__in=own) | Q(consumer_id__in=own))


def require_finance_reader(actor: Actor) -> None:
    """Raises NotFound for anyone who may not read the partnership's books: outsiders are told nothing."""
    if not (actor.system or actor.has(*FINANCE_READERS)):
        raise NotFound("There is no such page.")


@dataclass(frozen=True)
class StatementLine:
    """One line of a customer's statement; ``charged`` or ``settled`` is pence, ``balance`` runs."""

    on: date
    what: str
    document_number: str
    charged: int
    settled: int
    balance: int


@dataclass(frozen=True)
class CustomerStatement:
    """A customer's account between dates (half-open), from the ledger's receivable and on-account movements."""

    customer: Organisation
    start: date
    end: date
    opening: int
    lines: list[StatementLine]

    @property
    def closing(self) -> int:
        return self.lines[-1].balance if self.lines else self.opening


_STATEMENT = """
SELECT e.posted_on, e.kind, e.narrative, coalesce(d.number, ''), e.id,
       sum(CASE WHEN m.debit_party_id = %(party)s AND m.debit_account_id IN ('1100', '2100') THEN m.pence ELSE 0 END)
     - sum(CASE WHEN m.credit_party_id = %(party)s AND m.credit_account_id IN ('1100', '2100') THEN m.pence ELSE 0 END)
FROM invoicing_movement m
JOIN invoicing_journalentry e ON e.id = m.entry_id
LEFT JOIN invoicing_document d ON d.entry_id = e.id
WHERE (m.debit_account_id IN ('1100', '2100') AND m.debit_party_id = %(party)s
    OR m.credit_account_id IN ('1100', '2100') AND m.credit_party_id = %(party)s)
  AND e.posted_on < %(end)s
GROUP BY e.id, d.number ORDER BY e.posted_on, e.id
"""


def statement_for(actor: Actor, customer: Organisation, *, start: date, end: date) -> CustomerStatement:
    """The customer's account from ``start`` up to but not including ``end``.

    Movements that only set money on account against an invoice change nothing of the balance and are left out.
    """
    own = actor.organisations(*INVOICED)
    if not (actor.system or actor.has(*FINANCE_READERS) or customer.pk in own):
        raise NotFound(f"There is no customer {customer.number}.")
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"party": customer.pk, "end": end})
        rows = cursor.fetchall()
    opening = int(sum(row[5] for row in rows if row[0] < start))
    balance, lines = opening, []
    for on, _kind, narrative, number, _entry, pence in rows:
        if on < start or pence == 0:
            continue
        balance += int(pence)
        lines.append(StatementLine(on, narrative, number, max(int(pence), 0), max(-int(pence), 0), balance))
    return CustomerStatement(customer, start, end, opening, lines)


@dataclass(frozen=True)
class AgedDebtor:
    """What one customer owes by age in pence, and what is on account. ``total`` is owed less on account."""

    organisation_id: int
    number: str
    name: str
    ages: list[int]
    on_account: int

    @property
    def total(self) -> int:
        return sum(self.ages) - self.on_account


def aged_debtors(actor: Actor, *, on: date) -> list[AgedDebtor]:
    """What was open at the end of a day by days past due, one row a customer; together the ledger's balance of that day."""
    require_finance_reader(actor)
    with connection.cursor() as cursor:
        cursor.execute(AGED, {"on": on})
        return [
            AgedDebtor(pk, number, name, [int(age) for age in ages], int(account))
            for pk, number, name, *ages, account in cursor.fetchall()
        ]


def on_account_for(actor: Actor) -> QuerySet[UnallocatedItem]:
    """Money on account that is not yet set against invoices."""
    items = UnallocatedItem.objects.filter(remaining_pence__gt=0).select_related("organisation", "document")
    if actor.system or actor.has(*FINANCE_READERS):
        return items
    return items.filter(organisation_id__in=actor.organisations(*BUYING))


def open_items_for(actor: Actor) -> QuerySet[ReceivableItem]:
    """What is still owed, earliest due first."""
    items = ReceivableItem.objects.filter(outstanding_pence__gt=0).select_related("document", "organisation")
    if not (actor.system or actor.has(*FINANCE_READERS)):
        items = items.filter(organisation_id__in=actor.organisations(*BUYING))
    return items.order_by("due_on", "pk")


def payments_for(actor: Actor) -> QuerySet[UnallocatedItem]:
    """Receipts and credit notes, used up or not: all for finance and the auditor, otherwise of the actor's organisations."""
    items = UnallocatedItem.objects.select_related("organisation", "document")
    if actor.system or actor.has(*FINANCE_READERS):
        return items
    return items.filter(organisation_id__in=actor.organisations(*BUYING))


def payment_for(actor: Actor, pk: int) -> UnallocatedItem:
    """One receipt or credit note on account, or NotFound."""
    found = payments_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such payment.")
    return found


def allocation_for(actor: Actor, pk: int) -> Allocation:
    """One allocation of a payment that the actor may see, undone or not, or NotFound."""
    rows = Allocation.objects.select_related("source", "item__document")
    found = rows.filter(pk=pk, source__in=payments_for(actor).values("pk")).first()
    if found is None:
        raise NotFound("There is no such allocation.")
    return found


def customer_for(actor: Actor, number: str) -> Organisation:
    """A customer that the actor may see by its number, or NotFound; the partnership itself is none."""
    customers = organisations_for(actor).exclude(kind=Organisation.Kind.PARTNERSHIP)
    found = customers.filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no customer {number}.")
    return found


def accounts_for(actor: Actor) -> QuerySet[LedgerAccount]:
    """The chart of accounts in the order of its codes, for those who may read the books."""
    require_finance_reader(actor)
    return LedgerAccount.objects.order_by("code")


def account_for(actor: Actor, code: str) -> LedgerAccount:
    """One account of the ledger, or NotFound."""
    found = accounts_for(actor).filter(pk=code).first()
    if found is None:
        raise NotFound(f"There is no ledger account {code}.")
    return found


def movements_for(actor: Actor, account: LedgerAccount) -> QuerySet[Movement]:
    """Every movement with the account on one of its sides."""
    require_finance_reader(actor)
    return Movement.objects.filter(Q(debit_account=account) | Q(credit_account=account))


def entry_for(actor: Actor, pk: int) -> JournalEntry:
    """One posting, or NotFound."""
    require_finance_reader(actor)
    found = JournalEntry.objects.select_related("document", "reverses", "reversed_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(f"There is no ledger entry {pk}.")
    return found
