"""A further bank account of the partnership, so that its files can be uploaded and matched."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, show
from frontend.jinja import url
from invoicing.banking.rules.layouts import LAYOUTS
from invoicing.banking.services.accounts import add_bank_account, free_ledger_accounts
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError


class AccountForm(forms.Form):
    """What it is called, which account of the ledger it is, and what its bank's files look like."""

    name = forms.CharField(label="Name", max_length=100, error_messages={"required": "Enter the name"})
    code = forms.SlugField(
        label="Code", max_length=40, help_text="Part of its addresses: small letters, digits and hyphens, like current",
        error_messages={
            "required": "Enter a code", "invalid": "Code must be small letters, digits and hyphens, like current",
        },
    )  # fmt: skip
    sort_code = forms.CharField(
        label="Sort code", max_length=10, help_text="Six digits, like 30-96-26",
        error_messages={"required": "Enter the sort code"},
    )  # fmt: skip
    account_number = forms.CharField(
        label="Account number", max_length=12, help_text="Eight digits",
        error_messages={"required": "Enter the account number"},
    )  # fmt: skip
    layout = forms.ChoiceField(
        label="Which file does the bank give?", choices=LAYOUTS, widget=forms.RadioSelect,
        error_messages={"required": "Choose which file the bank gives"},
    )  # fmt: skip
    ledger_account = forms.ChoiceField(
        label="Account of the ledger", widget=forms.RadioSelect,
        error_messages={"required": "Choose the account of the ledger"},
    )  # fmt: skip


@finance_page(READ_AND_WRITE, section="finance-bank", to="add bank accounts")
def add(request: FinanceRequest) -> HttpResponse:
    """Finance managers add one; officers read so."""
    if request.method == "POST":
        request.actor.require(Role.FINANCE_MANAGER, to="add bank accounts")
    free = free_ledger_accounts()
    form = AccountForm(posted(request))
    form.fields["ledger_account"].choices = [(code, f"{code} {name}") for code, name in free.items()]  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            made = add_bank_account(
                ledger_account_code=given.pop("ledger_account"),
                actor=request.actor,
                **given | {"code": given["code"].lower()},
            )
        except DomainError as error:
            field = str(error.facts.get("field", ""))
            form.add_error(field if field in form.fields else None, error.message)
        else:
            messages.success(request, f"{made.name} is added. Upload its first file.")
            return redirect(url("finance-bank"))
    may_add = request.actor.has(Role.FINANCE_MANAGER)
    context = {"form": form, "free": bool(free), "may_add": may_add, "back_url": url("finance-bank")}
    return show(request, "bank_account.html", context, status=400 if form.errors else 200)
