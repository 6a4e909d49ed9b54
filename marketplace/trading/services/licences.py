"""Licences of resources: granted with the order, extended by the next one, ended when the price is given back.

What the author earns is pushed down here too: its share of each sale, owed once the buyer has paid.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from catalogue.models import Offer, Resource
from invoicing.ledger.chart import ROYALTIES
from invoicing.receivables.given_back import wholly_given_back
from invoicing.services import owe
from invoicing.vat.rules.deciding import NoSupply, NoVatRule
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.treatment import VatTreatment
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.money import Money, round_half_up
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation, TrustMembership
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from marketplace.trading.licence_queries import may_renew
from marketplace.trading.models import BasketLine, Licence, OrderLine
from marketplace.trading.services.baskets import add_to_basket, open_basket

REMIND_DAYS = 30


class LicenceTwice(DomainError):
    """The same licence cannot be had twice at once; nothing was ordered."""

    code = "licence_twice"


def grant_licences(*, lines: Sequence[OrderLine], on: date, actor: Actor) -> list[Licence]:
    """The licences of an order's lines, on the day on which it is placed or approved, in its transaction, before its
    items to invoice are made: what extends a licence is charged for the term that it adds.

    A licence of a term begins on the line's own first day, else on ``on``, but never before the end of the one that is
    held: no gap that was not chosen, no overlap. A download bought once is kept. Where the resource counts for a trust
    and the school belongs to one on the day, the trust holds it. Raises LicenceTwice for more than one of a kind in an
    order for the same holder, and for a download that is held already. Lines of other offers are left alone.
    """
    mine = [line for line in lines if line.offer.kind == Offer.Kind.RESOURCE]
    if not mine:
        return []
    resources = Resource.objects.select_related("author").in_bulk([line.offer_id for line in mine])
    licensed = [line for line in mine if line.offer_id in resources and resources[line.offer_id].downloads]
    holders = _holders(licensed, resources, on)
    list(
        Organisation.objects.select_for_update(no_key=True).filter(pk__in=holders.values()).order_by("pk").values("pk")
    )
    made: list[Licence] = []
    seen: set[tuple[int, int]] = set()
    for line in licensed:
        holder = holders[line.pk]
        if (holder, line.offer_id) in seen or line.quantity != 1:
            raise LicenceTwice(
                f"{line.offer.title} is needed once for {_name(holder)}. Change the number to 1 or remove the other line."
            )
        seen.add((holder, line.offer_id))
        made.append(_grant(line, holder, on, actor))
    for line in mine:
        if line.offer_id in resources and line.net_pence:
            _owe_royalty(line, resources[line.offer_id], on, actor)
    return made


def _name(organisation_id: int) -> str:
    return Organisation.objects.values_list("name", flat=True).get(pk=organisation_id)


def _holders(lines: Sequence[OrderLine], resources: dict[int, Resource], on: date) -> dict[int, int]:
    """Which organisation holds the licence of each line: the school, or its trust of the day."""
    schools = [line.school_id for line in lines if resources[line.offer_id].scope == Resource.Scope.TRUST]
    members = TrustMembership.objects.filter(on_day(on), school_id__in=schools) if schools else []
    trusts = {member.school_id: member.trust_id for member in members}
    return {
        line.pk: trusts.get(line.school_id, line.school_id)
        if resources[line.offer_id].scope == Resource.Scope.TRUST
        else line.school_id
        for line in lines
    }


def _grant(line: OrderLine, holder: int, on: date, actor: Actor) -> Licence:
    """One licence, with the line's own dates moved behind the end of the one that is held."""
    held = Licence.objects.filter(organisation_id=holder, offer_id=line.offer_id, revoked_on__isnull=True)
    if held.filter(ends__isnull=True).exists():
        raise LicenceTwice(f"{_name(holder)} has {line.offer.title} already. Find it under Resources and licences.")
    last = held.order_by("-ends").values_list("ends", flat=True).first()
    starts, ends = max(filter(None, [line.service_from or on, last])), None
    if line.offer.term_months is not None:
        ends = add_months(starts, line.offer.term_months)
        if (line.service_from, line.service_to) != (starts, ends):
            line.service_from, line.service_to = starts, ends
            OrderLine.objects.filter(pk=line.pk).update(service_from=starts, service_to=ends)
    licence = Licence.objects.create(
        order_line=line, organisation_id=holder, offer_id=line.offer_id, starts=starts, ends=ends
    )
    _record("licence.granted", licence, actor)
    return licence


def royalty_key(line_id: int) -> str:
    """The source of what the author earns by an order line."""
    return f"order-line:{line_id}:royalty"


