"""A provider's money: what it earned, what is invoiced and when it is paid, what is queried, its papers, its year."""

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.offer_queries import provider_for
from frontend.buying import SignedInRequest
from frontend.finance.access import posted, said
from frontend.finance.listing import csv_response, page_of, pounds
from frontend.finance.papers import document_pdf
from frontend.finance.provider_invoices import pdf_response, tag_of, xml_response
from frontend.finance.self_billing import last_day, state_of
from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.provider.sending import may_credit
from invoicing.payees.queries import holds_for
from invoicing.payees.services import accounts_of
from invoicing.paying_out.proposing import account_words
from invoicing.paying_out.queries import payments_for
from invoicing.provider_invoices.agreements import agreement_on, sign_self_billing
from invoicing.provider_invoices.deciding import answer_query
from invoicing.provider_invoices.due import payment_day
from invoicing.provider_invoices.matching import owed_amounts
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.queries import (
    agreement_for,
    agreements_for,
    claims_of,
    earned_for,
    money_of,
    provider_invoice_for,
    provider_invoices_for,
)
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.queries import partnership
from providers.models import Provider

_STATE = ProviderInvoice.State
PAYMENT_TAGS = {"sent": "payment sent", "paid": "paid", "rejected": "payment rejected"}
YEAR_HEADER = ["on", "what_for", "why", "before_vat", "invoice", "invoice_dated", "invoice_state"]


class AnswerForm(forms.Form):
    """The answer to a query."""

    answer = forms.CharField(label="Your answer", max_length=240)


class SignForm(forms.Form):
    """Who signs, and that the provider keeps to the terms."""

    name = forms.CharField(label="Your full name", max_length=120)
    agree = forms.BooleanField(label="I agree to this for the provider, and may do so")


@login_required
@require_safe
def provider_money(request: SignedInRequest, provider: str) -> HttpResponse:
    """How it stands, what it earned and no invoice carries yet, and its invoices; ``?year=`` downloads a year."""
    found = provider_for(request.actor, provider)
    today = timezone.localdate()
    if (
        (year := request.GET.get("year", "")).isdecimal()
        and len(year) == 4
        and date.min.year <= int(year) < date.max.year
    ):
        return _year(request, found, int(year))
    organisation = found.organisation
    page = page_of(request, provider_invoices_for(request.actor).filter(provider=organisation))
    agreements = list(agreements_for(request.actor).filter(provider=organisation)[:5])
    owed = owed_amounts(organisation)
    pay_day = payment_day(today)
    payments = payments_for(request.actor).filter(provider=organisation)[:10]
    context = {
        "payments": payments, "payment_tags": PAYMENT_TAGS,
        "holds": holds_for(request.actor).filter(provider=organisation, lifted_on__isnull=True),
        "provider": found, "sums": money_of(request.actor, organisation), "page_obj": page, "tag_of": tag_of,
        "owed": owed[:20], "owed_more": len(owed) - 20, "agreements": agreements, "state_of": state_of, "last_day": last_day,
        "running": agreement_on(organisation, today), "pay_day": pay_day, "years": _years(today),
        "account_note": account_words(accounts_of([organisation.pk]).get(organisation.pk), pay_day),
        "to_sign": next((one for one in agreements if one.signed_on is None and one.valid_to > today), None),
    }  # fmt: skip
    return render(request, "provider/money.html", context)


def _years(today: date) -> list[tuple[int, str]]:
    """The tax years (6 April to 5 April) that an accountant asks for: this one and the two before."""
    this = today.year if (today.month, today.day) >= (4, 6) else today.year - 1
    return [(year, f"6 April {year} to 5 April {year + 1}") for year in (this, this - 1, this - 2)]


def _year(request: SignedInRequest, found: Provider, year: int) -> HttpResponse:
    rows = earned_for(
        request.actor, found.organisation, start=date(year, 4, 6), end=date(year + 1, 4, 6)
    )  # fmt: skip
    cells = []
    for row in rows:
        carried = getattr(row, "invoiced", None)
        paper = carried.line.invoice if carried else None
        cells.append([
            row.made_on, row.payable.description, row.reason, pounds(row.pence), paper.number if paper else "",
            paper.dated_on if paper else "", paper.get_state_display() if paper else "",
        ])  # fmt: skip
    return csv_response(f"{found.code}-{year}-{year + 1}", YEAR_HEADER, cells)


