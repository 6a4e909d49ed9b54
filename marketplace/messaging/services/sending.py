"""Sending what waits, through Django's e-mail backend.

A message is claimed by one conditional update that skips rows others hold, sent outside any transaction, and marked by
the token of its claim. A sender that dies in between leaves a claim that runs out after ``LEASE``; only when it died
after the mail server had said yes does the message go out twice, both times with the same Message-ID.
"""

import logging
import smtplib
import uuid
from datetime import timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone
from django.utils.html import escape

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.text import collapse
from marketplace.messaging import references
from marketplace.messaging.models import Message, NotificationAddress
from marketplace.messaging.queries import address_for, message_for
from marketplace.messaging.services.queueing import mark, stop_url

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
# After the last of these waits, a little more than a day, a message is given up and shown to the administrator.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (60, 300, 900, 3600, 10_800, 21_600, 50_400))

_CLAIM = """
UPDATE messaging_message SET claim = %s, attempts = attempts + 1, next_at = %s
WHERE id = (
    SELECT id FROM messaging_message WHERE state = 'waiting' AND next_at <= %s
    ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) AND state = 'waiting'
RETURNING id
"""


class NotSendable(DomainError):
    """The message is on its way already, or has nowhere to go."""

    code = "message_not_sendable"


def send_waiting(*, limit: int = 100) -> int:
    """Sends up to ``limit`` messages that are due; returns how many went out. Any number of senders may run at once.

    One that fails waits longer each time; one that the mail server refuses for good is not tried again. When the
    server cannot be reached, the others wait for the next call. Refuses to run inside a transaction, since what has left
    cannot be taken back.
    """
    sent = 0
    backend = get_connection(fail_silently=False)
    try:
        for _ in range(limit):
            claim = uuid.uuid4()
            message = _claim(claim)
            if message is None:
                break
            error = _try(message, backend)
            if error is None:
                sent += _mark_sent(message, claim)
                continue
            _put_back(message, claim, error)
            if _is_away(error):
                break
    finally:
        _close(backend)
    return sent


def _claim(claim: uuid.UUID) -> Message | None:
    now = timezone.now()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [claim, now + LEASE, now])
        row = cursor.fetchone()
    return Message.objects.get(pk=row[0]) if row else None


def _try(message: Message, backend: BaseEmailBackend) -> Exception | None:
    """Sends one message; returns what went wrong."""
    try:
        if not backend.send_messages([_composed(message)]):
            raise ConnectionError("The e-mail backend sent nothing.")
    except Exception as error:
        logger.warning("message %s was not sent", message.number, exc_info=True)
        _close(backend)
        return error
    return None


def _close(backend: BaseEmailBackend) -> None:
    """A connection that broke is opened anew for the next message; closing one that is broken may fail too."""
    try:
        backend.close()
    except Exception:
        logger.info("the connection to the mail server was gone already", exc_info=True)


def _composed(message: Message) -> EmailMultiAlternatives:
    """The e-mail as it leaves: with its attachments, and with the texts that are not kept."""
    plain, html = message.plain, message.html
    for name, reference in message.fills.items():
        text, place = references.text(reference), mark(message.number, name)
        plain, html = plain.replace(place, text), html.replace(place, escape(text))
    mail = EmailMultiAlternatives(message.subject, plain, sender(), [message.to], headers=headers_of(message))
    mail.attach_alternative(html, "text/html")
    for reference in message.attachments:
        file = references.attachment(reference)
        mail.attach(file.name, file.content, file.content_type)
    return mail


