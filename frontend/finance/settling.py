"""Money and what it pays: recording a receipt by hand, setting it against invoices, and taking either back."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.customers import customer_for
from frontend.finance.kept import takeable
from frontend.formats import money
from frontend.jinja import url
from frontend.numbers import whole
from invoicing.banking.models import BankAccount
from invoicing.banking.queries import bank_accounts_for, candidates
from invoicing.banking.rules.candidates import Candidates
from invoicing.queries import on_account_for, open_items_for, require_finance_reader
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from invoicing.services import allocate_as_shown, record_receipt, reverse_receipt, undo_allocation
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound
from marketplace.organisations.models import Organisation


class ReceiptForm(forms.Form):
    """Money that came in by another way than a bank file: a cheque, a card payment, a journal of the council."""

    pence = PoundsField(label="Amount", least=1)
    received_on = ShortDateField(label="Received on")
    reference = forms.CharField(label="Reference", max_length=120, help_text="Such as the number of the cheque")
    account = forms.ChoiceField(label="Bank account")
    key = forms.RegexField(regex=r"^[0-9a-f]{16}$", widget=forms.HiddenInput)

    def __init__(self, *args: object, accounts: Sequence[BankAccount], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["account"].choices = [(a.pk, a.name) for a in accounts]  # type: ignore[attr-defined]

    def clean_received_on(self) -> object:
        if self.cleaned_data["received_on"] > timezone.localdate():
            raise forms.ValidationError("Received on must be today or in the past")
        return self.cleaned_data["received_on"]


@finance_page(READ_AND_WRITE, section="finance-customers", to="record receipts")
def receipt(request: FinanceRequest, number: str) -> HttpResponse:
    """Records a receipt on the customer's account; the form's key makes a second click find the first receipt."""
    payer = customer_for(request.actor, number)
    accounts = list(bank_accounts_for(request.actor))
    initial = {"received_on": timezone.localdate(), "key": secrets.token_hex(8)}
    form = ReceiptForm(posted(request), accounts=accounts, initial=initial)
    if form.is_valid():
        try:
            made = _record(form, payer, accounts, request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            if made is None:
                messages.info(request, "This receipt was recorded already; it was not recorded again.")
                return redirect(url("finance-customer", number=number))
            messages.success(request, f"{money(made.pence)} recorded. Set it against what {payer.name} owes.")
            return redirect(url("finance-allocate", number=number, pk=made.pk))
    context = {
        "customer": payer,
        "form": form,
        "accounts": accounts,
        "back_url": url("finance-customer", number=number),
    }
    return show(request, "receipt.html", context, status=400 if form.is_bound else 200)


def _record(
    form: ReceiptForm, payer: Organisation, accounts: Sequence[BankAccount], actor: Actor
) -> UnallocatedItem | None:
    """The receipt, or None when the same form was sent before, even at the same moment."""
    source_key = f"by-hand:{payer.number}:{form.cleaned_data['key']}"
    account = next(a for a in accounts if a.pk == form.cleaned_data["account"])
    try:
        return record_receipt(
            source_key=source_key, payer=payer, pence=form.cleaned_data["pence"],
            received_on=form.cleaned_data["received_on"], reference=form.cleaned_data["reference"],
            bank_account=account.ledger_account, actor=actor,
        )  # fmt: skip
    except IntegrityError:
        if UnallocatedItem.objects.filter(source_key=source_key).exists():
            return None
        raise


class AllocateForm(forms.Form):
    """How much of ``pence`` goes to each open item: one field ``item_<id>`` for each, in pounds.

    ``whole`` is what the money is called in a refusal; with ``needed`` something must be set against something.
    """

    def __init__(
        self,
        *args: object,
        pence: int,
        items: Sequence[ReceivableItem],
        whole: str,
        needed: bool = True,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.pence, self.items, self.whole, self.needed = pence, items, whole, needed
        for item in items:
            self.fields[f"item_{item.pk}"] = PoundsField(
                required=False, label=f"Amount for {item.document.number}", most=item.outstanding_pence
            )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        total = sum(pence for _, pence in self.pairs())
        if self.needed and not total:
            raise forms.ValidationError("Enter how much to set against at least one invoice, more than £0.00")
        if total > self.pence:
            over = money(total - self.pence)
            raise forms.ValidationError(f"{money(total)} is {over} more than the {self.whole}. Take some off.")
        return cleaned

    def pairs(self) -> list[tuple[ReceivableItem, int]]:
        """The items that get something, with the pence."""
        return [(i, pence) for i in self.items if (pence := self.cleaned_data.get(f"item_{i.pk}")) and pence > 0]


def oldest_first(pence: int, items: Sequence[ReceivableItem]) -> dict[str, int]:
    """The usual way to set money against items, earliest due first: a suggestion that a person may change."""
    suggested = {}
    for item in items:
        if share := min(pence, item.outstanding_pence):
            suggested[f"item_{item.pk}"] = share
            pence -= share
    return suggested


def items_paid_by(actor: Actor, payer: Organisation, facts: Candidates) -> list[ReceivableItem]:
    """The open items of a payer and of those it pays for, earliest due first."""
    known = facts.payer_of.get(payer.pk)
    return list(open_items_for(actor).filter(organisation_id__in=known.covers if known else [payer.pk]))


@finance_page(READ_AND_WRITE, section="finance-customers", to="set money against invoices")
def allocate(request: FinanceRequest, number: str, pk: int) -> HttpResponse:
    """Sets money on account against what its payer pays for, oldest first unless somebody types otherwise.

    The form posts back what was left of the money when it was shown, so a second click sets nothing more.
    """
    payer = customer_for(request.actor, number)
    source = on_account_for(request.actor).filter(organisation=payer, pk=pk).first()
    if source is None:
        raise NotFound("There is nothing left of this on account.")
    items = items_paid_by(request.actor, payer, candidates(on=source.received_on))
    free = takeable(source)
    form = AllocateForm(
        posted(request),
        pence=free.free_pence,
        items=items,
        whole=f"{money(free.free_pence)} {'that can be taken' if free.words else 'on account'}",
        initial=oldest_first(free.free_pence, items),
    )
    if form.is_valid():
        try:
            made = allocate_as_shown(
                source=source, to=form.pairs(), left_shown=_pence_shown(request), on=timezone.localdate(),
                actor=request.actor,
            )  # fmt: skip
        except DomainError as error:
            source.refresh_from_db()
            form.add_error(None, " ".join(said(error)))
        else:
            total = money(sum(row.pence for row in made))
            messages.success(
                request, f"{total} set against {', '.join(i.document.number or '' for i, _ in form.pairs())}."
            )
            return redirect(url("finance-customer", number=number))
    context = {"customer": payer, "source": source, "items": items, "form": form, "kept": takeable(source).words}
    context["of_others"] = any(item.organisation_id != payer.pk for item in items)
    context["back_url"] = url("finance-customer", number=number)
    return show(request, "allocate.html", context, status=400 if form.is_bound else 200)


def _pence_shown(request: FinanceRequest) -> int:
    """What the form says was left when it was shown; below zero, which is never left, when it does not say."""
    return whole(request.POST.get("left"), otherwise=-1)


class UndoForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="Reason", max_length=200, help_text="It stays in the ledger beside the reversal")


def _allocation_for(actor: Actor, pk: int) -> Allocation:
    require_finance_reader(actor)
    rows = Allocation.objects.select_related(
        "source__document", "source__organisation", "item__document", "item__organisation"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such allocation.")
    return found


@finance_page(READ_AND_WRITE, section="finance-customers", to="undo allocations")
def undo(request: FinanceRequest, pk: int) -> HttpResponse:
    """Says what an undoing does, then does it. A write-off is taken back whole: it is no money to stay on account."""
    found = _allocation_for(request.actor, pk)
    form = UndoForm(posted(request))
    given_up = found.undone_on is None and found.source.kind == UnallocatedItem.Kind.WRITE_OFF
    live = found.source.allocations.filter(undone_on__isnull=True)
    pence = sum(live.values_list("pence", flat=True)) if given_up else found.pence
    if form.is_valid():
        given: dict[str, Any] = {
            "on": timezone.localdate(),
            "reason": form.cleaned_data["reason"],
            "actor": request.actor,
        }
        try:
            if given_up:
                reverse_receipt(item=found.source, **given)
            else:
                undo_allocation(allocation=found, **given)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            number = found.item.document.number
            messages.success(request, f"Undone. {number} is open again for {money(pence)}.")
            return redirect(url("finance-customer", number=found.item.organisation.number))
    context = {
        "allocation": found,
        "given_up": given_up,
        "pence": pence,
        "form": form,
        "back_url": url("finance-customer", number=found.item.organisation.number),
    }
    return show(request, "undo_allocation.html", context, status=400 if form.is_bound else 200)


def _receipt_for(actor: Actor, pk: int) -> UnallocatedItem:
    require_finance_reader(actor)
    kinds = [UnallocatedItem.Kind.RECEIPT, UnallocatedItem.Kind.WRITE_OFF]
    receipts = UnallocatedItem.objects.filter(kind__in=kinds, bank_match__isnull=True)
    found = receipts.select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such receipt.")
    return found


@finance_page(READ_AND_WRITE, section="finance-customers", to="take receipts back")
def take_back(request: FinanceRequest, pk: int) -> HttpResponse:
    """Takes back a receipt that was recorded by hand, or a write-off; one from a bank file is undone at its line."""
    found = _receipt_for(request.actor, pk)
    form = UndoForm(posted(request))
    home = url("finance-customer", number=found.organisation.number)
    if form.is_valid():
        try:
            reverse_receipt(
                item=found, on=timezone.localdate(), reason=form.cleaned_data["reason"], actor=request.actor
            )
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            what = "write-off" if found.kind == UnallocatedItem.Kind.WRITE_OFF else "receipt"
            messages.success(request, f"The {what} of {money(found.pence)} was taken back.")
            return redirect(home)
    settled = found.allocations.filter(undone_on__isnull=True).select_related("item__document")
    context = {"receipt": found, "settled": settled, "form": form, "back_url": home}
    return show(request, "take_back.html", context, status=400 if form.is_bound else 200)
