"""What a job's function is given: what to do, where to go on, and the only way to say how far it is.

Every word of progress is an update that holds only while the worker's own claim stands. A worker that slept while
another took its job over is told so by JobLost, inside the chunk's transaction, which then is rolled back: so a chunk
and its progress are written together or not at all, by one worker.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from marketplace.core.actors import platform
from marketplace.core.jobs.starting import tell_finished
from marketplace.core.models import Job

stopping = threading.Event()
"""Set when this process is asked to end: running jobs stop behind their chunk and wait for another worker."""


class JobLost(Exception):
    """Another worker has taken the job over, or it is over: whoever hears this has no say in it any more."""


class JobCancelled(Exception):
    """A person asked to cancel the job."""


class JobPutBack(Exception):
    """This process ends; the job waits again, where it is."""


class Running:
    """A job in the hands of one worker. ``arguments`` and ``cursor`` are dicts of what JSON can hold."""

    def __init__(self, job: Job, claim: UUID) -> None:
        self.pk = job.pk
        self.number = job.number
        self.claim = claim
        self.kind = job.kind
        self.arguments: dict[str, Any] = job.arguments
        self.cursor: dict[str, Any] = job.cursor
        self.done = job.done
        self.total = job.total
        self.starter_person_id = job.starter_person_id
        self.starter_label = job.starter_label
        self.finished = False
        self._shown: dict[str, int] = {}

    def progress(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        accepted: int | None = None,
        refused: int | None = None,
        cursor: dict[str, Any] | None = None,
    ) -> None:
        """Writes how far the job is, in the open transaction where there is one.

        Raises JobLost when the job is another worker's by now. JobCancelled and JobPutBack come once it is committed:
        at once, or as the open transaction ends, so that the chunk in hand is kept.
        """
        given = {"done": done, "total": total, "accepted": accepted, "refused": refused, "cursor": cursor}
        values = {name: value for name, value in given.items() if value is not None}
        self._write(heartbeat_at=Now(), **values)
        self.done = self.done if done is None else done
        self.total = self.total if total is None else total
        self.cursor = self.cursor if cursor is None else cursor
        transaction.on_commit(self.check)

    def check(self) -> None:
        """Raises JobLost, JobCancelled or JobPutBack when there is a reason not to begin the next chunk."""
        if self.finished:
            return
        asked = self._mine().values_list("cancel_asked", flat=True).first()
        if asked is None:
            raise JobLost(self.number)
        if asked:
            raise JobCancelled(self.number)
        if stopping.is_set():
            raise JobPutBack(self.number)

    @contextmanager
    def in_transaction(self) -> Iterator[None]:
        """One chunk: checks first, then everything in the block is written together, its ``progress`` included."""
        self.check()
        with transaction.atomic():
            yield

    def show(self, *, done: int, total: int) -> None:
        """Lets the next heartbeat show how far a long chunk is; nothing goes on from here."""
        self._shown = {"done": done, "total": max(total, done)}

    def finish(self, result: dict[str, Any]) -> None:
        """Ends the job as done, with what its page needs of the result; in the open transaction where there is one."""
        with transaction.atomic():
            self._write(
                state=Job.State.DONE, result=result, error="", claim=None, heartbeat_at=Now(), finished_at=Now()
            )
            tell_finished(Job.objects.get(pk=self.pk), platform("jobs"))
        self.finished = True

    def stop(self, *, state: str, error: str = "") -> bool:
        """Ends the job without a result; False when it is no longer this worker's."""
        with transaction.atomic():
            if self._mine().update(state=state, error=error[:500], claim=None, finished_at=Now()) != 1:
                return False
            tell_finished(Job.objects.get(pk=self.pk), platform("jobs"))
        return True

    def put_back(self) -> bool:
        """Lets the job wait again for another worker; an attempt that was ended from outside counts for nothing."""
        return self._mine().update(state=Job.State.QUEUED, claim=None, attempts=F("attempts") - 1) == 1

    def beat(self) -> bool:
        """Says that the worker lives, with what ``show`` was given; False when the job is another's."""
        return self._mine().update(heartbeat_at=Now(), **self._shown) == 1

    def _mine(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.pk, claim=self.claim, state=Job.State.RUNNING)

    def _write(self, **values: Any) -> None:
        if self._mine().update(**values) != 1:
            raise JobLost(self.number)


class Heartbeat:
    """A thread with a connection of its own that lets the job look alive while a long chunk lasts."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat {running.number}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(settings.JOB_TAKEOVER_SECONDS / 6):
                try:
                    if not self._running.beat():
                        return
                except OperationalError:  # the job's own next word will meet it as well
                    connection.close()
        finally:
            connection.close()
