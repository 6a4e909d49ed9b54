"""Providers' invoices, written by us or sent by them: the list, one of them, and what finance decides about it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.documents import ubl_response
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.finance.papers import document_pdf, document_ubl
from frontend.finance.self_billing_forms import MatchForm, ProviderInvoiceFilter, ReasonForm
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from invoicing.documents.models import Document
from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.claiming_back import claim_back, may_claim
from invoicing.provider_invoices.deciding import agree_invoice, query_invoice, refuse_invoice
from invoicing.provider_invoices.matching import match_invoice, owed_amounts
from invoicing.provider_invoices.models import ProviderInvoice, ProviderInvoiceLine
from invoicing.provider_invoices.queries import (
    claim_for,
    claims_of,
    provider_invoice_for,
    provider_invoices_for,
    sums_of,
)
from invoicing.provider_invoices.withdrawing_claims import owed_on, prepare_claim_withdrawal, withdraw_claim
from invoicing.second_person.limits import alone
from invoicing.second_person.models import Action
from marketplace.core.actors import FINANCE
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import round_half_up

CSV_HEADER = [
    "number",
    "kind",
    "provider",
    "provider_number",
    "dated",
    "due",
    "state",
    "net",
    "vat",
    "gross",
    "outstanding",
]
_STATE = ProviderInvoice.State
_WITH_REASON = ("query", "refuse", "claim", "withdraw")


def tag_of(invoice: ProviderInvoice) -> str:
    """The tag of an invoice: how it stands for the provider."""
    if invoice.state == _STATE.AGREED:
        if not invoice.outstanding_pence:
            if getattr(invoice, "was_claimed", False):
                return "claimed back"
            return "taken" if invoice.is_credit else "paid"
        return "to take" if invoice.is_credit else "to pay"
    return {"received": "to check", "queried": "in query", "refused": "refused"}[invoice.state]


def invoices_csv(rows: QuerySet[ProviderInvoice], name: str) -> HttpResponse:
    """One row each; credit notes below nought."""
    cells = (
        [row.number, row.get_kind_display(), row.provider.name, row.provider.number, row.dated_on, row.due_on,
         row.get_state_display(), *(pounds(-pence if row.is_credit else pence) for pence in
         (row.net_pence, row.vat_pence, row.gross_pence, row.outstanding_pence))]
        for row in rows.iterator(chunk_size=1_000)
    )  # fmt: skip
    return csv_response(name, CSV_HEADER, cells)


@finance_page(section="finance-payment-batches")
def invoices(request: FinanceRequest) -> HttpResponse:
    """All of them, the newest first, with the sums of what is shown."""
    form = ProviderInvoiceFilter(request.GET if request.GET else None)
    good = not form.is_bound or form.is_valid()
    picked: dict[str, Any] = form.cleaned_data if form.is_bound and good else {}
    rows = provider_invoices_for(request.actor)
    if name := (picked.get("provider") or "").strip():
        numbered = rows.filter(provider__number__iexact=name)
        rows = numbered if numbered.exists() else rows.filter(provider__name__icontains=name)
    if state := picked.get("state"):
        rows = rows.filter(outstanding_pence__gt=0) if state == "open" else rows.filter(state=state)
    if wants_csv(request):
        return invoices_csv(rows, "providers-invoices")
    sums = sums_of(rows)
    context = {
        "form": form, "page_obj": page_of(request, rows), "sums": sums, "tag_of": tag_of, "csv_url": csv_url(request),
        "count_text": plural(sums.count, "invoice"), "chosen": chosen(request, form) if picked else [],
    }  # fmt: skip
    return show(request, "provider_invoices.html", context, status=200 if good else 400)


@finance_page(READ_AND_WRITE, section="finance-payment-batches")
def invoice(request: FinanceRequest, pk: int) -> HttpResponse:
    """One of them: what it is for, and agreeing, querying or refusing it."""
    found = provider_invoice_for(request.actor, pk)
    do = request.POST.get("do")
    owed = owed_amounts(found.provider, credit=found.is_credit) if found.state == _STATE.RECEIVED else []
    choices = [(row.payable.pk, f"{row.payable.description}, {money(row.pence)}") for row in owed]
    lines = list(found.lines.select_related("payable").order_by("position"))
    choices += [(line.payable_id, f"{line.payable.description}, {money(line.net_pence)}") for line in lines]
    match = MatchForm(
        posted(request) if do == "match" else None, choices=choices,
        initial={"payables": [line.payable_id for line in lines]},
    )  # fmt: skip
    reason = ReasonForm(posted(request) if do in _WITH_REASON else None)
    claims = claims_of(found)
    errors, status = [], 200
    if request.method == "POST":
        status = 400
        try:
            if words := _done(request, found, match, reason):
                messages.success(request, words)
                return redirect(url("finance-provider-invoice", pk=found.pk))
        except DomainError as error:
            errors, status = said(error), error.status
    writes = request.actor.has(*FINANCE)
    standing = sum(line.net_pence for line in lines)
    context = {
        "invoice": found, "lines": lines, "state_tag_name": tag_of(found), "errors": errors, "match": match, "reason": reason,
        "forms": [match, reason], "matched_pence": standing, "matches": standing == found.net_pence,
        "may_check": writes and found.state == _STATE.RECEIVED, "has_owed": bool(choices),
        "vat_words": _vat_words(found, lines) if standing == found.net_pence else "",
        "claims": claims, "may_claim": writes and may_claim(found),
        "to_withdraw": next((claim for claim in reversed(claims) if getattr(claim, "owed_pence", 0)), None) if writes else None,
        "withdrawn_alone": _withdrawn_alone,
        "may_refuse": writes and found.state in (_STATE.RECEIVED, _STATE.QUERIED),
        "back_url": url("finance-provider-invoices"),
        "history": history_of(subject_kind="provider_invoice", subject=str(found.pk)),
    }  # fmt: skip
    return show(request, "provider_invoice.html", context, status=status)


def _vat_words(found: ProviderInvoice, lines: list[ProviderInvoiceLine]) -> str:
    """Where the VAT is not what the rates of the amounts due come to, by more than a penny a line of rounding."""
    nets: dict[Decimal, int] = {}
    for line in lines:
        nets[line.vat_rate] = nets.get(line.vat_rate, 0) + line.net_pence
    wanted = sum(round_half_up(net * rate) for rate, net in nets.items())
    if found.state != _STATE.RECEIVED or abs(found.vat_pence - wanted) <= len(lines):
        return ""
    return (
        f"It bears VAT of {money(found.vat_pence)}, and at the rates on record it would be {money(wanted)}. "
        "Ask the provider unless you know why."
    )


def _done(request: FinanceRequest, found: ProviderInvoice, match: MatchForm, reason: ReasonForm) -> str:
    """What the button does, in words; empty where a form says what is missing."""
    do, actor = request.POST.get("do"), request.actor
    if do == "agree":
        made = agree_invoice(invoice=found, on=timezone.localdate(), actor=actor)
        return f"{made.number} is agreed: {money(made.gross_pence)} is to be paid on {long_date(made.due_on)}."
    if do == "match":
        if not match.is_valid():
            return ""
        match_invoice(invoice=found, payable_ids=match.cleaned_data["payables"], actor=actor)
        return f"{found.number} is put against what you chose. Agree it to have it paid."
    if do not in _WITH_REASON:
        raise WrongInput("Choose what to do with the invoice")
    if not reason.is_valid():
        return ""
    if do == "claim":
        claim = claim_back(credit=found, reason=reason.cleaned_data["reason"], on=timezone.localdate(), actor=actor)
        return f"{found.provider.name} is asked for {money(claim.pence)} by {long_date(claim.due_on)}: {claim.document.number}."
    if do == "withdraw":
        return _withdraw(request, found, reason.cleaned_data["reason"])
    if do == "query":
        query_invoice(invoice=found, reason=reason.cleaned_data["reason"], actor=actor)
        return f"{found.provider.name} reads your question, and {found.number} waits for its answer."
    refuse_invoice(invoice=found, reason=reason.cleaned_data["reason"], actor=actor)
    return f"{found.number} is refused. {found.provider.name} reads why."


def _withdrawn_alone(claim: ClaimBack) -> bool:
    """Whether one person withdraws what is owed on it; else it goes to a finance manager."""
    return alone(action=Action.WITHDRAWAL, pence=owed_on(claim), on=timezone.localdate())


def _withdraw(request: FinanceRequest, found: ProviderInvoice, reason: str) -> str:
    """Withdraws the request that the form names, or puts that before a second person."""
    claim = claim_for(found, request.POST.get("claim", ""))
    number = claim.document.number
    if not _withdrawn_alone(claim):
        prepare_claim_withdrawal(claim=claim, reason=reason, actor=request.actor)
        return f"Withdrawing {number} waits for a finance manager. {found.provider.name} still owes it meanwhile."
    made = withdraw_claim(claim=claim, reason=reason, on=timezone.localdate(), actor=request.actor)
    return f"{number} is withdrawn: {money(made.pence)} is taken from the next payment to {found.provider.name} again."


def own_paper(found: ProviderInvoice) -> Document:
    """The document that we wrote; NotFound where the paper is the provider's own file."""
    if found.document is None:
        raise NotFound("This invoice is the provider's own. Its paper is the file that it sent.")
    return found.document


def pdf_response(found: ProviderInvoice) -> HttpResponse:
    """The kept PDF of an invoice that we wrote."""
    response = HttpResponse(document_pdf(own_paper(found)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


def xml_response(found: ProviderInvoice) -> HttpResponse:
    """The kept e-invoice of an invoice that we wrote."""
    return ubl_response(document_ubl(own_paper(found)), f"{found.number}.xml")


@finance_page(section="finance-payment-batches")
def pdf(request: FinanceRequest, pk: int) -> HttpResponse:
    """The PDF of one that we wrote."""
    return pdf_response(provider_invoice_for(request.actor, pk))


@finance_page(section="finance-payment-batches")
def ubl(request: FinanceRequest, pk: int) -> HttpResponse:
    """The e-invoice of one that we wrote."""
    return xml_response(provider_invoice_for(request.actor, pk))
