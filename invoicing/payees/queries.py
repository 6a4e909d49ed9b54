"""Reads over payee accounts and holds, scoped to an actor; digits are masked by whoever shows them."""

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from django.db.models import QuerySet

from invoicing.payees.models import PayeeAccount, PaymentHold
from invoicing.payees.rules.modulus import Rule, read_table
from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound


def payee_accounts_for(actor: Actor) -> QuerySet[PayeeAccount]:
    """All for finance and the auditor, newest first; a provider's own for those who act for it."""
    rows = PayeeAccount.objects.select_related("organisation", "asked_by", "confirmed_by").order_by("-pk")
    if actor.system or actor.has(*FINANCE_READERS):
        return rows
    return rows.filter(organisation_id__in=actor.organisations(Role.PROVIDER))


def require_payer_or_payee(actor: Actor) -> None:
    """Raises NotFound for whoever neither pays providers nor acts for one: the lists are not shown to exist."""
    if not (actor.system or actor.has(*FINANCE_READERS, Role.PROVIDER)):
        raise NotFound("There is no such list.")


def payee_account_for(actor: Actor, pk: int) -> PayeeAccount:
    """One of them, or NotFound."""
    found = payee_accounts_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such account.")
    return found


def holds_for(actor: Actor) -> QuerySet[PaymentHold]:
    """Holds, newest first: all for finance and the auditor, a provider's own for those who act for it."""
    rows = PaymentHold.objects.select_related("provider").order_by("-pk")
    if actor.system or actor.has(*FINANCE_READERS):
        return rows
    return rows.filter(provider_id__in=actor.organisations(Role.PROVIDER))


def holds_on(provider_ids: Collection[int]) -> dict[int, list[PaymentHold]]:
    """The holds in force of many providers, oldest first, by the provider's id."""
    found: dict[int, list[PaymentHold]] = {}
    rows = PaymentHold.objects.filter(provider_id__in=provider_ids, lifted_on__isnull=True).order_by("pk")
    for hold in rows:
        found.setdefault(hold.provider_id, []).append(hold)
    return found


@lru_cache(maxsize=4)
def modulus_table(path: str) -> tuple[Rule, ...]:
    """The published table of weights in a file; none where no path is given. Raises ValueError for a wrong line."""
    return tuple(read_table(Path(path).read_text(encoding="ascii").splitlines())) if path else ()
