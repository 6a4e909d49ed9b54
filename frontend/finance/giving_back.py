"""Giving a debt up, paying money on account back, carrying it to another customer, and the refunds to pay."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.customers import customer_for, customers_for
from frontend.finance.kept import takeable
from frontend.finance.listing import page_of
from frontend.formats import money
from frontend.jinja import url
from invoicing.banking.queries import bank_accounts_for
from invoicing.documents.models import Document
from invoicing.queries import document_for, on_account_for, require_finance_reader
from invoicing.receivables.models import Refund, UnallocatedItem
from invoicing.receivables.write_offs import outstanding
from invoicing.second_person.limits import alone
from invoicing.second_person.models import Action, PreparedAction
from invoicing.services import (
    carry,
    pay_refund,
    prepare_carry,
    prepare_refund,
    prepare_write_off,
    refund,
    write_off,
)
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation


class SumForm(forms.Form):
    """A sum and the reason for it."""

    pence = PoundsField(label="Amount", least=1)
    reason = forms.CharField(label="Reason", max_length=240)

    def __init__(self, *args: object, most: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["pence"] = PoundsField(label="Amount", least=1, most=most)


class CarryForm(SumForm):
    """To whom the money is carried, by the number of the customer."""

    to = forms.CharField(label="Customer number of the other", max_length=12)
    field_order = ["to", "pence", "reason"]

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.actor = actor

    def clean_to(self) -> Organisation:
        number = self.cleaned_data["to"].strip()
        found = customers_for(self.actor).filter(number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(f"Customer number must be one of ours: there is no customer {number}")
        return found


def _act(
    request: FinanceRequest,
    form: forms.Form,
    action: Action,
    do: Callable[[], object],
    ask: Callable[[], PreparedAction],
) -> tuple[bool, int]:
    """Does it, or sends it to a second person where the sum needs one: whether it went, and the answer's status."""
    try:
        if alone(action=action, pence=form.cleaned_data["pence"], on=timezone.localdate()):
            do()
            messages.success(request, f"{action.label}: {money(form.cleaned_data['pence'])}.")
        else:
            ask()
            words = f"{action.label} of {money(form.cleaned_data['pence'])} sent to a finance manager"
            messages.success(request, f"{words}. Nothing is posted until somebody else approves it.")
    except DomainError as error:
        form.add_error(None, " ".join(said(error)))
        return False, error.status
    return True, 200


def _needs_two(action: Action, most: int) -> bool:
    """Whether the whole sum would need a second person: what the button says before a figure is known."""
    return not alone(action=action, pence=most, on=timezone.localdate())


@finance_page(READ_AND_WRITE, section="finance-invoicing", to="write off debts")
def write_off_page(request: FinanceRequest, number: str) -> HttpResponse:
    """Gives up what nobody will pay of an invoice, one of the earlier books, or a repayment request."""
    invoice = document_for(request.actor, number)
    if invoice.kind == Document.Kind.CREDIT_NOTE:
        raise NotFound("A credit note is owed by nobody, so it cannot be written off.")
    owed = outstanding(invoice)
    form = SumForm(posted(request), most=owed, initial={"pence": owed})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given: dict[str, Any] = {"invoice": invoice, "actor": request.actor, **form.cleaned_data}
        gone, status = _act(
            request, form, Action.WRITE_OFF,
            lambda: write_off(on=timezone.localdate(), **given), lambda: prepare_write_off(**given),
        )  # fmt: skip
        if gone:
            return redirect(url("finance-invoice", number=number))
    context = {
        "invoice": invoice, "form": form, "owed_pence": owed, "needs_two": _needs_two(Action.WRITE_OFF, owed),
        "back_url": url("finance-invoice", number=number),
    }  # fmt: skip
    return show(request, "write_off.html", context, status=status)


def _money_of(request: FinanceRequest, number: str, pk: int) -> tuple[Organisation, UnallocatedItem]:
    customer = customer_for(request.actor, number)
    found = on_account_for(request.actor).filter(organisation=customer, pk=pk).first()
    if found is None:
        raise NotFound("There is no such money on account, or nothing is left of it.")
    return customer, found


