"""One amount of a contract at finance: moved to another statement, or taken back after it was paid."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.formats import long_date, money
from frontend.jinja import url
from frontend.outcomes.statement_words import statement_name
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError
from subscriptions.outcomes.models import Clawback, OutcomeItem, Statement
from subscriptions.outcomes.queries import item_for
from subscriptions.outcomes.services.stating import claw_back, move_item

SECTION = "finance-payment-batches"


class MoveForm(forms.Form):
    """Onto which open statement of the contract, and why."""

    to = forms.ModelChoiceField(
        label="Move it to", queryset=Statement.objects.none(), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": "Choose a statement", "invalid_choice": "Choose an open statement"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why", max_length=300, help_text="Both sides read it.", error_messages={"required": "Enter why"}
    )

    def __init__(self, *args: Any, item: OutcomeItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Statement.objects.filter(contract=item.contract_id, state=Statement.State.OPEN)
        field = self.fields["to"]
        field.queryset = own.exclude(pk=item.statement_id or 0).order_by("cut_off")  # type: ignore[attr-defined]
        field.label_from_instance = statement_name  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    """How much of what was paid, and why."""

    pence = PoundsField(label="Take back", least=1)
    reason = forms.CharField(
        label="Why", max_length=300, help_text="Both sides read it. Do not name pupils.",
        error_messages={"required": "Enter why"},
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section=SECTION, to="move amounts between statements")
def move(request: FinanceRequest, number: str, code: str) -> HttpResponse:
    """A verified amount onto another open statement; who did it and why is kept."""
    item = item_for(request.actor, number, code)
    form = MoveForm(posted(request), item=item)
    if form.is_valid():
        try:
            moved = move_item(item=item, on=timezone.localdate(), actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(
                request, f"{moved.name} is on the statement to {long_date(form.cleaned_data['to'].cut_off)} now."
            )
            return redirect(_back(moved))
    context = {"form": form, "item": item, "back_url": _back(item)}
    return show(request, "outcome_move.html", context, status=400 if form.is_bound else 200)


@finance_page(READ_AND_WRITE, section=SECTION, to="take back what was paid")
def take_back(request: FinanceRequest, number: str, code: str) -> HttpResponse:
    """What was paid and proves wrong: taken from the next statements. By a finance manager."""
    item = item_for(request.actor, number, code)
    request.actor.require(Role.FINANCE_MANAGER, to="take back what was paid")
    so_far = Clawback.objects.filter(item=item).aggregate(sum=Sum("pence"))["sum"] or 0
    form = TakeBackForm(posted(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            claw_back(item=item, on=timezone.localdate(), actor=request.actor, **given)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(
                request, f"{money(given['pence'])} is taken from the next statement of {item.contract.number}."
            )
            return redirect(_back(item))
    context = {"form": form, "item": item, "left": item.earned_pence - so_far, "back_url": _back(item)}
    return show(request, "outcome_take_back.html", context, status=400 if form.is_bound else 200)


def _back(item: OutcomeItem) -> str:
    if item.statement is None:
        return url("finance-outcome-statements")
    return url("finance-outcome-statement", number=item.contract.number, ordinal=item.statement.ordinal)
