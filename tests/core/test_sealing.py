"""Sealing: each event into one seal, each seal linked; proofs, anchors, erasure, and the check of it all."""

import hashlib
import json
import random
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from marketplace.core import merkle, sealing
from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.anchoring import anchor_ended_days
from marketplace.core.erasure import NothingToErase, erase_text
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.event_queries import event_for, events_for, require_log_reader, seals_for
from marketplace.core.events import fingerprint_of, record
from marketplace.core.log_check import verify_log
from marketplace.core.models import Event, EventAnchor, EventSeal, EventText, SealedEvent, UnsealedEvent
from marketplace.core.sealing import FIRST_PREVIOUS, SEALER_LOCK, prove, seal_all, seal_hash, seal_turn, seal_waiting
from tests.core.tampering import event

ADMINISTRATOR = Actor(3, 3, "Ada", frozenset({Grant(Role.ADMINISTRATOR, 1)}))


def sha(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def test_the_tree_is_the_one_that_is_written_down() -> None:
    a, b, c = (merkle.leaf(number, f"{number:064x}") for number in (1, 2, 3))
    assert a == sha(b"\x00" + bytes(7) + b"\x01" + bytes(31) + b"\x01")
    pair = sha(b"\x01" + a + b)
    assert merkle.root_of([a]) == a.hex()
    assert merkle.root_of([a, b, c]) == sha(b"\x01" + pair + c).hex(), "the odd one goes up as it is"
    assert merkle.root_of([a, b, c]) != merkle.root_of([a, b, c, c])
    with pytest.raises(ValueError, match="needs a leaf"):
        merkle.root_of([])
    with pytest.raises(ValueError, match="not a SHA-256"):
        merkle.leaf(1, "00")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 100])
def test_each_leaf_has_a_path_to_the_root_and_to_no_other(count: int) -> None:
    leaves = [merkle.leaf(number, f"{random.Random(number).getrandbits(256):064x}") for number in range(count)]
    root = merkle.root_of(iter(leaves))
    for index, leaf in enumerate(leaves):
        assert merkle.root_by(leaf, merkle.path_of(leaves, index)) == root
    assert merkle.root_by(merkle.leaf(count, "0" * 64), merkle.path_of(leaves, 0)) != root


@pytest.mark.django_db
def test_what_waits_is_sealed_once_in_the_order_of_ids_and_linked() -> None:
    events = [event(str(number)) for number in range(5)]
    first, second, third = seal_waiting(limit=3), seal_waiting(limit=3), seal_waiting()
    assert first and second and third is None
    assert (first.number, first.count, first.previous_hash) == (1, 3, FIRST_PREVIOUS)
    assert (second.number, second.count, second.previous_hash) == (2, 2, first.hash)
    places = SealedEvent.objects.order_by("event_id").values_list("event_id", "seal__number", "position")
    assert list(places) == [(one.pk, number, place) for one, (number, place) in zip(
        events, [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)], strict=True)]  # fmt: skip
    assert not UnsealedEvent.objects.exists()
    stored = EventSeal.objects.get(number=1)
    moment = stored.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    line = f"seal|1|3|{stored.merkle_root}|{FIRST_PREVIOUS}|{moment}"
    assert stored.hash == sha(line.encode()).hex(), "an auditor can compute a seal's hash by hand"


@pytest.mark.django_db
def test_a_turn_is_followed_by_another_only_while_whole_seals_are_taken() -> None:
    for number in range(5):
        event(str(number))
    assert [seal_turn(limit=3), seal_turn(limit=3), seal_turn(limit=3)] == [True, False, False]
    assert list(EventSeal.objects.order_by("number").values_list("count", flat=True)) == [3, 2]


@pytest.mark.django_db
def test_sealing_ends_though_somebody_writes_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def seal_while_another_writes(*, limit: int) -> EventSeal | None:
        seal = seal_waiting(limit=limit)
        event("meanwhile")
        return seal

    event("1")
    monkeypatch.setattr(sealing, "seal_waiting", seal_while_another_writes)
    assert [seal.count for seal in seal_all()] == [1]
    assert seal_turn() is False
    assert UnsealedEvent.objects.count() == 1, "what was written meanwhile waits for the next turn"


