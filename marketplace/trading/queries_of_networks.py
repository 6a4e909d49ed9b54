"""Reads over networks: organisers see all, members theirs; anybody else is told nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from catalogue.models import CourseRun
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import Booking, Network, NetworkMember
from marketplace.trading.rules.attending import PRESENT


def networks_for(actor: Actor) -> QuerySet[Network]:
    """All networks with their members of today, for organisers; NotFound for anybody else."""
    if not actor.has(Role.ORGANISER):
        raise NotFound("Page not found")
    return Network.objects.select_related("offer").order_by("name", "pk")


def network_for(actor: Actor, code: str) -> Network:
    """One network, for organisers, or NotFound."""
    found = networks_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound("There is no such network.")
    return found


def memberships_for(actor: Actor, on: date) -> QuerySet[NetworkMember]:
    """The memberships of a day of which the actor is the contact, or for whose organisation they buy."""
    own = Q(organisation_id__in=actor.organisations(*BUYING))
    if actor.person_id is not None:
        own |= Q(person_id=actor.person_id)
    found = NetworkMember.objects.filter(on_day(on), own, network__closed_on=None)
    return found.select_related("network__offer", "organisation").order_by("network__name", "organisation__name", "pk")


def membership_for(actor: Actor, pk: int, on: date) -> NetworkMember:
    """One of them, or NotFound."""
    found = memberships_for(actor, on).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such network.")
    return found


@dataclass(frozen=True)
class MeetingFigures:
    """One meeting of the series: places booked, and who came of those marked in a closed register (None: still open)."""

    run: CourseRun
    booked: int
    came: int | None


def series_of(network: Network) -> list[MeetingFigures]:
    """The meetings of a network in order, each with its attendance. One query."""
    standing = Q(bookings__state=Booking.State.BOOKED)
    closed = Q(bookings__attendances__meeting__register__state="closed")
    runs = CourseRun.objects.filter(offer_id=network.offer_id).annotate(
        booked=Count("bookings", filter=standing, distinct=True),
        marked=Count("bookings", filter=standing & closed, distinct=True),
        came=Count(
            "bookings", filter=standing & closed & Q(bookings__attendances__state__in=PRESENT), distinct=True
        ),
    )  # fmt: skip
    return [
        MeetingFigures(run, run.booked, run.came if run.marked else None) for run in runs.order_by("starts_at", "pk")
    ]


def coming_meetings(network: Network, after: datetime) -> list[CourseRun]:
    """Meetings that lie ahead and were not cancelled."""
    found = CourseRun.objects.filter(offer_id=network.offer_id, state=CourseRun.State.OPEN, starts_at__gt=after)
    return list(found.order_by("starts_at", "pk"))
