"""The constraints that models declare are compared with the database at every start, beside its guards.

A CHECK, UNIQUE, EXCLUDE or foreign key that whoever owns the tables dropped, or put back without looking at the rows that
are there, would let pass what the books rely on; the invariants look at what is there, not at what could come.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

_LIVE = """
SELECT t.relname, c.conname, c.convalidated, c.contype::text,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY(c.conkey) ORDER BY 1)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE t.relnamespace = 'public'::regnamespace
UNION ALL
SELECT t.relname, i.relname, x.indisvalid, 'u',
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY(x.indkey::int2[]) ORDER BY 1)
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace
"""

_LEFT_OUT = {("core_unsealedevent", ("event_id",))}  # the sealer's queue has no index (decision 12)


def missing_constraints(connection: BaseDatabaseWrapper) -> list[str]:
    """A sentence for each constraint that a model declares and the database does not hold, or holds for new rows only."""
    named: dict[tuple[str, str], bool] = {}
    unique: set[tuple[str, tuple[str, ...]]] = set()
    references: set[tuple[str, tuple[str, ...]]] = set()
    with connection.cursor() as cursor:
        cursor.execute(_LIVE)
        for table, name, valid, kind, columns in cursor.fetchall():
            named[table, name] = named.get((table, name), True) and valid
            if valid and kind in ("u", "p"):
                unique.add((table, tuple(columns)))
            elif valid and kind == "f":
                references.add((table, tuple(columns)))
    found = []
    for model in _models():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            standing = named.get((table, constraint.name))
            if standing is None:
                found.append(f"constraint {constraint.name} on {table} is missing")
            elif not standing:
                found.append(f"constraint {constraint.name} on {table} does not hold for the rows that are there")
        for columns in _unique_columns(model):
            if (table, columns) not in unique | _LEFT_OUT:
                found.append(f"the unique index of {', '.join(columns)} on {table} is missing")
        for column in _referring_columns(model):
            if (table, (column,)) not in references:
                found.append(f"the foreign key of {column} on {table} is missing")
    return sorted(found)


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _unique_columns(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    for field in model._meta.local_concrete_fields:
        if field.unique and field.column:
            yield (field.column,)
    for names in model._meta.unique_together:
        yield tuple(sorted(str(model._meta.get_field(name).column) for name in names))  # type: ignore[union-attr]


def _referring_columns(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True) and field.column:
            yield field.column


@register(Tags.database)
def constraints_in_place(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuses to start where a declared constraint is gone. Silent while migrations wait."""
    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return []
    return [
        Error(
            f"The database does not hold what it must: {sentence}.",
            hint="Find out who removed it, put it back as the migration that made it says ('manage.py sqlmigrate'), and run "
            "verify_ledger.",
            id="core.E002",
        )
        for sentence in missing_constraints(connection)
    ]
