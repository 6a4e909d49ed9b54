"""What the processes do that approve the same thing at the same moment."""

from datetime import UTC, datetime
from typing import Any

from tests.invoicing.races.settling import ON, _each_together

AT = datetime(2026, 9, 20, 9, tzinfo=UTC)


def approve_together(prepared: list[int], manager: int, guarded: bool, barrier: Any) -> list[str]:
    """The same finance manager presses Approve in every process; unguarded, nobody looks whether it waits still."""
    from django.db import connection, transaction

    from invoicing.second_person import preparing
    from invoicing.second_person.models import PreparedAction
    from marketplace.core.models import User
    from marketplace.organisations.services.people import actor_for

    actor = actor_for(user=User.objects.get(pk=manager), on=ON)
    if not guarded:
        preparing._waiting = lambda one: PreparedAction.objects.get(pk=one.pk)  # type: ignore[assignment]
        preparing._decided = lambda locked, *_, **__: locked  # type: ignore[assignment]

    def attempt(number: int) -> None:
        with transaction.atomic():
            if not guarded:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL session_replication_role = replica")
            preparing.approve(prepared=PreparedAction.objects.get(pk=prepared[number]), on=ON, at=AT, actor=actor)

    return _each_together(barrier, len(prepared), attempt)


def settle_together(settlements: list[int], manager: int, barrier: Any) -> list[str]:
    """The same manager approves the same settlement in every process."""
    from invoicing.agency.models import AgencySettlement
    from invoicing.services import approve_settlement
    from marketplace.core.models import User
    from marketplace.organisations.services.people import actor_for

    actor = actor_for(user=User.objects.get(pk=manager), on=ON)

    def attempt(number: int) -> None:
        approve_settlement(settlement=AgencySettlement.objects.get(pk=settlements[number]), on=ON, actor=actor)

    return _each_together(barrier, len(settlements), attempt)
