"""A provider's invoice as its verbs hold it: under lock, in a state, sent by who may, and told of."""

from collections.abc import Sequence
from typing import Any

from invoicing.provider_invoices.errors import InvoiceMoved
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.core import events
from marketplace.core.actors import FINANCE, Actor, Role
from marketplace.core.errors import NotAllowed
from marketplace.organisations.models import Organisation


def require_sender(provider: Organisation, actor: Actor) -> None:
    if not actor.has(*FINANCE) and provider.pk not in actor.organisations(Role.PROVIDER):
        raise NotAllowed(f"You may not send invoices for {provider.name}. Ask its staff.")


def locked_invoice(invoice: ProviderInvoice, states: Sequence[str], *, to: str) -> ProviderInvoice:
    found = (
        ProviderInvoice.objects.select_for_update(of=("self",)).select_related("provider", "file").get(pk=invoice.pk)
    )
    if found.state not in states:
        raise InvoiceMoved(f"{found.number} is {found.get_state_display().lower()}, so you cannot {to} now.")
    return found


def record_invoice(kind: str, invoice: ProviderInvoice, actor: Actor, reason: str = "") -> None:
    """``reason`` is text that a person wrote, so it lies aside."""
    payload: dict[str, Any] = {"gross_pence": invoice.gross_pence, "state": invoice.state}
    events.record(
        kind=kind,
        subject_kind="provider_invoice",
        subject=str(invoice.pk),
        organisation_ids=[invoice.provider_id],
        payload=payload,
        text={"reason": reason} if reason else None,
        actor=actor,
    )
