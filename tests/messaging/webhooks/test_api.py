"""Webhooks over the API: the same verbs, the same refusals, secrets told once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.core.actors import Actor, Role
from marketplace.messaging.models import WebhookDelivery, WebhookEndpoint
from marketplace.messaging.services import deliver_webhooks
from marketplace.organisations.models import Organisation
from tests.api.calling import Program
from tests.messaging.webhooks.conftest import happen
from tests.messaging.webhooks.receiver import Heard
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(ruth: Actor) -> Program:
    return Program(ruth)


@pytest.fixture
def outsider(council: Organisation, actor: Actor) -> Program:
    return Program(person(council, actor, name="Olive Outsider", role=Role.APPROVER))


def given(organisation: Organisation, heard: Heard) -> dict[str, Any]:
    return {"organisation": organisation.number, "url": heard.url, "kinds": ["order.placed"]}


def test_a_program_adds_tries_looks_and_deletes(
    program: Program, oakfield: Organisation, heard: Heard, actor: Actor
) -> None:
    made = program.post("/webhooks", given(oakfield, heard)).json()
    assert made["secret"] == WebhookEndpoint.objects.get().secret
    path = f"/webhooks/{made['number']}"
    assert "secret" not in program.get(path).json() and program.get("/webhooks").json()["results"] == [
        program.get(path).json()
    ]
    tested = program.post(f"{path}/test")
    assert (tested.status_code, tested.json()["type"], tested.json()["state"]) == (202, "webhook.tested", "waiting")
    event = happen(actor, oakfield)
    assert deliver_webhooks() == 2
    log = program.get(f"{path}/deliveries", state="done").json()["results"]
    assert [row["event"] for row in log] == [event.pk, tested.json()["event"]]
    [tried] = program.get(f"{path}/deliveries/{event.pk}").json()["tries"]
    assert (tried["status"], tried["error"]) == (204, "")
    assert program.post(f"{path}/deliveries/{event.pk}/sent-again").status_code == 202
    deliver_webhooks()
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    assert program.post(f"{path}/sent-again", {"since": since}).json() == {"count": 1}
    assert program.post(f"{path}/secret").json()["secret"] != made["secret"]
    changed = program.send("PATCH", path, {"description": "Bursar"}).json()
    assert (changed["description"], changed["url"], changed["kinds"]) == ("Bursar", heard.url, ["order.placed"])
    assert program.post(f"{path}/off").json()["off_reason"] == "asked"
    assert program.post(f"{path}/on").json()["active"] is True
    assert program.send("DELETE", path).status_code == 204 and program.get(path).status_code == 404
    assert heard.ids.count(f"evt_{event.pk}") == 2


def test_the_kinds_are_listed(program: Program) -> None:
    kinds = {one["kind"] for one in program.get("/webhook-kinds").json()["kinds"]}
    assert {"order.placed", "invoice.issued", "receipt.recorded"} <= kinds
    assert "booking.needs_given" not in kinds and "webhook.tested" not in kinds


def test_the_same_key_adds_one(program: Program, oakfield: Organisation, heard: Heard) -> None:
    answers = [program.post("/webhooks", given(oakfield, heard), key="add-it-once").json() for _ in range(2)]
    assert answers[0]["secret"].startswith("whsec_") and answers[1] == answers[0] | {"secret": ""}, "told once"
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"url": "https://10.0.0.1/"}, 400, "webhook_address_refused"),
        ({"url": "http://hooks.oakfield.example/"}, 400, "webhook_address_refused"),
        ({"kinds": []}, 400, "wrong_input"),
        ({"kinds": ["everything"]}, 400, "wrong_input"),
        ({"organisation": "C-999999"}, 404, "not_found"),
    ],
)
def test_what_is_wrong_is_refused_in_the_apis_form(
    changed: dict[str, Any], status: int, code: str, program: Program, oakfield: Organisation, heard: Heard
) -> None:
    answer = program.post("/webhooks", given(oakfield, heard) | changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code) and not WebhookEndpoint.objects.exists()


def test_others_are_told_nothing_and_a_buyer_only_looks(
    outsider: Program, endpoint: WebhookEndpoint, oakfield: Organisation, heard: Heard, actor: Actor
) -> None:
    event = happen(actor, oakfield)
    buyer = Program(person(oakfield, actor))
    reader = Program(person(oakfield, actor, name="Ada Approver", role=Role.APPROVER), scopes=["webhooks:read"])
    path = f"/webhooks/{endpoint.number}"
    assert outsider.get("/webhooks").json()["results"] == []
    writes = ["secret", "off", "on", "test", f"deliveries/{event.pk}/sent-again"]
    for name in ("", "/deliveries", f"/deliveries/{event.pk}"):
        assert outsider.get(f"{path}{name}").status_code == 404 and buyer.get(f"{path}{name}").status_code == 200
    for name in writes:
        assert outsider.post(f"{path}/{name}").status_code == 404
        assert buyer.post(f"{path}/{name}").status_code == 403 and reader.post(f"{path}/{name}").status_code == 403
    for one, status in ((outsider, 404), (buyer, 403), (reader, 403)):
        assert one.send("DELETE", path).status_code == status
        assert one.post("/webhooks", given(oakfield, heard)).status_code == status
    assert WebhookEndpoint.objects.get().active and WebhookDelivery.objects.get().state == "waiting"


def test_what_does_not_exist_is_not_found(program: Program, endpoint: WebhookEndpoint) -> None:
    assert program.get(f"/webhooks/{uuid4()}").status_code == 404
    for number in (0, 999_999_999_999, 10**30):
        assert program.get(f"/webhooks/{endpoint.number}/deliveries/{number}").status_code == 404
    assert program.get(f"/webhooks/{endpoint.number}/deliveries", state="lost").status_code == 400
