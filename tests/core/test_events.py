"""The event log: written with the change it tells of, never changed, with a hash over facts alone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from marketplace.core.actors import Actor, platform
from marketplace.core.events import fingerprint, fingerprint_of, record, record_many, text_mac
from marketplace.core.models import Event, EventText, UnsealedEvent

FACTS: dict[str, Any] = {
    "kind": "invoice.issued",
    "subject_kind": "invoice",
    "subject": "INV-000001",
    "organisation_ids": [7, 3, 7],
    "payload": {"gross_pence": 12000},
}
OFFICER = Actor(person_id=12, user_id=4, name="Priya Nair")


@pytest.mark.django_db
def test_an_event_names_its_person_by_number_only() -> None:
    event = record(**FACTS, actor=OFFICER)
    event.refresh_from_db()
    assert (event.actor_person_id, event.actor_label) == (12, "")
    assert event.organisation_ids == [3, 7]
    assert event.at is not None


@pytest.mark.django_db
def test_an_event_of_the_platform_names_the_command() -> None:
    event = record(**FACTS, actor=platform("import_gias"))
    assert (event.actor_person_id, event.actor_label) == (None, "import_gias")


@pytest.mark.django_db
def test_the_stored_hash_is_that_of_the_stored_facts() -> None:
    event = Event.objects.get(pk=record(**FACTS, actor=OFFICER).pk)
    assert event.hash == fingerprint_of(event)
    assert event.hash != fingerprint(**FACTS), "who acted and when are covered too"


@pytest.mark.django_db
@pytest.mark.parametrize("microsecond", [0, 1, 100_000, 123_450, 999_999])
def test_the_hash_holds_at_every_fraction_of_a_second(microsecond: int) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 9, 30, 0, microsecond, UTC), tick=False):
        record(**FACTS, actor=OFFICER)
        record_many(facts=[FACTS], actor=OFFICER)
    for event in Event.objects.all():
        assert event.hash == fingerprint_of(event) and event.at.microsecond == microsecond


@pytest.mark.django_db
def test_many_events_by_copy_have_the_hashes_of_their_facts() -> None:
    record_many(facts=[FACTS, FACTS | {"subject": "INV-000002"}], actor=OFFICER)
    events = list(Event.objects.all())
    assert [event.hash for event in events] == [fingerprint_of(event) for event in events]
    assert len({event.hash for event in events}) == 2


@pytest.mark.django_db
def test_what_a_person_wrote_lies_aside_and_can_be_erased() -> None:
    event = record(**FACTS, actor=OFFICER, text={"reason": "Asked for by Mrs Example"})
    text = EventText.objects.get(event=event)
    assert "Example" not in json.dumps(event.payload)
    assert event.text_mac == text_mac(bytes(text.key), text.words)
    text.delete()
    event = Event.objects.get(pk=event.pk)
    assert event.hash == fingerprint_of(event)


@pytest.mark.django_db
def test_what_a_person_wrote_is_never_rewritten() -> None:
    event = record(**FACTS, actor=OFFICER, text={"reason": "Late"})
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        EventText.objects.filter(event=event).update(words={"reason": "Early"})
    assert EventText.objects.get(event=event).words == {"reason": "Late"}


@pytest.mark.django_db
def test_every_event_waits_for_the_sealer() -> None:
    one = record(**FACTS, actor=OFFICER)
    record_many(facts=[FACTS, FACTS], actor=OFFICER)
    waiting = set(UnsealedEvent.objects.values_list("event_id", flat=True))
    assert waiting == set(Event.objects.values_list("pk", flat=True)) and one.pk in waiting and len(waiting) == 3


@pytest.mark.parametrize(
    "change", [{"kind": "x"}, {"subject": "INV-000002"}, {"organisation_ids": [3]}, {"payload": {"gross_pence": 1}}]
)
def test_any_changed_fact_changes_the_hash_and_order_does_not(change: dict[str, Any]) -> None:
    assert fingerprint(**(FACTS | change)) != fingerprint(**FACTS)
    assert fingerprint(**(FACTS | {"organisation_ids": [7, 7, 3]})) == fingerprint(**FACTS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET kind = 'x'", "DELETE FROM core_event", "TRUNCATE core_event CASCADE"],
)
def test_an_event_is_never_changed_or_deleted(statement: str) -> None:
    event = record(**FACTS | {"kind": "test.written"}, actor=OFFICER)  # a kind that nobody hears
    refused = pytest.raises(DatabaseError, match="never changed or deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get(pk=event.pk).kind == "test.written"


@pytest.mark.django_db
def test_an_event_goes_with_the_change_that_is_taken_back() -> None:
    def record_and_fail() -> None:
        with transaction.atomic():
            record(**FACTS, actor=OFFICER)
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError, match="the change failed"):
        record_and_fail()
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        record(**FACTS, actor=OFFICER)
    assert not Event.objects.exists()
