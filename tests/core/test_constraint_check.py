"""The site refuses to start when a constraint that a model declares was dropped, or holds for new rows only."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from marketplace.core.constraint_check import constraints_in_place, missing_constraints
from tests.invoicing.books import run_sql

pytestmark = pytest.mark.django_db


def test_with_all_in_place_the_check_is_silent_and_without_a_database_it_asks_nothing():
    assert missing_constraints(connection) == []
    assert constraints_in_place(databases=["default"]) == constraints_in_place(databases=None) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "ALTER TABLE invoicing_movement DROP CONSTRAINT movement_pence_positive",
            "constraint movement_pence_positive on invoicing_movement is missing",
        ),
        (
            "DROP INDEX document_number_once",
            "constraint document_number_once on invoicing_document is missing",
        ),
        (
            "ALTER TABLE invoicing_vatrule DROP CONSTRAINT vat_rule_no_overlap",
            "constraint vat_rule_no_overlap on invoicing_vatrule is missing",
        ),
        (
            "ALTER TABLE invoicing_movement DROP CONSTRAINT movement_pence_positive,"
            " ADD CONSTRAINT movement_pence_positive CHECK (pence > 0) NOT VALID",
            "constraint movement_pence_positive on invoicing_movement does not hold for the rows that are there",
        ),
    ],
)
def test_a_constraint_that_was_dropped_is_named(statement: str, sentence: str):
    run_sql(statement)
    assert missing_constraints(connection) == [sentence]
    with pytest.raises(SystemCheckError, match=f"The database does not hold what it must: {sentence}"):
        call_command("check", databases=["default"], tags=["database"])


@pytest.mark.parametrize(
    ("table", "kind", "column", "sentence"),
    [
        ("core_eventseal", "u", "number", "the unique index of number on core_eventseal is missing"),
        ("invoicing_fund", "u", "code", "the unique index of code on invoicing_fund is missing"),
        ("invoicing_fund", "f", "funder_id", "the foreign key of funder_id on invoicing_fund is missing"),
    ],
)
def test_what_a_field_asks_for_is_missed_too(table: str, kind: str, column: str, sentence: str):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.conrelid = %s::regclass AND c.contype = %s AND a.attname = %s",
            [table, kind, column],
        )
        [(name,)] = cursor.fetchall()
    run_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    assert missing_constraints(connection) == [sentence]
