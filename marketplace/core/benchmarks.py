"""Honest timings: each figure beside a floor, in a scratch database that is made, migrated and dropped again.

A package registers benchmarks; ``manage.py bench NAME`` runs one. The measured work and its floor are interleaved,
three times each, and the medians are compared, so that a machine that slows down slows both.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.db import connection

from marketplace.core.peak_memory import PeakMemory
from marketplace.core.scratch import scratch_database

ROUNDS = 3


@dataclass(frozen=True)
class Result:
    """``rate`` and ``floor`` are units a second; ``ratio`` is rate / floor; ``seconds`` the median of one round.

    ``peak_mb`` is the most memory that this process held while it did the measured work (the database server's not
    included). ``figures`` are what a benchmark tells besides, such as percentiles: medians over the rounds.
    """

    name: str
    size: int
    rate: float
    unit: str
    floor: float
    ratio: float
    seconds: float
    peak_mb: float
    figures: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """One flat object: the eight keys that every benchmark has, then its own figures."""
        told = asdict(self)
        figures = told.pop("figures")
        if clash := told.keys() & figures:
            raise ValueError(f"{self.name} may not name a figure {', '.join(sorted(clash))}: every benchmark has that")
        return told | figures


@dataclass(frozen=True)
class Round:
    """One round of a benchmark: ``work`` does the real thing, ``floor`` the least that could do.

    ``work`` may return figures of its own. ``units`` is how many units both do, where that is not the size. ``check``
    runs after both, untimed, and raises where the work did not do what it should have.
    """

    work: Callable[[], Mapping[str, float] | None]
    floor: Callable[[], None]
    units: int | None = None
    check: Callable[[], None] | None = None


@dataclass(frozen=True)
class Benchmark:
    """``prepare(size)`` makes the data of one round; its time does not count.

    It is called once a round in the same database, so it may find what an earlier round has left.
    """

    name: str
    unit: str
    default_size: int
    prepare: Callable[[int], Round]


_registered: dict[str, Benchmark] = {}


def register(benchmark: Benchmark) -> None:
    _registered[benchmark.name] = benchmark


def registered() -> dict[str, Benchmark]:
    return dict(_registered)


def run(name: str, size: int | None = None) -> Result:
    """Runs one benchmark in a scratch database. Raises KeyError for an unknown name, ScratchRefused for the database."""
    benchmark = _registered[name]
    size = size or benchmark.default_size
    work: list[float] = []
    floor: list[float] = []
    told: list[Mapping[str, float]] = []
    memory = PeakMemory()
    with scratch_database():
        for _ in range(ROUNDS):
            one = benchmark.prepare(size)
            _settle()
            floor.append(_time(one.floor))
            with memory.watched():
                begun = time.perf_counter()
                told.append(one.work() or {})
                work.append(time.perf_counter() - begun)
            if one.check:
                one.check()
    seconds, least = statistics.median(work), statistics.median(floor)
    units = one.units or size
    return Result(
        name=name,
        size=size,
        rate=round(units / seconds, 1),
        unit=benchmark.unit,
        floor=round(units / least, 1),
        ratio=round(least / seconds, 3),
        seconds=round(seconds, 3),
        peak_mb=round(memory.peak_mb, 1),
        figures={key: round(statistics.median(one[key] for one in told), 3) for key in told[0]},
    )


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """The figures ``p50_ms``, ``p95_ms`` and ``max_ms`` of single timings: nearest rank, so each was really measured."""
    ordered = sorted(seconds)
    at = {"p50_ms": 50, "p95_ms": 95, "max_ms": 100}
    return {key: ordered[-(-len(ordered) * percent // 100) - 1] * 1000 for key, percent in at.items()}


def _settle() -> None:
    """Planner statistics of what was just prepared, as the server itself would have them minutes later."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _time(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
