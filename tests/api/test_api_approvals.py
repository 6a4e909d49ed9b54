"""A second person through the API: asked, decided once, never by oneself."""

import pytest

from catalogue.models import CourseRun
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Approval, Order
from tests.api.calling import Program
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(school: Organisation, actor: Actor) -> Program:
    """A buyer who may order for £100.00 alone."""
    return Program(person(school, actor, name="Lena Limited", limit=10_000))


@pytest.fixture
def head(school: Organisation, actor: Actor) -> Program:
    return Program(person(school, actor, name="Hana Head", role=Role.APPROVER))


@pytest.fixture
def waiting(limited: Program, head: Program, school: Organisation, run: CourseRun) -> str:
    """An order of three places, £420.00, that waits for the head."""
    line = {"offer": run.offer.code, "run": run.code, "quantity": "3"}
    assert limited.post(f"/baskets/{school.number}/lines", line).json()["over_limit_pence"] == 32_000
    wanted = {"organisation": school.number, "expected_pence": 42_000}
    refused = limited.post("/orders", wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "over_limit")
    asked = limited.post("/approvals", wanted)
    assert (asked.status_code, asked.json()["state"]) == (201, "awaiting_approval"), asked.content
    number: str = asked.json()["number"]
    return number


def test_what_is_approved_is_charged_once(head: Program, waiting: str, run: CourseRun) -> None:
    assert not Charge.objects.exists()
    run.refresh_from_db()
    assert run.taken == 3, "the places are kept"
    assert head.get(f"/approvals/{waiting}").json()["may_decide"] is True
    done = head.post(f"/approvals/{waiting}/decision", {"answer": "approve"}).json()
    assert (done["state"], done["order_detail"]["state"]) == ("approved", "placed")
    assert [charge.net_pence for charge in Charge.objects.all()] == [42_000]
    again = head.post(f"/approvals/{waiting}/decision", {"answer": "approve"})
    assert again.status_code == 409 and Charge.objects.count() == 1


def test_nobody_approves_what_they_asked_for(limited: Program, waiting: str) -> None:
    assert limited.get(f"/approvals/{waiting}").json()["may_decide"] is False
    answer = limited.post(f"/approvals/{waiting}/decision", {"answer": "approve"})
    assert answer.status_code in (403, 409) and not Charge.objects.exists()
    assert Approval.objects.get().state == "waiting"


def test_withdrawing_frees_the_places(limited: Program, waiting: str, run: CourseRun) -> None:
    assert limited.post(f"/approvals/{waiting}/withdrawal").json()["state"] == "withdrawn"
    run.refresh_from_db()
    assert run.taken == 0 and Order.objects.get().state == "withdrawn" and not Charge.objects.exists()


def test_an_outsider_is_told_of_no_approval(outsider: Program, waiting: str) -> None:
    assert outsider.get(f"/approvals/{waiting}").status_code == 404
    assert outsider.get("/approvals").json()["results"] == []
    assert outsider.post(f"/approvals/{waiting}/decision", {"answer": "decline", "reason": "x"}).status_code == 404
    assert Approval.objects.get().state == "waiting"


def test_a_school_reads_its_own_events_without_figures(limited: Program, outsider: Program, waiting: str) -> None:
    rows = limited.get("/events", kind="order.approval_asked").json()["results"]
    assert [(row["subject"], row["payload"]) for row in rows] == [(waiting, None)]
    assert Event.objects.filter(kind="order.approval_asked").count() == 1
    assert outsider.get("/events", kind="order.approval_asked").json()["results"] == []
