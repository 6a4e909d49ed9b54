"""Reads over waiting lists: buyers see their own entries, never whose the others are; the partnership's staff see all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from catalogue.models import CourseRun
from marketplace.core.actors import BUYING, STAFF, Actor
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.trading.models import WaitingEntry, WaitingOffer
from marketplace.trading.models.waiting import LIVE


def entries_for(actor: Actor) -> QuerySet[WaitingEntry]:
    """Entries of the actor's schools, and those that their organisation made; staff see all. Newest first."""
    entries = WaitingEntry.objects.select_related("run__offer", "organisation", "school", "person").order_by("-pk")
    if actor.system or actor.has(*STAFF):
        return entries
    own = actor.organisations(*BUYING)
    return entries.filter(Q(organisation_id__in=own) | Q(school_id__in=own))


def entry_for(actor: Actor, pk: int) -> WaitingEntry:
    """One entry, or NotFound whether it is missing or not the actor's."""
    found = entries_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def entry_to_change(actor: Actor, pk: int) -> WaitingEntry:
    """One entry for somebody who buys for the organisation that made it; others who see it are refused."""
    found = entry_for(actor, pk)
    if found.organisation_id not in actor.organisations(*BUYING):
        raise NotAllowed(f"{found.organisation.name} asked for these places. Ask them to change it.")
    return found


@dataclass(frozen=True)
class Standing:
    """Where an entry stands among those on the list today."""

    position: int
    count: int


def standings_of(entries: Iterable[WaitingEntry]) -> dict[int, Standing]:
    """By the entry's id where it stands, of those that are still on a list. One query."""
    live = [one for one in entries if one.state in LIVE]
    if not live:
        return {}
    rows = WaitingEntry.objects.filter(run__in={one.run_id for one in live}, state__in=LIVE).order_by("pk")
    lists: dict[int, list[int]] = {}
    for pk, run_id in rows.values_list("pk", "run_id"):
        lists.setdefault(run_id, []).append(pk)
    return {pk: Standing(index, len(pks)) for pks in lists.values() for index, pk in enumerate(pks, start=1)}


@dataclass(frozen=True)
class PassedOver:
    """On a day so many places were free, and somebody who asked later was offered some: the entry wanted more together."""

    on: date
    free: int


def passed_over(entry: WaitingEntry) -> list[PassedOver]:
    """When somebody who asked later was offered places first, and why: latest first, at most ten."""
    rows = WaitingOffer.objects.filter(entry__run_id=entry.run_id, passed_over__contains=[entry.pk]).order_by("-pk")
    return [PassedOver(*row) for row in rows.values_list("offered_on", "free_places")[:10]]


def schools_waiting(run: CourseRun) -> int:
    """How many schools stand on the list of a date."""
    return WaitingEntry.objects.filter(run=run, state__in=LIVE).count()


def list_of(actor: Actor, run: CourseRun) -> QuerySet[WaitingEntry]:
    """Everybody who stands or stood on a date's list, in the order of asking. The partnership's staff only."""
    actor.require(*STAFF, to="see a waiting list")
    rows = WaitingEntry.objects.filter(run=run).select_related("school", "organisation", "person")
    return rows.prefetch_related("offers__order").order_by("pk")
