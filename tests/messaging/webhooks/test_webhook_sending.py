"""Signed, once for each endpoint, tried for three days; what fails is seen and can be sent again."""

import json
import socket
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from marketplace.core import outbox
from marketplace.core.actors import Actor
from marketplace.core.models import Delivery, Event
from marketplace.messaging.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from marketplace.messaging.rules.backoff import WAITS
from marketplace.messaging.services import (
    change_webhook_secret,
    deliver_webhooks,
    switch_webhook_off,
    webhooks_posting,
    webhooks_sending,
)
from marketplace.messaging.services.webhooks_posting import post
from marketplace.messaging.services.webhooks_queueing import HANDLER, queue_event
from marketplace.organisations.models import Organisation
from tests.messaging.webhooks.conftest import happen, hook
from tests.messaging.webhooks.receiver import Heard, Quiet, receiving

pytestmark = pytest.mark.django_db


def states() -> dict[str, int]:
    found = WebhookDelivery.objects.values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


def test_what_is_sent_is_thin_and_signed_as_the_standard_says(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    event = happen(actor, oakfield)
    assert (deliver_webhooks(), deliver_webhooks()) == (1, 0)
    [(headers, body)] = heard.requests
    assert headers["webhook-id"] == f"evt_{event.pk}" and headers["content-type"] == "application/json"
    told = Webhook(endpoint.secret).verify(body, headers)
    assert told == {
        "type": "order.placed",
        "timestamp": event.at.isoformat(),
        "data": {
            "subject_kind": "order",
            "subject": "ORD-000007",
            "organisation": oakfield.number,
            "net_pence": 12345,
        },
    }
    made = WebhookDelivery.objects.get()
    assert (made.state, made.claim) == ("done", None) and made.done_at is not None
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.answer, attempt.error) == (204, "", "")


def test_the_receiver_refuses_what_is_forged_changed_or_old(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    happen(actor, oakfield)
    deliver_webhooks()
    [(headers, body)] = heard.requests
    mine = Webhook(endpoint.secret)
    stranger = Webhook("whsec_" + "QUJD" * 8)
    for signer, changed_headers, changed_body in (
        (stranger, {}, body),
        (mine, {}, body.replace(b"12345", b"99999")),
        (mine, {"webhook-id": "evt_1"}, body),
        (mine, {"webhook-timestamp": str(int(time.time()) - 1)}, body),
        (mine, {"webhook-signature": "v1,AAAA"}, body),
    ):
        with pytest.raises(WebhookVerificationError):
            signer.verify(changed_body, headers | changed_headers)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)), pytest.raises(WebhookVerificationError):
        mine.verify(body, headers)
    assert mine.verify(body, headers)["type"] == "order.placed"


def test_for_a_day_after_a_change_both_secrets_sign(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, ruth: Actor, actor: Actor
) -> None:
    old, now = endpoint.secret, timezone.now()
    new = change_webhook_secret(endpoint=endpoint, at=now, actor=ruth)
    happen(actor, oakfield)
    deliver_webhooks()
    [(headers, body)] = heard.requests
    assert old != new and Webhook(old).verify(body, headers) and Webhook(new).verify(body, headers)
    with time_machine.travel(now + timedelta(hours=24, minutes=1)):
        happen(actor, oakfield)
        deliver_webhooks()
        headers, body = heard.requests[1]
        assert Webhook(new).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(body, headers)


