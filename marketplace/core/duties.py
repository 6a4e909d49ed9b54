"""The core's own recurring duties: telling handlers of events, and clearing what old jobs left behind."""

from django.db import connection

from marketplace.core import jobs, outbox, periodic
from marketplace.core.api.idempotency import forget_old

KEPT_DAYS = 90


def clear_files_of_jobs() -> int:
    """Removes what jobs were given and gave back as files 90 days ago. Returns how many."""
    with connection.cursor() as cursor:  # in the database alone: the ORM would fetch each file before it deletes it
        cursor.execute(
            "DELETE FROM core_storedfile WHERE owner_kind = ANY(%s)"
            " AND added_at < statement_timestamp() - make_interval(days => %s)",
            [list(jobs.FILES), KEPT_DAYS],
        )
        return int(cursor.rowcount)


periodic.every(1, "core.outbox", outbox.deliver, until_idle=True)
periodic.every(3600, "core.files_of_jobs", clear_files_of_jobs)
periodic.every(3600, "core.idempotency", forget_old)
