"""Honest timings: each figure beside a floor, in a scratch database that is made, migrated and dropped again.

A package registers benchmarks; ``manage.py bench NAME`` runs one. The measured work and its floor are interleaved,
three times each, and the medians are compared, so that a machine that slows down slows both.
"""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.core.management import call_command
from django.db import connection, connections

ROUNDS = 3


@dataclass(frozen=True)
class Result:
    """``rate`` and ``floor`` are units a second; ``ratio`` is rate / floor; ``seconds`` the median of one round."""

    name: str
    size: int
    rate: float
    unit: str
    floor: float
    ratio: float
    seconds: float
    peak_mb: float

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Round:
    """One round of a benchmark: ``work`` does the real thing, ``floor`` the least that could do; both on ``size``."""

    work: Callable[[], None]
    floor: Callable[[], None]


@dataclass(frozen=True)
class Benchmark:
    """``prepare(size)`` makes the data of one round; its time does not count."""

    name: str
    unit: str
    default_size: int
    prepare: Callable[[int], Round]


_registered: dict[str, Benchmark] = {}


def register(benchmark: Benchmark) -> None:
    _registered[benchmark.name] = benchmark


def registered() -> dict[str, Benchmark]:
    return dict(_registered)


@contextmanager
def scratch_database() -> Iterator[None]:
    """Points the connection at a fresh, migrated database and drops it at the end. The real one is not touched."""
    real = connection.settings_dict["NAME"]
    name = f"bench_{real}"[:63]
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        connection.settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = real
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def run(name: str, size: int | None = None) -> Result:
    """Runs one benchmark in a scratch database. Raises KeyError for an unknown name."""
    benchmark = _registered[name]
    size = size or benchmark.default_size
    work: list[float] = []
    floor: list[float] = []
    with scratch_database():
        for _ in range(ROUNDS):
            one = benchmark.prepare(size)
            floor.append(_time(one.floor))
            work.append(_time(one.work))
    seconds, least = statistics.median(work), statistics.median(floor)
    return Result(
        name=name,
        size=size,
        rate=round(size / seconds, 1),
        unit=benchmark.unit,
        floor=round(size / least, 1),
        ratio=round(least / seconds, 3),
        seconds=round(seconds, 3),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    )


def _time(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
