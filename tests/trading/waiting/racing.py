"""What the processes do that answer the same offer, or want the same place that comes back, at the same moment."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.invoicing.races.settling import _each_together

ON, NOW = date(2026, 9, 1), datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
UNTIL = datetime(2026, 9, 2, 16, 0, tzinfo=UTC)
PRICE = 14_000
RACERS = 4


def answer_together(index: int, entries: list[int], person: int, guarded: bool, barrier: Any) -> list[str]:
    """Processes 0 and 1 accept, 2 declines, 3 lets the offer run out."""
    from django.db import OperationalError

    from marketplace.organisations.models import Person
    from marketplace.organisations.services.people import actor_for
    from marketplace.trading.models import WaitingEntry
    from marketplace.trading.services import accept_offer, decline_offer, offering

    if not guarded:
        _without_guard()
    user = Person.objects.get(pk=person).user
    assert user is not None
    actor = actor_for(user=user, on=ON)

    def attempt(number: int) -> None:
        try:
            answer(number)
        except OperationalError as deadlock:  # only ever without the lock
            raise RuntimeError from deadlock

    def answer(number: int) -> None:
        entry = WaitingEntry.objects.get(pk=entries[number])
        if index in (0, 1):
            accept_offer(entry=entry, expected_pence=PRICE, at=NOW + timedelta(hours=1), actor=actor)
        elif index == 2:
            decline_offer(entry=entry, on=ON, actor=actor)
        else:
            offering._lapse(entry.run_id, UNTIL)

    return _each_together(barrier, len(entries), attempt)


def book_what_comes_back(index: int, runs: list[int], guarded: bool, barrier: Any) -> list[str]:
    """Process 0 gives a place of a full date back, for which a school waits; process 1 tries to book it meanwhile."""
    from django.db import transaction

    from catalogue.services import PlacesGone, release_places, take_places
    from marketplace.trading.services import offer_places

    def give_back(run: int) -> None:
        if guarded:
            with transaction.atomic():
                release_places(source_key=f"held:{run}:0")
                offer_places(run_id=run, on=ON)
        else:  # the control: first one transaction, then the other
            release_places(source_key=f"held:{run}:0")
            time.sleep(0.1)
            offer_places(run_id=run, on=ON)

    def book(run: int) -> None:
        for _ in range(30):
            try:
                take_places(source_key=f"passer-by:{run}", run_id=run, places=1)
            except PlacesGone:
                time.sleep(0.01)
            else:
                return
        raise PlacesGone("Never free")

    return _each_together(barrier, len(runs), lambda number: (give_back, book)[index](runs[number]))


def _without_guard() -> None:
    """The control: nobody locks the date, and looking and writing lie apart. What else the database refuses stays."""
    from marketplace.trading.services import accepting, offering
    from tests.invoicing.races.settling import _without_row_locks

    _without_row_locks()

    def later(verb: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*args: Any, **kwargs: Any) -> Any:
            time.sleep(0.03)
            return verb(*args, **kwargs)

        return slow

    for module in (accepting, offering):
        module.release_places = later(module.release_places)  # type: ignore[attr-defined]
