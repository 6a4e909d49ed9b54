"""The pages where webhooks are kept: by the school's approver, looked at by a buyer and finance, hidden from others."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.messaging.services import add_webhook
from marketplace.messaging.services.webhooks_queueing import queue_event
from marketplace.organisations.models import Organisation
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person

pytestmark = pytest.mark.django_db
URL = "https://hooks.oakfield.example/partnership"
GIVEN = {"url": URL, "description": "Finance system", "kinds": ["order.placed", "invoice.issued"]}


@pytest.fixture
def ruth(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor, name="Ruth Head", role=Role.APPROVER)


@pytest.fixture
def base(oakfield: Organisation) -> Iterator[str]:
    yield f"/customer/{oakfield.number}/webhooks"


@pytest.fixture
def endpoint(oakfield: Organisation, ruth: Actor) -> WebhookEndpoint:
    return add_webhook(organisation=oakfield, actor=ruth, **GIVEN)[0]  # type: ignore[arg-type]


def happen(oakfield: Organisation, actor: Actor, number: int = 7) -> WebhookDelivery:
    """An order placed, told to the webhook once, in vain."""
    event = events.record(
        kind="order.placed", subject_kind="order", subject=f"ORD-00000{number}", organisation_ids=[oakfield.pk],
        payload={"net_pence": 4321}, actor=actor,
    )  # fmt: skip
    queue_event(event)
    made = WebhookDelivery.objects.get(event=event)
    WebhookAttempt.objects.create(delivery=made, at=timezone.now(), status=503, milliseconds=12, answer="<b>Down</b>")
    WebhookDelivery.objects.filter(pk=made.pk).update(state="failed")
    return made


def test_an_approver_adds_one_and_sees_its_secret_once(ruth: Actor, base: str) -> None:
    client = signed_in(ruth)
    assert "No webhooks yet" in text_of(client.get(base))
    answer = client.post(f"{base}/add", GIVEN)
    made = WebhookEndpoint.objects.get()
    assert made.secret in answer.content.decode() and answer["Cache-Control"].find("no-store") >= 0
    assert made.kinds == ["invoice.issued", "order.placed"] and made.url == URL
    for path in (base, f"{base}/{made.number}", f"{base}/{made.number}/change"):
        page = client.get(path)
        assert page.status_code == 200 and "whsec_" not in page.content.decode()
    assert "Finance system" in text_of(client.get(base))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"url": ""}, "Enter the address"),
        ({"url": "http://hooks.oakfield.example/"}, "must begin with https://"),
        ({"url": "https://169.254.169.254/latest"}, "not a number"),
        ({"url": "https://user@hooks.oakfield.example/"}, "without a user name"),
        ({"kinds": []}, "Choose events"),
        ({"kinds": ["booking.needs_given"]}, "Events must be one of those listed"),
        ({"description": "x" * 81}, "80 characters or fewer"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(
    changed: dict[str, Any], words: str, ruth: Actor, base: str
) -> None:
    answer = signed_in(ruth).post(f"{base}/add", GIVEN | changed)
    assert answer.status_code == 400 and words in text_of(answer)
    assert not WebhookEndpoint.objects.exists()


def test_each_button_does_what_it_says(ruth: Actor, base: str, endpoint: WebhookEndpoint) -> None:
    client, path = signed_in(ruth), f"{base}/{endpoint.number}"

    def press(do: str, **more: str) -> str:
        return text_of(client.post(path, {"do": do, **more}, follow=True))

    assert "A test is on its way" in press("test") and WebhookDelivery.objects.count() == 1
    assert "is switched off" in press("off") and "Off. Switched off by hand" in text_of(client.get(path))
    assert "Switch it on first" in press("test")
    assert "is switched on" in press("on")
    new = re.search(r"whsec_[\w+/=]+", press("secret"))
    endpoint.refresh_from_db()
    assert new and new[0] == endpoint.secret and endpoint.previous_secret
    today = timezone.localdate()
    parts = {"since_day": str(today.day), "since_month": str(today.month), "since_year": str(today.year)}
    assert "0 events are on the way again" in press("since", **parts)
    assert "Enter the first day" in press("since")
    assert "Choose what is to be done" in press("explode")
    assert "The webhook is deleted" in press("delete") and client.get(path).status_code == 404


def test_a_webhook_is_changed_under_the_same_secret(ruth: Actor, base: str, endpoint: WebhookEndpoint) -> None:
    client, path = signed_in(ruth), f"{base}/{endpoint.number}/change"
    assert URL in client.get(path).content.decode()
    given = {"url": f"{URL}/new", "description": "", "kinds": ["receipt.recorded"]}
    assert "is changed" in text_of(client.post(path, given, follow=True))
    after = WebhookEndpoint.objects.get()
    assert (after.url, after.kinds, after.secret) == (f"{URL}/new", ["receipt.recorded"], endpoint.secret)
    assert client.post(path, given | {"url": "https://10.0.0.1/"}).status_code == 400


def test_the_log_tells_every_request_and_sends_one_again(
    ruth: Actor, base: str, endpoint: WebhookEndpoint, oakfield: Organisation, actor: Actor
) -> None:
    made = happen(oakfield, actor)
    client = signed_in(ruth)
    words = text_of(client.get(f"{base}/{endpoint.number}"))
    assert f"evt_{made.event_id}" in words and "ORD-000007" in words and "503" in words and "Given up" in words
    path = f"{base}/{endpoint.number}/events/{made.event_id}"
    page = client.get(path)
    assert "&lt;b&gt;Down" in page.content.decode() and '"net_pence": 4321' in text_of(page)
    assert "on its way again" in text_of(client.post(path, follow=True))
    made.refresh_from_db()
    assert (made.state, made.attempts) == ("waiting", 0)
    assert client.post(path).status_code == 409


def test_a_buyer_looks_and_an_outsider_is_told_nothing(
    base: str, endpoint: WebhookEndpoint, oakfield: Organisation, council: Organisation, actor: Actor
) -> None:
    made = happen(oakfield, actor)
    sam = signed_in(person(oakfield, actor))
    olive = signed_in(person(council, actor, name="Olive Outsider", role=Role.APPROVER))
    one = f"{base}/{endpoint.number}"
    event = f"{one}/events/{made.event_id}"
    for path in (base, one, event):
        page = sam.get(path)
        assert page.status_code == 200 and '<form method="post" novalidate' not in page.content.decode()
        assert olive.get(path).status_code == 404
    for path in (f"{base}/add", f"{one}/change"):
        assert sam.get(path).status_code == 403 and olive.get(path).status_code == 404
    before = list(WebhookEndpoint.objects.values())
    for do in ("test", "off", "secret", "delete", "since"):
        assert olive.post(one, {"do": do}).status_code == 404
        assert sam.post(one, {"do": do}).status_code in (400, 403)
    assert sam.post(event).status_code == 403 and olive.post(event).status_code == 404
    own = f"/customer/{council.number}/webhooks/{endpoint.number}"
    assert olive.get(own).status_code == 404, "another's number under one's own address"
    assert list(WebhookEndpoint.objects.values()) == before and WebhookDelivery.objects.get().state == "failed"


def test_the_office_keeps_them_finance_looks_and_only_finance_sees_sums(
    endpoint: WebhookEndpoint, oakfield: Organisation, partnership: Organisation, actor: Actor
) -> None:
    made = happen(oakfield, actor)
    bea = signed_in(person(partnership, actor, name="Bea Castellan", role=Role.ADMINISTRATOR))
    priya = signed_in(person(partnership, actor, name="Priya Nair", role=Role.FINANCE_OFFICER))
    organiser = signed_in(person(partnership, actor, name="Otto Organiser", role=Role.ORGANISER))
    path = f"/office/webhooks/{endpoint.number}"
    for client in (bea, priya):
        assert "Oakfield Primary School" in text_of(client.get("/office/webhooks"))
        assert client.get(path).status_code == 200
    assert organiser.get("/office/webhooks").status_code == 404 and organiser.get(path).status_code == 404
    event = f"{path}/events/{made.event_id}"
    assert "4321" in text_of(priya.get(event)) and "4321" not in text_of(bea.get(event))
    assert priya.get("/office/webhooks/add").status_code == 403 and priya.post(path, {"do": "off"}).status_code == 403
    answer = bea.post("/office/webhooks/add", GIVEN | {"organisation": oakfield.number.lower()})
    assert "whsec_" in answer.content.decode() and WebhookEndpoint.objects.count() == 2
    assert "is switched off" in text_of(bea.post(path, {"do": "off"}, follow=True))


def test_the_log_asks_as_many_queries_for_many_events_as_for_one(
    ruth: Actor, base: str, endpoint: WebhookEndpoint, oakfield: Organisation, actor: Actor
) -> None:
    client, path = signed_in(ruth), f"{base}/{endpoint.number}"
    counts = []
    for numbers in (range(1), range(1, 9)):
        for number in numbers:
            happen(oakfield, actor, number)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