def test_nothing_private_and_nothing_of_others_leaves(
    oakfield: Organisation, council: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    secret = {"net_pence": 500, "delegate": "Amina Birch", "reason": "An allegation", "before": {"name": "x"}}
    happen(actor, oakfield, council, payload=secret, text={"reason": "She was unkind"})
    happen(actor, council)
    happen(actor, oakfield, kind="booking.needs_given", payload=secret)
    happen(actor, oakfield, kind="order.approval_interest", payload=secret)
    assert deliver_webhooks() == 1
    [(_, body)] = heard.requests
    told = json.loads(body)
    assert set(told["data"]) == {"subject_kind", "subject", "organisation"}, "no figure that another shares"
    assert told["data"]["organisation"] == oakfield.number
    assert council.number not in body.decode() and "Birch" not in body.decode() and "unkind" not in body.decode()


def test_only_those_who_chose_the_kind_hear_it_each_once(
    oakfield: Organisation, council: Organisation, ruth: Actor, actor: Actor, endpoint: WebhookEndpoint
) -> None:
    with receiving() as other, receiving() as paid, receiving() as off:
        hook(oakfield, ruth, other.url)
        hook(oakfield, ruth, paid.url, "receipt.recorded")
        switch_webhook_off(endpoint=hook(oakfield, ruth, off.url), at=timezone.now(), actor=ruth)
        hook(council, actor, paid.url)
        event = happen(actor, oakfield)
        queue_event(event)
        assert deliver_webhooks() == 2
        assert (other.ids, paid.ids, off.ids) == ([f"evt_{event.pk}"], [], [])


def test_the_outbox_hears_public_kinds_and_costs_one_query_where_nobody_listens(
    oakfield: Organisation, actor: Actor
) -> None:
    assert HANDLER in outbox.handlers_for("order.placed") and HANDLER in outbox.handlers_for("invoice.issued")
    assert HANDLER not in outbox.handlers_for("booking.needs_given")
    event = happen(actor, oakfield)
    assert Delivery.objects.filter(event=event, handler=HANDLER).exists()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        outbox.registered()[HANDLER].run(event)
    assert len(queries) == 1 and not WebhookDelivery.objects.exists()
    with CaptureQueriesContext(connection) as queries:
        assert deliver_webhooks() == 0
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) == 1