def sender() -> str:
    """The partnership's name and address, as the From header has them."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or settings.PARTNERSHIP_NAME, address))


def headers_of(message: Message) -> dict[str, str]:
    """A Message-ID that every attempt shares, no answers by machines, and one click to stop where one may."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<message-{message.number}@{domain}>", "Auto-Submitted": "auto-generated"}
    if address := stop_url(message.stop_token):
        headers |= {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def _mark_sent(message: Message, claim: uuid.UUID) -> int:
    done = Message.objects.filter(pk=message.pk, claim=claim)
    return done.update(state=Message.State.SENT, sent_at=timezone.now(), claim=None, last_error="")


def _put_back(message: Message, claim: uuid.UUID, error: Exception) -> None:
    state, wait = Message.State.WAITING, timedelta()
    if isinstance(error, references.NoLongerNeeded):
        state = Message.State.DROPPED
    elif _refused(error):
        state = Message.State.REFUSED
    elif message.attempts > len(WAITS):
        state = Message.State.FAILED
    else:
        wait = WAITS[message.attempts - 1]
    held = Message.objects.filter(pk=message.pk, claim=claim)
    held.update(state=state, next_at=timezone.now() + wait, claim=None, last_error=_words(error))


def _refused(error: Exception) -> bool:
    """Whether the mail server will never take it: a 5xx answer about the address or the message itself."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _is_away(error: Exception) -> bool:
    """Whether the mail server itself could not be used, so that the other messages need not try now."""
    cannot = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError)
    return isinstance(error, cannot) or (isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException))


def _words(error: Exception) -> str:
    """What the mail server said, or what went wrong here; one line, at most 300 characters."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = f"{type(error).__name__}: {error}"
    return collapse(said)[:300]


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


@transaction.atomic
def send_again(*, message: Message, actor: Actor) -> Message:
    """Sends a message once more, to the reader's address of today.

    One that was given up or refused waits again; one that was sent is sent as a copy, so that the first stays on
    record. Refuses one that still waits or was kept for a summary, and one whose shared or personal address was taken
    away (NotSendable), and one the actor may not see (NotFound).
    """
    message_for(actor, message.number)
    message = Message.objects.select_for_update().get(pk=message.pk)
    states = Message.State
    if message.state in (states.FAILED, states.REFUSED):
        to = _address_now(message)
        again = {"state": states.WAITING, "to": to, "attempts": 0, "next_at": timezone.now(), "last_error": ""}
        Message.objects.filter(pk=message.pk).update(**again)
        message.refresh_from_db()
    elif message.state == states.SENT:
        message = _copy(message, _address_now(message))
    else:
        raise NotSendable(f"This message is {message.get_state_display().lower()}, so there is nothing to send again.")
    events.record(
        kind="message.sent_again",
        subject_kind="message",
        subject=str(message.number),
        organisation_ids=[message.organisation_id] if message.organisation_id else [],
        payload={"topic": message.topic},
        actor=actor,
    )
    return message


def _address_now(message: Message) -> str:
    """The reader's address of today, never one that was taken away. A governor's is the one that was written to."""
    if message.organisation is not None and message.purpose in NotificationAddress.Purpose:
        reader, to = message.organisation.name, address_for(message.organisation, message.purpose)
    elif message.person is not None:
        reader, to = message.person.name, message.person.email
    else:
        return message.to
    if not to:
        raise NotSendable(f"{reader} has no e-mail address for this any more. Have one added, then send it again.")
    return to


def _copy(message: Message, to: str) -> Message:
    """The same words as a new message. The marks of texts that are filled in carry the new number."""
    before, after = message.number, uuid.uuid4()
    key = message.key.split(":again:")[0]
    times = Message.objects.filter(key__startswith=f"{key}:again:").count()
    return Message.objects.create(
        number=after,
        key=f"{key}:again:{times + 1}",
        topic=message.topic,
        to=to,
        person=message.person,
        organisation=message.organisation,
        purpose=message.purpose,
        event=message.event,
        subject=message.subject,
        plain=message.plain.replace(f"fill-{before}-", f"fill-{after}-"),
        html=message.html.replace(f"fill-{before}-", f"fill-{after}-"),
        stop_token=message.stop_token,
        attachments=message.attachments,
        fills=message.fills,
    )
