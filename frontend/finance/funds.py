"""Funds: the list with what each got, spent and has; one with its movements; a new one; a grant to one."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, pounds, short_date, wants_csv
from frontend.formats import money
from frontend.jinja import url
from invoicing.funds.queries import figures_of, figures_of_one, fund_for, fund_movements
from invoicing.ledger.models import Fund
from invoicing.queries import on_account_for
from invoicing.receivables.models import UnallocatedItem
from invoicing.services import claim_grant, close_fund, open_fund, receive_grant, reopen_fund
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation

_LIST_CSV = ["code", "fund", "kind", "funder", "from", "ends_before", "closed", "received", "spent", "balance"]
_ONE_CSV = ["date", "entry", "why", "document", "account", "received_less_spent", "balance"]


class FundFilter(forms.Form):
    """Which funds, at the end of which day."""

    on = ShortDateField(label="On", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *Fund.Kind.choices])


def organisation_named(text: str) -> Organisation:
    """Any organisation but the partnership by its number, or by its name where one alone is called so."""
    others = Organisation.objects.exclude(kind=Organisation.Kind.PARTNERSHIP)
    found = list(others.filter(number__iexact=text)[:1]) or list(others.filter(name__iexact=text)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise forms.ValidationError(f"Several organisations are called {text}. Enter the number instead")
    raise forms.ValidationError(f"There is no organisation {text}. An administrator adds it first")


class FundForm(forms.Form):
    """What a fund is for, who gave it, and from when to when it may be spent."""

    name = forms.CharField(label="Name", max_length=100)
    code = forms.CharField(label="Code", max_length=20, help_text="Letters, digits and hyphens, like CALM-MINDS")
    kind = forms.ChoiceField(
        label="Kind", choices=Fund.Kind.choices, widget=forms.RadioSelect, initial=Fund.Kind.RESTRICTED
    )
    purpose = forms.CharField(label="Purpose", max_length=240, help_text="What alone it may be spent on")
    funder = forms.CharField(
        label="Funder", max_length=200, required=False, help_text="Name or number of the one organisation that gives it"
    )
    starts_on = ShortDateField(label="From")
    last = ShortDateField(label="Last day to spend it", required=False)

    def clean_funder(self) -> Organisation | None:
        text = self.cleaned_data["funder"].strip()
        return organisation_named(text) if text else None


class GrantForm(forms.Form):
    """A grant: from whom and how much, claimed by an invoice or taken from money that is here."""

    payer = forms.CharField(
        label="From", max_length=200, help_text="Name or number, as it stands among the organisations"
    )
    source = forms.ChoiceField(
        label="Money",
        widget=forms.RadioSelect,
        help_text="Choose a receipt where the money came without being asked for",
    )
    pence = PoundsField(label="Amount", least=1)
    on = ShortDateField(label="Claim dated", required=False, help_text="Only for a claim; a receipt has its own day")
    description = forms.CharField(label="What the grant is for", max_length=200)
    key = forms.RegexField(regex=r"^[0-9a-f]{16}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, fund: Fund, receipts: Sequence[UnallocatedItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fund.funder:
            del self.fields["payer"]
        words = [
            (
                str(row.pk),
                f"{money(row.remaining_pence)} received on {short_date(row.received_on)} from {row.organisation}",
            )
            for row in receipts
        ]
        self.fields["source"].choices = [("", "None yet: send a claim"), *words]  # type: ignore[attr-defined]
        self.fields["source"].required = False

    def clean_payer(self) -> Organisation:
        return organisation_named(self.cleaned_data["payer"].strip())


@finance_page(section="finance-ledger")
def funds(request: FinanceRequest) -> HttpResponse:
    """Every fund at the end of a day, with the balances as bars and the totals of all that are shown."""
    form = FundFilter(request.GET if request.GET else None)
    good = not form.is_bound or form.is_valid()
    picked = form.cleaned_data if form.is_bound and good else {}
    on = picked.get("on") or timezone.localdate()
    found = figures_of(request.actor, on=on, kind=picked.get("kind") or "")
    if wants_csv(request):
        rows = (
            [row.fund.code, row.fund.name, row.fund.get_kind_display(), row.fund.funder, row.fund.starts_on,
             row.fund.ends_on, row.fund.closed_on, pounds(row.received_pence), pounds(row.spent_pence),
             pounds(row.balance_pence)]
            for row in found
        )  # fmt: skip
        return csv_response(f"funds-{on.isoformat()}", _LIST_CSV, rows)
    held = sorted((row for row in found if row.balance_pence), key=lambda row: -row.balance_pence)[:12]
    context = {
        "form": form, "on": on, "chosen": chosen(request, form) if picked else [], "page_obj": page_of(request, found),
        "bars": [(row.fund.name, row.balance_pence) for row in held], "csv_url": csv_url(request),
        "received": sum(row.received_pence for row in found), "spent": sum(row.spent_pence for row in found),
        "balance": sum(row.balance_pence for row in found), "may_open": request.actor.has(Role.FINANCE_MANAGER),
    }  # fmt: skip
    return show(request, "funds.html", context, status=200 if good else 400)


@finance_page(READ_AND_WRITE, section="finance-ledger", to="open funds")
def new_fund(request: FinanceRequest) -> HttpResponse:
    """A new fund, opened by a finance manager."""
    request.actor.require(Role.FINANCE_MANAGER, to="open funds")
    form = FundForm(posted(request), initial={"starts_on": timezone.localdate()})
    if form.is_valid():
        try:
            made = _opened(form.cleaned_data, request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, f"{made.name} is open.")
            return redirect(url("finance-fund", code=made.code))
    context = {"form": form, "back_url": url("finance-funds")}
    return show(request, "fund_form.html", context, status=400 if form.is_bound else 200)


def _opened(given: dict[str, Any], actor: Actor) -> Fund:
    ends_on = date.fromordinal(given["last"].toordinal() + 1) if given["last"] else None
    return open_fund(
        code=given["code"], name=given["name"], kind=Fund.Kind(given["kind"]), purpose=given["purpose"],
        funder=given["funder"], starts_on=given["starts_on"], ends_on=ends_on, actor=actor,
    )  # fmt: skip


class CloseForm(forms.Form):
    """Why a closed fund is opened again."""

    reason = forms.CharField(label="Reason", max_length=200, required=False)


@finance_page(READ_AND_WRITE, section="finance-ledger")
def fund(request: FinanceRequest, code: str) -> HttpResponse:
    """One fund: what it got, spent and has, every movement with its entry, and its closing by a finance manager."""
    found = fund_for(request.actor, code)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words = _decided(request, found)
        except DomainError as error:
            errors, status = said(error), error.status
            found = fund_for(request.actor, code)
        else:
            messages.success(request, words)
            return redirect(url("finance-fund", code=code))
    on = timezone.localdate()
    lines = fund_movements(request.actor, found, on=on)
    if wants_csv(request):
        rows = (
            [line.on, line.entry_id, line.narrative, line.document_number, f"{line.account} {line.account_name}",
             pounds(line.pence), pounds(line.balance)]
            for line in lines
        )  # fmt: skip
        return csv_response(f"fund-{found.code}-{on.isoformat()}", _ONE_CSV, rows)
    context = {
        "fund": found, "figures": figures_of_one(request.actor, found, on=on), "errors": errors,
        "page_obj": page_of(request, lines[::-1]), "csv_url": csv_url(request), "form": CloseForm(),
        "last": date.fromordinal(found.ends_on.toordinal() - 1) if found.ends_on else None,
        "may_close": request.actor.has(Role.FINANCE_MANAGER), "back_url": url("finance-funds"),
        "history": history_of(subject_kind="fund", subject=found.code),
    }  # fmt: skip
    return show(request, "fund.html", context, status=status)


def _decided(request: FinanceRequest, found: Fund) -> str:
    """What the button that was pressed does, in words."""
    form = CloseForm(request.POST)
    form.is_valid()
    if request.POST.get("do") == "close":
        close_fund(fund=found, on=timezone.localdate(), actor=request.actor)
        return f"{found.name} is closed."
    if request.POST.get("do") == "reopen":
        reopen_fund(fund=found, reason=form.cleaned_data.get("reason", ""), actor=request.actor)
        return f"{found.name} is open again."
    raise WrongInput("Choose what to do with the fund")


@finance_page(READ_AND_WRITE, section="finance-ledger", to="take in grants")
def grant(request: FinanceRequest, code: str) -> HttpResponse:
    """A grant to a fund: claimed by an invoice outside the scope of VAT, or taken from a receipt at once."""
    found = fund_for(request.actor, code)
    receipts = on_account_for(request.actor).filter(kind=UnallocatedItem.Kind.RECEIPT).order_by("-received_on", "-pk")
    receipts = receipts.filter(organisation=found.funder) if found.funder else receipts
    initial = {
        "on": timezone.localdate(),
        "key": secrets.token_hex(8),
        "source": "",
        "description": found.purpose[:200],
    }
    form = GrantForm(posted(request), fund=found, receipts=list(receipts[:20]), initial=initial)
    if form.is_valid():
        try:
            words = _granted(form.cleaned_data, found, request.actor)
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(request, words)
            return redirect(url("finance-fund", code=code))
    context = {"form": form, "fund": found, "back_url": url("finance-fund", code=code)}
    return show(request, "fund_grant.html", context, status=400 if form.is_bound else 200)


def _granted(given: dict[str, Any], found: Fund, actor: Actor) -> str:
    if given["source"]:
        receipt = on_account_for(actor).get(pk=int(given["source"]))
        receive_grant(
            fund=found, receipt=receipt, pence=given["pence"], description=given["description"], actor=actor
        )  # fmt: skip
        return f"{money(given['pence'])} of the receipt is in {found.name} now."
    claim_grant(
        fund=found, payer=found.funder or given["payer"], pence=given["pence"], on=given["on"] or timezone.localdate(),
        description=given["description"], source_key=f"by-hand:{found.code}:{given['key']}", actor=actor,
    )  # fmt: skip
    return f"{money(given['pence'])} is claimed for {found.name}: it goes out with the next invoice batch."
