"""Set-based writing: identities from a sequence in one round trip, rows by COPY."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from types import NoneType
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models


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


_SWITCH_SECONDS = 0.0005
Part = TypeVar("Part")
Built = TypeVar("Built")


@contextmanager
def built_ahead(parts: Sequence[Part], build: Callable[[Part], Built]) -> Iterator[Iterator[tuple[Part, Built]]]:
    """Each part with what ``build`` makes of it; the next one is built while the caller waits for the database.

    ``build`` runs in another thread, at most one part ahead: it must be pure and not ask the database. What it raises
    is raised as its part is reached. Within the block threads change over ten times as often as usual, so that the one
    that has the database's answer does not stand behind the one that builds.
    """
    if len(parts) < 2:
        yield ((part, build(part)) for part in parts)
        return
    usual = sys.getswitchinterval()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="built-ahead") as builder:
        sys.setswitchinterval(min(usual, _SWITCH_SECONDS))
        try:
            yield _one_ahead(parts, build, builder)
        finally:
            sys.setswitchinterval(usual)


def _one_ahead(
    parts: Sequence[Part], build: Callable[[Part], Built], builder: ThreadPoolExecutor
) -> Iterator[tuple[Part, Built]]:
    coming = builder.submit(build, parts[0])
    for part, following in pairwise(parts):
        built = coming.result()
        coming = builder.submit(build, following)
        yield part, built
    yield parts[-1], coming.result()


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

    The database's refusals come as Django's errors (IntegrityError and so on), which a bare COPY does not give. Rows of
    plain values are written out here, which takes two thirds of the driver's time; any other value goes by the driver.
    """
    rows = list(rows)
    try:
        text = _text_of(rows)
    except KeyError:
        text = ""
    quoted = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        if text:
            copy.write(text)
            return
        for row in rows:
            copy.write_row(row)


def _text_of(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as COPY reads them; raises KeyError for a value of any other type than those of _TEXT_OF."""
    return "".join(["\t".join([_TEXT_OF[type(value)](value) for value in row]) + "\n" for row in rows])


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_IN_ARRAY = str.maketrans({"\\": "\\\\", '"': '\\"'})


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:  # looked for one by one: translating is slow
        return text.translate(_ESCAPES)
    return text


def _list_text(values: list[Any]) -> str:
    texts = [_IN_LIST[type(value)](value) for value in values]
    return _escaped("{" + ",".join(f'"{text.translate(_IN_ARRAY)}"' for text in texts) + "}")


_IN_LIST: dict[type, Callable[[Any], str]] = {str: str, int: str}
_TEXT_OF: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    str: _escaped,
    date: lru_cache(maxsize=256)(date.isoformat),
    Decimal: str,
    list: _list_text,
}


def insert_once(row: models.Model) -> bool:
    """Inserts the row, unless one with its unique key is there already: then it returns False and changes nothing.

    One prepared statement, without a savepoint; a row of the same key that another transaction is writing is waited for.
    """
    fields = [field for field in row._meta.local_concrete_fields if not (field.primary_key or field.generated)]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = (
        f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'
        f' ON CONFLICT DO NOTHING RETURNING "{row._meta.pk.column}"'
    )
    row.pk = run_prepared(statement, values) or None
    row._state.adding = row.pk is None
    return row.pk is not None


def run_prepared(statement: str, parameters: Sequence[Any]) -> int:
    """One statement that returns one number (0 where it returns none), prepared by the server: for rows written one at a time and very often.

    Past Django's cursor, which writes parameters into the statement's text and has it parsed and planned anew each
    time. Runs in the open transaction; the database's refusals come as Django's errors.
    """
    used = connections[DEFAULT_DB_ALIAS]  # once: each look through ``connection`` costs a microsecond
    used.ensure_connection()
    with used.wrap_database_errors, psycopg.Cursor(used.connection) as cursor:
        cursor.execute(statement, parameters, prepare=True)
        [number] = cursor.fetchone() or (0,)
        return int(number)
