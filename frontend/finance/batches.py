"""Journey 6, the invoice batch: a date, a preview of exactly what would be issued, and one button."""

import hashlib
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.held import missing_of
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.numbers import whole
from invoicing.queries import invoices_for
from invoicing.receivables.billing_job import start_billing
from invoicing.receivables.grouping import Proposal
from invoicing.services import propose
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.jobs import JobAlreadyRuns, work_now
from marketplace.core.models import Job
from marketplace.organisations.models import Organisation

AHEAD, BACK = timedelta(days=31), timedelta(days=366)
AT_ONCE = 50


class BatchForm(forms.Form):
    """The day that the invoices will carry: at most a month ahead, at most a year back."""

    on = ShortDateField(label="Invoice date", help_text="Such as 1/9/26. Items due on or before this day are invoiced")

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        today = timezone.localdate()
        if not today - BACK <= on <= today + AHEAD:
            raise forms.ValidationError("Invoice date must be within the last year or the next 31 days")
        return on


def fingerprint_of(proposal: Proposal) -> dict[int, str]:
    """Each item that would be invoiced with a short mark of what its invoice line would say.

    A browser keeps it beside the button; when it comes back different, somebody changed an item meanwhile.
    """
    return {
        line.charge_id or 0: hashlib.sha256(
            f"{draft.customer_id}|{draft.purchase_order}|{len(draft.instalments)}|{line.net_pence}|{line.vat}"
            f"|{line.description}".encode()
        ).hexdigest()[:8]
        for draft in proposal.invoices
        for line in draft.lines
    }


def later_of(proposal: Proposal) -> list[tuple[str, str, int, int]]:
    """(customer, on which monthly invoice, items, pence before VAT) of what waits for the end of its month."""
    sums: dict[tuple[str, str], list[int]] = {}
    for item in proposal.later:
        found = sums.setdefault((item.customer, item.reason), [0, 0])
        found[0] += 1
        found[1] += item.pence
    return [(*key, count, pence) for key, (count, pence) in sorted(sums.items())]


def packed(marks: dict[int, str]) -> str:
    return ",".join(f"{pk}-{mark}" for pk, mark in marks.items())


def unpacked(text: str) -> dict[int, str]:
    """The marks that a browser sends back; whatever else it sends counts as nothing seen."""
    pairs = (part.partition("-") for part in text.split(","))
    return {number: mark for pk, _, mark in pairs if (number := whole(pk))}


def changed_since(shown: dict[int, str], now: dict[int, str]) -> int:
    """How many items came, went or changed."""
    return sum(shown.get(pk) != now.get(pk) for pk in shown.keys() | now.keys())


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def batches(request: FinanceRequest) -> HttpResponse:
    """Date, preview, issue. What is issued is what was shown, or nothing.

    Every batch is a job, so that a kill loses nothing and the page of the job tells how far it is. A batch of at most
    ``AT_ONCE`` invoices takes less than a second: its job is done within the request, whether or not a worker lives,
    and the person sees the invoices at once. A larger one leads to the job's page and waits for a worker.
    """
    if request.method == "POST":
        return _issue(request)
    form = BatchForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    if not form.is_valid():
        return show(request, "batch_date.html", {"form": form}, status=400 if form.is_bound else 200)
    return _preview(request, form, propose(on=form.cleaned_data["on"]))


def _issue(request: FinanceRequest) -> HttpResponse:
    form = BatchForm(request.POST)
    if not form.is_valid():
        return show(request, "batch_date.html", {"form": form}, status=400)
    proposal = propose(on=form.cleaned_data["on"])
    changed = changed_since(unpacked(request.POST.get("shown", "")), fingerprint_of(proposal))
    if changed or not proposal.invoices:
        return _preview(request, form, proposal, changed=changed, status=409)
    try:
        job = start_billing(proposal=proposal, actor=request.actor)
    except JobAlreadyRuns as error:
        running = url("job", number=error.facts["number"])
        return _preview(request, form, proposal, errors=said(error), running=running, status=error.status)
    except DomainError as error:
        return _preview(request, form, proposal, errors=said(error), status=error.status)
    if len(proposal.invoices) > AT_ONCE:
        return redirect("job", number=job.number)
    return _ended(request, work_now(job))


def _ended(request: FinanceRequest, job: Job) -> HttpResponse:
    """Where a batch that was issued within the request leads: to its invoices, or to its job's page."""
    if job.state != Job.State.DONE or not job.result["spans"]:
        return redirect("job", number=job.number)
    if job.refused:
        messages.warning(request, f"{plural(job.refused, 'invoice')} changed meanwhile and waits for the next batch.")
    spans = job.result["spans"]
    return redirect(url("finance-invoice-batch-done", first=spans[0][0], last=spans[-1][1]))


def _preview(
    request: FinanceRequest,
    form: BatchForm,
    proposal: Proposal,
    *,
    changed: int = 0,
    errors: list[str] | None = None,
    running: str = "",
    status: int = 200,
) -> HttpResponse:
    page = page_of(request, proposal.invoices)
    customers = Organisation.objects.in_bulk([draft.customer_id for draft in page])
    before = _month_before(request.actor, proposal.on)
    return show(
        request,
        "batch_preview.html",
        {
            "form": form,
            "proposal": proposal,
            "errors": errors,
            "running": running,
            "changed": changed,
            "page_obj": page,
            "rows": [(customers[draft.customer_id], draft) for draft in page],
            "month": before[0],
            "month_pence": before[1],
            "held_pence": sum(item.pence for item in proposal.held),
            "missing": missing_of(item.charge_id for item in proposal.held),
            "later": later_of(proposal),
            "later_pence": sum(item.pence for item in proposal.later),
            "shown": packed(fingerprint_of(proposal)),
            "here": f"{url('finance-invoice-batches')}?on={proposal.on.isoformat()}",
        },
        status=status,
    )


def _month_before(actor: Actor, on: date) -> tuple[date, int]:
    """The first day of the month before, and the gross pence invoiced in it."""
    last = on.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    issued = invoices_for(actor).filter(issued_on__gte=first, issued_on__lte=last)
    return first, issued.aggregate(sum=Sum("gross_pence"))["sum"] or 0


@finance_page(section="finance-invoicing")
def batch_done(request: FinanceRequest, first: str, last: str) -> HttpResponse:
    """What a batch issued: the invoices from one number to another."""
    ends = dict(invoices_for(request.actor).filter(number__in=[first, last]).values_list("number", "pk"))
    if first not in ends or last not in ends:
        raise NotFound("There are no such invoices.")
    issued = invoices_for(request.actor).filter(pk__gte=ends[first], pk__lte=ends[last]).order_by("pk")
    sums = issued.aggregate(
        count=Count("pk"), net=Sum("net_pence"), vat=Sum("vat_pence"), gross=Sum("gross_pence"),
        issued_on=Max("issued_on"),
    )  # fmt: skip
    context = {"first": first, "last": last, "sums": sums, "page_obj": page_of(request, issued)}
    return show(request, "batch_done.html", context)
