"""Prepared statements: rows read and written past Django's cursor are those that it would read and write."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.bulk import insert_rows, rows_prepared, run_prepared
from marketplace.core.prepared import Columns, parted
from marketplace.organisations.models import CustomerTerms, Identity, Organisation

pytestmark = pytest.mark.django_db


def _organisations(count: int) -> list[Organisation]:
    return [Organisation(number=f"X{index}", kind="other", name=f"Harbour {index}") for index in range(count)]


def _prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_prepared_once_whatever_the_size_of_its_numbers() -> None:
    statement = "SELECT %s::bigint + 41 AS once"
    found = [run_prepared(statement, [number]) for number in (1, 100_000, 10**12)]
    assert found == [42, 100_041, 10**12 + 41]
    assert [text for text in _prepared() if "AS once" in text] == ["SELECT $1::bigint + 41 AS once"]


def test_a_number_that_is_not_there_is_nought() -> None:
    assert run_prepared("SELECT 7 WHERE %s > 1", [1]) == 0 and rows_prepared("SELECT 7 WHERE %s > 1", [1]) == []


@pytest.mark.parametrize("count", [1, 3, 13])
def test_a_few_rows_and_many_are_written_alike(count: int) -> None:
    rows = _organisations(count)
    insert_rows([], rows)
    read = list(Organisation.objects.filter(number__startswith="X").order_by("pk"))
    assert [(one.pk, one.number, one.kind, one.name) for one in read] == [
        (one.pk, one.number, one.kind, one.name) for one in rows
    ]
    assert not any(row._state.adding for row in rows)
    rows[0].name = "Saved again"
    rows[0].save()
    assert Organisation.objects.filter(number__startswith="X").count() == count


def test_groups_of_rows_are_written_together_with_keys_of_their_own() -> None:
    [made] = _organisations(1)
    made.pk = 987_654
    insert_rows([made], [Identity(organisation_id=made.pk, valid_from=date(2026, 9, 1), name="Harbour", vat_number="")])
    assert Identity.objects.get(organisation__number="X0").organisation_id == 987_654


def test_what_the_database_refuses_comes_as_an_error_of_django() -> None:
    insert_rows(_organisations(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(_organisations(1))
    assert Organisation.objects.filter(number="X0").count() == 1


def test_a_joined_row_becomes_its_models_and_none_where_nothing_joins() -> None:
    paid, alone = _organisations(2)
    insert_rows([paid, alone])
    CustomerTerms.objects.create(organisation=paid, payment_days=14, cost_centre="WX 7")
    parts: tuple[Columns[Any], ...] = (
        Columns(Organisation, "o", without={"name_search", "notify_email"}),
        Columns(CustomerTerms, "t"),
    )
    sql = f"""SELECT {", ".join(part.sql for part in parts)} FROM organisations_organisation o
        LEFT JOIN organisations_customerterms t ON t.organisation_id = o.id WHERE o.number LIKE %s ORDER BY o.number"""
    [first, terms], [second, nothing] = [list(parted(row, parts)) for row in rows_prepared(sql, ["X%"])]
    assert (first, terms, second, nothing) == (paid, CustomerTerms.objects.get(), alone, None)
    assert (terms.payment_days, terms.cost_centre, first.notify_email) == (14, "WX 7", "")
