"""Events told upwards: handlers register for kinds of event, each event's deliveries are claimed and run once.

A handler lives above the package whose events it hears. It runs in the transaction that marks its delivery as done,
so that an effect in the database happens once; what leaves the house (mail, HTTP) is queued as a row by it, never
done in it. Deliveries are claimed ``FOR UPDATE SKIP LOCKED``: any number of workers may run ``deliver`` at once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.db import transaction
from django.utils import timezone

from marketplace.core.models import Delivery, Event

logger = logging.getLogger(__name__)

Run = Callable[[Event], None]
# How long a handler that failed waits; after the last it is given up and shown to the administrator.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400))


@dataclass(frozen=True)
class Handler:
    """``name`` is stored with each delivery and must not change while deliveries wait."""

    name: str
    kinds: frozenset[str]
    run: Run


_handlers: dict[str, Handler] = {}


def handles(*kinds: str, name: str) -> Callable[[Run], Run]:
    """Registers a handler: ``@handles("order.placed", name="notices.order_placed")``. It must be idempotent."""

    def keep(run: Run) -> Run:
        _handlers[name] = Handler(name, frozenset(kinds), run)
        handlers_for.cache_clear()
        return run

    return keep


@cache
def handlers_for(kind: str) -> tuple[str, ...]:
    """The names of the handlers that hear a kind of event."""
    return tuple(sorted(handler.name for handler in _handlers.values() if kind in handler.kinds))


def registered() -> dict[str, Handler]:
    return dict(_handlers)


@transaction.atomic
def deliver(*, limit: int = 50) -> int:
    """Runs up to ``limit`` deliveries that are due; returns how many were taken, 0 when nothing waits.

    One that fails is put back with its error and a longer wait; the others of the same call are not touched by it.
    """
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=timezone.now())
    taken = list(
        due.select_for_update(skip_locked=True, of=("self",)).select_related("event").order_by("next_at")[:limit]
    )
    for delivery in taken:
        _run(delivery)
    return len(taken)


def _run(delivery: Delivery) -> None:
    delivery.attempts += 1
    handler = _handlers.get(delivery.handler)
    try:
        if handler is None:
            raise LookupError(f"No handler is called {delivery.handler}.")
        with transaction.atomic():
            handler.run(delivery.event)
    except Exception as error:
        logger.warning("delivery of event %s to %s failed", delivery.event_id, delivery.handler, exc_info=True)
        delivery.last_error = f"{type(error).__name__}: {error}"[:300]
        gone = delivery.attempts > len(WAITS)
        delivery.state = Delivery.State.FAILED if gone else Delivery.State.WAITING
        delivery.next_at = timezone.now() + (timedelta() if gone else WAITS[delivery.attempts - 1])
    else:
        delivery.state, delivery.last_error = Delivery.State.DONE, ""
    delivery.save(update_fields=["state", "attempts", "next_at", "last_error"])
