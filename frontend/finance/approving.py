"""What one of finance prepared and another approves: the list, the page of one, and the limits."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, page_of
from frontend.formats import money
from frontend.jinja import url
from invoicing.documents.models import Document, DocumentLine
from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.withdrawing_claims import owed_on
from invoicing.receivables.allocation import AllocationTooLarge
from invoicing.receivables.models import UnallocatedItem
from invoicing.receivables.refunds import MoreThanOnAccount
from invoicing.second_person.limits import limit_on
from invoicing.second_person.models import Action, FinanceLimit, PreparedAction
from invoicing.second_person.queries import prepared_for, prepared_one
from invoicing.services import approve, send_back, set_limit, withdraw
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError

State = PreparedAction.State


class PreparedFilter(forms.Form):
    """Which to show."""

    show = forms.ChoiceField(
        required=False, label="Show", choices=[("", "Waiting"), ("all", "All"), *[(s, s.label) for s in State][1:]]
    )


@finance_page(section="finance-invoicing")
def to_approve(request: FinanceRequest) -> HttpResponse:
    """What waits for a second person, newest first, or what was decided."""
    form = PreparedFilter(request.GET)
    found = prepared_for(request.actor)
    wanted = form.cleaned_data["show"] if form.is_valid() else ""
    if wanted != "all":
        found = found.filter(state=wanted or State.WAITING)
    waiting = prepared_for(request.actor).filter(state=State.WAITING)
    context = {
        "form": form, "chosen": chosen(request, form), "page_obj": page_of(request, found),
        "waiting_pence": sum(waiting.values_list("pence", flat=True)), "waiting_count": waiting.count(),
        "me": request.actor.person_id,
    }  # fmt: skip
    return show(request, "to_approve.html", context)


class AnswerForm(forms.Form):
    """Why it is sent back; nothing is needed to approve."""

    answer = forms.CharField(
        required=False, label="Reason, if you send it back", max_length=240, help_text="Whoever prepared it reads it"
    )


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def prepared(request: FinanceRequest, pk: int) -> HttpResponse:
    """What approving would do, who prepared it and why; and the decision of somebody else."""
    found = prepared_one(request.actor, pk)
    if request.method == "POST" and "withdraw" not in request.POST:
        request.actor.require(Role.FINANCE_MANAGER, to="decide on this")
    form = AnswerForm(posted(request))
    errors: list[str] = []
    status = 200
    if form.is_valid():
        try:
            done = _decide(request, found, form)
        except DomainError as error:
            errors, status = said(error), error.status
            if "approve" in request.POST and isinstance(error, MoreThanOnAccount | AllocationTooLarge):
                errors.append("Send it back with the reason, so that it can be prepared anew")
        else:
            messages.success(request, done)
            return redirect(url("finance-prepared", pk=pk))
    own = request.actor.person_id == found.prepared_by_id
    waiting = found.state == State.WAITING
    context = {
        "prepared": found, "form": form, "errors": errors, "facts": _facts(found), "own": own,
        "may_decide": waiting and not own and request.actor.has(Role.FINANCE_MANAGER),
        "may_withdraw": waiting and own,
        "history": history_of(subject_kind="prepared", subject=str(found.pk)),
        "back_url": url("finance-to-approve"),
    }  # fmt: skip
    return show(request, "prepared.html", context, status=status)


def _decide(request: FinanceRequest, found: PreparedAction, form: AnswerForm) -> str:
    what, now = f"{found.get_action_display()} of {money(found.pence)}", timezone.now()
    if "approve" in request.POST:
        made = approve(prepared=found, on=timezone.localdate(), at=now, actor=request.actor)
        return f"{what} approved and done: {made.outcome}."
    if "withdraw" in request.POST:
        withdraw(prepared=found, at=now, actor=request.actor)
        return f"{what} withdrawn. Nothing was posted."
    send_back(prepared=found, answer=form.cleaned_data["answer"], at=now, actor=request.actor)
    return f"{what} sent back to {found.prepared_by.name}. Nothing was posted."


def _facts(found: PreparedAction) -> list[dict[str, Any]]:
    """What approving would do, row by row."""
    given = found.arguments
    if found.action in (Action.CREDIT_NOTE, Action.WRITE_OFF):
        invoice = Document.objects.get(pk=given["document"])
        facts: list[dict[str, Any]] = [
            {
                "key": "Invoice",
                "value": invoice.number,
                "href": url("finance-invoice", number=invoice.number or ""),
                "action": "Open",
            },
            {"key": "Still owed on it", "value": money(sum(i.outstanding_pence for i in invoice.items.all()))},
        ]
        if found.action == Action.CREDIT_NOTE:
            lines = DocumentLine.objects.in_bulk([int(pk) for pk in given["amounts"]])
            facts += [
                {
                    "key": f"Line {lines[int(pk)].position}, before VAT",
                    "value": f"{money(pence)} of {lines[int(pk)].description}",
                }
                for pk, pence in given["amounts"].items()
            ]
        return facts
    if found.action == Action.WITHDRAWAL:
        claim = ClaimBack.objects.select_related("credit").get(pk=given["claim"])
        credit = {"href": url("finance-provider-invoice", pk=claim.credit_id), "action": "Open"}
        return [
            {"key": "Repayment request", "value": found.subject, "action": "Open",
             "href": url("finance-invoice", number=found.subject)},
            {"key": "Still owed on it", "value": money(owed_on(claim))},
            {"key": "To take from the next payment again", "value": f"Credit note {claim.credit.number}", **credit},
        ]  # fmt: skip
    source = UnallocatedItem.objects.get(pk=given["source"])
    of_money: list[dict[str, Any]] = [
        {"key": "Money on account", "value": f"{source.get_kind_display()} of {money(source.pence)}"},
        {"key": "Left of it", "value": money(source.remaining_pence)},
    ]
    if found.action == Action.CARRY:
        of_money.append({"key": "Carried to", "value": given["to_name"]})
    return of_money


class LimitForm(forms.Form):
    """Up to which sum one person acts alone, from a day on."""

    action = forms.ChoiceField(label="What", choices=Action.choices)
    pence = PoundsField(label="One person alone up to", least=0)
    valid_from = ShortDateField(label="From")


@finance_page(READ_AND_WRITE, section="finance-invoicing")
def limits(request: FinanceRequest) -> HttpResponse:
    """From which sum on a second person approves, today and as it was set."""
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to="set finance limits")
    today = timezone.localdate()
    form = LimitForm(posted(request), initial={"valid_from": today})
    if form.is_valid():
        try:
            made = set_limit(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.get_action_display()}: one person alone up to {money(made.pence)}.")
            return redirect(url("finance-limits"))
    context = {
        "form": form, "now": [(label, limit_on(action, today)) for action, label in Action.choices],
        "rows": FinanceLimit.objects.order_by("-valid_from", "action"),
        "may_set": request.actor.has(Role.FINANCE_MANAGER), "back_url": url("finance-to-approve"),
    }  # fmt: skip
    return show(request, "limits.html", context, status=400 if form.is_bound else 200)