def _own(request: SignedInRequest, provider: str, pk: int) -> tuple[Provider, ProviderInvoice]:
    found = provider_for(request.actor, provider)
    one = provider_invoice_for(request.actor, pk)
    if one.provider_id != found.organisation_id:
        raise NotFound("Page not found")
    return found, one


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """One invoice: what it is for, when it is paid, and answering a query."""
    found, one = _own(request, provider, pk)
    form = AnswerForm(posted(request))
    errors, status = [], 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer_query(invoice=one, answer=form.cleaned_data["answer"], actor=request.actor)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, f"We read your answer and check {one.number} again.")
            return redirect(url("provider-invoice", provider=provider, pk=pk))
    context = {
        "provider": found, "invoice": one, "state_tag_name": tag_of(one), "form": form, "forms": [form], "errors": errors,
        "lines": list(one.lines.select_related("payable").order_by("position")), "next_words": next_words(one),
        "claims": claims_of(one), "may_credit": may_credit(one),
        "back_url": url("provider-money", provider=provider),
    }  # fmt: skip
    return render(request, "provider/invoice.html", context, status=status)


def next_words(one: ProviderInvoice) -> str:
    """What happens next, in a sentence that the provider reads."""
    if one.state == _STATE.RECEIVED:
        return f"We check it. Once agreed it is paid on {long_date(one.due_on)}."
    if one.state == _STATE.QUERIED:
        return f"We ask: {one.reason} It is not paid before you answer."
    if one.state == _STATE.REFUSED:
        return f"We refused it: {one.reason} What it was for waits for another invoice."
    left, gross = one.outstanding_pence, one.gross_pence
    if one.is_credit and not left and (asked := [claim for claim in claims_of(one) if not claim.withdrawn]):
        last = asked[-1]
        return (
            f"Nothing is due to you from which to take it, so pay {money(last.pence)} back by "
            f"{long_date(last.due_on)}: {last.document.number}."
        )
    if one.is_credit:
        return (
            f"{money(left)} is taken from your next payment." if left else f"{money(gross)} was taken from a payment."
        )
    if not left:
        return f"{money(gross)} is paid."
    before = f", {money(gross - left)} is paid already" if left < gross else ""
    return f"{money(left)} is to be paid on {long_date(one.due_on)}{before}."


@login_required
@require_safe
def pdf(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """The PDF of an invoice that was written for the provider."""
    return pdf_response(_own(request, provider, pk)[1])


@login_required
@require_safe
def claim_pdf(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """The repayment request for what is left of a credit note: the newest."""
    claims = claims_of(_own(request, provider, pk)[1])
    if not claims:
        raise NotFound("Nothing is claimed back of this.")
    paper = claims[-1].document
    response = HttpResponse(document_pdf(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper.number}.pdf"'
    return response


@login_required
@require_safe
def ubl(request: SignedInRequest, provider: str, pk: int) -> HttpResponse:
    """The e-invoice of an invoice that was written for the provider."""
    return xml_response(_own(request, provider, pk)[1])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: SignedInRequest, provider: str, number: str) -> HttpResponse:
    """The self-billing agreement: its terms, and signing it."""
    found = provider_for(request.actor, provider)
    one = agreement_for(request.actor, number)
    if one.provider_id != found.organisation_id:
        raise NotFound("Page not found")
    form = SignForm(posted(request))
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            sign_self_billing(
                agreement=one, name=form.cleaned_data["name"], on=timezone.localdate(), actor=request.actor
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
            status = error.status
        else:
            messages.success(
                request, f"{one.number} is signed. We write your invoices from {long_date(one.valid_from)} on."
            )
            return redirect(url("provider-money", provider=provider))
    context = {
        "provider": found, "agreement": one, "state": state_of(one), "last_day": last_day(one),
        "form": form, "forms": [form], "may_sign": one.signed_on is None and one.valid_to > timezone.localdate(),
        "us": partnership().name, "back_url": url("provider-money", provider=provider),
    }  # fmt: skip
    return render(request, "provider/self_billing.html", context, status=status)
