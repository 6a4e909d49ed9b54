"""What an answer of the API, a page or a log leaves out."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from marketplace.core.actors import Actor, Role
from marketplace.core.api.idempotency import once
from marketplace.core.models import IdempotentRequest, User
from marketplace.organisations.models import Organisation
from marketplace.settings.logs import MaskLinks
from tests.api.calling import Program
from tests.shop import Shop, person, trust_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust_order(shop: Shop, actor: Actor, tmp_path: Any) -> tuple[Organisation, list[Organisation]]:
    """A trust's order of one place for its first school and three for its second: £180.00 and £540.00, no member."""
    trust, academies = trust_with(tmp_path, actor, "Heron Academy", "Kite Academy")
    run = shop.run(shop.course(), places=9)
    buyer = Program(person(trust, actor, name="Tara Trust", role=Role.TRUST_FINANCE))
    for school, places in zip(academies, ("1", "3"), strict=True):
        line = {"offer": run.offer.code, "run": run.code, "quantity": places, "receiver": school.number}
        assert buyer.post(f"/baskets/{trust.number}/lines", line).status_code == 201
    placed = buyer.post("/orders", {"organisation": trust.number, "expected_pence": 72_000})
    assert placed.json()["total_pence"] == 72_000, placed.content
    return trust, academies


def test_a_school_is_not_told_what_its_trust_pays_for_others(
    trust_order: tuple[Organisation, list[Organisation]], actor: Actor, client: Client
) -> None:
    _, [school, _] = trust_order
    head = person(school, actor, name="Hana Head")
    program = Program(head)
    [row] = program.get("/orders").json()["results"]
    assert (row["net_pence"], row["total_pence"]) == (None, None)
    number = row["number"]
    detail = program.get(f"/orders/{number}").json()
    assert detail["total_pence"] is None and [line["net_pence"] for line in detail["lines"]] == [18_000]
    client.force_login(User.objects.get(pk=head.user_id))
    urn = school.school.urn
    for page in ("orders", f"orders/{number}", "history"):
        shown = client.get(f"/school/{urn}/{page}")
        assert shown.status_code == 200, page
        assert "720.00" not in shown.content.decode() and "540.00" not in shown.content.decode(), page


def test_the_trust_itself_sees_all(trust_order: tuple[Organisation, list[Organisation]], actor: Actor) -> None:
    trust, _ = trust_order
    lead = Program(person(trust, actor, name="Lev Lead", role=Role.TRUST_FINANCE))
    assert [row["total_pence"] for row in lead.get("/orders").json()["results"]] == [72_000]


def test_the_auditor_reads_places_without_names(
    program: Program, school: Organisation, partnership: Organisation, run: Any, actor: Actor
) -> None:
    line = {"offer": run.offer.code, "run": run.code, "quantity": "1", "delegates": ["Ann Example"]}
    program.post(f"/baskets/{school.number}/lines", line)
    number = program.post("/orders", {"organisation": school.number, "expected_pence": 14_000}).json()["number"]
    auditor = Program(person(partnership, actor, name="Ada Auditor", role=Role.AUDITOR))
    organiser = Program(person(partnership, actor, name="Olu Organiser", role=Role.ORGANISER))
    for asked, name in ((auditor, ""), (organiser, "Ann Example"), (program, "Ann Example")):
        assert [row["delegate_name"] for row in asked.get("/bookings").json()["results"]] == [name]
        [one] = asked.get(f"/orders/{number}").json()["lines"]
        assert [booking["delegate_name"] for booking in one["bookings"]] == [name]


def test_json_that_is_nested_too_deep_is_refused(program: Program, school: Organisation) -> None:
    deep = b'{"facts": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = program.client.generic(
        "POST", f"/api/v1/baskets/{school.number}/lines", deep, content_type="application/json",
        headers=program._headers() | {"Idempotency-Key": "deep-json-1"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_input")


def test_a_secret_is_not_kept_with_the_answer(sam: Actor) -> None:

    asked = APIRequestFactory().post("/x", {}, format="json", headers={"Idempotency-Key": "told-only-once"})
    request = Request(asked, parsers=[JSONParser()])
    request.user, request.auth = User.objects.get(pk=sam.user_id), None
    first = once(request, lambda: Response({"id": 1, "secret": "whsec_x"}, status=201), told_once=("secret",))
    assert first.data["secret"] == "whsec_x"
    assert IdempotentRequest.objects.get().body == {"id": 1, "secret": ""}
    again = once(request, lambda: Response({"id": 2}, status=201), told_once=("secret",))
    assert again.data == {"id": 1, "secret": ""}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Bad Request: /decide/abcDEF-123_x", "Bad Request: /decide/…"),
        ('{"request": "GET /messages/stop/tok:en"}', '{"request": "GET /messages/stop/…"}'),
        ("GET /account/password/reset/key/1-abc/ 200", "GET /account/password/reset/key/…/ 200"),
        ("GET /decide/sent", "GET /decide/sent"),
    ],
)
def test_a_link_that_opens_something_is_not_logged(said: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (said,), None)
    assert MaskLinks().filter(record) and record.getMessage() == kept


def test_a_fault_of_ours_is_told_as_json(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(actor: Actor) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("marketplace.trading.api.orders.orders_for", fail)
    answer = program.get("/orders")
    assert answer.status_code == 500 and json.loads(answer.content)["code"] == "our_fault"
