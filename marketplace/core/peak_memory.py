"""The most memory that this process held while it did one thing."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RESET = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


class PeakMemory:
    """Watches stretches of work; ``peak_mb`` is the highest of them in mebibytes, all that the process holds included.

    Linux can forget an earlier peak (``5`` to ``clear_refs``, see proc(5)); elsewhere the peak is that of the whole
    process since its start, which is never less.
    """

    def __init__(self) -> None:
        self.peak_mb = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        fresh = _forget()
        yield
        self.peak_mb = max(self.peak_mb, _high_water() if fresh else _since_start())


def _forget() -> bool:
    try:
        _RESET.write_text("5")
    except OSError:
        return False
    return True


def _high_water() -> float:
    lines = _STATUS.read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _since_start() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
