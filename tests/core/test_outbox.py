"""The outbox: what is committed is delivered once to each handler; what fails is tried again and shown."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import platform
from marketplace.core.events import record, record_many
from marketplace.core.models import Delivery, Event, NumberSeries

FACTS: dict[str, Any] = {
    "kind": "test.happened", "subject_kind": "test", "subject": "1", "organisation_ids": [], "payload": {},
}  # fmt: skip
ACTOR = platform("test")


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """A handler that writes down what it heard, and one that always fails after writing to the database."""
    events: list[int] = []

    @outbox.handles("test.happened", name="test.listener")
    def listen(event: Event) -> None:
        events.append(event.pk)

    @outbox.handles("test.happened", name="test.broken")
    def fail(event: Event) -> None:
        NumberSeries.objects.create(code="half-done", prefix="HALF")
        raise RuntimeError("the other side is away")

    yield events
    for name in ("test.listener", "test.broken"):
        del outbox._handlers[name]
    outbox.handlers_for.cache_clear()


@pytest.mark.django_db
def test_each_handler_hears_a_committed_event_once(heard: list[int]) -> None:
    one = record(**FACTS, actor=ACTOR)
    record_many(facts=[FACTS], actor=ACTOR)
    assert Delivery.objects.count() == 4
    assert outbox.deliver() == 4
    assert len(heard) == 2 and one.pk in heard
    assert outbox.deliver() == 0, "what failed waits, what is done is done"
    assert Delivery.objects.filter(state="done").count() == 2


@pytest.mark.django_db
def test_a_handler_that_fails_leaves_nothing_half_done_and_is_tried_again(heard: list[int]) -> None:
    record(**FACTS, actor=ACTOR)
    outbox.deliver()
    broken = Delivery.objects.get(handler="test.broken")
    assert (broken.state, broken.attempts) == ("waiting", 1)
    assert broken.last_error == "RuntimeError: the other side is away"
    assert broken.next_at > timezone.now()
    assert not NumberSeries.objects.filter(code="half-done").exists()
    assert Delivery.objects.get(handler="test.listener").state == "done"


@pytest.mark.django_db
def test_a_handler_that_never_succeeds_is_given_up_and_stays_to_be_seen(heard: list[int]) -> None:
    record(**FACTS, actor=ACTOR)
    moment = timezone.now()
    for wait in [timedelta(), *outbox.WAITS]:
        moment += wait + timedelta(seconds=1)
        with time_machine.travel(moment, tick=False):
            outbox.deliver()
    broken = Delivery.objects.get(handler="test.broken")
    assert (broken.state, broken.attempts) == ("failed", len(outbox.WAITS) + 1)
    with time_machine.travel(moment + timedelta(days=9), tick=False):
        assert outbox.deliver() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_taken_back_is_never_told(heard: list[int]) -> None:
    with pytest.raises(RuntimeError, match="taken back"), transaction.atomic():
        record(**FACTS, actor=ACTOR)
        raise RuntimeError("taken back")
    assert outbox.deliver() == 0 and heard == []
