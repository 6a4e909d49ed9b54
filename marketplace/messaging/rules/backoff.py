"""How long a webhook waits before it is tried again: a little at first, a day at last, over three days in all."""

from datetime import timedelta

# Before the second try, the third, …; 75 hours and 35 minutes together.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# An address that fails this long without one success is switched off.
PATIENCE = timedelta(days=3)
# While an address fails, all that waits for it pauses: 5 seconds, doubled by each failure up to five minutes.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
JITTER = 0.2


def wait_after(attempts: int, *, chance: float) -> timedelta | None:
    """The wait after that many failed tries, or None when it is given up.

    ``chance`` in [0, 1) spreads the wait from 90% to 110%, so that what failed together does not come back together.
    """
    if not 1 <= attempts <= len(WAITS):
        return None
    return WAITS[attempts - 1] * (1 - JITTER / 2 + JITTER * chance)


def pause_after(failures: int) -> timedelta:
    """How long an address is left alone after that many failures in a row."""
    return min(FIRST_PAUSE * 2 ** min(max(failures, 1) - 1, 10), LONGEST_PAUSE)
