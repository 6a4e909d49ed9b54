"""manage.py work [--once] [--seconds 1] [--parent PID] [--quiet]"""

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection

from marketplace.core import jobs, periodic

logger = logging.getLogger(__name__)

AFTER_A_FAULT = 5.0  # seconds to wait when the database does not answer


class Command(BaseCommand):
    """A worker without Redis: runs jobs one after the other and, in a thread beside them, the recurring duties.

    Several may run at once. SIGTERM and Ctrl-C end it behind the chunk in hand; the job then waits for another.
    """

    help = "Run jobs and recurring duties until stopped (or, with --once, until nothing is left to do)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits and end; exit 1 when a duty failed")
        parser.add_argument("--seconds", type=float, default=1.0, help="how often to look for jobs (1)")

        parser.add_argument("--parent", type=int, default=0, metavar="PID", help="end when this parent is gone")
        parser.add_argument("--quiet", action="store_true", help="say nothing but what goes wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0.05 <= options["seconds"] <= 60:
            raise CommandError("--seconds must be from 0.05 to 60.")
        if options["once"]:
            self._once()
        else:
            self._until_stopped(options["seconds"], parent=options["parent"], say=not options["quiet"])

    def _once(self) -> None:
        ran = 0
        while jobs.work_one():
            ran += 1
        failed = periodic.perform_all()
        self.stdout.write(f"Jobs run: {ran}. Duties done: {len(periodic.registered())}, failed: {failed}.")
        if failed:
            raise CommandError("Some duties failed; the log says which and why.")

    def _until_stopped(self, seconds: float, *, parent: int, say: bool) -> None:
        stop = jobs.stopping
        before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        duties = threading.Thread(target=_duties, args=(stop,), name="duties")
        duties.start()
        if say:
            self.stdout.write("Working until stopped")
            self.stdout.flush()
        try:
            while not stop.is_set() and parent in (0, os.getppid()):
                if not _work_one(stop):
                    stop.wait(seconds)
        finally:
            stop.set()
            duties.join()
            stop.clear()
            for number, handler in before.items():
                signal.signal(number, handler)
        if say:
            self.stdout.write("Stopped")


def _work_one(stop: threading.Event) -> bool:
    """One job; a database that is away is waited for."""
    try:
        return jobs.work_one()
    except Exception:
        logger.exception("the worker could not claim or end a job")
        close_old_connections()
        stop.wait(AFTER_A_FAULT)
        return False


def _duties(stop: threading.Event) -> None:
    try:
        periodic.keep_performing(stop)
    finally:
        connection.close()
