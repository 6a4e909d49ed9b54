"""Those who keep an organisation's webhooks hear of a new one, and of one that was switched off by itself."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from frontend.notices.topics import WEBHOOKS
from marketplace.core.actors import Actor, Role, platform
from marketplace.messaging.models import Message, WebhookEndpoint
from marketplace.messaging.services import add_webhook, switch_webhook_off, switch_webhook_on
from marketplace.organisations.models import Organisation
from tests.shop import person

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]


def test_the_approver_hears_of_a_new_one_and_of_one_that_failed_but_not_of_one_switched_off_by_hand(
    oakfield: Organisation, council: Organisation, actor: Actor, post: Post
) -> None:
    ruth = person(oakfield, actor, name="Ruth Head", role=Role.APPROVER)
    person(oakfield, actor, name="Sam Buyer")
    person(council, actor, name="Olive Outsider", role=Role.APPROVER)
    made, secret = add_webhook(
        organisation=oakfield, url="https://hooks.oakfield.example/", description="Bursar", kinds=["order.placed"],
        actor=ruth,
    )  # fmt: skip
    [told] = post(WEBHOOKS)
    assert told.to.startswith("ruth.head") and "Added on 1 September 2026: webhook of Oakfield" in told.subject
    assert "https://hooks.oakfield.example/" in told.plain and secret not in told.plain + told.html
    assert f"/customer/{oakfield.number}/webhooks/{made.number}" in told.plain
    switch_webhook_off(endpoint=made, at=timezone.now(), actor=ruth)
    switch_webhook_on(endpoint=made, at=timezone.now(), actor=ruth)
    assert len(post(WEBHOOKS)) == 1
    failing = WebhookEndpoint.OffReason.FAILING
    switch_webhook_off(endpoint=made, at=timezone.now(), actor=platform("webhooks.deliver"), reason=failing)
    last = post(WEBHOOKS)[-1]
    assert last.subject.startswith("Switched off on 1 September 2026") and "It failed for three days" in last.plain
