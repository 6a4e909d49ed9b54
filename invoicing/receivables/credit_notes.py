"""Credit notes: whole or in part, by line, never above what was invoiced.

VAT policy: a credit's VAT per rate group = VAT(cumulative credited net) − VAT credited already, so that credits of
the whole add up to the invoice's VAT to the penny (domain rule after SI 1995/2518 reg. 15C).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from invoicing.documents.agency_sales import mandate_of
from invoicing.documents.drafts import DraftDocument, DraftLine, VatKey, with_vat
from invoicing.documents.issue import issue_documents
from invoicing.documents.models import Document, DocumentLine, LineCredit, VatGroup, VatGroupCredit
from invoicing.documents.tax_points import take_back_waiting
from invoicing.receivables.allocation import allocate_many
from invoicing.receivables.backing import kept_backed
from invoicing.receivables.credited_services import by_line, require_within, service_of
from invoicing.receivables.left_to_credit import CreditExceedsInvoice, exceeds, left_to_credit, require_left
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.recognition.taking_back import Credited, take_back_deferred
from invoicing.second_person.limits import require_alone
from invoicing.second_person.models import Action
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import vat_on
from marketplace.core.periods import Period
from marketplace.core.text import clean_line

_TAKE_LINES = """
UPDATE invoicing_linecredit c SET credited_pence = c.credited_pence + given.pence
FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, pence)
WHERE c.line_id = given.id AND c.credited_pence + given.pence <= c.net_pence
"""


class CreditedMeanwhile(DomainError):
    """What is left of the invoice is no longer what the person was shown."""

    code = "credited_meanwhile"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} was credited a moment ago, so less of it is left than you were shown. No further credit note was "
            "issued. Look at its credit notes before you credit more."
        )


class NotAnInvoice(DomainError):
    """Only an issued invoice can be credited."""

    code = "not_an_invoice"


@dataclass(frozen=True)
class CreditPreview:
    """What a credit note would say: net, VAT and gross in pence."""

    net_pence: int
    vat_pence: int

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence


def preview_credit(*, invoice: Document, amounts: Mapping[int, int]) -> CreditPreview:
    """The figures of a credit of these pence by line id: the same calculation as issuing it."""
    lines = {line.pk: line for line in invoice.lines.all()}
    nets: dict[VatKey, int] = {}
    for pk, pence in amounts.items():
        key = (lines[pk].vat_category, lines[pk].vat_rate)
        nets[key] = nets.get(key, 0) + pence
    already = {(group.category, group.rate): group for group in invoice.vat_groups.all()}
    vat = sum(_group_vat(already[key], net)[0] for key, net in nets.items())
    return CreditPreview(sum(amounts.values()), vat)


def _group_vat(group: VatGroup, net: int) -> tuple[int, int, int]:
    """VAT of a further credit of ``net`` on a group, with the net and VAT credited before."""
    credit = VatGroupCredit.objects.filter(pk=group.pk).first()
    net_before, vat_before = (credit.credited_net_pence, credit.credited_vat_pence) if credit else (0, 0)
    return vat_on(net_before + net, group.rate) - vat_before, net_before, vat_before


@transaction.atomic
def credit_invoice(
    *,
    invoice: Document,
    amounts: Mapping[int, int],
    reason: str,
    on: date,
    left_shown: Mapping[int, int] | None = None,
    service: Period | None = None,
    actor: Actor,
) -> Document:
    """Issues a credit note of ``amounts`` (pence before VAT by line id) and sets it against the invoice.

    With the dates of a ``service`` it takes back those months of what was deferred; without, it is a lower price, spread
    over all of them. Raises OutsideService for days that a line was not invoiced for.

    What the invoice no longer owes stays on the customer's account. ``left_shown`` is what ``left_to_credit`` said when
    the person decided: where it says otherwise by now, CreditedMeanwhile, so that a second click credits nothing.
    Raises CreditExceedsInvoice beyond what is left of a line, NeedsSecondPerson above what one person may credit alone
    (``prepare_credit`` puts it before another); only finance may credit.
    """
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to="issue credit notes")
    lock_invoice(invoice)
    left = left_to_credit(invoice)
    if left_shown is not None and dict(left_shown) != left:
        raise CreditedMeanwhile(invoice.number or "")
    require_left(invoice, amounts, left)
    if amounts.keys() <= left.keys():
        gross = preview_credit(invoice=invoice, amounts=amounts).gross_pence
        require_alone(action=Action.CREDIT_NOTE, pence=gross, on=on, actor=actor)
    if service:
        require_within(invoice.lines.filter(pk__in=amounts).order_by("position"), service)
    credits = [Credited(pk, pence, service) for pk, pence in amounts.items()]
    return write_credit(invoice=invoice, credits=credits, reason=reason, on=on, actor=actor)


def lock_invoice(invoice: Document) -> None:
    """Credits of one invoice wait for each other here, before any other row; its credit notes may still refer to it."""
    list(Document.objects.select_for_update(no_key=True).filter(pk=invoice.pk).values_list("pk"))


def write_credit(*, invoice: Document, credits: Sequence[Credited], reason: str, on: date, actor: Actor) -> Document:
    """The credit note in the caller's transaction, its invoice locked; who may is asked before."""
    amounts = by_line(credits)
    if invoice.kind != Document.Kind.INVOICE or invoice.state != Document.State.ISSUED:
        raise NotAnInvoice("Only an issued invoice can be credited. Choose the invoice.")
    reason = clean_line(reason, what="Reason", limit=240)
    if not amounts or any(pence <= 0 for pence in amounts.values()):
        raise WrongInput("Enter how much to credit on at least one line, more than £0.00")
    if on < invoice.issued_on:
        raise WrongInput(f"A credit note must be dated on or after the invoice, {invoice.issued_on:%-d %B %Y}")
    lines = {line.pk: line for line in invoice.lines.select_related("charge")}
    if set(amounts) - set(lines):
        raise WrongInput(f"A line chosen to be credited is not on {invoice.number}")
    _take_lines(lines, amounts)
    group_vat = _take_groups(invoice, lines, amounts)
    future_vat = take_back_waiting(document_id=invoice.pk, group_vat=group_vat)
    deferred = take_back_deferred(credits=credits, on=on)
    drafts = [
        _credit_line(lines[pk], amounts[pk], service_of(pk, credits), deferred.get(pk, 0))
        for pk in sorted(amounts, key=lambda pk: lines[pk].position)
    ]
    taxed, groups = with_vat(drafts, group_vat)
    draft = DraftDocument(
        kind="credit_note",
        supplier_id=invoice.supplier_id,
        customer_id=invoice.customer_id,
        issued_on=on,
        tax_point=on,
        due_on=None,
        lines=taxed,
        groups=groups,
        purchase_order=invoice.purchase_order,
        payer_reference_name=invoice.payer_reference_name,
        credits_id=invoice.pk,
        credits_number=invoice.number or "",
        reason=reason,
        future_vat=future_vat,
        mandate_id=mandate_of(invoice),
    )
    with kept_backed(invoice):
        [(document_id, _, _)] = issue_documents(drafts=[draft], actor=actor)
        note = Document.objects.get(pk=document_id)
        _settle(note, invoice, on, actor)
    return note


