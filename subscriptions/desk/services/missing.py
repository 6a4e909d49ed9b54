"""Promises that were not kept: noted once, told once, and what comes back for them proposed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.core.actors import Actor
from marketplace.core.bulk import insert_once
from subscriptions.desk.clocks import Clock, missed_by
from subscriptions.desk.models import MissedPromise, Ticket
from subscriptions.desk.services.proposing import propose_credit
from subscriptions.desk.services.writing import held, record

CHUNK = 100


def overdue(at: datetime) -> QuerySet[Ticket]:
    """Tickets with a promise that has run out and is not noted as missed."""
    noted = MissedPromise.objects.filter(ticket=OuterRef("pk"))
    return Ticket.objects.filter(
        Q(response_due_at__lt=at, responded_at__isnull=True, closed_at__isnull=True)
        & ~Exists(noted.filter(clock=Clock.RESPONSE))
        | Q(fix_due_at__lt=at, resolved_at__isnull=True) & ~Exists(noted.filter(clock=Clock.FIX))
    ).order_by("pk")


def mark_missed(*, at: datetime, actor: Actor) -> int:
    """The duty of each minute: notes what has run out by then. Returns how many tickets were looked at.

    Doing it again notes nothing more. Each ticket is a transaction of its own.
    """
    found = list(overdue(at)[:CHUNK])
    for ticket in found:
        with transaction.atomic():
            note_missed(held(ticket), at, actor)
    return len(found)


def note_missed(ticket: Ticket, at: datetime, actor: Actor) -> list[MissedPromise]:
    """Notes the promises of a locked ticket that had run out before ``at``, tells of them, and proposes a credit."""
    made = []
    for clock, due in missed_by(ticket, at):
        missed = MissedPromise(ticket=ticket, clock=clock, due_at=due, noticed_at=at)
        if insert_once(missed):
            made.append(missed)
            record("ticket.promise_missed", ticket, actor, clock=clock.value, due_at=due.isoformat())
            propose_credit(missed, at, actor)
    return made
