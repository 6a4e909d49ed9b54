"""Rows by COPY: every value comes back as it was, by the quick way and by the driver's."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.bulk import copy_rows, copy_text, row_text

COLUMNS = ("id", "words", "day", "rate", "yes", "several")


# All that is asked of a model is where its rows lie.
Sheet: Any = SimpleNamespace(_meta=SimpleNamespace(db_table="core_sheet_of_a_test"))


@pytest.fixture
def sheet(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE core_sheet_of_a_test (id bigint PRIMARY KEY, words text, day date, rate numeric(12,4),"
            " yes boolean, several text[], at timestamptz, state text)"
        )


def found(*columns: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM core_sheet_of_a_test ORDER BY id")
        return cursor.fetchall()


_WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
_ROW = st.tuples(
    st.none() | _WORDS | st.sampled_from(["\\N", "\\.", "{}", 'a"b\\c', "\t\n\r", "null"]),
    st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.none() | st.decimals(-9999, 9999, places=4),
    st.none() | st.booleans(),
    st.lists(_WORDS | st.sampled_from(['"', "\\", "NULL", "", ",", "{x}"]), max_size=3),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ROW, max_size=5))
def test_every_value_comes_back_as_it_was(sheet, rows):
    with transaction.atomic():
        given_rows = [(pk, *row) for pk, row in enumerate(rows)]
        copy_rows(Sheet, COLUMNS, given_rows)
        assert found(*COLUMNS) == given_rows
        transaction.set_rollback(True)


class Colour(StrEnum):
    RED = "red"


def test_a_value_of_another_type_goes_by_the_driver_with_all_its_rows(sheet):
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    copy_rows(Sheet, ("id", "words", "at", "state"), [(1, "a\tb", at, Colour.RED), (2, None, None, "blue")])
    assert found("words", "at", "state") == [("a\tb", at, "red"), (None, None, "blue")]


def test_rows_that_were_written_out_before_are_the_same_rows(sheet):
    rows = [(1, "a\\b\tc\nd", date(2026, 9, 1), Decimal("0.2000"), True, ["x,y", '"']), (2, *[None] * 5)]
    copy_rows(Sheet, COLUMNS, rows)
    ends = [row_text(row[1:]) for row in rows]
    copy_text(Sheet, COLUMNS, "".join(f"{pk}\t{end}" for pk, end in enumerate(ends, start=3)))
    first, second, third, fourth = found(*COLUMNS[1:])
    assert [first, second] == [third, fourth] == [row[1:] for row in rows]
    copy_text(Sheet, ("id", "state"), "")
    assert len(found("id")) == 4


def test_a_choice_is_written_as_its_text_and_a_time_is_not_written_out_before(sheet):
    assert row_text((Colour.RED, "red")) == "red\tred\n"
    with pytest.raises(KeyError):
        row_text((datetime(2026, 11, 22, 9, tzinfo=UTC),))


def test_no_rows_are_no_rows(sheet):
    copy_rows(Sheet, ("id",), [])
    assert found("id") == []


def test_what_the_database_refuses_is_djangos_error(sheet):
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Sheet, ("id", "rate"), [(1, Decimal("1")), (1, Decimal("2"))])
    assert found("id") == []
