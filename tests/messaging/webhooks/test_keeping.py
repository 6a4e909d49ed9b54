"""Webhooks belong to an organisation: kept by its approvers and the administrator, seen by those who may, and by nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.messaging.models import WebhookDelivery, WebhookEndpoint
from marketplace.messaging.services import (
    change_webhook,
    change_webhook_secret,
    delete_webhook,
    deliver_webhooks,
    send_test_webhook,
    send_webhook_again,
    send_webhooks_since,
    switch_webhook_off,
    switch_webhook_on,
)
from marketplace.messaging.services.webhooks import TooManyWebhooks, WebhookAlready
from marketplace.messaging.services.webhooks_queueing import WebhookIsOff, WebhookStillWaiting
from marketplace.messaging.webhook_queries import endpoint_for, endpoints_for, keepable
from marketplace.organisations.models import Organisation
from tests.messaging.webhooks.conftest import happen, hook
from tests.messaging.webhooks.receiver import Heard
from tests.shop import person

pytestmark = pytest.mark.django_db


def everything(endpoint: WebhookEndpoint, actor: Actor) -> list[Any]:
    """Every verb that changes something, as calls."""
    at = timezone.now()
    delivery = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("endpoint").first()
    words = {"url": endpoint.url, "description": "x", "kinds": ["order.placed"]}
    return [
        lambda: change_webhook(endpoint=endpoint, **words, actor=actor),
        lambda: change_webhook_secret(endpoint=endpoint, at=at, actor=actor),
        lambda: switch_webhook_off(endpoint=endpoint, at=at, actor=actor),
        lambda: switch_webhook_on(endpoint=endpoint, at=at, actor=actor),
        lambda: send_test_webhook(endpoint=endpoint, actor=actor),
        lambda: send_webhook_again(delivery=delivery, at=at, actor=actor),
        lambda: send_webhooks_since(endpoint=endpoint, since=at, at=at, actor=actor),
        lambda: delete_webhook(endpoint=endpoint, at=at, actor=actor),
    ]


@pytest.mark.parametrize(
    ("role", "sees", "keeps"),
    [
        (Role.BUYER, True, False), (Role.APPROVER, True, True), (Role.TRUST_FINANCE, True, True),
        (Role.PROVIDER, True, True), (Role.CONSULTANT, False, False), (Role.DELEGATE, False, False),
        (Role.COMMISSIONER, False, False), (Role.PANEL, False, False),
    ],
)  # fmt: skip
def test_who_sees_and_who_keeps_their_own(
    role: Role, sees: bool, keeps: bool, oakfield: Organisation, endpoint: WebhookEndpoint, actor: Actor
) -> None:
    happen(actor, oakfield)
    someone = person(oakfield, actor, name="Noor Ames", role=role)
    assert endpoints_for(someone).exists() == sees
    assert list(keepable(someone)) == ([oakfield] if keeps else [])
    if keeps:
        assert change_webhook_secret(endpoint=endpoint, at=timezone.now(), actor=someone).startswith("whsec_")
        return
    before = WebhookEndpoint.objects.values().get()
    for call in everything(endpoint, someone):
        with pytest.raises(NotAllowed if sees else NotFound):
            call()
    assert WebhookEndpoint.objects.values().get() == before


@pytest.mark.parametrize(
    ("role", "keeps"),
    [(Role.ADMINISTRATOR, True), (Role.FINANCE_OFFICER, False), (Role.FINANCE_MANAGER, False), (Role.AUDITOR, False)],
)
def test_the_staff_sees_all_and_only_the_administrator_keeps_them(
    role: Role, keeps: bool, oakfield: Organisation, partnership: Organisation, endpoint: WebhookEndpoint, actor: Actor
) -> None:
    happen(actor, oakfield)
    someone = person(partnership, actor, name="Bea Castellan", role=role)
    assert endpoint_for(someone, endpoint.number) == endpoint
    if keeps:
        hook(oakfield, someone, endpoint.url)
        return
    for call in everything(endpoint, someone):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(NotAllowed):
        hook(oakfield, someone, endpoint.url)


def test_an_outsider_and_a_deputy_keep_nothing(
    oakfield: Organisation, council: Organisation, endpoint: WebhookEndpoint, actor: Actor
) -> None:
    outsider = person(council, actor, name="Olive Outsider", role=Role.APPROVER)
    happen(actor, oakfield)
    for call in everything(endpoint, outsider):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(NotFound):
        hook(oakfield, outsider, endpoint.url)
    deputy = Actor(
        7, None, "Dee Deputy", frozenset({Grant(Role.APPROVER, oakfield.pk, None, on_behalf_of_person_id=8)})
    )
    with pytest.raises(NotFound):
        hook(oakfield, deputy, endpoint.url)


def test_an_organisation_has_ten_and_no_more(oakfield: Organisation, ruth: Actor, heard: Heard) -> None:
    made = [hook(oakfield, ruth, heard.url) for _ in range(10)]
    with pytest.raises(TooManyWebhooks):
        hook(oakfield, ruth, heard.url)
    assert WebhookEndpoint.objects.count() == 10
    delete_webhook(endpoint=made[0], at=timezone.now(), actor=ruth)
    hook(oakfield, ruth, heard.url)


@pytest.mark.parametrize("kinds", [[], ["everything"], ["order.placed", "booking.needs_given"], ["webhook.tested"]])
def test_only_public_kinds_may_be_chosen(kinds: list[str], endpoint: WebhookEndpoint, ruth: Actor) -> None:
    with pytest.raises(WrongInput):
        change_webhook(endpoint=endpoint, url=endpoint.url, description="", kinds=kinds, actor=ruth)
    endpoint.refresh_from_db()
    assert endpoint.kinds == ["order.placed"]


def test_secrets_differ_and_stand_in_no_event(endpoint: WebhookEndpoint, ruth: Actor) -> None:
    new = change_webhook_secret(endpoint=endpoint, at=timezone.now(), actor=ruth)
    assert new != endpoint.secret and len(new) == len("whsec_") + 44
    told = str(list(Event.objects.values_list("kind", "payload", "text__words")))
    assert "webhook.added" in told and "webhook.secret_changed" in told and "whsec_" not in told
    assert endpoint.url not in str(list(Event.objects.values_list("payload", flat=True))), "it may hold a key"


def test_a_deleted_webhook_keeps_its_log_and_no_secret(
    oakfield: Organisation, endpoint: WebhookEndpoint, ruth: Actor, actor: Actor
) -> None:
    happen(actor, oakfield)
    change_webhook_secret(endpoint=endpoint, at=timezone.now(), actor=ruth)
    delete_webhook(endpoint=endpoint, at=timezone.now(), actor=ruth)
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.previous_secret, endpoint.active) == ("", "", False)
    assert WebhookDelivery.objects.get().state == "failed" and not endpoints_for(ruth).exists()
    for call in everything(endpoint, ruth):
        with pytest.raises(NotFound):
            call()


def test_switching_on_what_is_on_or_off_what_is_off_is_refused(endpoint: WebhookEndpoint, ruth: Actor) -> None:
    at = timezone.now()
    with pytest.raises(WebhookAlready):
        switch_webhook_on(endpoint=endpoint, at=at, actor=ruth)
    switch_webhook_off(endpoint=endpoint, at=at, actor=ruth)
    with pytest.raises(WebhookAlready):
        switch_webhook_off(endpoint=endpoint, at=at, actor=ruth)
    for call in everything(endpoint, ruth)[4:5] + everything(endpoint, ruth)[6:7]:
        with pytest.raises(WebhookIsOff):
            call()


def test_a_test_is_sent_without_being_chosen(endpoint: WebhookEndpoint, heard: Heard, ruth: Actor) -> None:
    made = send_test_webhook(endpoint=endpoint, actor=ruth)
    assert deliver_webhooks() == 1 and heard.ids == [f"evt_{made.event_id}"]
    assert b'"type":"webhook.tested"' in heard.requests[0][1]


def test_one_event_is_sent_again_under_the_same_id(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, ruth: Actor, actor: Actor
) -> None:
    event = happen(actor, oakfield)
    made = WebhookDelivery.objects.select_related("endpoint").get()
    with pytest.raises(WebhookStillWaiting):
        send_webhook_again(delivery=made, at=timezone.now(), actor=ruth)
    deliver_webhooks()
    send_webhook_again(delivery=made, at=timezone.now(), actor=ruth)
    deliver_webhooks()
    assert heard.ids == [f"evt_{event.pk}"] * 2 and made.tries.count() == 2


def test_everything_since_a_day_is_sent_again_what_was_missed_included(
    oakfield: Organisation, council: Organisation, endpoint: WebhookEndpoint, heard: Heard, ruth: Actor, actor: Actor
) -> None:
    before = happen(actor, oakfield)
    deliver_webhooks()
    first = happen(actor, oakfield)
    deliver_webhooks()
    switch_webhook_off(endpoint=endpoint, at=timezone.now(), actor=ruth)
    missed = happen(actor, oakfield)
    happen(actor, council)
    happen(actor, oakfield, kind="receipt.recorded")
    happen(actor, oakfield, kind="booking.needs_given")
    switch_webhook_on(endpoint=endpoint, at=timezone.now(), actor=ruth)
    heard.requests.clear()
    at = timezone.now()
    assert send_webhooks_since(endpoint=endpoint, since=first.at, at=at, actor=ruth) == 2
    assert deliver_webhooks() == 2 and sorted(heard.ids) == sorted(f"evt_{one.pk}" for one in (first, missed))
    assert f"evt_{before.pk}" not in heard.ids
    for since in (at - timedelta(days=32), at + timedelta(minutes=1)):
        with pytest.raises(WrongInput):
            send_webhooks_since(endpoint=endpoint, since=since, at=at, actor=ruth)


def test_what_waits_when_it_is_switched_off_is_given_up_and_can_be_asked_for(
    oakfield: Organisation, endpoint: WebhookEndpoint, heard: Heard, ruth: Actor, actor: Actor
) -> None:
    event = happen(actor, oakfield)
    switch_webhook_off(endpoint=endpoint, at=timezone.now(), actor=ruth)
    assert deliver_webhooks() == 0 and WebhookDelivery.objects.get().state == "failed"
    switch_webhook_on(endpoint=endpoint, at=timezone.now(), actor=ruth)
    assert deliver_webhooks() == 0, "not by itself"
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        send_webhooks_since(endpoint=endpoint, since=event.at, at=timezone.now(), actor=ruth)
        assert deliver_webhooks() == 1 and heard.ids == [f"evt_{event.pk}"]
