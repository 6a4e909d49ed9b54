"""A benchmark tells what it measured beside its floor, in a scratch database that is not the real one."""

import json
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from marketplace.core import benchmarks, scratch
from marketplace.core.benchmarks import Benchmark, Result, Round, percentiles
from marketplace.core.models import Event
from marketplace.core.scratch import MARK, ScratchRefused, scratch_database, scratch_name

CONTRACT = ["name", "size", "rate", "unit", "floor", "ratio", "seconds", "peak_mb"]


def ask(sql: str, *given: object) -> list[tuple[Any, ...]]:
    """Asks the server's own database, so that the real one sees no visitor."""
    with scratch._maintenance() as cursor:
        cursor.execute(sql, given or None)
        return cursor.fetchall() if cursor.description else []


def databases() -> set[str]:
    return {name for (name,) in ask("SELECT datname FROM pg_database")}


@pytest.fixture
def name(transactional_db: None) -> Iterator[str]:
    """The scratch database's name; none is there before or after."""
    found = scratch_name(str(connection.settings_dict["NAME"]))
    assert found not in databases()
    yield found
    ask(f'DROP DATABASE IF EXISTS "{found}"')


@pytest.fixture
def unmigrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scratch databases stay empty, which is quicker."""
    monkeypatch.setattr(scratch, "call_command", lambda *args, **kwargs: None)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A benchmark ``noting`` that writes down in which database it works, and finds an event from its own rounds only."""
    seen: list[str] = []

    def prepare(size: int) -> Round:
        def work() -> dict[str, float]:
            time.sleep(0.05)
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_database()")
                seen.append(cursor.fetchone()[0])
                cursor.execute("SELECT count(*) FROM core_event")
                seen.append(f"{cursor.fetchone()[0]} events")
            return {"p95_ms": float(len(seen))}

        return Round(work=work, floor=lambda: None, units=size * 10)

    one = Benchmark("noting", "notes", 7, prepare)
    monkeypatch.setattr(benchmarks, "_registered", {"noting": one})
    return seen


def real_traffic() -> int:
    """Sessions ever begun on the real database, once the last to leave has told its own.

    Without a session nobody writes there but the server itself, whose autovacuum keeps statistics of its tables.
    """
    connections.close_all()
    deadline = time.monotonic() + 10
    while ask("SELECT 1 FROM pg_stat_activity WHERE datname = %s", connection.settings_dict["NAME"]):
        assert time.monotonic() < deadline, "somebody stays connected to the real database"
        time.sleep(0.05)
    [(sessions,)] = ask("SELECT sessions FROM pg_stat_database WHERE datname = %s", connection.settings_dict["NAME"])
    return int(sessions)


def test_a_run_never_visits_the_real_database(name: str, noted: list[str]) -> None:
    real = str(connection.settings_dict["NAME"])
    Event.objects.create(kind="kept", subject_kind="x", subject="1", organisation_ids=[], payload={}, hash="0" * 64)
    rows = Event.objects.count()
    before = real_traffic()
    said = StringIO()
    call_command("bench", "noting", json=True, stdout=said)
    assert real_traffic() == before
    assert noted == [name, "0 events"] * 3
    assert list(told := json.loads(said.getvalue())) == [*CONTRACT, "p95_ms"]
    assert (told["name"], told["size"], told["unit"], told["p95_ms"]) == ("noting", 7, "notes", 4.0)
    assert told["seconds"] >= 0.05
    assert told["rate"] == pytest.approx(70 / told["seconds"], rel=0.05)
    assert str(connection.settings_dict["NAME"]) == real
    assert Event.objects.count() == rows == 1
    assert name not in databases()


def test_a_visit_to_the_real_database_would_be_seen(transactional_db: None) -> None:
    before = real_traffic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert real_traffic() != before


def test_a_database_that_no_benchmark_made_is_refused_and_kept(name: str, unmigrated: None) -> None:
    ask(f'CREATE DATABASE "{name}"')
    with pytest.raises(ScratchRefused, match="no benchmark made"), scratch_database():
        pytest.fail("it was taken")
    assert name in databases()
    assert connection.settings_dict["NAME"] != name


def test_what_a_killed_run_left_is_dropped(name: str, unmigrated: None) -> None:
    ask(f'CREATE DATABASE "{name}"')
    ask(f"COMMENT ON DATABASE \"{name}\" IS '{MARK}'")
    [old] = ask("SELECT oid FROM pg_database WHERE datname = %s", name)
    with scratch_database():
        [new] = ask("SELECT oid FROM pg_database WHERE datname = %s", name)
        assert new != old
    assert name not in databases()


def test_two_do_not_run_at_once(name: str, unmigrated: None, noted: list[str]) -> None:
    with scratch_database():
        with pytest.raises(CommandError, match="Another benchmark is running"):
            call_command("bench", "noting")
        assert name in databases()
    assert noted == []


def test_a_failing_run_leaves_nothing(name: str, unmigrated: None) -> None:
    real = connection.settings_dict["NAME"]
    with pytest.raises(ZeroDivisionError), scratch_database():
        raise ZeroDivisionError
    assert name not in databases()
    assert connection.settings_dict["NAME"] == real


def test_a_name_so_long_that_both_would_be_one_is_refused() -> None:
    real = ("bench_" * 11)[:63]
    with pytest.raises(ScratchRefused, match="name of the real one"):
        scratch_name(real)
    assert scratch_name("marketplace") == "bench_marketplace"


def test_percentiles_are_timings_that_were_measured() -> None:
    assert percentiles([n / 1000 for n in range(1, 201)]) == {"p50_ms": 100.0, "p95_ms": 190.0, "max_ms": 200.0}
    assert percentiles([0.004]) == {"p50_ms": 4.0, "p95_ms": 4.0, "max_ms": 4.0}


def test_a_benchmark_may_not_name_a_figure_that_all_have() -> None:
    result = Result("x", 1, 1.0, "notes", 1.0, 1.0, 1.0, 1.0, {"ratio": 9.0})
    with pytest.raises(ValueError, match="may not name a figure ratio"):
        result.as_json()


def test_memory_of_earlier_work_is_not_counted() -> None:
    from marketplace.core.peak_memory import PeakMemory

    held = bytearray(200 * 2**20)
    held[:] = b"x" * len(held)
    del held
    memory, before = PeakMemory(), PeakMemory()
    with before.watched():
        pass
    with memory.watched():
        held = bytearray(b"x") * (100 * 2**20)
    del held
    assert 90 < memory.peak_mb - before.peak_mb < 130
