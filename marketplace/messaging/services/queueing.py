"""Writing an e-mail down, in the transaction of what it tells. Nothing leaves here: ``sending`` does that."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from marketplace.core.models import Event
from marketplace.messaging.models import Message, Preference
from marketplace.messaging.references import Reference
from marketplace.messaging.rendering import Letter, render
from marketplace.messaging.services.preferences import stop_token
from marketplace.messaging.topics import Choice, Topic
from marketplace.messaging.topics import topic as topic_called

SHARED = "Sent to the address that your organisation shares for this."


@dataclass(frozen=True)
class To:
    """Whom an e-mail goes to: a person, or an organisation's shared address for a purpose."""

    email: str
    person_id: int | None = None
    organisation_id: int | None = None
    purpose: str = ""

    @property
    def name(self) -> str:
        """Who this is in a message's key. An address that is corrected stays the same reader."""
        return f"person:{self.person_id}" if self.person_id else f"address:{self.organisation_id}:{self.purpose}"


def send(
    *,
    key: str,
    topic: str,
    to: To,
    template: str,
    context: Mapping[str, Any],
    event: Event | None = None,
    attachments: Sequence[Reference] = (),
    fills: Mapping[str, Reference] | None = None,
    why: str = "",
    is_summary: bool = False,
) -> None:
    """Queues an e-mail in the caller's transaction, once for each ``key`` and reader, however often it is called.

    What the reader chose for the topic decides: at once, kept for the daily summary, or not written at all. Shared
    addresses get all that concerns them. ``fills`` are texts that must not be kept, such as single-use links: the
    template reads ``fills.NAME``, which is replaced when the e-mail leaves. ``why`` is the sentence at its end instead of
    the topic's. ``is_summary`` is for the daily summary alone, which goes out at once: its caller asked what was chosen.
    """
    known = topic_called(topic)
    choice = Choice.AT_ONCE if is_summary else chosen(to.person_id, known)
    if choice == Choice.NEVER or not to.email:
        return
    message = Message(
        key=f"{key}:{to.name}",
        topic=known.code,
        to=to.email,
        person_id=to.person_id,
        organisation_id=to.organisation_id,
        purpose=to.purpose,
        event=event,
        stop_token=stop_token(person_id=to.person_id, topic=known.code) if to.person_id and known.optional else "",
        attachments=list(attachments),
        fills=dict(fills or {}),
        state=Message.State.HELD if _waits_for_summary(choice, known) else Message.State.WAITING,
    )
    _write(message, template, context, why or (known.why if to.person_id else SHARED))
    Message.objects.bulk_create([message], ignore_conflicts=True)  # one INSERT … ON CONFLICT DO NOTHING


def chosen(person_id: int | None, known: Topic) -> Choice:
    """When the reader wants it. Shared addresses, and topics that cannot be switched off: at once."""
    if person_id is None:
        return Choice.AT_ONCE
    if not known.optional:
        return known.default
    kept = Preference.objects.filter(person_id=person_id, topic=known.code).values_list("choice", flat=True).first()
    choice = Choice(kept) if kept else known.default
    return choice if choice in known.choices else known.default


def _waits_for_summary(choice: Choice, known: Topic) -> bool:
    """Whether it is kept for the daily summary; a topic that cannot come at once is a summary itself."""
    return choice == Choice.DIGEST and Choice.AT_ONCE in known.choices


def stop_url(token: str) -> str:
    """The address at which an e-mail of this kind is stopped; empty without a token."""
    return f"{settings.SITE_URL}{reverse('messages-stop', kwargs={'token': token})}" if token else ""


def _write(message: Message, template: str, context: Mapping[str, Any], why: str) -> None:
    """Puts subject, plain text and HTML on the message."""
    marks = {name: mark(message.number, name) for name in message.fills}
    letter = Letter(settings.PARTNERSHIP_NAME, why, stop_url(message.stop_token), settings.DEMONSTRATION)
    made = render(template=template, context={**context, "fills": marks}, letter=letter)
    message.subject, message.plain, message.html = made.subject, made.plain, made.html


def mark(number: uuid.UUID, name: str) -> str:
    """What stands in a message where a text is filled in. It holds the message's number, which nobody can guess."""
    return f"fill-{number}-{name}"