@pytest.mark.django_db
def test_sealing_writes_nothing_on_the_events_themselves() -> None:
    """A foreign key would lock every event that it checks, which is a write of its row."""
    one = event("1")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seal_waiting()
        cursor.execute("SELECT xmax::text FROM core_event WHERE id = %s", [one.pk])
        assert cursor.fetchone() == ("0",)
        cursor.execute("SELECT FROM core_event WHERE id = %s FOR KEY SHARE", [one.pk])  # what a check would do
        cursor.execute("SELECT xmax::text FROM core_event WHERE id = %s", [one.pk])
        assert cursor.fetchone() != ("0",)


@pytest.mark.django_db(transaction=True)
def test_a_second_sealer_leaves_it_to_the_first() -> None:
    with transaction.atomic():
        event("1")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [SEALER_LOCK])
            assert seal_waiting() is None and UnsealedEvent.objects.count() == 1
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SEALER_LOCK])
    finally:
        other.close()
    sealed = seal_waiting()
    assert sealed is not None and sealed.count == 1


@pytest.mark.django_db
def test_a_sealed_event_can_be_proven_by_hand_and_a_waiting_one_not_yet() -> None:
    events = [event(str(number)) for number in range(6)]
    with pytest.raises(NotFound, match="not sealed yet"):
        prove(events[0])
    seal = seal_waiting()
    assert seal
    proof = prove(events[4])
    assert proof.holds and proof.position == 5 and proof.seal.merkle_root == seal.merkle_root
    digest = sha(b"\x00" + events[4].pk.to_bytes(8, "big") + bytes.fromhex(events[4].hash))
    for step in proof.path:
        beside = bytes.fromhex(step.hash)
        digest = sha(b"\x01" + (digest + beside if step.side == "right" else beside + digest))
    assert digest.hex() == seal.merkle_root


@pytest.mark.django_db
def test_a_payload_is_hashed_as_it_is_stored_and_holds_no_float() -> None:
    kept = event("1", payload={"by_year": {"9": 2, "10": 1}, "names": ("Zoë", "李")})
    assert Event.objects.get(pk=kept.pk).payload == {"by_year": {"9": 2, "10": 1}, "names": ["Zoë", "李"]}
    assert fingerprint_of(Event.objects.get(pk=kept.pk)) == kept.hash
    with pytest.raises(TypeError, match=r"not 0\.5: money is pence"):
        event("2", payload={"share": 0.5})
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_erasing_takes_the_text_alone_and_is_an_event_itself() -> None:
    kept = event("1", text={"reason": "Asked for by Mrs Example"}, organisation_ids=[5])
    seal_waiting()
    with pytest.raises(NotAllowed):
        erase_text(event=kept, reason_code="asked", actor=Actor(4, 4, "Edith", frozenset({Grant(Role.AUDITOR, 1)})))
    with pytest.raises(WrongInput, match="Choose the reason"):
        erase_text(event=kept, reason_code="because", actor=ADMINISTRATOR)
    assert EventText.objects.count() == 1, "nothing was erased by a refusal"
    recorded = erase_text(event=kept, reason_code="asked", actor=ADMINISTRATOR)
    assert (recorded.subject, recorded.payload) == (str(kept.pk), {"reason": "asked", "kind": "test.written"})
    assert recorded.organisation_ids == [5] and not EventText.objects.exists()
    report = verify_log()
    assert report.ok and report.erased == 1 and prove(kept).holds
    with pytest.raises(NothingToErase, match="erased before"):
        erase_text(event=kept, reason_code="asked", actor=ADMINISTRATOR)


@pytest.mark.django_db
def test_each_ended_day_gets_one_anchor_and_it_is_told() -> None:
    today = timezone.localdate()
    for number, days in enumerate((3, 3, 1, 0)):
        event(str(number))
        seal_waiting(now=timezone.now() - timedelta(days=days))
    made = anchor_ended_days(today=today, actor=platform("test"))
    assert [(anchor.day, anchor.seal.number) for anchor in made] == [
        (today - timedelta(days=3), 2), (today - timedelta(days=1), 3)
    ]  # fmt: skip
    assert anchor_ended_days(today=today, actor=platform("test")) == []
    told = Event.objects.filter(kind="log.anchored").order_by("pk")
    assert [one.payload["hash"] for one in told] == [anchor.hash for anchor in made]
    anchors = {anchor.day: anchor.hash for anchor in made}
    report = verify_log(anchors=anchors)
    assert report.ok and report.waiting == 2
    assert verify_log(anchors={made[1].day: made[0].hash}).broken[0].code == "anchor"