def _owe_royalty(line: OrderLine, resource: Resource, on: date, actor: Actor) -> None:
    """The author's share of the sale before VAT, rounded once, owed once the buyer has paid; none on its own order, nor on
    what is sold for another supplier, which is no income of ours."""
    author = resource.author
    if author is None or author.pk == line.school_id or line.offer.sold_by_id is not None:
        return
    pence = round_half_up(Decimal(line.net_pence) * resource.royalty)
    if pence <= 0:
        return
    term = Period(line.service_from, line.service_to) if line.service_from and line.service_to else None
    owe(
        source_key=royalty_key(line.pk),
        provider=author,
        description=f"Royalty of {_percent(resource.royalty)} on {line.offer.title}",
        net=Money(pence),
        vat=_vat_of(author, on),
        account_code=ROYALTIES,
        stream_code=line.offer.stream_code,
        analysis_code=line.offer.code,
        service=term,
        release_on_payment_of=f"order-line:{line.pk}:price",
        on=on,
        actor=actor,
    )


def _vat_of(author: Organisation, on: date) -> VatTreatment:
    """What the author's own supply to us bears. A buyer's order never fails for it: undecided, its invoice says."""
    try:
        return ground_for(supplier=author, customer=partnership(), on=on).decide(SupplyKind.OTHER).treatment
    except (NoSupply, NoVatRule):
        return VatTreatment("O", Decimal(0), "Not decided: see the author's invoice")


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


class CannotRenew(DomainError):
    """The licence is not near its end, was renewed, or is not on sale any more."""

    code = "cannot_renew"


@transaction.atomic
def renew_licence(*, licence: Licence, organisation: Organisation, on: date, actor: Actor) -> BasketLine:
    """Puts the next term of a licence into the actor's basket for the organisation, from the day on which it ends.

    Where it ended before ``on``, the term begins on ``on``. Raises CannotRenew where nobody can renew it now, and what
    ``add_to_basket`` raises.
    """
    if licence.ends is None or not may_renew(licence, on):
        raise CannotRenew(f"{licence.offer.title} cannot be renewed now. Look for it under Find.")
    return add_to_basket(
        basket=open_basket(organisation=organisation, actor=actor),
        offer=licence.offer,
        school=licence.order_line.school if organisation.kind == Organisation.Kind.TRUST else organisation,
        quantity=Decimal(1),
        service_from=max(on, licence.ends),
        on=on,
        actor=actor,
    )


@transaction.atomic
def end_credited_licences(*, on: date, actor: Actor) -> int:
    """Ends the licences whose price was credited whole, or taken off before it was invoiced. Returns how many.

    A licence that was free, or of which a part was credited, runs on.
    """
    running = Licence.objects.filter(revoked_on__isnull=True).exclude(order_line__charge_source_key="")
    keys = wholly_given_back(set(running.values_list("order_line__charge_source_key", flat=True)))
    rows = running.filter(order_line__charge_source_key__in=keys).select_related("offer").order_by("pk")
    ended = 0
    for licence in rows.select_for_update(of=("self",)):
        Licence.objects.filter(pk=licence.pk, revoked_on__isnull=True).update(revoked_on=on)
        licence.revoked_on = on
        _record("licence.revoked", licence, actor)
        ended += 1
    return ended


@transaction.atomic
def announce_ends(*, on: date, actor: Actor) -> int:
    """Announces each licence that ends within 30 days and was not renewed, once. Returns how many.

    The announcement is an event; whoever may renew is written to because of it.
    """
    due = Licence.objects.filter(
        revoked_on__isnull=True, reminded_on__isnull=True, ends__gt=on, ends__lte=on + timedelta(days=REMIND_DAYS)
    )
    told = 0
    for licence in due.select_related("offer").select_for_update(of=("self",), skip_locked=True).order_by("pk"):
        Licence.objects.filter(pk=licence.pk).update(reminded_on=on)
        later = Licence.objects.filter(
            organisation=licence.organisation_id, offer=licence.offer_id, starts__gte=licence.ends, revoked_on=None
        )
        if not later.exists():
            _record("licence.ends_soon", licence, actor)
            told += 1
    return told


def _record(kind: str, licence: Licence, actor: Actor) -> None:
    events.record(
        kind=kind,
        subject_kind="licence",
        subject=str(licence.pk),
        organisation_ids=[licence.organisation_id],
        payload={
            "offer": licence.offer.code, "starts": licence.starts.isoformat(),
            "ends": licence.ends.isoformat() if licence.ends else None,
        },
        actor=actor,
    )  # fmt: skip
