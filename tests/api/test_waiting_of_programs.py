"""Programs wait for places, take or decline them, move places, name people and cancel several at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalogue.models import CourseRun, Offer
from catalogue.services import release_places, take_places
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Booking
from marketplace.trading.services import offer_places
from tests.api.calling import Program
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def soon(shop: Shop, course: Offer) -> CourseRun:
    """A date with five places, far enough ahead."""
    return shop.run(course, places=5, day=timezone.localdate() + timedelta(days=90), code="soon")


def join(program: Program, school: Organisation, run: CourseRun, seats: int) -> Any:
    given = {"organisation": school.number, "run": run.code, "seats": seats, "together": True}
    return program.post("/waiting-entries", given)


def test_from_waiting_to_an_order(program: Program, outsider: Program, school: Organisation, soon: CourseRun) -> None:
    take_places(source_key="others", run_id=soon.pk, places=4)
    assert join(program, school, soon, 1).status_code == 409
    made = join(program, school, soon, 2)
    assert made.status_code == 201 and (made.json()["position"], made.json()["waiting"]) == (1, 1)
    address = f"/waiting-entries/{made.json()['id']}"
    assert outsider.get(address).status_code == 404 and outsider.get("/waiting-entries").json()["results"] == []
    release_places(source_key="others", places=1)
    offer_places(run_id=soon.pk, on=timezone.localdate())
    offered = program.get(address).json()["offer"]
    assert (offered["places"], offered["gross_pence"], offered["problems"]) == (2, 28_000, [])
    assert program.post(f"{address}/accept", {"expected_pence": 1}).status_code == 409
    taken = program.post(f"{address}/accept", {"expected_pence": 28_000})
    assert taken.status_code == 201 and taken.json()["state"] == "placed"
    [row] = program.get("/waiting-entries", run=soon.code).json()["results"]
    assert (row["state"], row["asked"], row["seats"]) == ("taken", 2, 0)
    assert program.post(f"{address}/leave", {}).status_code == 409


def test_places_are_named_moved_and_cancelled(
    program: Program, outsider: Program, school: Organisation, soon: CourseRun, shop: Shop, course: Offer
) -> None:
    later = shop.run(course, day=timezone.localdate() + timedelta(days=150), code="later")
    line = {
        "offer": course.code, "run": soon.code, "quantity": "3", "delegates": ["Amina Khan"],
        "emails": ["amina@oakfield.example"], "needs": ["No nuts"],
    }  # fmt: skip
    shown = program.post(f"/baskets/{school.number}/lines", line)
    assert shown.status_code == 201 and "No nuts" not in shown.content.decode()
    number = program.post("/orders", {"organisation": school.number, "expected_pence": 42_000}).json()["number"]
    first, second, third = Booking.objects.order_by("position")
    assert (first.delegate_email, first.needs) == ("amina@oakfield.example", "No nuts")
    people = {"people": [{"booking": second.pk, "name": "Bea Example"}, {"booking": third.pk, "name": "Cy Example"}]}
    assert outsider.send("PUT", f"/orders/{number}/people", people).status_code == 404
    assert program.send("PUT", f"/orders/{number}/people", people).json() == {"named": 2}
    seen = program.post(f"/bookings/{first.pk}/move-preview", {"run": later.code}).json()
    assert (seen["difference_pence"], seen["problem"]) == (0, "")
    given = {"run": later.code, "expected_difference_pence": 1}
    assert program.post(f"/bookings/{first.pk}/move", given).status_code == 409
    moved = program.post(f"/bookings/{first.pk}/move", given | {"expected_difference_pence": 0})
    assert moved.status_code == 201 and moved.json()["run"] == "later"
    both = {"bookings": [second.pk, third.pk]}
    assert program.post(f"/orders/{number}/cancellation-preview", both).json()["total_pence"] == 28_000
    assert program.post(f"/orders/{number}/cancellation", both | {"expected_total_pence": 1}).status_code == 409
    done = program.post(f"/orders/{number}/cancellation", both | {"expected_total_pence": 28_000})
    assert (done.status_code, done.json()["places"]) == (200, 2)
