"""Waiting for places in the world of the access matrix: each school is offered one place of a date of its own."""

from datetime import date, datetime, time, timedelta
from typing import Any

from catalogue.models import CourseRun, Offer
from catalogue.services import add_run, release_places, take_places
from marketplace.core.actors import Actor
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from marketplace.trading.services import join_waiting, offer_places


def waits(*, school: Organisation, buyer: Actor, offer: Offer, today: date, actor: Actor) -> dict[str, Any]:
    """A full date of the course, the school's entry, and the place that came back."""
    starts = datetime.combine(today + timedelta(days=80), time(9, 30), LONDON)
    run = add_run(
        offer=offer, code=f"full-{school.pk}", mode=CourseRun.Mode.ONLINE, starts_at=starts,
        ends_at=starts + timedelta(hours=2), capacity=1, actor=actor,
    )  # fmt: skip
    key = f"others:{school.pk}"
    take_places(source_key=key, run_id=run.pk, places=1)
    at = datetime.combine(today, time(0, 30), LONDON)
    entry = join_waiting(run=run, organisation=school, school=school, seats=1, together=True, at=at, actor=buyer)
    release_places(source_key=key)
    offer_places(run_id=run.pk, on=today)
    return {"waiting": entry.pk, "waiting_run": run.code}


def waiting_bodies(keys: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    place = {"bookings": [keys["booking"]]}
    return {
        "POST /waiting-entries": {
            "organisation": keys["customer"], "run": keys["waiting_run"], "seats": 1, "together": True,
        },
        "POST /waiting-entries/{id}/leave": {},
        "POST /waiting-entries/{id}/decline": {},
        "POST /waiting-entries/{id}/accept": {"expected_pence": 1},
        "POST /bookings/{id}/move-preview": {"run": keys["waiting_run"]},
        "POST /bookings/{id}/move": {"run": keys["waiting_run"], "expected_difference_pence": 0},
        "PUT /orders/{number}/people": {"people": [{"booking": keys["booking"], "name": "Bea Example"}]},
        "POST /orders/{number}/cancellation-preview": place,
        "POST /orders/{number}/cancellation": place | {"expected_total_pence": 1},
    }  # fmt: skip
