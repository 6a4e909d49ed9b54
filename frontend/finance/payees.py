"""Bank accounts of providers: asked, confirmed by a second person; payments that are held."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import page_of
from frontend.finance.payment_batches import SECTION
from frontend.finance.payment_forms import DecideAccountForm, HoldForm, NamedAccountForm
from frontend.formats import long_date, plural
from frontend.jinja import url
from invoicing.payees.models import PayeeAccount
from invoicing.payees.queries import holds_for, modulus_table, payee_account_for, payee_accounts_for
from invoicing.payees.services import (
    account_of,
    ask_account,
    confirm_account,
    hold_payments,
    lift_hold,
    refuse_account,
    see_account,
)
from marketplace.core.actors import Role
from marketplace.core.errors import DomainError, NotFound, WrongInput


@finance_page(section=SECTION)
def accounts(request: FinanceRequest) -> HttpResponse:
    """Every version of every account, the newest first, with its last four digits."""
    page = page_of(request, payee_accounts_for(request.actor))
    context = {"page_obj": page, "count_text": plural(page.paginator.count, "account")}
    return show(request, "payee_accounts.html", context)


@finance_page(READ_AND_WRITE, section=SECTION, to="enter bank accounts")
def new_account(request: FinanceRequest) -> HttpResponse:
    """An account that a provider told us, to be confirmed by somebody else."""
    form = NamedAccountForm(posted(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = ask_account(
                organisation=given["provider"], account_name=given["account_name"], sort_code=given["sort_code"],
                account_number=given["account_number"], on=timezone.localdate(), actor=request.actor,
                table=modulus_table(settings.MODULUS_TABLE),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, " ".join(said(error)))
        else:
            messages.success(
                request, "Kept. A finance manager who is not you confirms it before anything is paid into it."
            )
            return redirect(url("finance-payee-account", pk=made.pk))
    context = {"form": form, "back_url": url("finance-payee-accounts")}
    return show(request, "payee_account_new.html", context, status=400 if form.is_bound else 200)


@finance_page(READ_AND_WRITE, section=SECTION)
def account(request: FinanceRequest, pk: int) -> HttpResponse:
    """One version. The manager who decides on it sees all its digits, and that sight is recorded."""
    found = payee_account_for(request.actor, pk)
    may_decide = (
        found.state == PayeeAccount.State.ASKED
        and request.actor.has(Role.FINANCE_MANAGER)
        and request.actor.person_id != found.asked_by_id
    )
    form, errors, status = DecideAccountForm(posted(request)), [], 200
    if request.method == "POST":
        try:
            words = _decided(request, found, form)
        except DomainError as error:
            errors, status = said(error), error.status
            found = payee_account_for(request.actor, pk)
        else:
            messages.success(request, words)
            return redirect(url("finance-payee-account", pk=pk))
    whole = see_account(account=found, actor=request.actor) if may_decide else None
    context = {
        "account": found, "whole": whole, "form": form, "errors": errors, "may_decide": may_decide,
        "before": account_of(found.organisation), "back_url": url("finance-payee-accounts"),
        "history": history_of(subject_kind="payee_account", subject=str(found.pk)),
    }  # fmt: skip
    return show(request, "payee_account.html", context, status=status)


def _decided(request: FinanceRequest, found: PayeeAccount, form: DecideAccountForm) -> str:
    if not form.is_valid():
        raise WrongInput("What you write must be 240 characters or fewer.")
    given, today = form.cleaned_data, timezone.localdate()
    if request.POST.get("do") == "confirm":
        done = confirm_account(account=found, how_checked=given["words"], on=today, actor=request.actor)
        first = long_date(done.usable_from) if done.usable_from else ""
        return f"Confirmed. {found.organisation.name} is paid into it from {first}."
    if request.POST.get("do") == "refuse":
        refuse_account(account=found, reason=given["reason"], on=today, actor=request.actor)
        return "Refused. The account in force stays."
    raise WrongInput("Choose whether to confirm or to refuse it.")


@finance_page(READ_AND_WRITE, section=SECTION)
def holds(request: FinanceRequest) -> HttpResponse:
    """Who is not paid for now and why; holding and lifting."""
    form = HoldForm(request.POST if request.POST.get("do") == "hold" else None)
    errors, status = [], 200
    if request.method == "POST":
        try:
            words = _held(request, form)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, words)
            return redirect(url("finance-payment-holds"))
    page = page_of(request, holds_for(request.actor))
    context = {
        "page_obj": page, "count_text": plural(page.paginator.count, "hold"), "form": form,
        "errors": [] if form.errors else errors,
    }  # fmt: skip
    return show(request, "payment_holds.html", context, status=status)


def _held(request: FinanceRequest, form: HoldForm) -> str:
    today = timezone.localdate()
    if request.POST.get("do") == "lift":
        asked = request.POST.get("hold", "")
        found = (
            holds_for(request.actor).filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
        )
        if found is None:
            raise NotFound("There is no such hold.")
        lift_hold(source_key=found.source_key, on=today, actor=request.actor)
        return f"{found.provider.name} is paid again."
    if not form.is_valid():
        raise WrongInput("Enter whose payments are held, and why.")
    provider = form.cleaned_data["provider"]
    hold_payments(
        source_key=f"by-hand:{uuid.uuid4().hex}", provider=provider, reason=form.cleaned_data["reason"], on=today,
        actor=request.actor,
    )  # fmt: skip
    return f"Payments to {provider.name} are held until somebody lifts it."
