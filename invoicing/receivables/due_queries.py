"""Credits that are due and not issued yet, with the VAT that their credit notes will have. For finance and the auditor."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet

from invoicing.documents.models import VatGroupCredit
from invoicing.queries import require_finance_reader
from invoicing.receivables.models import Reduction
from marketplace.core.actors import Actor
from marketplace.core.money import vat_on

Key = tuple[int, str, Decimal]


def credits_due_for(actor: Actor) -> QuerySet[Reduction]:
    """Reductions of what was invoiced already, for which no credit note was issued yet, the oldest first."""
    require_finance_reader(actor)
    due = Reduction.objects.filter(state=Reduction.State.DUE).order_by("pk")
    return due.select_related("charge__invoice_to", "charge__consumer", "charge__document_line__document")


def vat_of_credits(due: Sequence[Reduction]) -> dict[int, int]:
    """The VAT in pence of each credit by its id, as their credit notes will have it; one query for all of them.

    By VAT rate of an invoice: VAT on all that is credited less VAT credited before, so that they add up to the penny.
    """
    documents = {row.charge.document_line.document_id for row in due if row.charge.document_line}
    credited: dict[Key, tuple[int, int]] = {
        (row.group.document_id, row.group.category, row.group.rate): (row.credited_net_pence, row.credited_vat_pence)
        for row in VatGroupCredit.objects.filter(group__document_id__in=documents).select_related("group")
    }
    found = {}
    for row in due:
        line = row.charge.document_line
        if line is None:
            continue
        key = (line.document_id, line.vat_category, line.vat_rate)
        net, vat = credited.get(key, (0, 0))
        found[row.pk] = vat_on(net + row.pence, line.vat_rate) - vat
        credited[key] = (net + row.pence, vat + found[row.pk])
    return found
