"""One customer who is late: interest to date with how it comes about, claiming it, and a pause of reminders."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.customers import customer_for
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from invoicing.credit_control.rules.late_payment import STATUTORY, NoReferenceRate
from invoicing.credit_control.services.late import ItemToDate, claims_on, late_payments
from invoicing.credit_control.services.levels import pause_on
from invoicing.queries import open_items_for
from invoicing.services import claim_late_payment, end_pause, pause_reminders
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import round_half_up
from marketplace.organisations.models import CustomerTerms, Organisation
from marketplace.organisations.services.registry import terms_of


class PauseForm(forms.Form):
    """Until when no reminders go out, and why."""

    last = ShortDateField(label="Last day of the pause")
    reason = forms.CharField(
        label="Reason", max_length=240, help_text="For finance and the auditor. Do not name pupils."
    )


@finance_page(READ_AND_WRITE, section="finance-customers")
def late_payment(request: FinanceRequest, number: str) -> HttpResponse:
    """What each overdue invoice bears to today, and the button that claims exactly that."""
    customer = customer_for(request.actor, number)
    today = timezone.localdate()
    rows, errors = _rows(request, customer, today)
    if request.method == "POST" and not errors:
        try:
            return _claim(request, customer, rows, today)
        except DomainError as error:
            errors = said(error)
    context = {
        "customer": customer,
        "today": today,
        "rows": [(row, _steps(row, today)) for row in rows],
        "interest_pence": sum(row.interest_left for row in rows),
        "fixed_pence": sum(row.fixed_left for row in rows),
        "is_on": claims_on(today),
        "by_journal": terms_of(customer).settlement == CustomerTerms.Settlement.COUNCIL_JOURNAL,
        "errors": errors,
        "back_url": url("finance-customer", number=number),
    }
    return show(request, "late_payment.html", context, status=409 if request.method == "POST" else 200)


def _rows(request: FinanceRequest, customer: Organisation, today: date) -> tuple[list[ItemToDate], list[str]]:
    """Overdue items to date; without the reference rate none, and the sentence that says so."""
    items = list(open_items_for(request.actor).filter(organisation=customer, due_on__lt=today))
    try:
        return late_payments(items, on=today), []
    except NoReferenceRate as error:
        return [], said(error)


def _claim(request: FinanceRequest, customer: Organisation, rows: list[ItemToDate], today: date) -> HttpResponse:
    row = next((row for row in rows if str(row.item.pk) == request.POST.get("item")), None)
    if row is None:
        raise NotFound("There is no such invoice to claim for.")
    if request.POST.get("shown") != str(row.left):
        raise Changed("What may be claimed changed since you looked. Nothing was claimed. Look again and decide.")
    claim = claim_late_payment(item=row.item, on=today, actor=request.actor)
    pence = claim.interest_pence + claim.fixed_pence
    messages.success(
        request, f"{money(pence)} claimed on {row.item.document.number}: it goes with the next invoice batch."
    )
    return redirect(url("finance-late-payment", number=customer.number))


class Changed(DomainError):
    """The figures are no longer what the person was shown."""

    code = "late_payment_changed"


def _why_nothing(row: ItemToDate, today: date) -> str:
    if row.by_journal:
        return "Settled by the council's journal: no interest is claimed"
    if row.sold_by:
        return f"Sold by {row.sold_by}: interest on it is the supplier's to claim"
    if row.performed_on is not None and row.performed_on >= today:
        return f"Invoiced in advance: its service is given until {long_date(row.performed_on)}, and no interest begins before"
    return "All of it is in query"


def _steps(row: ItemToDate, today: date) -> list[dict[str, Any]]:
    """How the sum comes about, each step a sentence."""
    due = row.due
    if due.starts_on is None or due.reference is None or due.half_from is None:
        return [{"text": _why_nothing(row, today), "pence": None}]
    percent = f"{(due.reference * 100).normalize():f}%"
    steps: list[dict[str, Any]] = [
        {
            "text": f"From {long_date(due.starts_on)}, the day after it was due",
            "note": f"{STATUTORY * 100:f}".rstrip("0").rstrip(".") + f"% and the reference rate of {percent} from {long_date(due.half_from)}",
            "pence": None,
        }
    ]  # fmt: skip
    exact = [round_half_up(one.interest) for one in due.stretches]
    steps += [{"text": one.in_words(), "pence": pence} for one, pence in zip(due.stretches, exact, strict=True)]
    if rest := due.interest_pence - sum(exact):
        steps.append({"text": "Rounded once, on the sum", "pence": rest})
    if row.claimed_interest:
        steps.append({"text": "Claimed before", "pence": -row.claimed_interest})
    if row.fixed_left:
        steps.append({"text": f"Fixed sum for a debt of {money(due.stretches[0].pence)}", "pence": row.fixed_left})
    return steps


@finance_page(READ_AND_WRITE, section="finance-customers", to="pause reminders")
def pause(request: FinanceRequest, number: str) -> HttpResponse:
    """Pauses the reminders of a customer to a day, or ends the pause."""
    customer = customer_for(request.actor, number)
    today = timezone.localdate()
    running = pause_on(customer, today)
    back = url("finance-customer", number=number)
    if "end" in request.POST:
        end_pause(customer=customer, on=today, actor=request.actor)
        messages.success(request, f"Reminders may go to {customer.name} again.")
        return redirect(back)
    initial = {"last": running.until_on - timedelta(days=1), "reason": running.reason} if running else None
    form = PauseForm(posted(request), initial=initial)
    errors: list[str] = []
    if form.is_valid():
        until = form.cleaned_data["last"] + timedelta(days=1)
        try:
            pause_reminders(
                customer=customer, from_on=today, until_on=until, reason=form.cleaned_data["reason"], actor=request.actor
            )  # fmt: skip
        except DomainError as error:
            errors = said(error)
        else:
            days = plural((until - today).days, "day")
            messages.success(request, f"No reminders go to {customer.name} for {days}.")
            return redirect(back)
    context = {"customer": customer, "form": form, "running": running, "errors": errors, "back_url": back}
    return show(request, "reminder_pause.html", context, status=409 if errors else 400 if form.is_bound else 200)
