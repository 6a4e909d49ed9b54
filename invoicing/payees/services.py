"""Asking a payee account, confirming it as a second person, and holding payments."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from invoicing.payees.models import PayeeAccount, PaymentHold
from invoicing.payees.rules.modulus import Rule, fits
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.text import clean_line
from marketplace.core.working_days import working_days_after
from marketplace.organisations.models import Organisation

HOLD_DAYS = 3
_STATE = PayeeAccount.State


class WrongAccount(DomainError):
    """The digits of a sort code and an account number do not fit each other, or are not digits."""

    code = "wrong_account"
    status = 400


class AccountAsked(DomainError):
    """One change of an account at a time."""

    code = "account_asked"


class AccountDecided(DomainError):
    """What was asked is confirmed or refused once."""

    code = "account_decided"


class OwnAccountChange(DomainError):
    """Nobody confirms what they asked themselves, whichever login they use."""

    code = "own_account_change"


def account_of(organisation: Organisation) -> PayeeAccount | None:
    """The account in force, confirmed by a second person; None where there is none."""
    return accounts_of([organisation.pk]).get(organisation.pk)


def accounts_of(organisation_ids: Collection[int]) -> dict[int, PayeeAccount]:
    """The accounts in force of many, by the organisation's id."""
    found = PayeeAccount.objects.filter(organisation_id__in=organisation_ids, state=_STATE.CONFIRMED)
    return {one.organisation_id: one for one in found}


def may_ask(actor: Actor, organisation: Organisation) -> bool:
    """Finance, and whoever acts for the provider itself."""
    return actor.has(*FINANCE) or organisation.pk in actor.organisations(Role.PROVIDER)


@transaction.atomic
def ask_account(
    *,
    organisation: Organisation,
    account_name: str,
    sort_code: str,
    account_number: str,
    on: date,
    actor: Actor,
    table: Sequence[Rule] = (),
) -> PayeeAccount:
    """A new version of the account into which an organisation is paid, to be confirmed by somebody else.

    Spaces and hyphens among the digits are passed over; a number of six or seven digits gets noughts in front. ``table`` is
    the published table of weights, if there is one: digits that do not fit are refused (WrongAccount). Whoever was told of
    earlier payments is told at once. One at a time (AccountAsked).
    """
    if not may_ask(actor, organisation) or actor.person_id is None:
        raise NotFound(f"There is no provider {organisation.number}.")
    code, number = _digits(sort_code), _digits(account_number)
    number = number.rjust(8, "0") if 6 <= len(number) < 8 else number
    if len(code) != 6:
        raise WrongAccount("Sort code must be 6 digits, such as 20-45-11. Nothing was kept.")
    if len(number) != 8:
        raise WrongAccount("Account number must be 6 to 8 digits. Nothing was kept.")
    fit = fits(code, number, table) if table else None
    if fit is False:
        raise WrongAccount(
            "That account number does not belong to that sort code. Look at both again on a statement. Nothing was kept."
        )
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if PayeeAccount.objects.filter(organisation=organisation, state=_STATE.ASKED).exists():
        raise AccountAsked("A new account waits to be confirmed already. We confirm or refuse that one first.")
    last = PayeeAccount.objects.filter(organisation=organisation).aggregate(last=Max("version"))["last"] or 0
    made = PayeeAccount.objects.create(
        organisation=organisation, version=last + 1, sort_code=code, account_number=number, asked_on=on,
        account_name=clean_line(account_name, what="Name of the account", limit=70), asked_by_id=actor.person_id,
        modulus=PayeeAccount.Modulus.VALID if fit else PayeeAccount.Modulus.NOT_CHECKED,
    )  # fmt: skip
    _record("payee_account.asked", made, actor, changed=last > 0)
    return made


def _digits(text: str) -> str:
    """Digits without what people put between them; anything else stays, and is refused by its length or here."""
    plain = re.sub(r"[\s\-–]", "", text)
    if not re.fullmatch("[0-9]*", plain):
        raise WrongAccount("Sort code and account number are digits. Nothing was kept.")
    return plain


