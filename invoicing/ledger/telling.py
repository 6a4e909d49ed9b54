"""Each day's entries are told to the event log under one hash, so that the log's seals and anchors hold the ledger, too.

Whoever owns the tables can rewrite an entry together with its digest. What the log was told of its day then says otherwise,
and the log itself is sealed and anchored elsewhere. A day is the one in UTC on which its transactions began; it is told when a
whole day more is over, so that none of them can still be open.
"""

from datetime import date, timedelta

from django.db import connection, transaction

from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.models import Event

KIND = "ledger.day_told"
_LAG = timedelta(days=1)

DAYS = """
    SELECT (e.written_at AT TIME ZONE 'UTC')::date AS day, count(*) AS entries,
           encode(sha256(convert_to(string_agg(
               concat_ws(':', e.id, e.digest, coalesce(e.actor_person_id::text, ''), e.actor_label), E'\\n' ORDER BY e.id
           ), 'UTF8')), 'hex') AS digest
    FROM invoicing_journalentry e GROUP BY 1
"""
"""The days on which entries were written, with how many and one SHA-256 over their ids, digests and writers."""


@transaction.atomic
def tell_days(*, today: date, actor: Actor) -> int:
    """Tells the log of every day with entries that is over and was not told yet; ``today`` in UTC. Returns how many.

    Of two workers the second waits and finds nothing left to tell.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('invoicing.days_told'))")
        last = Event.objects.filter(kind=KIND).order_by("-pk").values_list("payload", flat=True).first()
        after = date.fromisoformat(last["day"]) if last else date.min
        cursor.execute(
            f"SELECT day, entries, digest FROM ({DAYS}) days WHERE day > %s AND day < %s ORDER BY day",
            [after, today - _LAG],
        )
        found = cursor.fetchall()
    events.record_many(
        facts=[
            {
                "kind": KIND,
                "subject_kind": "ledger_day",
                "subject": day.isoformat(),
                "organisation_ids": [],
                "payload": {"day": day.isoformat(), "entries": entries, "digest": digest},
            }
            for day, entries, digest in found
        ],
        actor=actor,
    )
    return len(found)