@pytest.mark.django_db
def test_the_commands_seal_print_the_anchor_and_leave_with_1_on_a_broken_log() -> None:
    event("1")
    seal_waiting(now=timezone.now() - timedelta(days=1))
    out = StringIO()
    call_command("seal_events", stdout=out)
    anchor = EventAnchor.objects.get()
    assert f"Anchor {anchor.day}={anchor.hash}" in out.getvalue()
    call_command("verify_events", "--anchor", f"{anchor.day}={anchor.hash}", stdout=out)
    assert "The log holds, up to seal 1" in out.getvalue()
    with pytest.raises(CommandError, match="64 hexadecimal digits"):
        call_command("verify_events", "--anchor", "2027-03-31=abc")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("verify_events", "--json", "--anchor", f"{anchor.day}={'0' * 64}", stdout=out, stderr=err)
    assert left.value.code == 1
    said = json.loads(out.getvalue())
    assert said["ok"] is False and said["broken"][0]["code"] == "anchor"


@pytest.mark.django_db
def test_a_part_of_the_log_is_checked_with_its_links() -> None:
    for number in range(4):
        event(str(number))
        seal_waiting()
    report = verify_log(first=2, last=3)
    assert report.ok and (report.seals, report.events, report.last_seal) == (2, 2, 3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE core_eventseal SET hash = repeat('0', 64) WHERE number = 1")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert [broken.code for broken in verify_log(first=2, last=3).broken] == ["seal_link"]


def test_a_seals_hash_covers_each_of_its_facts() -> None:
    facts = {"number": 1, "count": 2, "merkle_root": "a", "previous_hash": "b", "sealed_at": timezone.now()}
    changes = {"number": 2, "count": 3, "merkle_root": "c", "previous_hash": "c", "sealed_at": timezone.now()}
    hashes = {seal_hash(**facts)} | {seal_hash(**{**facts, name: value}) for name, value in changes.items()}
    assert len(hashes) == 6


@pytest.mark.django_db
def test_who_sees_which_events() -> None:
    ours, theirs, inner = event("1", organisation_ids=[5]), event("2", organisation_ids=[6, 7]), event("3")

    def seen(role: Role, organisation: int = 5) -> set[int]:
        actor = Actor(9, 9, "Somebody", frozenset({Grant(role, organisation)}))
        return set(events_for(actor).values_list("pk", flat=True))

    everything = {ours.pk, theirs.pk, inner.pk}
    for role in (Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR):
        assert seen(role) == everything
    for role in (Role.BUYER, Role.APPROVER, Role.TRUST_FINANCE, Role.PROVIDER):
        assert seen(role) == {ours.pk} and seen(role, 7) == {theirs.pk} and seen(role, 8) == set()
    for role in set(Role) - {Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.BUYER,
                             Role.APPROVER, Role.TRUST_FINANCE, Role.PROVIDER}:  # fmt: skip
        assert seen(role) == set(), role
    nobody = Actor(None, None, "Anonymous")
    assert not events_for(nobody).exists()
    buyer = Actor(9, 9, "Somebody", frozenset({Grant(Role.BUYER, 5)}))
    assert event_for(buyer, ours.pk) == ours
    for refused in (lambda: event_for(buyer, theirs.pk), lambda: require_log_reader(buyer), lambda: seals_for(buyer)):
        with pytest.raises(NotFound):
            refused()


@pytest.mark.django_db
def test_a_text_and_the_deliveries_are_written_with_the_event() -> None:
    kept = record(
        kind="test.written", subject_kind="test", subject="1", organisation_ids=[2, 1, 2], payload={"pence": 1},
        actor=platform("test"), text={"reason": "It's 100% \"late\"", "empty": ""},
    )  # fmt: skip
    stored = Event.objects.get(pk=kept.pk)
    assert stored.organisation_ids == [1, 2] and stored.text.words == {"reason": 'It\'s 100% "late"'}
    assert verify_log().ok
