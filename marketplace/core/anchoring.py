"""Anchors: the last seal of each day, told outside, where nobody who can write in this database can rewrite it."""

from datetime import date

from django.db import connection, transaction

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.log_loose_ends import ANCHORED
from marketplace.core.models import EventAnchor, EventSeal
from marketplace.core.sealing import SEALER_LOCK


def anchor_ended_days(*, today: date, actor: Actor) -> list[EventAnchor]:
    """Makes the anchor of each day before ``today`` on which something was sealed and that has none yet.

    Days are those of London. A day whose sealing ended is never anchored twice, by however many workers. Each anchor
    records ``log.anchored``, which is how it is told outside: whoever hears it sends the hash to the auditors.
    """
    made: list[EventAnchor] = []
    for day in _days_without(today):
        if anchor := _anchor(day, actor):
            made.append(anchor)
    return made


def _days_without(today: date) -> list[date]:
    anchored = EventAnchor.objects.order_by("-day").values_list("day", flat=True).first()
    seals = EventSeal.objects.filter(sealed_at__date__lt=today)
    if anchored:
        seals = seals.filter(sealed_at__date__gt=anchored)
    return sorted(set(seals.values_list("sealed_at__date", flat=True).distinct()))


@transaction.atomic
def _anchor(day: date, actor: Actor) -> EventAnchor | None:
    with connection.cursor() as cursor:  # the same lock as sealing: two workers anchor one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    if EventAnchor.objects.filter(day=day).exists():
        return None
    seal = EventSeal.objects.filter(sealed_at__date=day).latest("number")
    event = events.record(
        kind=ANCHORED,
        subject_kind="seal",
        subject=str(seal.number),
        organisation_ids=[],
        payload={"day": day.isoformat(), "hash": seal.hash},
        actor=actor,
    )
    return EventAnchor.objects.create(day=day, seal=seal, hash=seal.hash, told_at=event.at)


def seal_of_day(day: date) -> EventSeal | None:
    """The last seal up to the end of a day in London: the one whose hash that day's anchor is."""
    return EventSeal.objects.filter(sealed_at__date__lte=day).order_by("-number").first()
