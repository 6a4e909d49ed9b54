"""The site refuses to start when a database guard was dropped, changed or disabled, and names it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from marketplace.core import triggers
from tests.invoicing.books import refused, run_sql

pytestmark = pytest.mark.django_db

NAMED = [
    ("invoicing_journalentry", "invoicing_journalentry_frozen"),
    ("invoicing_movement", "invoicing_movement_with_entry"),
    ("invoicing_movement", "invoicing_movement_no_truncate"),
    ("invoicing_document", "invoicing_document_adds_up"),
    ("invoicing_documentline", "invoicing_documentline_added"),
    ("core_event", "core_event_frozen"),
]


def said_by_check(**options: object) -> str:
    with pytest.raises(SystemCheckError) as caught:
        call_command("check", databases=["default"], **options or {"tags": ["database"]})
    return str(caught.value)


def mend() -> str:
    out = StringIO()
    call_command("install_guards", stdout=out)
    return out.getvalue()


def test_with_all_guards_in_place_the_check_is_silent():
    assert triggers.guards_in_place(databases=["default"]) == []
    assert triggers.differences(connection) == []


def test_without_a_database_the_check_asks_nothing():
    assert triggers.guards_in_place(databases=None) == []


@pytest.mark.parametrize(("table", "name"), NAMED)
@pytest.mark.parametrize(
    ("done", "statement"),
    [
        ("is missing", "DROP TRIGGER {name} ON {table}"),
        ("is disabled", "ALTER TABLE {table} DISABLE TRIGGER {name}"),
        ("is disabled", "ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}"),
    ],
)
def test_a_trigger_dropped_or_disabled_is_named_and_mended(table, name, done, statement):
    run_sql(statement.format(table=table, name=name))
    assert f"trigger {name} on {table} {done}" in said_by_check()
    assert f"mended: trigger {name} on {table} {done}" in mend()
    assert triggers.guards_in_place(databases=["default"]) == []


def test_the_whole_check_of_the_site_finds_it_too():
    run_sql("DROP TRIGGER invoicing_movement_frozen ON invoicing_movement")
    said = said_by_check(fail_level="ERROR")
    assert "trigger invoicing_movement_frozen on invoicing_movement is missing" in said
    assert "manage.py install_guards" in said


def test_a_trigger_with_another_moment_is_named_and_mended():
    run_sql("DROP TRIGGER invoicing_movement_frozen ON invoicing_movement")
    run_sql(
        "CREATE TRIGGER invoicing_movement_frozen BEFORE DELETE ON invoicing_movement"
        " FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
    )
    sentence = "trigger invoicing_movement_frozen on invoicing_movement differs from its declaration"
    assert sentence in said_by_check()
    assert f"mended: {sentence}" in mend()
    assert triggers.differences(connection) == []


def test_a_function_that_lets_everything_pass_is_named_and_mended(small_world):
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")  # the world above leaves checks waiting, which forbid ALTER TABLE
    run_sql(
        "CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$"
    )
    with transaction.atomic():  # proves that the function was the guard
        assert run_sql("UPDATE invoicing_movement SET analysis_code = 'x'") > 0
        transaction.set_rollback(True)
    assert "function core_refuse_change differs from its declaration" in said_by_check()
    mend()
    assert triggers.differences(connection) == []
    with refused("UPDATE of invoicing_movement is refused"):
        run_sql("UPDATE invoicing_movement SET analysis_code = 'x'")


def test_every_declared_trigger_is_missed_when_it_goes():
    declared = triggers.declared_triggers()
    assert len(declared) >= 15
    for trigger in declared:
        with transaction.atomic():
            run_sql(f"DROP TRIGGER {trigger.name} ON {trigger.table}")
            assert triggers.differences(connection) == [f"trigger {trigger.name} on {trigger.table} is missing"]
            transaction.set_rollback(True)


def test_every_table_that_is_never_changed_is_guarded():
    """Each financial table that the design calls immutable has its row, TRUNCATE and late-insert guards."""
    guarded = {(t.table, t.events) for t in triggers.declared_triggers()}
    for table in ("invoicing_journalentry", "invoicing_movement"):
        assert {(table, "DELETE OR UPDATE"), (table, "TRUNCATE"), (table, "INSERT")} <= guarded
    for table in ("invoicing_documentline", "invoicing_vatgroup"):
        assert {(table, "DELETE OR UPDATE"), (table, "TRUNCATE"), (table, "INSERT")} <= guarded
    for events in ("INSERT", "DELETE OR UPDATE", "UPDATE", "TRUNCATE"):
        assert ("invoicing_document", events) in guarded
