"""Whatever the mail server does, nothing is lost, nothing doubles in silence, and what failed is seen."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.models import Event
from marketplace.messaging import references
from marketplace.messaging.models import Message, NotificationAddress
from marketplace.messaging.queries import failing as not_sent
from marketplace.messaging.references import Attachment
from marketplace.messaging.services import To, send_again, send_waiting, sending, set_notification_address
from marketplace.messaging.services.sending import LEASE, WAITS, NotSendable
from marketplace.organisations.models import Organisation
from tests.messaging import failing
from tests.messaging.conftest import reader, tell
from tests.shop import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = "tests.messaging.failing.Backend"
    for kept in (failing.SAID, failing.TAKEN, failing.TRIED):
        kept.clear()  # type: ignore[attr-defined]
    yield


def test_a_message_goes_out_once_in_both_forms_with_its_headers(sam: Actor, settings: Any) -> None:
    tell(reader(sam))
    assert (send_waiting(), send_waiting()) == (1, 0)
    [mail] = failing.TAKEN
    made = Message.objects.get()
    assert (made.state, made.attempts, made.last_error) == ("sent", 1, "") and made.sent_at is not None
    assert mail.to == ["sam@oakfield.example"] and mail.body == made.plain
    assert mail.alternatives[0][0] == made.html  # type: ignore[attr-defined]
    headers = mail.message()
    assert headers["From"] == "Tidewell Schools Partnership <finance@partnership.example>"
    assert headers["Message-ID"] == f"<message-{made.number}@partnership.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe"] == f"<{settings.SITE_URL}/messages/stop/{made.stop_token}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_message_to_a_shared_address_offers_nothing_to_stop(oakfield: Organisation) -> None:
    tell(To("office@oakfield.example", organisation_id=oakfield.pk, purpose="invoices"))
    send_waiting()
    assert failing.TAKEN[0].message()["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (failing.MAILBOX_FULL, "452 4.2.2 mailbox full"),
        (failing.BUSY, "451 4.3.0 try again"),
        (failing.HANGS, "TimeoutError: timed out"),
        (failing.REFUSES, "ConnectionRefusedError: [Errno 111] Connection refused"),
        (failing.BREAKS_OFF, "SMTPServerDisconnected: Connection unexpectedly closed"),
        (failing.WRONG_PASSWORD, "535 5.7.8 wrong password"),
    ],
)
def test_what_may_pass_is_tried_again_later_with_the_same_message_id(sam: Actor, error: Exception, words: str) -> None:
    tell(reader(sam))
    failing.SAID.append(error)
    assert (send_waiting(), send_waiting()) == (0, 0), "it waits first"
    made = Message.objects.get()
    assert (made.state, made.attempts, made.last_error, made.claim) == ("waiting", 1, words, None)
    with time_machine.travel(timezone.now() + WAITS[0] + timedelta(seconds=1)):
        assert send_waiting() == 1
    made.refresh_from_db()
    assert (made.state, made.attempts, made.last_error) == ("sent", 2, "")


@pytest.mark.parametrize("error", [failing.NO_SUCH_MAILBOX, failing.TOO_BIG])
def test_what_the_server_refuses_for_good_is_not_tried_again_and_is_seen(
    sam: Actor, actor: Actor, error: Exception
) -> None:
    tell(reader(sam))
    failing.SAID.append(error)
    send_waiting()
    made = Message.objects.get()
    assert made.state == "refused" and made.last_error.startswith("55")
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        assert send_waiting() == 0
    assert len(failing.TRIED) == 1 and list(not_sent(actor)) == [made]


def test_after_a_day_of_waiting_longer_and_longer_it_is_given_up_and_seen(sam: Actor, actor: Actor) -> None:
    assert timedelta(days=1) < sum(WAITS, timedelta()) < timedelta(days=2) and list(WAITS) == sorted(WAITS)
    tell(reader(sam))
    moment = timezone.now()
    for wait in [timedelta(), *WAITS]:
        failing.SAID.append(failing.HANGS)
        moment += wait + timedelta(seconds=1)
        with time_machine.travel(moment, tick=False):
            assert send_waiting() == 0
    made = Message.objects.get()
    assert (made.state, made.attempts) == ("failed", len(WAITS) + 1) and list(not_sent(actor)) == [made]


def test_a_server_that_is_away_is_asked_once_and_a_bad_address_does_not_stop_the_others(sam: Actor) -> None:
    for number in range(3):
        tell(reader(sam), key=f"news:{number}")
    failing.SAID.append(failing.REFUSES)
    assert send_waiting() == 0 and len(failing.TRIED) == 1
    failing.SAID.append(failing.NO_SUCH_MAILBOX)
    assert send_waiting() == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["refused", "sent", "waiting"]


def test_one_that_fails_in_mid_batch_leaves_the_others_sent(sam: Actor) -> None:
    for number in range(3):
        tell(reader(sam), key=f"news:{number}")
    failing.SAID.extend([None, failing.BUSY, None])
    assert send_waiting() == 2
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "waiting", "sent"]


def test_a_sender_that_dies_after_the_server_said_yes_repeats_it_with_the_same_message_id(
    sam: Actor, monkeypatch: Any
) -> None:
    tell(reader(sam))

    def die(*_: object) -> int:
        raise SystemExit("killed")

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(sending, "_mark_sent", die)
        send_waiting()
    assert send_waiting() == 0, "its claim stands for five minutes"
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert send_waiting() == 1
    ids = [mail.message()["Message-ID"] for mail in failing.TAKEN]
    assert len(ids) == 2 and len(set(ids)) == 1


def test_a_sender_whose_claim_ran_out_marks_nothing(sam: Actor) -> None:
    tell(reader(sam))
    late = sending._claim(sending.uuid.uuid4())
    assert late is not None
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert send_waiting() == 1
    assert sending._mark_sent(late, sending.uuid.uuid4()) == 0
    sending._put_back(late, sending.uuid.uuid4(), failing.HANGS)
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(oakfield: Organisation) -> None:
    tell(To("office@oakfield.example", organisation_id=oakfield.pk, purpose="invoices"))
    with pytest.raises(RuntimeError), transaction.atomic():
        send_waiting()
    assert failing.TRIED == [] and Message.objects.get().attempts == 0


def test_what_is_made_when_it_leaves_is_in_the_mail_and_never_in_the_row(sam: Actor, monkeypatch: Any) -> None:
    made = iter(["https://trade.example/decide/one?a&b", "https://trade.example/decide/two?a&b"])
    monkeypatch.setitem(references._texts, "test-link", lambda of: next(made))
    monkeypatch.setitem(
        references._attachments, "test-file", lambda of: Attachment(f"{of}.pdf", b"%PDF-1.7", "application/pdf")
    )
    tell(
        reader(sam),
        topic="test-duty",
        fills={"decide": {"kind": "test-link", "of": "7"}},
        attachments=[{"kind": "test-file", "of": "INV-000001"}],
    )
    failing.SAID.append(failing.HANGS)
    send_waiting()
    with time_machine.travel(timezone.now() + WAITS[0] + timedelta(seconds=1)):
        send_waiting()
    [mail] = failing.TAKEN
    assert "https://trade.example/decide/two?a&b" in mail.body and "fill-" not in mail.body
    html = str(mail.alternatives[0][0])  # type: ignore[attr-defined]
    assert 'href="https://trade.example/decide/two?a&amp;b"' in html and "fill-" not in html
    assert mail.attachments[0][:2] == ("INV-000001.pdf", b"%PDF-1.7")
    kept = Message.objects.get()
    assert "decide/" not in kept.plain + kept.html


def test_an_attachment_that_cannot_be_made_is_a_failure_that_is_tried_again(sam: Actor) -> None:
    tell(reader(sam), attachments=[{"kind": "nobody-makes-this", "of": "1"}])
    assert send_waiting() == 0
    made = Message.objects.get()
    assert made.state == "waiting" and "nobody-makes-this" in made.last_error and failing.TRIED == []


def test_a_refused_message_is_sent_again_to_the_address_of_today(
    oakfield: Organisation, partnership: Organisation, actor: Actor
) -> None:
    bea = person(partnership, actor, name="Bea Administrator", role=Role.ADMINISTRATOR)
    tell(To("sam@oakfield.example", organisation_id=oakfield.pk, purpose="invoices"))
    failing.SAID.append(failing.NO_SUCH_MAILBOX)
    send_waiting()
    set_notification_address(
        organisation=oakfield, purpose=NotificationAddress.Purpose.INVOICES, email="new@oakfield.example", actor=bea
    )
    send_again(message=Message.objects.get(), actor=bea)
    assert send_waiting() == 1 and failing.TAKEN[0].to == ["new@oakfield.example"]
    assert Event.objects.get(kind="message.sent_again").actor_person_id == bea.person_id


def test_a_sent_message_is_sent_again_as_a_copy_and_one_that_waits_is_refused(sam: Actor, actor: Actor) -> None:
    tell(reader(sam))
    first = Message.objects.get()
    with pytest.raises(NotSendable, match="is waiting, so there is nothing"):
        send_again(message=first, actor=actor)
    send_waiting()
    copy = send_again(message=first, actor=actor)
    assert copy.number != first.number and copy.key == f"{first.key}:again:1"
    assert send_waiting() == 1
    assert send_again(message=copy, actor=actor).key == f"{first.key}:again:2"
    first.refresh_from_db()
    assert first.state == "sent"


@pytest.mark.parametrize("said", [None, failing.NO_SUCH_MAILBOX])
def test_nothing_is_sent_again_to_a_shared_address_that_was_taken_away(
    oakfield: Organisation, actor: Actor, said: Exception | None
) -> None:
    Organisation.objects.filter(pk=oakfield.pk).update(notify_email="")
    tell(To("wrong@elsewhere.example", organisation_id=oakfield.pk, purpose="invoices"))
    failing.SAID.extend([said] if said else [])
    send_waiting()
    before = list(Message.objects.values("pk", "state", "to"))
    with pytest.raises(NotSendable, match="has no e-mail address for this any more"):
        send_again(message=Message.objects.get(), actor=actor)
    assert list(Message.objects.values("pk", "state", "to")) == before


def test_an_outsider_cannot_send_again(sam: Actor, actor: Actor) -> None:
    tell(reader(sam))
    send_waiting()
    with pytest.raises(NotFound):
        send_again(message=Message.objects.get(), actor=sam)
    assert Message.objects.count() == 1


def test_the_command_says_what_was_sent_what_waits_and_what_failed(sam: Actor, capsys: Any) -> None:
    for number in range(3):
        tell(reader(sam), key=f"news:{number}")
    failing.SAID.extend([failing.NO_SUCH_MAILBOX, failing.BUSY])
    call_command("send_messages", "--json")
    assert capsys.readouterr().out == '{"sent": 1, "waiting": 1, "failed": 1}\n'
