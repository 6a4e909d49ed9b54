"""What the processes do that release the same payment batch at the same moment."""

import os
from datetime import UTC, date, datetime
from typing import Any

from tests.invoicing.races.settling import _each_together

ON, AT = date(2026, 10, 28), datetime(2026, 10, 28, 9, tzinfo=UTC)


def release(batch: int, releaser: int, key: str) -> None:
    """Releases one batch as the person of that login."""
    from invoicing.paying_out.models import PaymentBatch
    from invoicing.paying_out.releasing import release_batch
    from marketplace.core.models import User
    from marketplace.organisations.services.people import actor_for

    actor = actor_for(user=User.objects.get(pk=releaser), on=ON)
    release_batch(batch=PaymentBatch.objects.get(pk=batch), form="csv", command_key=key, at=AT, on=ON, actor=actor)


def release_together(batches: list[int], releaser: int, guarded: bool, barrier: Any) -> list[str]:
    """Every process releases each batch by a click of its own; unguarded, nobody looks whether it was sent."""
    from django.db import connection, transaction

    from invoicing.paying_out import releasing

    if not guarded:
        releasing._require_releasable = lambda *_: None  # type: ignore[assignment]
        releasing.move_outstanding = lambda *_, **__: None  # type: ignore[assignment]

    def attempt(number: int) -> None:
        with transaction.atomic():
            if not guarded:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL session_replication_role = replica")
            release(batches[number], releaser, f"{os.getpid()}:{number}")

    return _each_together(barrier, len(batches), attempt)