@finance_page(READ_AND_WRITE, section="finance-customers", to="refund customers")
def refund_page(request: FinanceRequest, number: str, pk: int) -> HttpResponse:
    """Pays money on account back to whom it belongs to."""
    customer, source = _money_of(request, number, pk)
    form = SumForm(posted(request), most=source.remaining_pence, initial={"pence": takeable(source).free_pence})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given: dict[str, Any] = {"source": source, "actor": request.actor, **form.cleaned_data}
        gone, status = _act(
            request, form, Action.REFUND,
            lambda: refund(on=timezone.localdate(), **given), lambda: prepare_refund(**given),
        )  # fmt: skip
        if gone:
            return redirect(url("finance-customer", number=number))
    return _money_page(request, "refund.html", customer, source, form, Action.REFUND, status)


@finance_page(READ_AND_WRITE, section="finance-customers", to="carry money to another customer")
def carry_page(request: FinanceRequest, number: str, pk: int) -> HttpResponse:
    """Makes a customer's money on account another's, such as a closed school's its council's."""
    customer, source = _money_of(request, number, pk)
    initial = {"pence": takeable(source).free_pence}
    form = CarryForm(posted(request), most=source.remaining_pence, actor=request.actor, initial=initial)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        given: dict[str, Any] = {"source": source, "actor": request.actor, **form.cleaned_data}
        gone, status = _act(
            request, form, Action.CARRY,
            lambda: carry(on=timezone.localdate(), **given), lambda: prepare_carry(**given),
        )  # fmt: skip
        if gone:
            return redirect(url("finance-customer", number=number))
    return _money_page(request, "carry.html", customer, source, form, Action.CARRY, status)


def _money_page(
    request: FinanceRequest, template: str, customer: Organisation, source: UnallocatedItem, form: SumForm, action: Action,
    status: int,
) -> HttpResponse:  # fmt: skip
    context = {
        "customer": customer, "source": source, "form": form, "needs_two": _needs_two(action, source.remaining_pence),
        "kept": takeable(source).words, "back_url": url("finance-customer", number=customer.number),
    }  # fmt: skip
    return show(request, template, context, status=status)


class PaidForm(forms.Form):
    """When a refund left the bank."""

    on = ShortDateField(label="Paid on")
    reference = forms.CharField(label="Payment reference", max_length=60, required=False)
    account = forms.ChoiceField(label="Bank account")

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.accounts = {account.pk: account for account in bank_accounts_for(actor)}
        self.fields["account"].choices = [(pk, a.name) for pk, a in self.accounts.items()]  # type: ignore[attr-defined]

    def clean_on(self) -> object:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError("Paid on must be today or in the past")
        return self.cleaned_data["on"]


@finance_page(section="finance-bank")
def refunds(request: FinanceRequest) -> HttpResponse:
    """Refunds, those to pay first."""
    require_finance_reader(request.actor)
    found = Refund.objects.select_related("source__organisation", "source__document").order_by("paid_on", "-pk")
    if request.GET.get("show") != "all":
        found = found.filter(paid_on__isnull=True)
    waiting = Refund.objects.filter(paid_on__isnull=True).values_list("pence", flat=True)
    context = {"page_obj": page_of(request, found), "waiting_pence": sum(waiting), "waiting_count": len(waiting)}
    return show(request, "refunds.html", context)


@finance_page(READ_AND_WRITE, section="finance-bank", to="record payments")
def refund_paid(request: FinanceRequest, pk: int) -> HttpResponse:
    """Records that a refund has left the bank."""
    found = Refund.objects.select_related("source__organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such refund.")
    form = PaidForm(posted(request), actor=request.actor, initial={"on": timezone.localdate()})
    status = 400 if form.is_bound else 200
    if form.is_valid():
        account = form.accounts[form.cleaned_data["account"]]
        try:
            pay_refund(
                refund=found, bank_account=account.ledger_account, reference=form.cleaned_data["reference"],
                on=form.cleaned_data["on"], actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
            status = error.status
        else:
            messages.success(request, f"{money(found.pence)} to {found.source.organisation.name} recorded as paid.")
            return redirect(url("finance-refunds"))
    context = {"refund": found, "form": form, "back_url": url("finance-refunds")}
    return show(request, "refund_paid.html", context, status=status)