def _take_lines(lines: Mapping[int, DocumentLine], amounts: Mapping[int, int]) -> None:
    """Takes the credited net from each line, locked in id order, by one conditional update of them all."""
    LineCredit.objects.bulk_create(
        [LineCredit(line_id=pk, net_pence=lines[pk].net_pence) for pk in sorted(amounts)], ignore_conflicts=True
    )
    locked = LineCredit.objects.select_for_update().filter(pk__in=amounts).order_by("pk")
    for pk, credited in locked.values_list("pk", "credited_pence"):
        line, left = lines[pk], lines[pk].net_pence - credited
        if amounts[pk] > left:
            raise exceeds(line, left, amounts[pk])
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_LINES, [list(amounts), list(amounts.values())])
        if cursor.rowcount != len(amounts):
            raise RuntimeError(f"{cursor.rowcount} of {len(amounts)} lines could be credited")


def _take_groups(invoice: Document, lines: Mapping[int, DocumentLine], amounts: Mapping[int, int]) -> dict[VatKey, int]:
    """Takes the credited net and VAT from each rate group, locked in id order; returns the VAT by group."""
    nets: dict[VatKey, int] = {}
    for pk, pence in amounts.items():
        key = (lines[pk].vat_category, lines[pk].vat_rate)
        nets[key] = nets.get(key, 0) + pence
    groups = [g for g in invoice.vat_groups.order_by("pk") if (g.category, g.rate) in nets]
    VatGroupCredit.objects.bulk_create(
        [VatGroupCredit(group=g, net_pence=g.net_pence, vat_pence=g.vat_pence) for g in groups], ignore_conflicts=True
    )
    list(VatGroupCredit.objects.select_for_update().filter(pk__in=[g.pk for g in groups]).order_by("pk"))
    result: dict[VatKey, int] = {}
    for group in groups:
        net = nets[(group.category, group.rate)]
        vat, net_before, vat_before = _group_vat(group, net)
        VatGroupCredit.objects.filter(pk=group.pk).update(
            credited_net_pence=net_before + net, credited_vat_pence=vat_before + vat
        )
        result[(group.category, group.rate)] = vat
    return result


