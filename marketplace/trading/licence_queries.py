"""Reads over licences and royalties, scoped to an actor: what a school may download, what an author school earned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from catalogue.models import Offer, ResourceFile
from invoicing.payables.models import Payable
from marketplace.core.actors import BUYING, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation, TrustMembership
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import Licence, OrderLine

USERS = BUYING | {Role.DELEGATE}
"""Who opens what the school holds: those who buy, and those who teach with it."""
RENEW_DAYS = 90


def licences_of(actor: Actor, organisations: Collection[Organisation], *, on: date) -> QuerySet[Licence]:
    """The licences that these organisations hold, and that their trusts of the day hold for them: the latest to end
    first, those that are kept before all. ``renewed`` says whether a later one follows.

    Organisations that are not the actor's are left out. Licences that ended are told too; they open nothing.
    """
    ids = {one.pk for one in organisations} & actor.organisations(*USERS)
    trusts = TrustMembership.objects.filter(on_day(on), school_id__in=ids).values("trust_id")
    later = Licence.objects.filter(
        organisation=OuterRef("organisation"), offer=OuterRef("offer"), starts__gte=OuterRef("ends"), revoked_on=None
    )
    found = Licence.objects.filter(Q(organisation_id__in=ids) | Q(organisation_id__in=trusts))
    found = found.select_related("offer__resource", "organisation", "order_line__order", "order_line__school")
    return found.annotate(renewed=Exists(later)).order_by("-ends", "-pk")


def runs(licence: Licence, on: date) -> bool:
    """Whether the licence opens its files on a day."""
    kept = licence.ends is None or on < licence.ends
    return licence.starts <= on and kept and (licence.revoked_on is None or on < licence.revoked_on)


def may_renew(licence: Licence, on: date) -> bool:
    """Whether a new term may be ordered now: in the last 90 days of it and for 90 days after, while it is on sale."""
    if licence.ends is None or licence.revoked_on is not None or getattr(licence, "renewed", False):
        return False
    near = licence.ends - timedelta(days=RENEW_DAYS) <= on < licence.ends + timedelta(days=RENEW_DAYS)
    return near and licence.offer.state == Offer.State.PUBLISHED


def licence_of(actor: Actor, organisations: Collection[Organisation], pk: int, *, on: date) -> Licence:
    """One of them, or NotFound."""
    found = licences_of(actor, organisations, on=on).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def file_for(
    actor: Actor, organisations: Collection[Organisation], pk: int, *, on: date
) -> tuple[ResourceFile, Licence]:
    """A current file with the licence that opens it on a day, or NotFound where none does."""
    file = ResourceFile.objects.filter(pk=pk, ended_on__isnull=True).select_related("resource__offer__provider").first()
    if file is not None:
        for licence in licences_of(actor, organisations, on=on).filter(offer=file.resource.offer_id):
            if runs(licence, on):
                return file, licence
    raise NotFound("Page not found")


def files_of(offer_ids: Collection[int]) -> dict[int, list[ResourceFile]]:
    """The current files of each offer, by title, without their content. One query."""
    rows = ResourceFile.objects.filter(resource__in=offer_ids, ended_on__isnull=True).select_related("stored")
    found: dict[int, list[ResourceFile]] = {pk: [] for pk in offer_ids}
    for file in rows.defer("stored__content").order_by("title"):
        found[file.resource_id].append(file)
    return found


@dataclass(frozen=True)
class Royalties:
    """What an author earned by its resources, in pence before VAT: ``sold`` is the price of the sales that were not
    given back whole, ``owed`` what they have paid for already, ``waiting`` what waits for their payment."""

    count: int
    sold: int
    owed: int
    waiting: int


def royalties_of(actor: Actor, author: Organisation) -> QuerySet[Payable]:
    """What an author is to have for each sale, the newest first; nobody's name stands on it. For those who buy there and
    for finance; NotFound for others."""
    if not (actor.system or actor.has(*STAFF) or author.pk in actor.organisations(*BUYING)):
        raise NotFound("Page not found")
    rows = Payable.objects.filter(
        provider=author, source_key__startswith="order-line:", source_key__endswith=":royalty"
    )
    return rows.order_by("-pk")


def summed(rows: QuerySet[Payable]) -> Royalties:
    """The figures of a whole list. Two queries."""
    live = rows.exclude(state=Payable.State.CANCELLED).order_by()
    sums = live.aggregate(
        count=Count("pk"), net=Sum("net_pence", default=0), reduced=Sum("reduced_pence", default=0),
        owed=Sum("owed_pence", default=0),
    )  # fmt: skip
    lines = [int(key.split(":")[1]) for key in live.values_list("source_key", flat=True)]
    sold = OrderLine.objects.filter(pk__in=lines).aggregate(pence=Sum("net_pence", default=0))["pence"]
    return Royalties(sums["count"], sold, sums["owed"], sums["net"] - sums["reduced"] - sums["owed"])


def sales_of(payables: Collection[Payable]) -> dict[int, int]:
    """The price before VAT of the sale behind each payable, by the payable's id. One query."""
    lines = {payable.pk: int(payable.source_key.split(":")[1]) for payable in payables}
    prices = dict(OrderLine.objects.filter(pk__in=lines.values()).values_list("pk", "net_pence"))
    return {pk: prices[line] for pk, line in lines.items()}