@pytest.mark.parametrize("status", [199 + 1, 202, 299])
def test_any_yes_is_a_yes(
    status: int, oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    heard.answer = status
    happen(actor, oakfield)
    deliver_webhooks()
    assert states() == {"done": 1}


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
def test_any_other_answer_is_tried_again_after_a_while(
    status: int, oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    heard.answer = status
    happen(actor, oakfield)
    assert (deliver_webhooks(), deliver_webhooks()) == (1, 0), "not at once"
    made = WebhookDelivery.objects.get()
    assert (made.state, made.attempts, made.claim) == ("waiting", 1, None)
    assert timedelta(seconds=3) < made.next_at - timezone.now() < timedelta(seconds=6)
    heard.answer = 200
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert deliver_webhooks() == 1
    endpoint.refresh_from_db()
    assert states() == {"done": 1} and (endpoint.failures, endpoint.failing_since) == (0, None)
    assert heard.ids[0] == heard.ids[1], "under the same id"
    assert list(WebhookAttempt.objects.order_by("pk").values_list("status", flat=True)) == [status, 200]


def test_one_event_that_is_never_taken_is_given_up_after_its_tries_while_others_go_on(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    poison = happen(actor, oakfield)

    def answer(handler: Quiet) -> None:
        handler.say(500 if handler.headers["webhook-id"] == f"evt_{poison.pk}" else 200)

    heard.answer = answer
    moment, spent = timezone.now() + timedelta(seconds=1), timedelta()
    for _ in range(len(WAITS) + 1):
        with time_machine.travel(moment, tick=False):
            happen(actor, oakfield)
            deliver_webhooks()
        with time_machine.travel(moment + timedelta(seconds=6), tick=False):
            deliver_webhooks()
        waiting = WebhookDelivery.objects.get(event=poison)
        spent, moment = moment - timezone.now(), max(waiting.next_at, moment + timedelta(seconds=7))
    assert heard.ids.count(f"evt_{poison.pk}") == len(WAITS) + 1 and spent > timedelta(days=2, hours=18)
    assert states() == {"failed": 1, "done": len(WAITS) + 1}
    assert WebhookEndpoint.objects.get().active


def test_an_endpoint_that_fails_for_three_days_is_switched_off_and_that_is_told(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    heard.answer = 500
    begun = timezone.now()
    for hours in (0, 24, 48, 71):
        with time_machine.travel(begun + timedelta(hours=hours)):
            happen(actor, oakfield)
            deliver_webhooks()
    assert WebhookEndpoint.objects.get().active
    with time_machine.travel(begun + timedelta(hours=73)):
        deliver_webhooks()
        assert deliver_webhooks() == 0
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.off_reason) == (False, "failing") and states() == {"failed": 4}
    told = Event.objects.get(kind="webhook.switched_off")
    assert told.organisation_ids == [oakfield.pk] and told.payload == {"why": "failing"}
    happen(actor, oakfield)
    assert states() == {"failed": 4}, "nothing more is queued"


def test_gone_switches_it_off_at_once(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    heard.answer = 410
    happen(actor, oakfield)
    deliver_webhooks()
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.off_reason) == (False, "gone") and states() == {"failed": 1}
    assert Event.objects.filter(kind="webhook.switched_off", payload={"why": "gone"}).count() == 1


def test_a_slow_receiver_does_not_keep_the_others_waiting(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, ruth: Actor, actor: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(webhooks_sending, "ROUND_SECONDS", 1.0)
    arrived: list[float] = []

    def slow(handler: Quiet) -> None:
        time.sleep(1.5)
        handler.say(200)

    def quick(handler: Quiet) -> None:
        arrived.append(time.monotonic())
        handler.say(200)

    heard.answer = slow
    with receiving() as other:
        other.answer = quick
        hook(oakfield, ruth, other.url)
        for _ in range(20):
            happen(actor, oakfield)
        begun = time.monotonic()
        deliver_webhooks()
        assert len(heard.requests) == 1 and len(other.requests) == 10, "ten of each in a round, the slow one stopped"
        assert arrived[-1] - begun < 1.5, "while the slow one was still busy"
        assert not WebhookDelivery.objects.filter(claim__isnull=False).exists(), "what was left is put back"
        deliver_webhooks()
        assert len(other.requests) == 20 and set(other.ids) == {
            f"evt_{one.pk}" for one in Event.objects.filter(kind="order.placed")
        }


def test_after_a_failure_the_rest_waits_without_using_up_its_tries(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    heard.answer = 503
    for _ in range(5):
        happen(actor, oakfield)
    assert (deliver_webhooks(), deliver_webhooks()) == (1, 0)
    assert sorted(WebhookDelivery.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    endpoint.refresh_from_db()
    assert endpoint.failures == 1 and endpoint.not_before > timezone.now() + timedelta(seconds=3)


def test_a_drip_of_bytes_does_not_outlast_the_limit_and_a_flood_is_not_read(heard: Heard) -> None:
    def drip(handler: Quiet) -> None:
        for sign in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 200:
            handler.wfile.write(bytes([sign]))
            handler.wfile.flush()
            time.sleep(0.05)

    def flood(handler: Quiet) -> None:
        handler.say(200, b"\x00<b>" + b"x" * 3_000_000)

    def send() -> Any:
        return post(url=heard.url, body=b"{}", headers={"webhook-id": "x"}, private_hosts=["127.0.0.1"], seconds=0.5)

    heard.answer = drip
    begun = time.monotonic()
    answer = send()
    assert answer.status is None and answer.error == "No whole answer within 0.5 seconds"
    assert time.monotonic() - begun < 2
    heard.answer = flood
    answer = send()
    assert answer.accepted and len(answer.text) == 500 and answer.text.startswith("<b>x")


def test_what_cannot_be_reached_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        assert (
            post(url=url, body=b"", headers={}, private_hosts=["127.0.0.1"]).error == "Nothing listens at that address"
        )
    assert "does not lead anywhere" in post(url="https://a.invalid/", body=b"", headers={}, private_hosts=()).error


def test_a_sender_that_died_loses_its_claim_after_two_minutes(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(actor, oakfield)
    monkeypatch.setattr(webhooks_sending, "_send_all", lambda parcels: iter(()))
    deliver_webhooks()
    monkeypatch.undo()
    assert WebhookDelivery.objects.get().claim is not None and deliver_webhooks() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=121)):
        assert deliver_webhooks() == 1
    assert states() == {"done": 1} and webhooks_sending.LEASE.total_seconds() > webhooks_posting.SECONDS * 4


def test_old_deliveries_are_forgotten_and_those_that_wait_are_not(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, actor: Actor
) -> None:
    happen(actor, oakfield)
    deliver_webhooks()
    happen(actor, oakfield)
    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert webhooks_sending.forget_old_deliveries() == 0
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert webhooks_sending.forget_old_deliveries() == 1
    assert states() == {"waiting": 1} and not WebhookAttempt.objects.exists()
