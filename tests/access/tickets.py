"""The service desk in the world of the access matrix: a ticket of each school that waits, with a credit to decide."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.models import DeskHours, ServiceCredit
from subscriptions.services import mark_missed, open_ticket, set_desk_hours
from tests.shop import START
from tests.subscriptions.agreements.terms import agreed, line


def helped(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """A ticket about a service of the school's own that nobody answered in time."""
    if not DeskHours.objects.exists():
        set_desk_hours(
            weekdays=range(7), opens=time(1), closes=time(23), valid_from=START, on=START,
            promises=[Promise(Priority.P2, 60, 480, Decimal(10))], actor=actor,
        )  # fmt: skip
    year = Period(today - timedelta(days=100), today + timedelta(days=265))
    service = line(12_000, year, title="Help with computers")
    made = agreed(school, service, actor=actor, term=year, key=f"access:desk:{school.number}").lines.get()
    now = timezone.now()
    ticket = open_ticket(
        organisation=school, line=made, priority="P2", subject="Nothing works", text="Since this morning.",
        at=now - timedelta(days=5), actor=actor,
    )  # fmt: skip
    mark_missed(at=now, actor=actor)
    return {"ticket": ticket.number, "service_credit": ServiceCredit.objects.get(ticket=ticket).pk}


def ticket_bodies(keys: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    said = {"text": "Since this morning"}
    return {
        "POST /tickets": said | {"organisation": keys["customer"], "priority": "P4", "subject": "A question"},
        "POST /tickets/{number}/reply": said,
        "POST /tickets/{number}/resolve": said,
        "POST /tickets/{number}/reopen": said,
    }
