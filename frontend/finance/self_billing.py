"""Self-billing: the agreements, and writing the invoices of a day with a preview of who is invoiced and who is held."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import page_of
from frontend.finance.self_billing_forms import AgreementForm, EndForm, PaperForm, RunForm
from frontend.formats import long_date, plural
from frontend.jinja import url
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.agreements import end_self_billing, offer_self_billing, record_signed_paper
from invoicing.provider_invoices.queries import agreement_for, agreements_for
from invoicing.provider_invoices.vat_holders import vat_holders
from invoicing.self_billing.billing import propose_self_billing, vat_changed
from invoicing.self_billing.job import start_self_billing
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.jobs import work_now
from marketplace.core.models import Job

OFFER = "offer self-billing agreements"
AT_ONCE = 200


def state_of(agreement: SelfBillingAgreement) -> str:
    """Its tag today."""
    today = timezone.localdate()
    if agreement.valid_to <= today:
        return "agreement ended"
    if agreement.signed_on is None:
        return "agreement unsigned"
    return "agreement runs" if agreement.valid_from <= today else "agreement begins"


def last_day(agreement: SelfBillingAgreement) -> date:
    """The last day on which we write invoices under it."""
    return agreement.valid_to - timedelta(days=1)


@finance_page(section="finance-payment-batches")
def agreements(request: FinanceRequest) -> HttpResponse:
    """Every agreement, the newest first, with what is wrong with one that should run."""
    page = page_of(request, agreements_for(request.actor))
    providers = [row.provider for row in page]
    holders = vat_holders(providers, timezone.localdate())
    context = {
        "page_obj": page, "state_of": state_of, "last_day": last_day, "count_text": plural(page.paginator.count, "agreement"),
        "changed": {row.pk: vat_changed(row, holders[row.provider_id]) for row in page},
        "may_offer": request.actor.has(Role.FINANCE_MANAGER),
    }  # fmt: skip
    return show(request, "self_billing.html", context)


@finance_page(READ_AND_WRITE, section="finance-payment-batches", to=OFFER)
def new(request: FinanceRequest) -> HttpResponse:
    """Prepares an agreement that the provider then signs."""
    request.actor.require(Role.FINANCE_MANAGER, to=OFFER)
    form = AgreementForm(posted(request), initial={"valid_from": timezone.localdate()})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data
        last = given["last_day"]
        try:
            made = offer_self_billing(
                provider=given["provider"], valid_from=given["valid_from"], on=timezone.localdate(),
                valid_to=last + timedelta(days=1) if last else None, actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
            status = error.status
        else:
            messages.success(request, f"{made.number} waits for {made.provider.name} to sign it.")
            return redirect(url("finance-self-billing-agreement", number=made.number))
    context = {"form": form, "back_url": url("finance-self-billing")}
    return show(request, "self_billing_new.html", context, status=status)


@finance_page(READ_AND_WRITE, section="finance-payment-batches")
def agreement(request: FinanceRequest, number: str) -> HttpResponse:
    """One agreement: its VAT facts, who signed it, its end."""
    found = agreement_for(request.actor, number)
    do = request.POST.get("do")
    paper = PaperForm(posted(request) if do == "sign" else None, request.FILES or None)
    end = EndForm(posted(request) if do == "end" else None, initial={"on": timezone.localdate()})
    errors, status = [], 200
    if request.method == "POST":
        status = 400
        try:
            if done := _done(request, found, paper, end):
                messages.success(request, done)
                return redirect(url("finance-self-billing"))
        except DomainError as error:
            errors, status = said(error), error.status
    holder = vat_holders([found.provider], timezone.localdate())[found.provider_id]
    manages = request.actor.has(Role.FINANCE_MANAGER)
    context: dict[str, Any] = {
        "agreement": found, "state": state_of(found), "errors": errors, "paper": paper, "end": end,
        "last_day": last_day(found), "changed": vat_changed(found, holder),
        "may_sign": manages and found.signed_on is None, "may_end": manages and found.ended_on is None,
        "back_url": url("finance-self-billing"), "forms": [paper, end],
        "history": history_of(subject_kind="self_billing_agreement", subject=found.number),
    }  # fmt: skip
    return show(request, "self_billing_agreement.html", context, status=status)


def _done(request: FinanceRequest, found: SelfBillingAgreement, paper: PaperForm, end: EndForm) -> str:
    """What the button does, in words; empty where the form says what is missing."""
    do = request.POST.get("do")
    if do == "sign":
        if not paper.is_valid():
            return ""
        file = paper.cleaned_data["file"]
        record_signed_paper(
            agreement=found, name=paper.cleaned_data["name"], upload=file.read(), file_name=file.name,
            on=timezone.localdate(), actor=request.actor,
        )  # fmt: skip
        return f"{found.number} is signed. We write the invoices of {found.provider.name} now."
    if do != "end":
        raise WrongInput("Choose what to do")
    if not end.is_valid():
        return ""
    given = end.cleaned_data
    kept = end_self_billing(agreement=found, on=given["on"], reason=given["reason"], actor=request.actor)
    if kept is None:
        return f"{found.number} is withdrawn: {found.provider.name} had not signed it."
    return f"From {long_date(kept.valid_to)} on we write no invoices under {found.number}."


@finance_page(READ_AND_WRITE, section="finance-payment-batches")
def run(request: FinanceRequest) -> HttpResponse:
    """A date, a preview of who would be invoiced for how much and who is held and why, and one button.

    Up to 200 documents are written within the request; more lead to the job's page.
    """
    asked = request.POST if request.method == "POST" else request.GET if "on" in request.GET else None
    form = RunForm(asked, initial={"on": timezone.localdate()})
    if not form.is_valid():
        return show(request, "self_billing_date.html", {"form": form}, status=400 if form.is_bound else 200)
    proposal = propose_self_billing(on=form.cleaned_data["on"])
    errors, status = [], 200
    if request.method == "POST":
        try:
            job = start_self_billing(proposal=proposal, actor=request.actor)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            return _started(request, job, len(proposal.documents))
    invoices, credits = proposal.sums("self_billed"), proposal.sums("self_billed_credit")
    context = {
        "proposal": proposal, "page_obj": page_of(request, proposal.documents), "errors": errors,
        "count": len(proposal.documents), "invoices": invoices, "credits": credits,
        "held": [one for one in proposal.held if not one.invoices_itself],
        "themselves": [one for one in proposal.held if one.invoices_itself],
        "here": f"{url('finance-self-billing-run')}?on={proposal.on.isoformat()}",
    }  # fmt: skip
    return show(request, "self_billing_run.html", context, status=status)


def _started(request: FinanceRequest, job: Job, count: int) -> HttpResponse:
    if count > AT_ONCE:
        return redirect("job", number=job.number)
    done = work_now(job)
    if done.state != Job.State.DONE:
        return redirect("job", number=job.number)
    wrote = done.result["invoices"] + done.result["credits"]
    messages.success(request, f"{plural(wrote, 'document')} written. Each provider sees its own.")
    return redirect(url("finance-provider-invoices"))
