"""What the processes do that decide on the same heads at the same moment, and that freeze the statement they stand on."""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together
from tests.subscriptions.races.outcomes import _unguarded

DECIDED, AFTER = date(2026, 10, 31), date(2026, 11, 2)


def decide_together(
    index: int, returns: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """One verifier accepts the returns that the other sends back."""
    from marketplace.core.actors import Actor, Grant, Role
    from subscriptions.outcomes.models import VolumeReturn
    from subscriptions.outcomes.services import volume

    if not guarded:
        _unguarded()
        require = volume.require_decider

        def slowly(*args: Any, **more: Any) -> int:
            time.sleep(0.05)
            return require(*args, **more)

        volume.require_decider = slowly  # type: ignore[assignment]
    grants = frozenset({Grant(Role.VERIFIER, verifiers[-1])})
    actor = Actor(person_id=verifiers[index], user_id=None, name=f"Verifier {index}", grants=grants)

    def attempt(number: int) -> None:
        one = VolumeReturn.objects.select_related("statement").get(pk=returns[number])
        reason = "Not all of them" if index else ""
        volume.decide_volume(returned=one, accepted=not index, reason=reason, on=DECIDED, actor=actor)

    return _each_together(barrier, len(returns), attempt)


def freeze_or_decide(
    index: int, statements: Sequence[int], returns: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """One freezes the statements on which the other accepts heads."""
    from marketplace.core.actors import Actor, Grant, Role, platform
    from subscriptions.outcomes.models import Statement, VolumeReturn
    from subscriptions.outcomes.services import stating, volume

    if not guarded:
        _unguarded()
        require = volume.require_decider

        def slowly(*args: Any, **more: Any) -> int:
            found = require(*args, **more)
            time.sleep(0.3)
            return found

        volume.require_decider = slowly  # type: ignore[assignment]
    grants = frozenset({Grant(Role.VERIFIER, verifiers[-1])})
    verifier = Actor(person_id=verifiers[0], user_id=None, name="Verifier", grants=grants)

    def attempt(number: int) -> None:
        if index == 0:
            if not guarded:
                time.sleep(0.1)
            one = Statement.objects.select_related("contract").get(pk=statements[number])
            stating.freeze_statement(statement=one, on=AFTER, actor=platform("race"))
        else:
            found = VolumeReturn.objects.select_related("statement").get(pk=returns[number])
            volume.decide_volume(returned=found, accepted=True, on=DECIDED, actor=verifier)

    return _each_together(barrier, len(returns), attempt)
