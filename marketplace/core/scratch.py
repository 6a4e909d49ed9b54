"""A database for benchmarks beside the real one: made, migrated and dropped by the same process.

The real database is neither connected to nor named in any statement. A scratch database carries a mark (its comment);
one of that name without the mark was made by somebody else and is refused. One with the mark was left by a run that was
killed, as a lock shows that none is running, and is dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import NO_DB_ALIAS

from marketplace.core.errors import DomainError

MARK = "scratch database of manage.py bench: dropped by it without asking"
_LOCK = 7_205_114_203  # any number that nothing else locks in the maintenance database
_NAME_LIMIT = 63


class ScratchRefused(DomainError):
    """There is no database that a benchmark may make and drop; nothing was changed."""

    code = "scratch_refused"


def scratch_name(real: str) -> str:
    """The name of the scratch database beside the real one. Refuses a name so long that both would be one."""
    name = f"bench_{real}"[:_NAME_LIMIT]
    if name == real:
        raise ScratchRefused(f"The scratch database would have the name of the real one, {real}. Nothing was run.")
    return name


@contextmanager
def scratch_database() -> Iterator[None]:
    """Points the connection at a fresh, migrated database and drops it at the end. The real one is not touched.

    Raises ScratchRefused where another benchmark is running on this server, and where a database of the scratch name
    exists that no benchmark made.
    """
    real = str(connection.settings_dict["NAME"])
    name = scratch_name(real)
    connections.close_all()
    with _maintenance() as cursor:  # open to the end: its session holds the lock, even if this process is killed
        _lock(cursor)
        _drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}"')
        cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{MARK}'")
        try:
            connection.settings_dict["NAME"] = name
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = real
            _drop(cursor, name)


@contextmanager
def _maintenance() -> Iterator[Any]:
    """A cursor in the server's own database ``postgres``, from which others are made and dropped."""
    beside = connection.copy(alias=NO_DB_ALIAS)
    beside.settings_dict["NAME"] = "postgres"
    try:
        with beside.cursor() as cursor:
            yield cursor
    finally:
        beside.close()


def _lock(cursor: Any) -> None:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
    if not cursor.fetchone()[0]:
        raise ScratchRefused(
            "Another benchmark is running on this database server, and both figures would be wrong."
            " Run this one when it has ended."
        )


def _drop(cursor: Any, name: str) -> None:
    """Drops what a benchmark made, with whatever a killed one still does in it; refuses anything else."""
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        [name],
    )
    found = cursor.fetchone()
    if found is None:
        return
    if found[0] != MARK:
        raise ScratchRefused(
            f"There is a database {name} that no benchmark made. Nothing was changed in it."
            " Rename it, or drop it yourself, and run the benchmark again."
        )
    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
