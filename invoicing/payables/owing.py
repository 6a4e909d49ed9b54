"""Amounts due to providers: pushed down once, owed at once or as their customers pay, reduced when less is owed."""

import hashlib
import json
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from invoicing.ledger.models import IncomeStream, LedgerAccount
from invoicing.payables.models import Payable, PayableReduction
from invoicing.payables.posting import Change, post_changes, record_payable
from invoicing.payables.releasing import settle
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.bulk import insert_once
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation


class OwedOtherwise(DomainError):
    """The same source was owed before with other commercial facts."""

    code = "owed_otherwise"


class PayableTooSmall(DomainError):
    """A payable cannot be reduced by more than is left of it. ``remaining`` is in pence."""

    code = "payable_too_small"


@transaction.atomic
def owe(
    *,
    source_key: str,
    provider: Organisation,
    description: str,
    net: Money,
    vat: VatTreatment,
    account_code: str,
    stream_code: str,
    on: date,
    actor: Actor,
    analysis_code: str = "",
    service: Period | None = None,
    release_on_payment_of: str | None = None,
) -> Payable:
    """What a provider has earned for one thing, once, in pence before VAT.

    The same call again returns the payable that exists; with other commercial facts it raises OwedOtherwise.
    ``release_on_payment_of`` is the source of a customer's item to invoice: nothing is owed or posted before its invoice
    is settled, and then the share that was settled by money. Otherwise it is owed at once: expense → payables (provider).
    ``account_code`` is an expense account. The provider may not be the partnership.
    """
    _check(provider, net)
    check_expense(account_code, stream_code)
    waits_for = release_on_payment_of or ""
    facts_hash = hash_of_payable(
        provider_id=provider.pk, net_pence=net.pence, vat=vat, account_code=account_code, stream_code=stream_code,
        service=service, waits_for=waits_for,
    )  # fmt: skip
    values: dict[str, Any] = {
        "facts_hash": facts_hash,
        "state": Payable.State.WAITING if waits_for else Payable.State.OWED,
        "owed_pence": 0 if waits_for else net.pence,
        "provider": provider,
        "description": clean_line(description[:240], what="Description", limit=240),
        "net_pence": net.pence,
        "vat_category": vat.category,
        "vat_rate": vat.rate,
        "vat_reason": vat.reason,
        "account_id": account_code,
        "stream_id": stream_code,
        "analysis_code": clean_line(analysis_code[:60], what="Analysis code", limit=60, required=False),
        "service_from": service.start if service else None,
        "service_to": service.end if service else None,
        "made_on": on,
        "release_on_payment_of": waits_for,
    }
    found = Payable(source_key=source_key, **values)
    if not (made := insert_once(found)):
        found = Payable.objects.get(source_key=source_key)
    if found.facts_hash != facts_hash:
        raise OwedOtherwise(
            f"{source_key} was owed before as {Money(found.net_pence)}, not {net}. Reduce it or owe anew.",
            source_key=source_key,
        )
    if made:
        record_payable("payable.made", found, {"net_pence": net.pence, "state": str(found.state)}, actor)
        if waits_for:
            settle(payable_ids=[found.pk], on=on, actor=actor)
        else:
            post_changes([Change(found, net.pence, "Earned")], on=on, actor=actor)
        found.refresh_from_db()
    return found


def hash_of_payable(
    *,
    provider_id: int,
    net_pence: int,
    vat: VatTreatment,
    account_code: str,
    stream_code: str,
    service: Period | None,
    waits_for: str,
) -> str:
    """The commercial facts of an amount due as one text: the same source with other facts is refused."""
    facts = {
        "provider": provider_id,
        "net": net_pence,
        "vat": [vat.category, str(vat.rate.normalize())],
        "account": account_code,
        "stream": stream_code,
        "service": [service.start, service.end] if service else None,
        "waits_for": waits_for,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _check(provider: Organisation, net: Money) -> None:
    if net.pence <= 0:
        raise WrongInput("An amount due must be more than £0.00.")
    if provider.kind == Organisation.Kind.PARTNERSHIP:
        raise WrongInput(f"{provider.name} owes itself nothing. Choose another provider.")


def check_expense(account_code: str, stream_code: str) -> None:
    """Refuses codes that the chart of accounts has not, and an account that is none of expense."""
    if not LedgerAccount.objects.filter(code=account_code, type=LedgerAccount.Type.EXPENSE, control=False).exists():
        raise WrongInput(f"There is no expense account {account_code}. Choose one of the chart of accounts.")
    if not IncomeStream.objects.filter(code=stream_code).exists():
        raise WrongInput(f"There is no income stream {stream_code}. Choose one of the chart of accounts.")


@transaction.atomic
def reduce_payable(*, source_key: str, of: str, pence: int, reason: str, on: date, actor: Actor) -> PayableReduction:
    """Less is owed on the payable with source ``of``; what was posted of it beyond the rest is taken back by an entry.

    The same ``source_key`` again returns the first reduction (OwedOtherwise where it said something else). Reduced whole,
    the payable is cancelled. Raises PayableTooSmall beyond what is left.
    """
    if pence <= 0:
        raise WrongInput("A reduction must be more than £0.00")
    target = Payable.objects.select_for_update().filter(source_key=of).first()
    if target is None:
        raise NotFound(f"Nothing is owed for {of}")
    if existing := PayableReduction.objects.filter(source_key=source_key).first():
        if (existing.payable_id, existing.pence) != (target.pk, pence):
            raise OwedOtherwise(f"{source_key} took off {Money(existing.pence)} before. Give it a source of its own.")
        return existing
    if pence > target.due_pence:
        raise PayableTooSmall(
            f"Only {Money(target.due_pence)} is left of what is due to {target.provider.name}, so it cannot be reduced by "
            f"{Money(pence)}.",
            remaining=target.due_pence,
        )
    return _lower(
        target, pence, source_key=source_key, reason=clean_line(reason, what="Reason", limit=240), on=on, actor=actor
    )


def _lower(target: Payable, pence: int, *, source_key: str, reason: str, on: date, actor: Actor) -> PayableReduction:
    """Takes ``pence`` off a locked payable; the caller has seen that so much is left."""
    left = target.due_pence - pence
    back = max(0, target.owed_pence - left)
    owed = target.owed_pence - back
    state = Payable.State.CANCELLED if left == 0 else Payable.State.OWED if owed else Payable.State.WAITING
    before = Payable.objects.filter(pk=target.pk, reduced_pence=target.reduced_pence, owed_pence=target.owed_pence)
    if before.update(reduced_pence=F("reduced_pence") + pence, owed_pence=owed, state=state) != 1:
        raise RuntimeError("A payable is reduced by who holds it")
    reduction = PayableReduction.objects.create(
        source_key=source_key, payable=target, pence=pence, reason=reason, reduced_on=on
    )
    if back:
        post_changes([Change(target, -back, reason)], on=on, actor=actor)
    target.refresh_from_db()
    record_payable("payable.reduced", target, {"pence": pence, "left_pence": left}, actor, reason=reason)
    return reduction
