"""Payment batches: the list, preparing one from what is due, deciding on it, its files."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from frontend.finance.access import READ_AND_WRITE, FinanceRequest, finance_page, posted, said, show
from frontend.finance.history import history_of
from frontend.finance.listing import page_of
from frontend.finance.payment_forms import AskReleaserForm, BatchForm, PayOnForm, PrepareForm
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from invoicing.banking.models import BankAccount
from invoicing.banking.queries import bank_accounts_for
from invoicing.paying_out.answering import reject_payment
from invoicing.paying_out.by_link import ask_no_longer, ask_to_release, declined, open_request, person_named
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine
from invoicing.paying_out.preparing import approve_batch, prepare_batch, withdraw_batch
from invoicing.paying_out.proposing import Proposed, pay_day, propose_payments
from invoicing.paying_out.queries import batch_for, batches_for, lines_of, open_sending, to_release
from invoicing.paying_out.releasing import fail_sending, found_sent, mark_unknown, release_batch
from invoicing.paying_out.rules.orders import Account
from invoicing.provider_invoices.due import payment_day
from marketplace.core.actors import FINANCE, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput

SECTION = "finance-payment-batches"
_STATE = PaymentBatch.State


@finance_page(section=SECTION)
def batches(request: FinanceRequest) -> HttpResponse:
    """All batches, the newest first."""
    page = page_of(request, batches_for(request.actor))
    context = {"page_obj": page, "count_text": plural(page.paginator.count, "payment batch", "payment batches")}
    return show(request, "payment_batches.html", context)


@finance_page(READ_AND_WRITE, section=SECTION)
def new_batch(request: FinanceRequest) -> HttpResponse:
    """What is due on a day, what is held and why; then the batch."""
    accounts = list(bank_accounts_for(request.actor).exclude(account_number=""))
    asked = PayOnForm(request.GET if "pay_on" in request.GET else None)
    wanted = asked.cleaned_data["pay_on"] if asked.is_valid() else payment_day(timezone.localdate())
    form = PrepareForm(posted(request), accounts=accounts)
    errors: list[str] = []
    if form.is_valid():
        wanted = form.cleaned_data["pay_on"]
        try:
            made = _prepared(request, form, accounts)
        except DomainError as error:
            errors = said(error)
        else:
            messages.success(request, f"{made.number}, {money(made.pence)}, waits for another person to approve it.")
            return redirect(url("finance-payment-batch", number=made.number))
    proposed = propose_payments(pay_on=pay_day(wanted))
    status = 400 if form.is_bound or asked.errors else 200
    context = {
        **_sums(proposed), "asked": asked, "errors": errors, "day": pay_day(wanted), "wanted": wanted,
        "accounts": accounts, "back_url": url(SECTION),
        "form": PrepareForm(
            accounts=accounts, initial={"pay_on": wanted, "shown": _sums(proposed)["pence"]}
        ),
    }  # fmt: skip
    return show(request, "payment_batch_new.html", context, status=status)


def _sums(proposed: list[Proposed]) -> dict[str, Any]:
    """What is paid, what is held with its reasons, and the sums."""
    paid = [one for one in proposed if not one.held]
    held = [(one.provider.name, one.held, one.pence) for one in proposed if one.held]
    held += [
        (f"{one.provider.name}, {row.number}", why, row.outstanding_pence)
        for one in proposed
        for row, why in one.waiting
    ]
    return {"paid": paid, "held": held, "pence": sum(one.pence for one in paid)}


def _prepared(request: FinanceRequest, form: PrepareForm, accounts: list[BankAccount]) -> PaymentBatch:
    given = form.cleaned_data
    account = next(one for one in accounts if one.pk == given["account"])
    with transaction.atomic():
        made = prepare_batch(
            pay_on=given["pay_on"], bank_account=account.ledger_account, on=timezone.localdate(), actor=request.actor,
            payer=Account(settings.PARTNERSHIP_NAME, account.sort_code, account.account_number),
        )  # fmt: skip
        if made.pence != given["shown"]:
            raise WrongInput(
                f"What is due changed since you looked: it is {money(made.pence)} now, not {money(given['shown'])}. "
                "Nothing was prepared. Look again."
            )
    return made


@finance_page(READ_AND_WRITE, section=SECTION)
def batch(request: FinanceRequest, number: str) -> HttpResponse:
    """One batch: whom it pays, who did what, and what may be done next."""
    found = batch_for(request.actor, number)
    errors, status = [], 200
    ask_form = AskReleaserForm(request.POST) if request.POST.get("do") == "ask" else None
    if request.method == "POST":
        status = 400
        try:
            if words := _asked(request, found, ask_form) if ask_form else _decided(request, found):
                messages.success(request, words)
                return redirect(url("finance-payment-batch", number=number))
        except DomainError as error:
            errors, status = said(error), error.status
            found = batch_for(request.actor, number)
    return show(request, "payment_batch.html", _context(request, found, errors, ask_form), status=status)


def _asked(request: FinanceRequest, found: PaymentBatch, form: AskReleaserForm) -> str:
    """Asks somebody without a login by link, in words; empty where the form says what is missing."""
    if not form.is_valid():
        return ""
    given = form.cleaned_data
    with transaction.atomic():
        person = person_named(name=given["name"], email=given["email"], actor=request.actor)
        ask_to_release(batch=found, person=person, form=given["form"], at=timezone.now(), actor=request.actor)
    return f"{person.name} gets a link to release {found.number}. It works once and for seven days."


def _ask_no_longer(request: FinanceRequest, found: PaymentBatch) -> str:
    asked = open_request(found)
    if asked is None:
        raise NotFound("Nobody is asked to release this batch.")
    ask_no_longer(request=asked, at=timezone.now(), actor=request.actor)
    return f"{asked.person.name} is asked no longer. The link ended."


def _context(
    request: FinanceRequest, found: PaymentBatch, errors: list[str], ask_form: AskReleaserForm | None = None
) -> dict[str, Any]:
    actor, me = request.actor, request.actor.person_id
    open_states = (_STATE.PREPARED, _STATE.APPROVED)
    under_way = found.state in (_STATE.SENT, _STATE.UNKNOWN)
    finance = actor.has(*FINANCE)
    return {
        "batch": found, "errors": errors, "next_words": next_words(found, me), "lines": list(lines_of(found)),
        "sendings": list(found.sendings.order_by("ordinal")), "key": uuid.uuid4().hex, "seen": hash_of(found.pk),
        "form": BatchForm(auto_id=False),
        "may_approve": found.state == _STATE.PREPARED and me != found.prepared_by_id and actor.has(Role.FINANCE_MANAGER),
        "may_release": to_release(actor, timezone.localdate()).filter(pk=found.pk).exists(),
        "may_withdraw": found.state in open_states and finance,
        "may_tell": under_way and finance,
        "may_fail": under_way and actor.has(Role.FINANCE_MANAGER) and me != found.released_by_id,
        "may_ask": found.state == _STATE.APPROVED and actor.has(Role.FINANCE_MANAGER), "asked": open_request(found), "declined": declined(found),
        "ask_form": ask_form or AskReleaserForm(), "forms": [ask_form] if ask_form else [],
        "history": history_of(subject_kind="payment_batch", subject=found.number),
        "back_url": url(SECTION),
    }  # fmt: skip


def next_words(found: PaymentBatch, me: int | None) -> str:
    """Who acts next, in a sentence."""
    by = found.prepared_by.name
    if found.state == _STATE.PREPARED:
        if me == found.prepared_by_id:
            return "You prepared this batch, so someone else must approve it. Nothing leaves before a third person releases it."
        return f"Prepared by {by}. A finance manager who is not {by} approves it; a third person releases it."
    if found.state == _STATE.APPROVED:
        return f"Prepared by {by}, approved by {_name(found.approved_by)}. Somebody who is neither releases it."
    if found.state == _STATE.SENT:
        return f"Released by {_name(found.released_by)}. It is confirmed when the bank file shows it."
    if found.state == _STATE.UNKNOWN:
        return "It is not known whether the bank took the file. Nothing is sent again until somebody asked the bank."
    if found.state == _STATE.CONFIRMED:
        return "Every payment left the bank or was rejected by it."
    return f"Withdrawn: {found.reason}. What stood in it is due again."


def _name(person: Any) -> str:
    return person.name if person else ""


def _decided(request: FinanceRequest, found: PaymentBatch) -> str:
    """Does what the button says; the verbs refuse by themselves."""
    form = BatchForm(request.POST)
    if not form.is_valid():
        raise WrongInput("Reason must be 200 characters or fewer, and the form of file one of the list.")
    given, actor, today = form.cleaned_data, request.actor, timezone.localdate()
    reason = given["reason"]

    def approve() -> str:
        approve_batch(batch=found, seen=given["seen"], on=today, actor=actor)
        return f"{found.number} is approved: {money(found.pence)}, frozen. A third person releases it."

    def withdraw() -> str:
        withdraw_batch(batch=found, reason=reason, actor=actor)
        return f"{found.number} is withdrawn. What stood in it is due again."

    def unknown() -> str:
        mark_unknown(batch=found, reason=reason, actor=actor)
        return f"{found.number}: it is not known whether the bank took it. Nothing is sent again meanwhile."

    def arrived() -> str:
        found_sent(batch=found, reason=reason, actor=actor)
        return f"{found.number} is on its way after all."

    def failed() -> str:
        fail_sending(batch=found, reason=reason, on=today, actor=actor)
        return f"{found.number} was not taken by the bank. It may be released again."

    def reject() -> str:
        line = PaymentBatchLine.objects.filter(batch=found, pk=given["line"] or 0).first()
        if line is None:
            raise NotFound("There is no such payment.")
        done = reject_payment(line=line, reason=reason, on=today, actor=actor)
        return f"{money(done.pence)} to {done.provider.name} is owed again; they are told."

    verbs: dict[str, Callable[[], str]] = {
        "approve": approve, "withdraw": withdraw, "unknown": unknown, "arrived": arrived, "failed": failed,
        "reject": reject, "release": lambda: released(request, found, given),
        "unask": lambda: _ask_no_longer(request, found),
    }  # fmt: skip
    if request.POST.get("do") not in verbs:
        raise WrongInput("Choose what to do with this batch.")
    return verbs[request.POST["do"]]()


def released(request: FinanceRequest, found: PaymentBatch, given: dict[str, Any]) -> str:
    """Releases a batch; the key of the page makes a second click harmless."""
    release_batch(
        batch=found, form=given["form"], command_key=f"page:{given['key'] or uuid.uuid4().hex}", at=timezone.now(),
        on=timezone.localdate(), actor=request.actor, user_number=settings.BACS_USER_NUMBER,
    )  # fmt: skip
    day = long_date(found.pay_on)
    return f"{found.number} is released: {plural(found.count, 'payment')}, {money(found.pence)}, on {day}."


@finance_page(section=SECTION, to="download payment files")
def payment_file(request: FinanceRequest, number: str, ordinal: int) -> HttpResponse:
    """The file of a sending, as it was written; each download is recorded."""
    with transaction.atomic():
        sending = open_sending(request.actor, batch_for(request.actor, number), ordinal)
    end = {"standard18": "txt", "pain001": "xml", "csv": "csv"}[sending.form]
    response = HttpResponse(bytes(sending.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{number}-{ordinal}.{end}"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: FinanceRequest, number: str) -> HttpResponse:
    """For whoever releases, in finance or appointed from outside: whom the batch pays, and one button."""
    found = to_release(request.actor, timezone.localdate()).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    errors, status = [], 200
    if request.method == "POST":
        form = BatchForm(request.POST)
        try:
            if not form.is_valid():
                raise WrongInput("Choose the form of the file.")
            words = released(request, found, form.cleaned_data)
        except DomainError as error:
            errors, status = said(error), error.status
        else:
            messages.success(request, words)
            return redirect(url("home"))
    context = {
        "batch": found, "lines": list(lines_of(found)), "errors": errors, "key": uuid.uuid4().hex,
        "form": BatchForm(auto_id=False), "back_url": url("home"),
    }  # fmt: skip
    return render(request, "finance/payment_release.html", context, status=status)
