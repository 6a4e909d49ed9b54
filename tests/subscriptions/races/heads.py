"""What the processes do that decide on the same heads at the same moment, and that freeze the statement they stand on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.invoicing.races.settling import _each_together
from tests.subscriptions.races.two_at_once import freeze_or, slowed, unguarded, verifier_of

DECIDED, AFTER = date(2026, 10, 31), date(2026, 11, 2)


def decide_together(
    index: int, returns: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """One verifier accepts the returns that the other sends back."""
    attempt = _deciding(returns, verifiers, index, accepted=not index, slow=0 if guarded else 0.05)
    return _each_together(barrier, len(returns), attempt)


def freeze_or_decide(
    index: int, statements: Sequence[int], returns: Sequence[int], verifiers: Sequence[int], guarded: bool, barrier: Any
) -> list[str]:
    """One freezes the statements on which the other accepts heads."""
    attempt = _deciding(returns, verifiers, 0, accepted=True, slow=0 if guarded else 0.3)
    return freeze_or(attempt, index, statements, AFTER, guarded, barrier)


def _deciding(returns: Sequence[int], verifiers: Sequence[int], index: int, *, accepted: bool, slow: float) -> Any:
    from subscriptions.outcomes.models import VolumeReturn
    from subscriptions.outcomes.services import volume

    if slow:
        unguarded()
        volume.require_decider = slowed(volume.require_decider, slow)

    def attempt(number: int) -> None:
        one = VolumeReturn.objects.select_related("statement").get(pk=returns[number])
        reason = "" if accepted else "Not all of them"
        actor = verifier_of(verifiers, index)
        volume.decide_volume(returned=one, accepted=accepted, reason=reason, on=DECIDED, actor=actor)

    return attempt
