"""Payment reminders: what would be sent today, one button, what was sent, and the letter to post."""

import hashlib

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, said, show
from frontend.finance.letters import letter_pdf
from frontend.finance.listing import csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import money, plural
from frontend.jinja import url
from invoicing.credit_control.models import ReminderLevel
from invoicing.credit_control.queries import reminder_for, reminder_levels, reminders_for
from invoicing.credit_control.rules.reminding import IN_QUERY, JOURNAL, PAUSED, SMALL
from invoicing.credit_control.services.reminders import ReminderProposal, mark_of
from invoicing.services import propose_reminders, send_reminders
from marketplace.core.errors import DomainError
from marketplace.organisations.models import Organisation

WHY_NOT = {
    JOURNAL: "Settled by the council's journal",
    PAUSED: "Paused",
    IN_QUERY: "All of it is in query",
    SMALL: "Less than the level asks for",
}


def fingerprint(proposal: ReminderProposal) -> str:
    """What the button posts back of what was shown."""
    marks = sorted((one.customer_id, mark_of(one)) for one in proposal.reminders)
    return hashlib.sha256(repr((proposal.on, marks)).encode()).hexdigest()[:16]


@finance_page(READ_AND_WRITE, section="finance-customers")
def reminders(request: FinanceRequest) -> HttpResponse:
    """The reminders of today as they would go out; sends exactly those, or says what changed and shows them anew."""
    today = timezone.localdate()
    proposal = propose_reminders(on=today)
    if request.method != "POST":
        return _preview(request, proposal)
    if request.POST.get("shown") != fingerprint(proposal) or not proposal.reminders:
        changed = ["What is owed changed since you looked. Nothing was sent. Look again and decide."]
        return _preview(request, proposal, errors=changed, status=409)
    try:
        sent = send_reminders(
            on=today, shown={one.customer_id: mark_of(one) for one in proposal.reminders}, actor=request.actor
        )
    except DomainError as error:
        return _preview(request, proposal, errors=said(error), status=error.status)
    messages.success(request, f"{plural(sent.count, 'reminder')} sent, {money(sent.pence)}.")
    return redirect(url("finance-reminders-sent"))


def _preview(
    request: FinanceRequest, proposal: ReminderProposal, *, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    page = page_of(request, proposal.reminders)
    wanted = {one.customer_id for one in (*page, *proposal.left_out)}
    customers = Organisation.objects.in_bulk(wanted)
    levels = ReminderLevel.objects.in_bulk()
    context = {
        "proposal": proposal,
        "shown": fingerprint(proposal),
        "page_obj": page,
        "rows": [
            (customers[one.customer_id], levels[one.level_id], one, min(item.due_on for item in one.items))
            for one in page
        ],
        "left_out": [(customers[one.customer_id], WHY_NOT[one.reason], one.pence) for one in proposal.left_out],
        "levels": list(reminder_levels(request.actor)),
        "errors": errors,
    }
    return show(request, "reminders.html", context, status=status)


@finance_page(section="finance-customers")
def sent(request: FinanceRequest) -> HttpResponse:
    """Reminders that were sent, newest first; with ``?customer=`` those of one."""
    found = reminders_for(request.actor).order_by("-pk")
    if number := request.GET.get("customer", "").replace("\0", ""):  # PostgreSQL's text holds no NUL
        found = found.filter(organisation__number=number)
    if wants_csv(request):
        rows = ([one.sent_on, one.organisation.number, one.organisation.name, one.level.name, one.channel, pounds(one.pence)] for one in found)  # fmt: skip
        return csv_response("reminders", ["sent_on", "customer_number", "customer", "level", "sent_by", "amount"], rows)
    page = page_of(request, found)
    context = {"page_obj": page, "customer_number": number, "csv_url": csv_url(request)}
    return show(request, "reminders_sent.html", context)


@finance_page(section="finance-customers")
def letter(request: FinanceRequest, pk: int) -> HttpResponse:
    """The letter of a reminder, to print and post."""
    found = reminder_for(request.actor, pk)
    response = HttpResponse(letter_pdf(found), content_type="application/pdf")
    name = f"reminder-{found.organisation.number}-{found.sent_on.isoformat()}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
