"""Small duties that recur: each package registers its own, and whoever works (``manage.py work``, Celery) does them.

A duty is short, may run in several processes at once, and finds by itself what is to do: it claims rows
``FOR UPDATE SKIP LOCKED`` or takes an advisory lock, so that doing it too often costs a query and changes nothing.
Long work is a job (``core.jobs``), never a duty.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Signal

from django.db import close_old_connections

logger = logging.getLogger(__name__)

Run = Callable[[], object]
TURN_SECONDS = 5.0  # of one duty at a time; then the others have their turn


@dataclass(frozen=True)
class Duty:
    """``run`` is called every ``seconds``; with ``until_idle`` again and again until it returns nothing or 0."""

    name: str
    seconds: float
    run: Run
    until_idle: bool = False


_duties: dict[str, Duty] = {}


def every(seconds: float, name: str, run: Run, *, until_idle: bool = False) -> None:
    """Registers a duty, from ``AppConfig.ready`` of its package; the same name again replaces it."""
    if seconds <= 0:
        raise ValueError("A duty recurs after some seconds")
    _duties[name] = Duty(name, float(seconds), run, until_idle)


def registered() -> dict[str, Duty]:
    """All duties by their names."""
    return dict(_duties)


def perform(name: str, *, stop: Signal | None = None) -> bool:
    """Does one duty now; one that is repeated ends after its turn, or when ``stop`` is set, whatever is left.

    A failure is logged and told by False: the next turn tries again, the others go on.
    """
    duty = _duties[name]
    until = time.monotonic() + TURN_SECONDS
    try:
        while duty.run() and duty.until_idle and time.monotonic() < until and not (stop and stop.is_set()):
            pass
    except Exception:
        logger.exception("the duty %s failed", name)
        return False
    return True


def perform_all() -> int:
    """Does every duty once; returns how many failed."""
    return sum(not perform(name) for name in sorted(_duties))


def keep_performing(stop: Signal, *, tick: float = 0.5) -> None:
    """Does each duty whenever its seconds have passed, until ``stop`` is set. For a thread of its own."""
    due = dict.fromkeys(_duties, 0.0)
    while not stop.is_set():
        close_old_connections()
        for name, at in due.items():
            if not stop.is_set() and time.monotonic() >= at:
                perform(name, stop=stop)
                due[name] = time.monotonic() + _duties[name].seconds
        stop.wait(tick)
