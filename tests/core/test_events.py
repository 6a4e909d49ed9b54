"""The event log: written with the change it tells of, never changed, with a hash over facts alone."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.core.actors import Actor, platform
from marketplace.core.events import fingerprint, record
from marketplace.core.models import Event

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
    stored = {name: getattr(event, name) for name in FACTS}
    assert event.hash == fingerprint(**stored)


@pytest.mark.parametrize(
    "change", [{"kind": "x"}, {"subject": "INV-000002"}, {"organisation_ids": [3]}, {"payload": {"gross_pence": 1}}]
)
def test_any_changed_fact_changes_the_hash_and_order_does_not(change: dict[str, Any]) -> None:
    assert fingerprint(**(FACTS | change)) != fingerprint(**FACTS)
    assert fingerprint(**(FACTS | {"organisation_ids": [7, 7, 3]})) == fingerprint(**FACTS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_event SET kind = 'x'", "DELETE FROM core_event", "TRUNCATE core_event"],
)
def test_an_event_is_never_changed_or_deleted(statement: str) -> None:
    event = record(**FACTS, actor=OFFICER)
    refused = pytest.raises(DatabaseError, match="never changed or deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get(pk=event.pk).kind == "invoice.issued"


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
