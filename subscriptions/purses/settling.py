"""A purse pays the invoices of what was drawn, and what is credited goes back into it."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q

from invoicing.receivables.allocation import allocate_many
from invoicing.receivables.models import Charge, ReceivableItem, Reduction, UnallocatedItem
from invoicing.services import carry
from marketplace.core.actors import Actor
from subscriptions.purses.drawing import Kind, locked, release
from subscriptions.purses.models import Purse, PurseDraw, PurseMember, PurseMovement
from subscriptions.purses.opening import record

LATE = timedelta(days=366)
"""How long after its last day what is credited still goes back into a purse."""


def settle_draws(*, on: date, actor: Actor) -> int:
    """Settles what was invoiced of all draws, and takes back what was credited; returns how many draws changed.

    One transaction each. Twice is once: each item to invoice and each credit counts once for a draw.
    """
    unsettled = Q(pence__gt=F("settled_pence") + F("released_pence"))
    settled = Q(settled_pence__gt=F("returned_pence"), purse__valid_to__gt=on - LATE)
    waiting = PurseDraw.objects.filter(unsettled | settled).order_by("pk")
    return sum(settle_draw(source_key=key, on=on, actor=actor) for key in waiting.values_list("source_key", flat=True))


@transaction.atomic
def settle_draw(*, source_key: str, on: date, actor: Actor) -> bool:
    """Settles one draw as far as its items were invoiced; what is not needed once all are is left again.

    An order that waits for approval has no items yet and keeps its money. Whether anything changed.
    """
    found = locked(source_key)
    if found is None:
        return False
    before = (found.settled_pence, found.released_pence, found.returned_pence)
    charges = list(
        Charge.objects.filter(source_key__in=found.charge_keys).select_related("document_line__document").order_by("pk")
    )
    for charge in charges:
        if charge.state == Charge.State.BILLED:
            _settle(found, charge, on, actor)
    invoiced = len(charges) == len(found.charge_keys) and all(one.state != Charge.State.PENDING for one in charges)
    if invoiced and found.open_pence:
        release(found, found.open_pence, on)
    for charge in charges:
        _take_back(found, charge, on, actor)
    return before != (found.settled_pence, found.released_pence, found.returned_pence)


def _settle(found: PurseDraw, charge: Charge, on: date, actor: Actor) -> None:
    """Sets the money against the invoice of one item, as far as it is owed and kept."""
    line = charge.document_line
    if line is None or found.movements.filter(kind=Kind.SETTLED, about=charge.source_key).exists():
        return
    money = list(
        UnallocatedItem.objects.select_for_update()
        .filter(organisation=found.purse.account_id, remaining_pence__gt=0)
        .order_by("pk")
    )
    items = list(ReceivableItem.objects.select_for_update().filter(document=line.document).order_by("due_on", "pk"))
    wanted = min(
        line.net_pence + line.vat_pence, found.open_pence, sum(one.outstanding_pence for one in items),
        sum(one.remaining_pence for one in money),
    )  # fmt: skip
    if wanted <= 0:
        return
    # No longer kept first: the database lets nobody take money that is.
    PurseDraw.objects.filter(pk=found.pk).update(settled_pence=F("settled_pence") + wanted)
    Purse.objects.filter(pk=found.purse_id).update(reserved_pence=F("reserved_pence") - wanted)
    allocate_many(pairs=_pairs(money, items, wanted), on=on, actor=actor)
    PurseMovement.objects.create(draw=found, kind=Kind.SETTLED, about=charge.source_key, pence=wanted, on=on)
    found.settled_pence += wanted
    record("purse.paid", found.purse, actor, also=[found.member.organisation_id], pence=wanted, about=found.label)


def _pairs(
    money: list[UnallocatedItem], items: list[ReceivableItem], wanted: int
) -> list[tuple[UnallocatedItem, ReceivableItem, int]]:
    """Which money pays which item: the oldest first, ``wanted`` pence in all."""
    left, of = wanted, {one.pk: one.remaining_pence for one in money}
    found = []
    for item in items:
        owed = min(item.outstanding_pence, left)
        for source in money:
            pence = min(owed, of[source.pk])
            if pence:
                found.append((source, item, pence))
                of[source.pk] -= pence
                owed -= pence
                left -= pence
    return found


def _take_back(found: PurseDraw, charge: Charge, on: date, actor: Actor) -> None:
    """Carries what credit notes of a settled item left on the lead's account back into the purse."""
    credits = Reduction.objects.filter(charge=charge, state=Reduction.State.CREDITED).order_by("pk")
    for credit in credits.select_related("credit_line"):
        line = credit.credit_line
        if line is None or found.movements.filter(kind=Kind.RETURNED, about=credit.source_key).exists():
            continue
        source = UnallocatedItem.objects.filter(document=line.document_id).first()
        if source is None:
            continue
        back = min(source.remaining_pence, line.net_pence + line.vat_pence, found.settled_pence - found.returned_pence)
        if back <= 0:
            continue
        carry(
            source=source,
            to=found.purse.account,
            pence=back,
            reason=f"Back into {found.purse.name}",
            on=on,
            actor=actor,
        )
        PurseDraw.objects.filter(pk=found.pk).update(returned_pence=F("returned_pence") + back)
        PurseMember.objects.filter(pk=found.member_id).update(drawn_pence=F("drawn_pence") - back)
        PurseMovement.objects.create(draw=found, kind=Kind.RETURNED, about=credit.source_key, pence=back, on=on)
        found.returned_pence += back
        record("purse.returned", found.purse, actor, also=[found.member.organisation_id], pence=back, about=found.label)
