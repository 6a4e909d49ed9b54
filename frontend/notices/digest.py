"""The daily summary: what stands on a person's home page, and what they asked to be told once a day.

Sent from 7am on working days, once a day. Nothing is sent when nothing waits. Each day's progress is a row, so that a
sender that takes over goes on where the last one stopped.
"""

import logging
from datetime import date, datetime, time
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from frontend.formats import long_date, money, plural
from frontend.home import waits_of
from frontend.notices.readers import absolute, to_person
from frontend.notices.topics import WAITS
from marketplace.core import periodic
from marketplace.core.working_days import is_working_day
from marketplace.messaging.models import DigestDay, Message
from marketplace.messaging.services import send
from marketplace.messaging.services.queueing import chosen
from marketplace.messaging.topics import Choice, topic
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import actor_for

logger = logging.getLogger(__name__)

FROM = time(7)
CHUNK = 50
ASKED = "You get this because you asked to be told once a day."


def is_due(moment: datetime) -> bool:
    """Whether it is past 7am in London on a working day."""
    local = timezone.localtime(moment)
    return local.time() >= FROM and is_working_day(local.date())


def send_digests(*, on: date) -> int:
    """Queues the summaries of the next 50 people for a day; returns how many people were looked at, 0 when all were.

    Any number of callers may run at once: whoever comes second finds the day's row taken and does nothing.
    """
    DigestDay.objects.get_or_create(day=on)
    with transaction.atomic():
        day = DigestDay.objects.select_for_update(skip_locked=True).filter(day=on, finished=False).first()
        if day is None:
            return 0
        people = list(
            Person.objects.filter(pk__gt=day.last_person_id, user__is_active=True)
            .exclude(email="")
            .select_related("user")
            .order_by("pk")[:CHUNK]
        )
        for person in people:
            _send_apart(person, on)
        day.last_person_id = people[-1].pk if people else day.last_person_id
        day.finished = len(people) < CHUNK
        day.save(update_fields=["last_person_id", "finished"])
    return len(people)


def _send_apart(person: Person, on: date) -> None:
    """One person's summary, so that whatever goes wrong in it keeps nobody else's. What was held for it stays held."""
    try:
        with transaction.atomic():
            send_digest(person=person, on=on)
    except (OperationalError, InterfaceError):
        raise  # the database itself is away: everybody waits for the next call
    except Exception:
        logger.exception("the summary of person %s for %s was not written", person.pk, on)


def send_digest(*, person: Person, on: date) -> None:
    """One person's summary, in the caller's transaction; none when there is nothing to say.

    Who holds no role any more is told nothing, and what was held for them, or is about a topic that they have switched
    off since, is dropped. Who wants no list of what waits still gets what they asked to be told once a day, in a
    summary of each topic, whose link stops that topic.
    """
    held = list(Message.objects.select_for_update().filter(person=person, state=Message.State.HELD).order_by("pk"))
    actor = actor_for(user=person.user, on=on) if person.user else None
    if actor is None or not actor.grants:
        _drop(held)
        return
    stopped = [one for one in held if chosen(person.pk, topic(one.topic)) == Choice.NEVER]
    _drop(stopped)
    held = [one for one in held if one not in stopped]
    if chosen(person.pk, topic(WAITS)) == Choice.DIGEST:
        _write(person, on, WAITS, waits_of(actor, on), held)
        return
    for code in sorted({one.topic for one in held}):
        _write(person, on, code, [], [one for one in held if one.topic == code])


def _drop(held: list[Message]) -> None:
    Message.objects.filter(pk__in=[one.pk for one in held]).update(state=Message.State.DROPPED)


def _write(person: Person, on: date, code: str, waits: list[dict[str, Any]], held: list[Message]) -> None:
    """Queues a summary about a topic and marks what it tells; nothing when there is nothing to tell."""
    if not waits and not held:
        return
    for to in to_person(person):
        key = f"digest:{on.isoformat()}" if code == WAITS else f"digest:{on.isoformat()}:{code}"
        context = {
            "on": on,
            "said": _said(waits, held),
            "waits": [_item(wait) for wait in waits],
            "told": [{"text": message.subject, "amount": "", "next": ""} for message in held],
            "link": absolute("/"),
        }
        why = "" if waits else ASKED
        send(key=key, topic=code, to=to, template="mail/digest.jinja", context=context, why=why, is_summary=True)
        if held:
            summary = Message.objects.get(key=f"{key}:{to.name}")
            Message.objects.filter(pk__in=[one.pk for one in held]).update(state=Message.State.DIGESTED, digest=summary)


def _said(waits: list[dict[str, Any]], held: list[Message]) -> str:
    parts = [plural(len(waits), "thing waits", "things wait")] if waits else []
    parts += [plural(len(held), "thing to know", "things to know")] if held else []
    return " and ".join(parts)


def _item(wait: dict[str, Any]) -> dict[str, str]:
    """An item of the home page as the e-mail shows it: the same words, date and sum."""
    due = f" by {long_date(wait['due'])}" if wait.get("due") else ""
    pence = wait.get("pence")
    return {
        "text": f"{wait['text']}{due}",
        "amount": money(pence) if pence is not None else "",
        "next": wait.get("next") or "",
    }


def send_due_digests() -> int:
    """The duty: the summaries of today once it is time."""
    now = timezone.now()
    return send_digests(on=timezone.localdate(now)) if is_due(now) else 0


periodic.every(60, "notices.digest", send_due_digests, until_idle=True)
