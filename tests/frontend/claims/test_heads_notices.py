"""E-mails about heads: returned ones to who decides, decided ones to who returned them; never how many, never why."""

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from tests.subscriptions.outcomes.heads import OCTOBER, decided, heads_contract, returned
from tests.subscriptions.outcomes.hub_year import HubCast, hub_cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(OCTOBER, tick=True) as travelled:
        yield travelled


@pytest.fixture
def people(partnership: Organisation, oakfield: Organisation, actor: Any) -> HubCast:
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def by_heads(people: HubCast) -> OutcomeContract:
    return heads_contract(people)


def posted(topic: str) -> list[Message]:
    """Delivers every event, some twice; then the messages about a topic."""
    for _ in range(2):
        Delivery.objects.update(next_at=timezone.now())
        while outbox.deliver():
            pass
    ours = Delivery.objects.filter(handler__startswith="notices.return").exclude(last_error="")
    assert list(ours.values_list("handler", "last_error")) == []
    return list(Message.objects.filter(topic=topic).order_by("pk"))


def test_returned_heads_are_told_to_those_who_may_decide(by_heads: OutcomeContract, people: HubCast) -> None:
    returned(by_heads, OCTOBER, people, 37)
    [told] = posted("deciding")
    assert told.person_id == people.verifier.person_id
    assert told.subject == "Decide on heads: Early career training"
    assert f"/verify/{by_heads.number}/statements/1/heads/started/1" in told.plain
    assert "37" not in told.plain and not posted("returns")


def test_who_is_asked_after_the_decision_is_told_nothing(by_heads: OutcomeContract, people: HubCast) -> None:
    decided(returned(by_heads, OCTOBER, people, 37), people)
    assert not posted("deciding")


@pytest.mark.parametrize(
    ("accepted", "subject"),
    [(True, "Heads accepted: Early career training"), (False, "Return heads again: Early career training")],
)
def test_decided_heads_are_told_to_who_returned_them(
    by_heads: OutcomeContract, people: HubCast, accepted: bool, subject: str
) -> None:
    decided(returned(by_heads, OCTOBER, people, 37), people, accepted=accepted, reason="" if accepted else "Unsigned")
    [told] = posted("returns")
    assert told.subject == subject
    assert f"/hub/{by_heads.number}/statements/1/heads/started" in told.plain
    assert "37" not in told.plain and "Unsigned" not in told.plain


def test_of_a_confidential_contract_the_number_alone_is_told(by_heads: OutcomeContract, people: HubCast) -> None:
    OutcomeContract.objects.filter(pk=by_heads.pk).update(confidential=True)
    returned(by_heads, OCTOBER, people, 37)
    [told] = posted("deciding")
    assert told.subject == f"Decide on heads: contract {by_heads.number}"
    assert "Started" not in told.plain and by_heads.title not in told.plain
