"""Reads over payment batches, scoped to an actor: finance and the auditor; a releaser sees what waits for release."""

from datetime import date

from django.db.models import QuerySet

from invoicing.paying_out.models import PaymentBatch, PaymentBatchLine, PaymentSending
from invoicing.paying_out.releasing import may_release
from marketplace.core import events
from marketplace.core.actors import FINANCE, FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound


def batches_for(actor: Actor) -> QuerySet[PaymentBatch]:
    """Payment batches, newest first. Anybody but finance and the auditor is told nothing."""
    if not actor.system and not actor.has(*FINANCE_READERS):
        raise NotFound("There is no such page.")
    return PaymentBatch.objects.select_related("prepared_by", "approved_by", "released_by").order_by("-pk")


def batch_for(actor: Actor, number: str) -> PaymentBatch:
    """One of them, or NotFound."""
    found = batches_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no payment batch {number}.")
    return found


def to_release(actor: Actor, on: date) -> QuerySet[PaymentBatch]:
    """Approved batches that this person may release on a day: finance, or appointed, and neither prepared nor approved
    by them."""
    rows = PaymentBatch.objects.select_related("prepared_by", "approved_by").order_by("-pk")
    if not may_release(actor, on):
        return rows.none()
    others = rows.exclude(prepared_by_id=actor.person_id).exclude(approved_by_id=actor.person_id)
    return others.filter(state=PaymentBatch.State.APPROVED)


def lines_of(batch: PaymentBatch) -> QuerySet[PaymentBatchLine]:
    """Its payments in their order, with whom and into which version."""
    return batch.lines.select_related("provider", "payee_account").order_by("position")


def payments_for(actor: Actor) -> QuerySet[PaymentBatchLine]:
    """Payments that were sent, newest first: all for finance and the auditor, a provider's own for those who act for it."""
    rows = PaymentBatchLine.objects.select_related("batch", "provider").order_by("-pk")
    sent = rows.filter(state__in=[PaymentBatchLine.State.SENT, "paid", "rejected"])
    if actor.system or actor.has(*FINANCE_READERS):
        return sent
    return sent.filter(provider_id__in=actor.organisations(Role.PROVIDER))


def open_sending(actor: Actor, batch: PaymentBatch, ordinal: int) -> PaymentSending:
    """The file of a sending, for finance; each sight is recorded, since whole account numbers stand in it."""
    actor.require(*sorted(FINANCE), to="download payment files")
    found = batch.sendings.filter(ordinal=ordinal).first()
    if found is None:
        raise NotFound("There is no such file.")
    events.record(
        kind="payment_file.seen",
        subject_kind="payment_batch",
        subject=batch.number,
        organisation_ids=[],
        payload={"sending": ordinal, "sha256": found.sha256},
        actor=actor,
    )
    return found