@transaction.atomic
def confirm_account(
    *, account: PayeeAccount, how_checked: str, on: date, actor: Actor, hold_days: int = HOLD_DAYS
) -> PayeeAccount:
    """Confirms an account as a second person, who says how it was checked: called back on the number known before.

    The account before it is replaced. A first account may be paid into from that day, a changed one ``hold_days`` working
    days later. Finance managers only; never who asked (OwnAccountChange); once (AccountDecided).
    """
    found = _decidable(account, actor, to="confirm bank accounts")
    words = clean_line(how_checked, what="How you checked it", limit=240)
    before = PayeeAccount.objects.filter(organisation_id=found.organisation_id, state=_STATE.CONFIRMED)
    changed = before.update(state=_STATE.REPLACED) > 0
    PayeeAccount.objects.filter(pk=found.pk).update(
        state=_STATE.CONFIRMED, confirmed_by_id=actor.person_id, confirmed_on=on, how_checked=words,
        usable_from=working_days_after(on, hold_days) if changed else on,
    )  # fmt: skip
    found.refresh_from_db()
    _record("payee_account.confirmed", found, actor, text=words, changed=changed)
    return found


@transaction.atomic
def refuse_account(*, account: PayeeAccount, reason: str, on: date, actor: Actor) -> PayeeAccount:
    """Refuses an account with a reason; the one in force stays. Finance managers only; never who asked."""
    found = _decidable(account, actor, to="refuse bank accounts")
    words = clean_line(reason, what="Reason", limit=240)
    PayeeAccount.objects.filter(pk=found.pk).update(state=_STATE.REFUSED, refused_reason=words)
    found.refresh_from_db()
    _record("payee_account.refused", found, actor, text=words)
    return found


def _decidable(account: PayeeAccount, actor: Actor, *, to: str) -> PayeeAccount:
    actor.require(Role.FINANCE_MANAGER, to=to)
    Organisation.objects.select_for_update().get(pk=account.organisation_id)
    # The accounts' rows too: a release that shares them is waited for, and waits.
    rows = list(PayeeAccount.objects.select_for_update().filter(organisation_id=account.organisation_id).order_by("pk"))
    found = next(row for row in rows if row.pk == account.pk)
    if found.state != _STATE.ASKED:
        raise AccountDecided(f"This account is {found.get_state_display().lower()} by now. Nothing was changed.")
    if found.asked_by_id == actor.person_id or actor.person_id is None:
        raise OwnAccountChange("You asked for this account, so another finance manager confirms or refuses it.")
    return found


@transaction.atomic
def see_account(*, account: PayeeAccount, actor: Actor) -> PayeeAccount:
    """The account with all its digits, for a finance manager; each sight is recorded."""
    actor.require(Role.FINANCE_MANAGER, to="see whole account numbers")
    _record("payee_account.seen", account, actor)
    return account


def _record(kind: str, account: PayeeAccount, actor: Actor, *, text: str = "", **payload: Any) -> None:
    """No digits in the log but the version, which leads to them."""
    events.record(
        kind=kind,
        subject_kind="payee_account",
        subject=str(account.pk),
        organisation_ids=[account.organisation_id],
        payload={"version": account.version, "state": str(account.state), **payload},
        text={"reason": text} if text else None,
        actor=actor,
    )


@transaction.atomic
def hold_payments(
    *, source_key: str, provider: Organisation, reason: str, on: date, actor: Actor, payable_source: str = ""
) -> PaymentHold:
    """Nothing is paid to a provider, or of the amount due of ``payable_source`` alone, until the hold is lifted.

    ``reason`` is a sentence that the provider reads. The same source again returns the hold that exists.
    """
    made = PaymentHold(
        source_key=source_key, provider=provider, payable_source=payable_source, held_on=on,
        reason=clean_line(reason, what="Reason", limit=240),
    )  # fmt: skip
    if not insert_once(made):
        return PaymentHold.objects.get(source_key=source_key)
    _record_hold("payment_hold.placed", made, actor, made.reason)
    return made


@transaction.atomic
def lift_hold(*, source_key: str, on: date, actor: Actor) -> PaymentHold | None:
    """Lifts the hold of that source; nothing happens where there is none, or it was lifted."""
    in_force = PaymentHold.objects.filter(source_key=source_key, lifted_on__isnull=True)
    if in_force.update(lifted_on=on) == 0:
        return PaymentHold.objects.filter(source_key=source_key).first()
    found = PaymentHold.objects.get(source_key=source_key)
    _record_hold("payment_hold.lifted", found, actor)
    return found


def _record_hold(kind: str, hold: PaymentHold, actor: Actor, reason: str = "") -> None:
    events.record(
        kind=kind,
        subject_kind="payment_hold",
        subject=str(hold.pk),
        organisation_ids=[hold.provider_id],
        payload={"source": hold.source_key, "payable": hold.payable_source},
        text={"reason": reason} if reason else None,
        actor=actor,
    )
