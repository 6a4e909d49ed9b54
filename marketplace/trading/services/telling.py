"""What those with a place on a course date are sent: an organiser's message, and how to join, each once."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, transaction

from catalogue.models import CourseRun
from catalogue.rules.words import count_words
from catalogue.services.run_texts import FURTHEST
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.text import clean_line
from marketplace.trading.models import RunMessage
from marketplace.trading.rules.fill import joining_step
from marketplace.trading.running_queries import told_of

SUBJECT_LIMIT, TEXT_LIMIT = 120, 4_000
# Each booked place for which this step of the plan was not sent yet; whoever inserts the row sends.
_CLAIM = """
INSERT INTO trading_joiningsent (booking_id, sequence, days, sent_on)
SELECT id, %s, %s, %s FROM trading_booking WHERE run_id = %s AND state = 'booked'
ON CONFLICT (booking_id, sequence, days) DO NOTHING
RETURNING booking_id
"""


class ReadersChanged(DomainError):
    """Somebody booked or cancelled since the message was looked at; nothing was sent. ``now`` is how many would get it."""

    code = "readers_changed"


@transaction.atomic
def message_date(
    *, run: CourseRun, key: uuid.UUID, subject: str, text: str, expected_readers: int, actor: Actor
) -> RunMessage:
    """Writes to everybody with a place: to their own address, and to whoever ordered for those without one.

    The same ``key`` again sends nothing. Raises ReadersChanged unless it goes to ``expected_readers`` addresses.
    """
    actor.require(Role.ORGANISER, to="write to those who booked")
    if (found := RunMessage.objects.filter(key=key, run=run).first()) is not None:
        return found
    readers = len(told_of(run))
    if not readers:
        raise WrongInput("Nobody has a place on this date, so there is nobody to write to")
    if readers != expected_readers:
        raise ReadersChanged(
            f"The message would go to {count_words(readers, 'address', 'addresses')}, not {expected_readers}. "
            "Nothing was sent. Look again.",
            now=readers,
        )
    body = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not 1 <= len(body) <= TEXT_LIMIT:
        raise WrongInput(f"Message must be 1 to {TEXT_LIMIT:,} characters")
    made = RunMessage.objects.create(
        run=run,
        key=key,
        subject=clean_line(subject, what="Subject", limit=SUBJECT_LIMIT),
        text=body,
        readers=readers,
        sent_by_person_id=actor.person_id,
    )
    _record("run.message_sent", run, actor, message=made.pk, readers=readers)
    return made


def send_joining(*, on: date, actor: Actor) -> int:
    """Sends the joining instructions that are due on a day; returns for how many places.

    Each place gets each step of its date's plan once, and again after the date was moved. Who books late gets the step
    that is due. A date that is not certain yet, was cancelled or has begun sends nothing. One transaction for each date.
    """
    coming = CourseRun.objects.filter(
        state=CourseRun.State.OPEN,
        starts_at__date__gte=on,
        starts_at__date__lte=on + timedelta(days=FURTHEST),
        taken__gt=0,
    )
    return sum(_send(run.pk, on, actor) for run in coming.order_by("pk") if not run.tentative)


@transaction.atomic
def _send(run_id: int, on: date, actor: Actor) -> int:
    """Under a lock on the date, so that it is not moved meanwhile."""
    run = CourseRun.objects.select_for_update(no_key=True).select_related("offer").get(pk=run_id)
    step = joining_step(run.joining_days, run.starts_on, on)
    if step is None or run.state != CourseRun.State.OPEN:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [run.sequence, step, on, run.pk])
        claimed = sorted(pk for (pk,) in cursor.fetchall())
    if claimed:
        _record("run.joining_sent", run, actor, bookings=claimed, days=step, sequence=run.sequence)
    return len(claimed)


@transaction.atomic
def confirm_at_minimum(*, run_ids: Sequence[int], on: date, actor: Actor) -> list[str]:
    """Confirms those of these dates that confirm themselves and have reached their minimum; returns their codes."""
    done = []
    waiting = CourseRun.objects.filter(
        pk__in=list(run_ids),
        state=CourseRun.State.OPEN,
        confirms_itself=True,
        confirmed_on__isnull=True,
        min_numbers__gt=0,
    )
    for run in waiting.select_related("offer").order_by("pk"):
        reached = CourseRun.objects.filter(
            pk=run.pk, state=CourseRun.State.OPEN, confirmed_on__isnull=True, taken__gte=run.min_numbers or 0
        )
        if run.starts_on >= on and reached.update(confirmed_on=on) == 1:
            _record("run.confirmed", run, actor, taken=run.taken, minimum=run.min_numbers)
            done.append(run.code)
    return done


def _record(kind: str, run: CourseRun, actor: Actor, **payload: object) -> None:
    events.record(
        kind=kind,
        subject_kind="run",
        subject=run.code,
        organisation_ids=[],
        payload={"offer": run.offer.code, **payload},
        actor=actor,
    )
