"""Visits as each kind of person sees them, by the dates of their bookings; what they come to; ratings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from marketplace.core.actors import BUYING, FINANCE_READERS, STAFF, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.money import round_half_up
from marketplace.trading.engagements.models import Engagement, EngagementDate, EngagementShare
from marketplace.trading.engagements.rules.charging import grown_by
from marketplace.trading.engagements.services.charging import DECIDED
from marketplace.trading.engagements.visit_models import Visit, VisitReturn
from providers.models import Consultant
from providers.queries import own_consultants

DateState = EngagementDate.State
FEWEST_RATINGS = 5


def visit_dates_for(actor: Actor) -> QuerySet[EngagementDate]:
    """Dates of bookings that were not cancelled, each with its visit if it has one, latest first.

    A consultant sees their own, a provider those of its consultants, those who buy for a school the dates of its bookings
    and of those it shares, the partnership's staff all.
    """
    found = EngagementDate.objects.select_related(
        "visit__decided_by", "engagement__school", "engagement__invoice_to",
        "engagement__consultant__provider__organisation", "engagement__consultant__home_school",
    ).order_by("-starts_at", "-pk")  # fmt: skip
    found = found.exclude(state=DateState.CANCELLED)
    if actor.system or actor.has(*STAFF):
        return found
    return found.filter(delivered_by(actor) | bought_by(actor))


def delivered_by(actor: Actor) -> Q:
    """Dates that the actor, or somebody of their provider, delivers."""
    if not actor.has(Role.PROVIDER, Role.CONSULTANT):
        return Q(pk__in=[])
    return Q(engagement__consultant__in=own_consultants(actor).order_by().values("pk"))


def bought_by(actor: Actor, organisation_id: int | None = None) -> Q:
    """Dates of bookings that the actor's schools made or share; of one of them where it is named."""
    own = actor.organisations(*BUYING)
    if organisation_id is not None:
        own &= {organisation_id}
    shared = EngagementShare.objects.filter(engagement=OuterRef("engagement"), school_id__in=own)
    return Q(engagement__school_id__in=own) | Q(Exists(shared)) if own else Q(pk__in=[])


def visit_date_for(actor: Actor, number: str, ordinal: int) -> EngagementDate:
    """One date with its visit; NotFound whether it is missing or not the actor's."""
    found = visit_dates_for(actor).filter(engagement__number=number, ordinal=ordinal).first()
    if found is None:
        raise NotFound("There is no such visit.")
    return found


def to_write_up(actor: Actor, now: datetime) -> QuerySet[EngagementDate]:
    """The actor's own dates that began and were not handed in, the oldest first."""
    begun = visit_dates_for(actor).filter(delivered_by(actor), state=DateState.PLANNED, starts_at__lte=now)
    return begun.order_by("starts_at", "pk")


def units_agreed(bookings: Sequence[int]) -> dict[int, Decimal]:
    """How many units of each booking were agreed by now. One query."""
    rows = Visit.objects.filter(date__engagement__in=bookings, state__in=DECIDED).order_by()
    return dict(rows.values_list("date__engagement").annotate(Sum("quantity")))


def net_of_each(dates: Sequence[EngagementDate]) -> dict[int, int]:
    """What the schools pay for each date before VAT: what its visit came to, or would were it agreed now. One query."""
    before = units_agreed(list({one.engagement_id for one in dates}))
    return {one.pk: _net(one, before.get(one.engagement_id, Decimal(0))) for one in dates}


def _net(date_: EngagementDate, before: Decimal) -> int:
    booking, visit = date_.engagement, getattr(date_, "visit", None)
    if visit is not None and visit.sell_pence is not None:
        return visit.sell_pence + (visit.travel_pence or 0)
    quantity = date_.quantity if visit is None or visit.reduced_quantity is None else visit.reduced_quantity
    travel = visit.miles * booking.mileage_pence if visit else 0
    included = booking.paid_by == Engagement.PaidBy.INCLUDED
    return travel + (0 if included else grown_by(before=before, quantity=quantity, unit_pence=booking.sell_pence))


@dataclass(frozen=True)
class Rated:
    """How the schools rated a consultant's visits: the average in tenths of a point, of how many."""

    tenths: int
    count: int


def rating_of(consultant: Consultant) -> Rated | None:
    """None where fewer than five were given: few ratings say who gave them."""
    rows = Visit.objects.filter(date__engagement__consultant=consultant, rating__isnull=False)
    found = rows.aggregate(average=Avg("rating"), count=Count("pk"))
    if found["count"] < FEWEST_RATINGS:
        return None
    return Rated(round_half_up(Decimal(str(found["average"])) * 10), found["count"])


def ratings_of(consultants: Sequence[Consultant]) -> dict[int, Rated]:
    """The same for several by their ids; those with too few are left out. One query."""
    rows = Visit.objects.filter(date__engagement__consultant__in=[one.pk for one in consultants], rating__isnull=False)
    found = rows.order_by().values("date__engagement__consultant").annotate(average=Avg("rating"), count=Count("pk"))
    return {
        row["date__engagement__consultant"]: Rated(round_half_up(Decimal(str(row["average"])) * 10), row["count"])
        for row in found
        if row["count"] >= FEWEST_RATINGS
    }


def visit_reviews_for(actor: Actor) -> QuerySet[Visit]:
    """Visits that a school rated or queried, the latest decided first: all for organisers and finance, a school's own for it.

    Not for providers, since few ratings say who gave them: for whoever else asks it raises NotFound.
    """
    if not (actor.system or actor.has(*FINANCE_READERS, Role.ORGANISER, *BUYING)):
        raise NotFound("There is no such list.")
    related = ("date__engagement__school", "date__engagement__consultant__provider__organisation")
    found = Visit.objects.select_related(*related).filter(Q(rating__isnull=False) | ~Q(query_reason=""))
    found = found.order_by(F("decided_on").desc(nulls_first=True), "-pk")
    if actor.system or actor.has(*FINANCE_READERS, Role.ORGANISER):
        return found
    return found.filter(date__engagement__school_id__in=actor.organisations(*BUYING))


def margins_for(actor: Actor) -> QuerySet[Engagement, Any]:
    """Bookings with what schools were charged for their agreed visits (``sold``), what their providers earned of them
    (``bought``) and what was given back of either, latest first. Finance and the auditor alone. Pence before VAT.
    """
    found = Engagement.objects.select_related("school", "consultant__provider__organisation").order_by("-pk")
    if not (actor.system or actor.has(*FINANCE_READERS)):
        return found.none()
    visits = Visit.objects.filter(date__engagement=OuterRef("pk"), state__in=DECIDED).order_by()
    returns = VisitReturn.objects.filter(visit__date__engagement=OuterRef("pk")).order_by()
    return found.annotate(
        sold=_sum(visits, "date__engagement", F("sell_pence") + F("travel_pence")),
        bought=_sum(visits, "date__engagement", F("buy_pence") + F("travel_pence")),
        sold_back=_sum(returns, "visit__date__engagement", F("sell_pence")),
        bought_back=_sum(returns, "visit__date__engagement", F("buy_pence")),
        agreed_visits=Coalesce(
            Subquery(visits.values("date__engagement").annotate(n=Count("pk")).values("n")), 0
        ),
    )  # fmt: skip


def _sum(rows: QuerySet[Visit] | QuerySet[VisitReturn], by: str, of: Combinable) -> Coalesce:
    return Coalesce(Subquery(rows.values(by).annotate(pence=Sum(of)).values("pence")), 0)
