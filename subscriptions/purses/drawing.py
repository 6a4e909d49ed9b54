"""Drawing on a purse for an order: kept once, never more than is there, released where the order comes to nothing."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Q

from invoicing.receivables.models import UnallocatedItem
from marketplace.core.errors import DomainError
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.purses.models import Purse, PurseDraw, PurseMember, PurseMovement
from subscriptions.purses.queries import Offered, money_on, offered_to

Kind = PurseMovement.Kind


class PurseTooSmall(DomainError):
    """Less is left in the purse than the order costs. ``left`` is in pence with VAT."""

    code = "purse_too_small"


class MayNotDraw(DomainError):
    """The organisation may not draw on the purse, or not so much. ``left`` is in pence with VAT."""

    code = "may_not_draw"


@transaction.atomic
def draw(
    *,
    code: str,
    organisation: Organisation,
    source_key: str,
    label: str,
    pence: int,
    charge_keys: Sequence[str],
    on: date,
    person_id: int | None = None,
) -> PurseDraw:
    """Keeps ``pence`` with VAT of a purse for a source, once; the same source again returns what is kept.

    The purse's row is held meanwhile, so that two orders never keep the same money. Raises MayNotDraw for who does not
    belong to it, may not draw, or not so much, and outside its dates; PurseTooSmall where less is left.
    """
    purse = held(code)
    found = PurseDraw.objects.filter(source_key=source_key).first()
    if found is not None:
        return found
    member = PurseMember.objects.filter(purse=purse, organisation=organisation).first()
    if purse is None or member is None or not member.may_draw:
        raise MayNotDraw(f"{organisation.name} may not pay from this purse. Ask its lead.", left=0)
    if not purse.valid_from <= on < purse.valid_to:
        raise MayNotDraw(f"{purse.name} is not open on this day. Pay on account instead.", left=0)
    if not claim(purse, pence):
        left = max(0, money_on([purse]).get(purse.pk, 0) - purse.reserved_pence)
        raise PurseTooSmall(f"Only {Money(left)} is left in {purse.name}, not {Money(pence)}.", left=left)
    within = Q(most_pence=None) | Q(most_pence__gte=F("drawn_pence") + pence)
    if PurseMember.objects.filter(within, pk=member.pk).update(drawn_pence=F("drawn_pence") + pence) != 1:
        left = max(0, (member.most_pence or 0) - member.drawn_pence)
        raise MayNotDraw(
            f"{organisation.name} may draw {Money(left)} more from {purse.name}, not {Money(pence)}.", left=left
        )
    made = PurseDraw.objects.create(
        purse=purse, member=member, source_key=source_key, label=label[:120], on=on, pence=pence,
        charge_keys=list(charge_keys),
    )  # fmt: skip
    PurseMovement.objects.create(draw=made, kind=Kind.RESERVED, pence=pence, on=on, person_id=person_id)
    return made


def held(code: str) -> Purse | None:
    """The purse of that code, held until the transaction ends."""
    return Purse.objects.select_for_update().filter(code=code).first()


def purse_of(organisation: Organisation, code: str, on: date) -> Offered:
    """The purse of that code as the organisation may draw on it on a day. Raises MayNotDraw where it may not."""
    found = offered_to(organisation, on, code=code)
    if not found:
        raise MayNotDraw(f"{organisation.name} may not pay from this purse. Ask its lead.", left=0)
    return found[0]


def claim(purse: Purse, pence: int) -> bool:
    """The guard of invariant 27: one conditional UPDATE that keeps the money, or touches nothing.

    The row was locked by a statement before. The money is locked as it is counted, so that finance, which may be taking
    some of it meanwhile, has done so or waits.
    """
    money = UnallocatedItem.objects.select_for_update().filter(organisation=purse.account_id, remaining_pence__gt=0)
    there = sum(money.order_by("pk").values_list("remaining_pence", flat=True))
    room = Purse.objects.filter(pk=purse.pk, reserved_pence__lte=there - pence)
    return room.update(reserved_pence=F("reserved_pence") + pence) == 1


@transaction.atomic
def release_draw(*, source_key: str, on: date, person_id: int | None = None) -> int:
    """What is still kept for a source is left again; returns how many pence. Twice is once; no source, nothing."""
    found = locked(source_key)
    if found is None or not found.open_pence:
        return 0
    return release(found, found.open_pence, on, person_id)


def locked(source_key: str) -> PurseDraw | None:
    """The draw with its purse, the purse's row first: the one order in which they are locked."""
    purse = PurseDraw.objects.filter(source_key=source_key).values_list("purse", flat=True).first()
    if purse is None:
        return None
    Purse.objects.select_for_update().get(pk=purse)
    return PurseDraw.objects.select_for_update(of=("self",)).select_related("purse").get(source_key=source_key)


def release(found: PurseDraw, pence: int, on: date, person_id: int | None = None) -> int:
    """Writes a release of a locked draw."""
    PurseDraw.objects.filter(pk=found.pk).update(released_pence=F("released_pence") + pence)
    Purse.objects.filter(pk=found.purse_id).update(reserved_pence=F("reserved_pence") - pence)
    PurseMember.objects.filter(pk=found.member_id).update(drawn_pence=F("drawn_pence") - pence)
    PurseMovement.objects.create(draw=found, kind=Kind.RELEASED, pence=pence, on=on, person_id=person_id)
    found.released_pence += pence
    return pence
