"""What a council journal of a day would hold: the open invoices of the schools that are settled by journal."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from invoicing.council_journals.models import CouncilJournalItem
from invoicing.council_journals.rules import CodedAmount, InvoicePart, by_code, held_words
from invoicing.credit_control.queries import in_query_by_item
from invoicing.documents.models import Document, DocumentLine, Instalment
from invoicing.receivables.models import ReceivableItem
from marketplace.core.actors import FINANCE_READERS, Actor
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.models.schools import BillingClass


@dataclass(frozen=True)
class ProposedItem:
    """An open invoice with what its school's cost centre is charged under each CFR code."""

    item: ReceivableItem
    cost_centre: str
    amounts: list[CodedAmount]

    @property
    def pence(self) -> int:
        return self.item.outstanding_pence


@dataclass(frozen=True)
class HeldItem:
    """An open invoice that stays off the journal, with the reason and what to do."""

    item: ReceivableItem
    words: str


@dataclass(frozen=True)
class CouncilProposal:
    """What would go on a journal of one council on a day, and what is held. Pence."""

    authority: Organisation
    on: date
    items: list[ProposedItem]
    held: list[HeldItem]

    @property
    def net_pence(self) -> int:
        return sum(amount.net_pence for one in self.items for amount in one.amounts)

    @property
    def vat_pence(self) -> int:
        return sum(amount.vat_pence for one in self.items for amount in one.amounts)

    @property
    def gross_pence(self) -> int:
        return sum(one.pence for one in self.items)

    @property
    def held_pence(self) -> int:
        return sum(one.item.outstanding_pence for one in self.held)

    @property
    def schools(self) -> int:
        return len({one.item.organisation_id for one in self.items})


def propose_council_journal(*, authority: Organisation, on: date, actor: Actor, lock: bool = False) -> CouncilProposal:
    """The open invoices, issued by ``on``, of the council's schools that are settled by journal.

    An invoice that is on a live journal is not proposed again; of one in instalments only what is due by ``on`` is.
    Held with words: schools without a cost centre or not maintained, and invoices in query. For finance and the
    auditor. A fixed number of queries. ``lock`` holds the invoices until the transaction ends.
    """
    actor.require(*sorted(FINANCE_READERS), to="see what goes on a council journal")
    if lock:
        ids = list(_open_items(authority, on).values_list("pk", flat=True))
        list(ReceivableItem.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    rows = _open_items(authority, on).select_related("document", "organisation__terms", "organisation__school")
    found = list(rows.order_by("organisation__name", "organisation_id", "document__number", "due_on", "pk"))
    queried = in_query_by_item({row.document_id for row in found}) if found else {}
    parts = invoice_parts({row.document_id for row in found})
    items, held = [], []
    for row in found:
        cost_centre = row.organisation.terms.cost_centre
        words = held_words(
            cost_centre=cost_centre,
            maintained=row.organisation.school.billing_class == BillingClass.MAINTAINED,
            in_query=row.pk in queried,
        )
        if words:
            held.append(HeldItem(row, words))
        else:
            amounts = by_code(row.outstanding_pence, parts[row.document_id])
            items.append(ProposedItem(row, cost_centre, amounts))
    return CouncilProposal(authority, on, items, held)


def _open_items(authority: Organisation, on: date) -> QuerySet[ReceivableItem]:
    in_instalments = Instalment.objects.filter(document_id=OuterRef("document_id"))
    live = CouncilJournalItem.objects.filter(item_id=OuterRef("pk"), live=True)
    return ReceivableItem.objects.filter(
        Q(due_on__lte=on) | ~Exists(in_instalments),
        ~Exists(live),
        outstanding_pence__gt=0,
        organisation__school__authority_id=authority.pk,
        organisation__terms__settlement=CustomerTerms.Settlement.COUNCIL_JOURNAL,
        document__issued_on__lte=on,
    )


def invoice_parts(document_ids: Collection[int]) -> dict[int, list[InvoicePart]]:
    """What stands under each CFR code of these invoices, less its credits. Three queries.

    An invoice taken over from earlier books has no lines, and one that is credited in full and open again has nothing
    left on them: these stand as invoiced, the first without a code.
    """
    lines = list(
        DocumentLine.objects.filter(document_id__in=document_ids)
        .order_by("document_id", "position")
        .values_list("pk", "document_id", "cfr_code", "net_pence", "vat_pence")
    )
    credited: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    credits = DocumentLine.objects.filter(
        credits_line__document_id__in=document_ids, document__state=Document.State.ISSUED
    )
    for line_id, net, vat in credits.values_list("credits_line_id", "net_pence", "vat_pence"):
        credited[line_id or 0][0] += net
        credited[line_id or 0][1] += vat
    whole: dict[int, list[InvoicePart]] = defaultdict(list)
    left: dict[int, list[InvoicePart]] = defaultdict(list)
    for pk, document_id, code, net, vat in lines:
        less_net, less_vat = credited.get(pk, (0, 0))
        whole[document_id].append(InvoicePart(code, net, vat))
        left[document_id].append(InvoicePart(code, max(net - less_net, 0), max(vat - less_vat, 0)))
    bare = Document.objects.filter(pk__in=set(document_ids) - set(whole))
    found = {pk: [InvoicePart("", net, vat)] for pk, net, vat in bare.values_list("pk", "net_pence", "vat_pence")}
    for document_id, parts in left.items():
        open_parts = any(part.net_pence + part.vat_pence for part in parts)
        found[document_id] = parts if open_parts else whole[document_id]
    return found