def _credit_line(line: DocumentLine, pence: int, service: Period | None, deferred_pence: int) -> DraftLine:
    whole = pence == line.net_pence
    return DraftLine(
        description=line.description,
        consumer_id=line.consumer_id,
        consumer_name=line.consumer_name,
        quantity=line.quantity if whole else Decimal(1),
        unit_price_pence=line.unit_price_pence if whole else pence,
        net_pence=pence,
        vat=VatTreatment(line.vat_category, line.vat_rate, line.vat_reason),
        account=line.account_id,
        stream=line.stream_id,
        analysis_code=line.analysis_code,
        cfr_code=line.cfr_code,
        aar_code=line.aar_code,
        service_from=service.start if service else line.service_from,
        service_to=service.end if service else line.service_to,
        purchase_order=line.purchase_order,
        credits_line_id=line.pk,
        deferred_pence=deferred_pence,
        fund=line.charge.fund_id if hasattr(line, "charge") else None,  # one taken over has no charge
    )


def _settle(note: Document, invoice: Document, on: date, actor: Actor) -> None:
    """The credit comes on account and is set against what the invoice still owes.

    Earliest due first; of instalments the last first, so that those before are paid as planned.
    """
    source = UnallocatedItem.objects.create(
        kind=UnallocatedItem.Kind.CREDIT_NOTE,
        source_key=f"credit-note:{note.number}",
        organisation_id=note.customer_id,
        received_on=note.issued_on,
        reference=note.number or "",
        pence=note.gross_pence,
        remaining_pence=note.gross_pence,
        document=note,
        entry_id=note.entry_id or 0,
    )
    left, pairs = note.gross_pence, []
    items = ReceivableItem.objects.select_for_update(of=("self",)).select_related("document")
    owed = sorted(items.filter(document=invoice).order_by("pk"), key=lambda i: (i.due_on, i.pk))
    if invoice.instalments.exists():
        owed.reverse()
    for item in owed:
        pence = min(left, item.outstanding_pence)
        if pence:
            pairs.append((source, item, pence))
            left -= pence
    if pairs:
        allocate_many(pairs=pairs, on=on, actor=actor)


@transaction.atomic
def credit_in_full(*, invoice: Document, reason: str, on: date, actor: Actor) -> Document:
    """Credits everything that is left of an invoice."""
    amounts = {pk: left for pk, left in left_to_credit(invoice).items() if left}
    if not amounts:
        raise CreditExceedsInvoice(f"{invoice.number} is credited in full already.", remaining=0)
    return credit_invoice(invoice=invoice, amounts=amounts, reason=reason, on=on, actor=actor)
