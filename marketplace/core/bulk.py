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
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.numeric import Int8


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
        text = "".join([row_text(row) for row in rows])
    except KeyError:
        with _copying(model, columns) as copy:
            for row in rows:
                copy.write_row(row)
        return
    copy_text(model, columns, text)


def copy_text(model: type[models.Model], columns: Sequence[str], text: str) -> None:
    """What ``copy_rows`` does, of rows that ``row_text`` has written out already."""
    with _copying(model, columns) as copy:
        copy.write(text)


@contextmanager
def _copying(model: type[models.Model], columns: Sequence[str]) -> Iterator[psycopg.Copy]:
    quoted = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def row_text(row: Sequence[Any]) -> str:
    """A row, or the end of one, as COPY reads it, with its line end. Raises KeyError for a value that is neither text,
    number, truth, date, a list of text nor None."""
    return "\t".join([_TEXT_OF[type(value)](value) for value in row]) + "\n"


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


class _Texts(dict[type, Callable[[Any], str]]):
    """How a value of a type is written; a choice that is text is written as text. Raises KeyError for any other type."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if not issubclass(kind, str):
            raise KeyError(kind)
        return _escaped


_TEXT_OF = _Texts(
    {
        NoneType: lambda _: "\\N",
        bool: lambda value: "t" if value else "f",
        int: str,
        str: _escaped,
        date: lru_cache(maxsize=256)(date.isoformat),
        Decimal: str,
        list: _list_text,
    }
)


def insert_once(row: models.Model) -> bool:
    """Inserts the row, unless one with its unique key is there already: then it returns False and changes nothing.

    One prepared statement, without a savepoint; a row of the same key that another transaction is writing is waited for.
    """
    fields = _fields(type(row), own_keys=False)
    statement = _insertion(type(row), 1, own_keys=False)
    row.pk = run_prepared(f"{statement} ON CONFLICT DO NOTHING {_key_of(type(row))}", _values(row, fields)) or None
    row._state.adding = row.pk is None
    return row.pk is not None


_FEW = 12


def insert_rows(*groups: Sequence[models.Model]) -> None:
    """Inserts groups of rows, each of one model, with keys of their own where the first of a group has one.

    What ``bulk_create`` does for each group, but a few rows go all together by one prepared statement: for rows written
    very often. No trigger that fires before an insert may look for the rows of an earlier group.
    """
    given = [group for group in groups if group]
    if sum(map(len, given)) > _FEW:
        for group in given:
            type(group[0])._default_manager.bulk_create(group)
        return
    shape = tuple((type(group[0]), len(group), group[0].pk is not None) for group in given)
    values = [
        value
        for group, (model, _, own_keys) in zip(given, shape, strict=True)
        for row in group
        for value in _values(row, _fields(model, own_keys=own_keys))
    ]
    if not shape:
        return
    [made] = rows_prepared(_insertions(shape), values)
    for group, keys in zip(given, made, strict=True):
        for row, key in zip(group, keys, strict=True):
            row.pk, row._state.adding, row._state.db = key, False, DEFAULT_DB_ALIAS


@lru_cache(maxsize=256)
def _insertions(shape: tuple[tuple[type[models.Model], int, bool], ...]) -> str:
    """One statement for so many rows of each model; it returns an array of keys for each."""
    parts = [
        f"g{index} AS ({_insertion(model, rows, own_keys=own_keys)} {_key_of(model)} AS key)"
        for index, (model, rows, own_keys) in enumerate(shape)
    ]
    keys = [f"ARRAY(SELECT key FROM g{index})" for index in range(len(parts))]
    return f"WITH {', '.join(parts)} SELECT {', '.join(keys)}"


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], rows: int, *, own_keys: bool) -> str:
    fields = _fields(model, own_keys=own_keys)
    columns = ", ".join(f'"{field.column}"' for field, _ in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {places}'


def _key_of(model: type[models.Model]) -> str:
    return f'RETURNING "{model._meta.pk.column}"'


# What the driver writes just as Django would have it, in fields that do nothing to a value before it is written.
_PLAIN = {str, int, bool, NoneType, date, Decimal}
_PLAIN_FIELDS = (
    models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.DecimalField,
    models.ForeignKey,
)  # fmt: skip


@lru_cache(maxsize=256)
def _fields(model: type[models.Model], *, own_keys: bool) -> "tuple[tuple[models.Field[Any, Any], bool], ...]":
    """The fields that an insert writes, each with whether it takes plain values as they are."""
    return tuple(
        (field, isinstance(field, _PLAIN_FIELDS))
        for field in model._meta.local_concrete_fields
        if not field.generated and (own_keys or not field.primary_key)
    )


def _values(row: models.Model, fields: "Iterable[tuple[models.Field[Any, Any], bool]]") -> list[Any]:
    used, held = connections[DEFAULT_DB_ALIAS], row.__dict__
    return [
        held[field.attname]
        if plain and type(held[field.attname]) in _PLAIN
        else field.get_db_prep_save(field.pre_save(row, add=True), used)
        for field, plain in fields
    ]


def run_prepared(statement: str, parameters: Sequence[Any], *, used: BaseDatabaseWrapper | None = None) -> int:
    """One statement that returns one number (0 where it returns none), prepared by the server; see ``rows_prepared``."""
    found = rows_prepared(statement, parameters, used=used)
    return int(found[0][0]) if found else 0


def rows_prepared(
    statement: str, parameters: Sequence[Any], *, used: BaseDatabaseWrapper | None = None
) -> list[tuple[Any, ...]]:
    """The rows that one statement returns, prepared by the server: for what is read or written very often.

    Past Django's cursor, which writes parameters into the statement's text and has it parsed and planned anew each
    time. Runs in the open transaction; the database's refusals come as Django's errors.
    """
    used = used or connections[DEFAULT_DB_ALIAS]  # once: each look through ``connection`` costs a microsecond
    may_prepare(used)
    # Whole numbers of one type, whatever their size: the server prepares a statement for each choice of types.
    given = [Int8(value) if type(value) is int else value for value in parameters]
    with used.wrap_database_errors, psycopg.RawCursor(used.connection) as cursor:
        cursor.execute(_numbered(statement), given, prepare=True)
        return cursor.fetchall()


def may_prepare(used: BaseDatabaseWrapper) -> psycopg.Connection[Any]:
    """The driver's connection of ``used``, which prepares what it is asked to and keeps up to ``_KEPT`` statements."""
    used.ensure_connection()
    if used.connection.prepare_threshold is None:  # Django forbids it for the sake of poolers that cannot prepare
        used.connection.prepare_threshold, used.connection.prepared_max = _ONLY_WHEN_ASKED, _KEPT
    return used.connection


_ONLY_WHEN_ASKED, _KEPT = sys.maxsize, 1000


@lru_cache(maxsize=512)
def _numbered(statement: str) -> bytes:
    """The statement as the server reads it, with ``$1`` for the first ``%s``: the driver would do it at each call."""
    first, *others = statement.split("%s")
    return "".join([first, *(f"${place}{text}" for place, text in enumerate(others, start=1))]).encode()
