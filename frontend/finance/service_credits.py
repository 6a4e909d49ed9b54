"""Service credits: what comes back for missed promises of the desk, to be given back or not by a finance manager."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from frontend.desk_words import plain, promised_rows, when
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, show
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, wants_csv
from frontend.formats import long_date, money, period, plural
from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError
from subscriptions.desk.queries import is_desk
from subscriptions.desk.services.crediting import REASON_LIMIT, CreditPreview, preview_credit
from subscriptions.models import ServiceCredit
from subscriptions.queries import credit_for, credits_for
from subscriptions.services import approve_credit, waive_credit

State = ServiceCredit.State
_CSV = [
    "ticket",
    "school",
    "service",
    "month_from",
    "month_price",
    "percent",
    "credit_before_vat",
    "state",
    "decided_on",
]
_MISSED = {"response": "answer", "fix": "put right"}


class CreditFilter(forms.Form):
    """Which credits to show; those that wait unless said."""

    show = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "To decide"), (State.APPROVED, "Given back"), (State.WAIVED, "Not given"), ("all", "All")],
    )
    q = forms.CharField(required=False, label="Ticket, school or service", max_length=100)


class DecisionForm(forms.Form):
    """Why it is not given back, where it is not."""

    reason = forms.CharField(label="Why nothing comes back", required=False, max_length=REASON_LIMIT)


def _filtered(found: QuerySet[ServiceCredit], form: CreditFilter) -> QuerySet[ServiceCredit]:
    wanted = form.cleaned_data if form.is_valid() else {}
    which = wanted.get("show", "")
    if which != "all":
        found = found.filter(state=which or State.PROPOSED)
    if text := wanted.get("q"):
        named = found.filter(ticket__number__iexact=text)
        found = (
            named | found.filter(ticket__organisation__name__icontains=text) | found.filter(line__title__icontains=text)
        )
    return found


@finance_page(section="finance-customers")
def credits(request: FinanceRequest) -> HttpResponse:
    """Credits proposed for missed promises, with their sum over the whole filter."""
    form = CreditFilter(request.GET)
    found = _filtered(credits_for(request.actor), form)
    if wants_csv(request):
        return csv_response("service-credits", _CSV, (_cells(one) for one in found))
    page = page_of(request, found)
    context = {
        "form": form,
        "chosen": chosen(request, form),
        "page_obj": page,
        "rows": [{"credit": one, "month": period(one.month_from, one.month_to)} for one in page],
        "pence": found.order_by().aggregate(pence=Sum("pence", default=0))["pence"],
        "csv_url": csv_url(request),
        "back_url": url("finance-customers"),
    }
    return show(request, "service_credits.html", context)


def _cells(one: ServiceCredit) -> list[object]:
    return [
        one.ticket.number, one.ticket.organisation.name, one.line.title, one.month_from, pounds(one.month_pence),
        one.percent, pounds(one.pence), one.state, one.decided_on,
    ]  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-customers")
def credit(request: FinanceRequest, pk: int) -> HttpResponse:
    """One credit: the promise, the working, what approving does; approve or not."""
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to="decide on a service credit")
    found = credit_for(request.actor, pk)
    preview, now = preview_credit(found), timezone.now()
    form = DecisionForm(posted(request))
    if form.is_valid():
        try:
            messages.success(request, _done(found, preview, request, form.cleaned_data["reason"]))
            return redirect("finance-service-credit", pk=pk)
        except DomainError as error:
            form.add_error("reason" if error.code == "wrong_input" else None, error.message)
    context: dict[str, Any] = {
        "credit": found,
        "ticket": found.ticket,
        "form": form,
        "state": f"credit {found.state}",
        "facts": _facts(found),
        "steps": _steps(found, preview),
        "preview": preview,
        "how": _how(preview),
        "promised": promised_rows(found.ticket, now),
        "ticket_url": url("organise-ticket", number=found.ticket.number) if is_desk(request.actor) else "",
        "open": found.state == State.PROPOSED,
        "may_decide": request.actor.has(Role.FINANCE_MANAGER),
        "back_url": url("finance-service-credits"),
    }
    return show(request, "service_credit.html", context, status=400 if form.errors else 200)


def _facts(credit: ServiceCredit) -> list[dict[str, object]]:
    """The promise and what it is about."""
    found = [
        ("School", credit.ticket.organisation.name),
        ("Service", f"{credit.line.title}, agreement {credit.line.agreement.number}"),
        ("Missed", f"{_MISSED[credit.missed.clock]} by {when(credit.missed.due_at)}"),
        ("Proposed", long_date(credit.proposed_on)),
    ]
    if credit.decided_on:
        who = credit.decided_by.name if credit.decided_by else "the platform"
        found.append(("Decided", f"{long_date(credit.decided_on)} by {who}"))
    if credit.reason:
        found.append(("Why nothing comes back", credit.reason))
    return [{"key": key, "value": value} for key, value in found]


def _steps(credit: ServiceCredit, preview: CreditPreview) -> list[dict[str, object]]:
    """The working: the percentage of the month, cut where the cap bit, and VAT."""
    cut = credit.pence + 1 < credit.month_pence * credit.percent / 100
    note = f"{credit.line.title}, {period(credit.month_from, credit.month_to)}"
    return [
        {
            "text": f"{plain(credit.percent)}% of {money(credit.month_pence)}",
            "pence": credit.pence,
            "note": f"{note}; cut to what is left of the most for a month" if cut else note,
        },
        {"text": f"VAT at {plain(credit.line.vat_rate * 100)}%", "pence": preview.amount.vat.pence},
    ]


def _how(preview: CreditPreview) -> str:
    if not preview.charge_key:
        return "The month is not charged yet. It can be given back once it is."
    if preview.invoiced:
        return "The month is invoiced, so it becomes a credit due, which the next credit notes give back."
    return "The month is not invoiced yet, so it comes off the item to invoice."


def _done(credit: ServiceCredit, preview: CreditPreview, request: FinanceRequest, reason: str) -> str:
    on, school = timezone.localdate(), credit.ticket.organisation.name
    if request.POST.get("do") == "waive":
        waive_credit(credit=credit, reason=reason, on=on, actor=request.actor)
        return f"Nothing comes back for {credit.ticket.number}."
    approve_credit(credit=credit, on=on, actor=request.actor)
    return f"{preview.amount.gross} comes back to {school}."


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Credits that wait for a finance manager. One query, none for others."""
    if actor.system or not actor.has(Role.FINANCE_MANAGER):
        return []
    waiting = list(
        ServiceCredit.objects.filter(state=State.PROPOSED).order_by("pk").values_list("pence", "proposed_on")
    )
    if not waiting:
        return []
    return [
        {
            "text": f"Decide on {plural(len(waiting), 'service credit')}",
            "href": reverse("finance-service-credits"),
            "pence": sum(pence for pence, _ in waiting),
            "since": waiting[0][1],
            "next": "For promises that our service desk missed, before VAT.",
        }
    ]
