"""Paying providers in the demonstration: accounts, a batch that left, one that waits, an account to confirm."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from frontend.demonstration.directory import Directory
from frontend.demonstration.self_billing import staff_of
from invoicing.ledger.chart import BANK
from invoicing.ledger.models import LedgerAccount
from invoicing.payees.services import ask_account, confirm_account
from invoicing.paying_out.content import hash_of
from invoicing.paying_out.models import PaymentBatch, PaymentSending
from invoicing.paying_out.preparing import approve_batch, prepare_batch
from invoicing.paying_out.proposing import propose_payments
from invoicing.paying_out.releasers import appoint_releaser
from invoicing.paying_out.releasing import release_batch
from invoicing.paying_out.rules.orders import Account
from invoicing.provider_invoices.due import payment_day
from marketplace.organisations.models import Person
from providers.models import Provider

# Sort codes that no bank has.
_ACCOUNTS = {"ridgeway-learning": ("00-16-13", "31926819"), "priory-lane": ("00-22-40", "70872490")}
_NEXT = ("00-22-41", "11830526")


def add_paying_out(directory: Directory, *, today: date) -> None:
    """Nothing where the consultants' firms are missing, or nothing is due to them."""
    firms = {one.code: one for one in Provider.objects.filter(code__in=_ACCOUNTS).select_related("organisation")}
    if len(firms) < len(_ACCOUNTS):
        return
    before = today - timedelta(days=40)
    for code, (sort_code, number) in _ACCOUNTS.items():
        _account(directory, firms[code], sort_code, number, before)
    _releaser(directory, today)
    priory, ridgeway = firms["priory-lane"].organisation_id, firms["ridgeway-learning"].organisation_id
    if sent := _prepared(directory, priory, today):
        approved = approve_batch(batch=sent, seen=hash_of(sent.pk), on=today, actor=directory.signed["finance_manager"])
        release_batch(
            batch=approved, form=PaymentSending.Form.PAIN_001, command_key="demonstration", on=today,
            at=datetime.combine(today, time(9), tzinfo=timezone.get_default_timezone()),
            actor=directory.signed["administrator"],
        )  # fmt: skip
    _prepared(directory, ridgeway, today)
    ask_account(
        organisation=firms["priory-lane"].organisation, account_name="Priory Lane Coaching", sort_code=_NEXT[0],
        account_number=_NEXT[1], on=today, actor=staff_of(firms["priory-lane"]),
    )  # fmt: skip


def _account(directory: Directory, firm: Provider, sort_code: str, number: str, on: date) -> None:
    asked = ask_account(
        organisation=firm.organisation, account_name=firm.organisation.name[:70], sort_code=sort_code,
        account_number=number, on=on, actor=staff_of(firm),
    )  # fmt: skip
    words = "Called back on the number in the contract"
    confirm_account(account=asked, how_checked=words, on=on, actor=directory.signed["finance_manager"])


def _releaser(directory: Directory, today: date) -> None:
    """Two people are in finance, so the administrator is the third."""
    person = Person.objects.get(pk=directory.signed["administrator"].person_id or 0)
    appoint_releaser(
        person=person, valid_from=today, valid_to=today + timedelta(days=365), actor=directory.signed["finance_manager"]
    )  # fmt: skip


def _prepared(directory: Directory, provider_id: int, today: date) -> PaymentBatch | None:
    day = payment_day(today)
    if not any(not one.held for one in propose_payments(pay_on=day, provider_ids=[provider_id])):
        day = payment_day(day + timedelta(days=1))
    if not any(not one.held for one in propose_payments(pay_on=day, provider_ids=[provider_id])):
        return None
    return prepare_batch(
        pay_on=day, payer=Account("Tidewell Schools Partnership", "309626", "00123456"), on=today,
        bank_account=LedgerAccount.objects.get(pk=BANK), actor=directory.signed["finance_officer"],
        provider_ids=[provider_id],
    )  # fmt: skip
