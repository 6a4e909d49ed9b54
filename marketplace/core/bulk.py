"""Set-based writing: identities from a sequence in one round trip, rows by COPY."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, models


@contextmanager
def collector_paused() -> Iterator[None]:
    """For work that builds rows by the hundred thousand: the collector of cycles does not walk them again and again.

    Rows refer only downwards, so they go when the last reference goes. The pause is the whole process's; within another
    pause this one does nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """``count`` fresh primary keys of the model's own sequence, so that rows can refer to each other before COPY."""
    if count == 0:
        return []
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence)"
            " SELECT array_agg(nextval(own.sequence)) FROM own, generate_series(1, %s)",
            [table, column, count],
        )
        ids: list[int] = cursor.fetchone()[0]
        return ids


def as_array(ids: Iterable[int]) -> str:
    """PostgreSQL's own text of an array of whole numbers, for a parameter cast to ``bigint[]``: thousands in no time."""
    return "{" + ",".join(map(str, ids)) + "}"


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows by COPY in the open transaction; triggers and constraints apply as to any insert.

    The database's refusals come as Django's errors (IntegrityError and so on), which a bare COPY does not give.
    """
    quoted = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def run_prepared(statement: str, parameters: Sequence[Any]) -> int:
    """One statement that returns one number, prepared by the server: for rows written one at a time and very often.

    Past Django's cursor, which writes parameters into the statement's text and has it parsed and planned anew each
    time. Runs in the open transaction; the database's refusals come as Django's errors.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters, prepare=True)
        [number] = cursor.fetchone() or (0,)
        return int(number)
