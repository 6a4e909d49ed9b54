"""Self-billing: what providers have earned, put on paper in their name, set-based and in chunks of providers.

Each chunk is one transaction that holds the agreements of its providers: a killed run loses nothing, a second one adds
nothing, and nobody ends an agreement in between. Posted with it is the VAT alone: VAT on purchases → payables (provider);
the net was posted as it was earned. All of that VAT is taken as input tax, since what consultants deliver is sold on
with VAT; what is not, is corrected by a journal at the end of the quarter (VAT Notice 706).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from django.db import connection, transaction

from invoicing.documents.issue import issue_documents
from invoicing.ledger.posting import post
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.agreements import agreements_on
from invoicing.provider_invoices.deciding import vat_entry
from invoicing.provider_invoices.due import payment_day
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice, ProviderInvoiceLine
from invoicing.provider_invoices.vat_holders import VatHolder, vat_holders
from invoicing.self_billing.papers import Credited, Customer, Paper, Terms, papers_of
from invoicing.self_billing.reports import Held, Proposal, Report, Written
from invoicing.self_billing.waiting import Fact, providers_waiting, waiting_of
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.bulk import as_array, collector_paused, copy_rows, next_ids
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import identity_on, partnership

CHUNK = 200
_INVOICE = (
    "id", "kind", "state", "provider_id", "number", "document_id", "credits_id", "dated_on", "due_on", "net_pence",
    "vat_pence", "gross_pence", "outstanding_pence", "vat_entry_id", "reason",
)  # fmt: skip
_LINE = ("id", "invoice_id", "position", "payable_id", "net_pence", "vat_category", "vat_rate", "vat_pence")
_CREDITED = """
SELECT n.credits_id, g.category, g.rate, sum(g.net_pence)::bigint, sum(g.vat_pence)::bigint
FROM invoicing_document n JOIN invoicing_vatgroup g ON g.document_id = n.id
WHERE n.kind = 'self_billed_credit' AND n.state = 'issued' AND n.credits_id = ANY(%s::bigint[]) GROUP BY 1, 2, 3
"""


def propose_self_billing(*, on: date, until: date | None = None) -> Proposal:
    """The documents that a run on this day would write, and who is held and why. Writes nothing."""
    waiting, found = providers_waiting(until or on), Proposal(on)
    names = {pk: name for pk, name, _ in waiting}
    ids, found.held = _billable(waiting, on)
    for start in range(0, len(ids), CHUNK):
        papers, held = _papers(ids[start : start + CHUNK], on, until or on, _terms(ids[start : start + CHUNK], on))
        found.held += held
        for paper in papers:
            draft = paper.draft
            found.documents.append(
                Written(
                    draft.supplier_id, names[draft.supplier_id], draft.kind, len(draft.lines), draft.net_pence,
                    draft.vat_pence, draft.credits_number,
                )
            )  # fmt: skip
    return found


def self_bill(
    *,
    on: date,
    actor: Actor,
    provider_ids: Collection[int] | None = None,
    until: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Writes the invoices and credit notes of every provider with a running agreement, dated ``on``.

    What was earned up to and with ``until`` (``on`` unless given), of these providers or of all. Held back with a reason:
    no agreement, one that lapsed, has not begun or is not signed, and a VAT number that is not the agreement's any more.
    Finance and the platform may.
    """
    actor.require(*FINANCE, to="write invoices for providers")
    last = until or on
    wanted = None if provider_ids is None else set(provider_ids)
    waiting = [row for row in providers_waiting(last) if wanted is None or row[0] in wanted]
    report = Report(on)
    ids, report.held = _billable(waiting, on)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with transaction.atomic(), collector_paused():
            bill_chunk(part, on=on, until=last, actor=actor, report=report)
        if progress:
            progress(start + len(part), len(ids))
    return report


def bill_chunk(ids: Sequence[int], *, on: date, until: date, actor: Actor, report: Report) -> None:
    """One chunk of providers in the caller's transaction: their agreements held, what waits read anew, written."""
    locked = SelfBillingAgreement.objects.select_for_update().filter(provider__in=ids, signed_on__isnull=False)
    list(locked.order_by("pk"))
    papers, held = _papers(ids, on, until, _terms(ids, on))
    report.held += held
    if papers:
        _count(papers, _write(papers, on, actor), report)


def _billable(waiting: Sequence[tuple[int, str, int]], on: date) -> tuple[list[int], list[Held]]:
    """Those for whom we write on this day, and the others with the reason."""
    ids = [pk for pk, _, _ in waiting]
    running = agreements_on(ids, on)
    holders = vat_holders(list(Organisation.objects.filter(pk__in=running)), on)
    changed = {pk: words for pk, one in running.items() if (words := vat_changed(one, holders[pk]))}
    others: dict[int, SelfBillingAgreement] = {}
    for row in SelfBillingAgreement.objects.filter(provider__in=set(ids) - set(running)).order_by("valid_from", "pk"):
        others[row.provider_id] = row
    held = [
        Held(pk, name, pence, changed.get(pk) or _without(others.get(pk), on), pk not in running and pk not in others)
        for pk, name, pence in waiting
        if pk not in running or pk in changed
    ]
    return [pk for pk in ids if pk in running and pk not in changed], held


def vat_changed(agreement: SelfBillingAgreement, holder: VatHolder) -> str:
    """Why an agreement cannot be used any more with the provider's VAT facts of a day; empty where they are the same."""
    if (agreement.vat_registered, agreement.vat_number) == (holder.registered, holder.number):
        return ""
    before = f"VAT number {agreement.vat_number}" if agreement.vat_registered else "not registered for VAT"
    return (
        f"Its VAT facts changed since {agreement.number} was signed: then {before}, now {holder.words}. End that "
        "agreement and have a new one signed."
    )


