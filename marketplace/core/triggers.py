"""Database guards declared in code, installed by migrations and compared at every start.

A package declares its ``Function`` and ``Trigger`` objects and registers them. Its migration calls ``install``; the
system check ``guards_in_place`` reads PostgreSQL's catalogue and reports each function whose body differs, each
trigger that is missing, differs or is disabled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor


@dataclass(frozen=True)
class Function:
    """A function of the guards; ``body`` is kept to the letter by PostgreSQL and compared to the letter."""

    name: str
    body: str
    arguments: str = ""
    returns: str = "trigger"
    language: str = "plpgsql"

    @property
    def sql(self) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}({self.arguments}) RETURNS {self.returns}"
            f" LANGUAGE {self.language} AS $guard${self.body}$guard$"
        )


@dataclass(frozen=True)
class Trigger:
    """A trigger: ``events`` in PostgreSQL's own order (INSERT, DELETE, UPDATE, TRUNCATE), joined by OR."""

    name: str
    table: str
    timing: str  # BEFORE or AFTER
    events: str
    level: str  # ROW or STATEMENT
    function: str
    new_table: str = ""

    @property
    def definition(self) -> str:
        """As ``pg_get_triggerdef`` prints it."""
        referencing = f"REFERENCING NEW TABLE AS {self.new_table} " if self.new_table else ""
        return (
            f"CREATE TRIGGER {self.name} {self.timing} {self.events} ON public.{self.table} "
            f"{referencing}FOR EACH {self.level} EXECUTE FUNCTION {self.function}()"
        )


_functions: dict[str, Function] = {}
_triggers: dict[tuple[str, str], Trigger] = {}


def declare(*, functions: Iterable[Function], triggers: Iterable[Trigger]) -> None:
    """Adds guards to those that the system check demands."""
    _functions.update({function.name: function for function in functions})
    _triggers.update({(trigger.table, trigger.name): trigger for trigger in triggers})


def declared_triggers() -> list[Trigger]:
    return list(_triggers.values())


def declared_functions() -> list[Function]:
    return list(_functions.values())


def install(connection: BaseDatabaseWrapper, functions: Iterable[Function], triggers: Iterable[Trigger]) -> None:
    """Creates or replaces the guards; called by migrations through ``RunPython``."""
    with connection.cursor() as cursor:
        for function in functions:
            cursor.execute(function.sql)
        for trigger in triggers:
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}")
            cursor.execute(trigger.definition)


def install_declared(connection: BaseDatabaseWrapper, app_label: str) -> None:
    """Installs all declared guards whose names begin with the app's label, on those of its tables that exist by now."""
    tables = set(connection.introspection.table_names())
    begins = f"{app_label}_"
    chosen = [
        trigger for trigger in declared_triggers() if trigger.table.startswith(begins) and trigger.table in tables
    ]
    called = {trigger.function for trigger in chosen}
    functions = [one for one in declared_functions() if one.name.startswith(begins) or one.name in called]
    install(connection, functions, chosen)


def frozen_table(table: str, function: str = "core_refuse_change") -> list[Trigger]:
    """The two guards of an append-only table: no UPDATE or DELETE of a row, no TRUNCATE."""
    return [
        Trigger(f"{table}_frozen", table, "BEFORE", "DELETE OR UPDATE", "ROW", function),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", function),
    ]


def legal_moves(name: str, legal: Mapping[str, Sequence[tuple[str, str]]]) -> Function:
    """The guard of ``state`` for some tables: from which state to which. A state on no left side is final."""
    rows = [f"('{table}', '{old}', '{new}')" for table, moves in legal.items() for old, new in moves]
    moves = ",\n            ".join(rows)
    return Function(
        name,
        f"""
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM (VALUES
            {moves}
        ) AS legal(at_table, old_state, new_state)
        WHERE at_table = TG_TABLE_NAME AND old_state = OLD.state AND new_state = NEW.state
    ) THEN
        RAISE EXCEPTION '% %: from % to % is no legal move', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
    )


def kept_with_draft(name: str, *, parent: str, column: str, sentence: str) -> Function:
    """The guard of rows that stand and fall with a draft: once ``parent`` is in another state, nothing is added, changed or
    taken out. The parent is locked for reading, so that nobody moves it in between. ``sentence`` is the refusal."""
    return Function(
        name,
        f"""
DECLARE
    found text;
BEGIN
    SELECT state INTO found FROM {parent}
    WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.{column} ELSE OLD.{column} END FOR SHARE;
    IF found <> 'draft' THEN
        RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
    )


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """One sentence for each guard that is not in the database as it is declared in code."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        bodies = dict(cursor.fetchall())
        cursor.execute(
            "SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
            " AND c.relnamespace = 'public'::regnamespace"
        )
        live = {(table, name): (definition, enabled) for table, name, definition, enabled in cursor.fetchall()}
    for function in _functions.values():
        if function.name not in bodies:
            found.append(f"function {function.name} is missing")
        elif bodies[function.name] != function.body:
            found.append(f"function {function.name} differs from its declaration")
    for key, trigger in _triggers.items():
        definition, enabled = live.get(key, (None, None))
        if definition is None:
            found.append(f"trigger {trigger.name} on {trigger.table} is missing")
        elif definition != trigger.definition:
            found.append(f"trigger {trigger.name} on {trigger.table} differs from its declaration")
        elif enabled not in ("O", "A", b"O", b"A"):
            found.append(f"trigger {trigger.name} on {trigger.table} is disabled")
    return found


@register(Tags.database)
def guards_in_place(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuses to start where a guard is missing, changed or disabled. Silent while migrations wait."""
    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return []
    return [
        Error(
            f"A database guard is not in place: {sentence}.",
            hint="Restore it by 'manage.py install_guards', then find out who removed it and run verify_ledger.",
            id="core.E001",
        )
        for sentence in differences(connection)
    ]


REFUSE_CHANGE = Function(
    "core_refuse_change",
    """
BEGIN
    RAISE EXCEPTION '% of % is refused: what is written here is never changed or deleted', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

# Erasing deletes the row of a text; nobody may rewrite it.
REFUSE_REWRITE = Function(
    "core_refuse_rewrite",
    """
BEGIN
    RAISE EXCEPTION '% of % is refused: what was written may be erased, never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

CORE_TRIGGERS = frozen_table("core_event")
LOG_TRIGGERS = [
    *frozen_table("core_eventseal"),
    *frozen_table("core_sealedevent"),
    *frozen_table("core_eventanchor"),
    Trigger("core_eventtext_kept", "core_eventtext", "BEFORE", "UPDATE", "ROW", "core_refuse_rewrite"),
    Trigger("core_eventtext_no_truncate", "core_eventtext", "BEFORE", "TRUNCATE", "STATEMENT", "core_refuse_rewrite"),
]
declare(functions=[REFUSE_CHANGE, REFUSE_REWRITE], triggers=[*CORE_TRIGGERS, *LOG_TRIGGERS])
