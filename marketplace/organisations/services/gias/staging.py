"""Steps that both halves of the import share, all set-based and inside its transaction.

Files are copied into temporary tables and compared with what is known in SQL, so that neither the file nor
the known schools are ever held in Python: 50,000 rows cost a few megabytes of it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from marketplace.core import series
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import NUMBER_SERIES

BEGINNING = date(1900, 1, 1)
"""From when an identity holds whose beginning the register does not tell."""

Columns = Sequence[tuple[str, str]]

IDENTITY_COLUMNS: Columns = (
    ("organisation_id", "bigint"),
    ("changed_on", "date"),
    ("name", "text"),
    ("street", "text"),
    ("locality", "text"),
    ("address3", "text"),
    ("town", "text"),
    ("county", "text"),
    ("postcode", "text"),
    ("company_number", "text"),
)  # fmt: skip


def make_table(cursor: CursorWrapper, name: str, columns: Columns) -> None:
    """A temporary table that ends with the transaction, or gives way to the next import inside the same one."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({', '.join(f'{c} {t}' for c, t in columns)}) ON COMMIT DROP")


def copy_rows(cursor: CursorWrapper, name: str, columns: Columns, rows: Iterable[tuple[Any, ...]]) -> None:
    """Streams rows into a staging table by COPY, then counts its values for the planner."""
    with cursor.copy(f"COPY {name} ({', '.join(c for c, _ in columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {name}")


def add_organisations(cursor: CursorWrapper, *, kind: Organisation.Kind, query: str) -> int:
    """Adds an organisation for each ``(key, name)`` of the query, in its order, with gapless numbers.

    Leaves ``(key, organisation_id)`` in the temporary table gias_added and returns how many there are.
    """
    make_table(
        cursor,
        "gias_added",
        [("key", "text"), ("name", "text"), ("position", "int"), ("organisation_id", "bigint")],
    )
    cursor.execute(
        f"""
        INSERT INTO gias_added SELECT key, name, row_number() OVER (),
            nextval(pg_get_serial_sequence('organisations_organisation', 'id'))
        FROM ({query}) AS found(key, name)
        """
    )
    count: int = cursor.rowcount
    if not count:
        return 0
    series.ensure_series(code=NUMBER_SERIES, prefix="C")
    numbers = series.claim(series=NUMBER_SERIES, count=count)
    cursor.execute(
        """
        INSERT INTO organisations_organisation (id, number, kind, name, notify_email)
        SELECT a.organisation_id, n.number, %s, a.name, '' FROM gias_added a
        JOIN unnest(%s::text[]) WITH ORDINALITY AS n(number, position) USING (position) ORDER BY position
        """,
        [kind.value, numbers],
    )
    cursor.execute("ANALYZE gias_added")
    return count


NAME_ALONE = f"""
SELECT organisation_id, '{BEGINNING}'::date, name, '', '', '', '', '', '', '' FROM gias_added
"""
"""For begin_identities: the organisations just added, of which the register tells the name only."""


def begin_identities(cursor: CursorWrapper, query: str) -> None:
    """First identities: the query yields organisation id, date, name, six address cells and company number."""
    cursor.execute(
        f"""
        INSERT INTO organisations_identity (organisation_id, valid_from, name, street, locality, address3,
            town, county, postcode, company_number, country, vat_number)
        SELECT found.*, 'GB', '' FROM ({query}) AS found
        """
    )


def change_identities(cursor: CursorWrapper, *, on: date) -> None:
    """Ends the current identity of each organisation in gias_identity and begins one as the register has it.

    The day is the register's date of change, or the import's where that is not later than the current
    beginning. Where neither is later, the current identity is corrected in place. NULL cells, the VAT number
    and the country stay as they are.
    """
    make_table(cursor, "gias_turn", [("identity_id", "bigint"), ("organisation_id", "bigint"), ("day", "date")])
    cursor.execute(
        """
        INSERT INTO gias_turn SELECT i.id, r.organisation_id,
            CASE WHEN r.changed_on > i.valid_from THEN r.changed_on WHEN %s > i.valid_from THEN %s END
        FROM gias_identity r
        JOIN organisations_identity i ON i.organisation_id = r.organisation_id AND i.valid_to IS NULL
        """,
        [on, on],
    )
    cells = [name for name, _ in IDENTITY_COLUMNS[2:]]
    cursor.execute(
        f"""
        UPDATE organisations_identity i SET {", ".join(f"{c} = coalesce(r.{c}, i.{c})" for c in cells)}
        FROM gias_turn t JOIN gias_identity r USING (organisation_id)
        WHERE i.id = t.identity_id AND t.day IS NULL
        """
    )
    cursor.execute(
        """
        UPDATE organisations_identity i SET valid_to = t.day FROM gias_turn t
        WHERE i.id = t.identity_id AND t.day IS NOT NULL
        """
    )
    cursor.execute(
        f"""
        INSERT INTO organisations_identity
            (organisation_id, valid_from, {", ".join(cells)}, country, vat_number)
        SELECT t.organisation_id, t.day, {", ".join(f"coalesce(r.{c}, i.{c})" for c in cells)},
            i.country, i.vat_number
        FROM gias_turn t
        JOIN gias_identity r USING (organisation_id)
        JOIN organisations_identity i ON i.id = t.identity_id
        WHERE t.day IS NOT NULL
        """
    )
    cursor.execute(
        """
        UPDATE organisations_organisation o SET name = r.name FROM gias_identity r
        WHERE o.id = r.organisation_id AND o.name <> r.name
        """
    )


def lock() -> None:
    """One import at a time: a second waits here, then compares with what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('organisations.import_register'))")