def _without(newest: SelfBillingAgreement | None, on: date) -> str:
    if newest is None:
        return "It has no self-billing agreement, so it invoices us itself."
    if newest.signed_on is None:
        return f"{newest.number} is not signed yet. Ask the provider to sign it."
    if newest.valid_from > on:
        return f"{newest.number} begins on {long_date(newest.valid_from)} only."
    return f"{newest.number} ended on {long_date(newest.valid_to)}. Have a new one signed."


def _terms(ids: Sequence[int], on: date) -> dict[int, Terms]:
    """By the provider's id, of those whose agreement runs and still stands on the right VAT facts."""
    running = agreements_on(ids, on)
    holders = vat_holders(list(Organisation.objects.filter(pk__in=running)), on)
    good = {pk: one for pk, one in running.items() if not vat_changed(one, holders[pk])}
    return {pk: Terms(one.vat_registered, one.vat_number) for pk, one in good.items()}


def _papers(ids: Sequence[int], on: date, until: date, terms: dict[int, Terms]) -> tuple[list[Paper], list[Held]]:
    us = partnership()
    facts = [fact for fact in waiting_of(ids, until) if fact.provider_id in terms]
    papers = papers_of(
        facts, terms=terms, customer=Customer(us.pk, identity_on(us, on).name), on=on, due_on=payment_day(on),
        credited=_credited({fact.credits_document_id for fact in facts if fact.credits_document_id}),
    )  # fmt: skip
    return papers, _of_own_invoices(facts)


def _of_own_invoices(facts: Sequence[Fact]) -> list[Held]:
    """What is to be credited of an invoice that the provider wrote: only itself can credit that."""
    own = [fact for fact in facts if fact.pence < 0 and fact.credits_document_id is None]
    names = dict(Organisation.objects.filter(pk__in={fact.provider_id for fact in own}).values_list("pk", "name"))
    return [
        Held(
            fact.provider_id, names[fact.provider_id], fact.pence,
            f"{fact.credits_number or 'The invoice'} is the provider's own. Ask it for a credit note.",
        )
        for fact in own
    ]  # fmt: skip


def _credited(document_ids: set[int]) -> Credited:
    if not document_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CREDITED, [as_array(sorted(document_ids))])
        return {(pk, (category, rate)): (int(net), int(vat)) for pk, category, rate, net, vat in cursor.fetchall()}


def _write(papers: Sequence[Paper], on: date, actor: Actor) -> list[str]:
    """Issues the documents, posts their VAT and puts the amounts due on them: the numbers, in order."""
    issued = issue_documents(drafts=[paper.draft for paper in papers], actor=actor)
    numbers = [number for _, number, _ in issued]
    entries = _post_vat(papers, numbers, on, actor)
    invoice_ids = next_ids(ProviderInvoice, len(papers))
    line_ids = iter(next_ids(ProviderInvoiceLine, sum(len(paper.facts) for paper in papers)))
    rows = list(zip(papers, invoice_ids, issued, entries, strict=True))
    due = payment_day(on)
    copy_rows(
        ProviderInvoice,
        _INVOICE,
        (
            (
                pk, paper.draft.kind, "agreed", paper.draft.supplier_id, number, document_id, paper.credits_invoice_id
                if paper.draft.credits_id else None, on, due, paper.draft.net_pence, paper.draft.vat_pence,
                paper.draft.gross_pence, paper.draft.gross_pence, entry, paper.draft.reason,
            )
            for paper, pk, (document_id, number, _), entry in rows
        ),
    )  # fmt: skip
    lines = [
        (next(line_ids), pk, position, fact, line)
        for paper, pk, _, _ in rows
        for position, (fact, line) in enumerate(zip(paper.facts, paper.draft.lines, strict=True), start=1)
    ]
    copy_rows(
        ProviderInvoiceLine,
        _LINE,
        (
            (line_id, pk, position, fact.payable_id, line.net_pence, line.vat.category, line.vat.rate, line.vat_pence)
            for line_id, pk, position, fact, line in lines
        ),
    )
    copy_rows(
        InvoicedMove,
        ("move_id", "line_id"),
        ((move, line_id) for line_id, _, _, fact, _ in lines for move in fact.moves),
    )
    return numbers


def _post_vat(papers: Sequence[Paper], numbers: Sequence[str], on: date, actor: Actor) -> list[int | None]:
    """The entry of each document's VAT, None where it has none."""
    taxed = [(paper.draft, number) for paper, number in zip(papers, numbers, strict=True) if paper.draft.vat_pence]
    posted = iter(
        post(
            entries=[
                vat_entry(
                    provider_id=draft.supplier_id, number=number, key=number, pence=draft.vat_pence, on=on,
                    credit=draft.credits_id is not None,
                )
                for draft, number in taxed
            ],
            actor=actor,
        )
    )  # fmt: skip
    return [next(posted) if paper.draft.vat_pence else None for paper in papers]


def _count(papers: Sequence[Paper], numbers: Sequence[str], report: Report) -> None:
    for paper, number in zip(papers, numbers, strict=True):
        if paper.draft.credits_id:
            report.credits.append(number)
            report.credited_net_pence += paper.draft.net_pence
            report.credited_vat_pence += paper.draft.vat_pence
        else:
            report.invoices.append(number)
            report.net_pence += paper.draft.net_pence
            report.vat_pence += paper.draft.vat_pence
