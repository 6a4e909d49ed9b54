"""What makes the lists of the service desk longer."""

from datetime import time, timedelta
from decimal import Decimal

from django.utils import timezone

from marketplace.core.periods import Period
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.models import ServiceCredit, Ticket
from subscriptions.services import mark_missed, open_ticket, set_desk_hours
from tests.frontend.lists.world import World, copies
from tests.shop import START
from tests.subscriptions.agreements.terms import agreed, line


def _missed(world: World) -> Ticket:
    """A ticket that nobody answered in time, with its credit."""
    set_desk_hours(
        weekdays=range(7), opens=time(1), closes=time(23), valid_from=START, on=START,
        promises=[Promise(Priority.P2, 60, 480, Decimal(10))], actor=world.actor,
    )  # fmt: skip
    year = Period(world.today - timedelta(days=100), world.today + timedelta(days=265))
    made = agreed(world.customer, line(1_200_000, year), actor=world.actor, term=year, key="list:desk").lines.get()
    now = timezone.now()
    ticket = open_ticket(
        organisation=world.customer, line=made, priority="P2", subject="Nothing works", text="Since this morning.",
        at=now - timedelta(days=5), actor=world.actor,
    )  # fmt: skip
    mark_missed(at=now, actor=world.actor)
    return ticket


def tickets(world: World, numbers: range) -> list[Ticket]:
    """Tickets of the customer that wait."""
    return copies(world.kept("ticket", lambda: _missed(world)), numbers, number=lambda n: f"TK-9{n:05}")


def credits(world: World, numbers: range) -> None:
    """Credits to decide, each of a ticket of its own."""
    made = dict(zip(numbers, tickets(world, numbers), strict=True))
    first = ServiceCredit.objects.earliest("pk")
    missed = copies(first.missed, numbers, ticket_id=lambda n: made[n].pk)
    of = dict(zip(numbers, missed, strict=True))
    copies(first, numbers, ticket_id=lambda n: made[n].pk, missed_id=lambda n: of[n].pk)
