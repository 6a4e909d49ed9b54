"""The schools' half of the import: what the staged file changes, then the writing of it.

- First identity: from OpenDate, or from 1 January 1900 where the register tells none.
- Changed name or address: the current identity ends at LastChangedDate, or on the import's day where that is
  not later than its beginning.
- Pupil count: of the census date, or of LastChangedDate; another figure for the same date corrects that row.
- Billing class: from the type, unless a person decided it.
- Closed school: status and date only; its name, address, counts, links and last trust stay.
"""

from datetime import date

from django.db.backends.utils import CursorWrapper

from marketplace.organisations.models import Organisation
from marketplace.organisations.services.gias.report import Counts
from marketplace.organisations.services.gias.staging import (
    BEGINNING,
    IDENTITY_COLUMNS,
    NAME_ALONE,
    add_organisations,
    begin_identities,
    change_identities,
    make_table,
)

PUPIL_SOURCE = "Register of schools"

_ADDRESS = ("street", "locality", "address3", "town", "county", "postcode")
_GIVEN_ADDRESS = ", ".join(f"coalesce(r.{name}, '')" for name in _ADDRESS)
_TEXTS = ("establishment_number", "type_code", "type_name", "status", "phase_code", "phase_name", "ukprn")
_GIVEN_TEXTS = ", ".join(f"coalesce(r.{name}, '')" for name in _TEXTS)
_BILLING_CLASS = "CASE WHEN s.billing_class_decided THEN s.billing_class ELSE r.billing_class END"

# column of School -> the value the file gives it; NULL cells keep what is known
_VALUES = (
    {name: f"coalesce(r.{name}, s.{name})" for name in _TEXTS}
    | {name: f"coalesce(r.{name}, s.{name})" for name in ("low_age", "high_age")}
    | {
        "register_changed_on": "coalesce(r.changed_on, s.register_changed_on)",
        "opened_on": "r.opened_on",
        "closed_on": "r.closed_on",
        "billing_class": _BILLING_CLASS,
    }
)

# What each line changes. A count without any date is compared with the latest one, and dated on import.
_CHANGES = f"""
CREATE TEMPORARY TABLE gias_change ON COMMIT DROP AS
SELECT r.line, r.urn, s.organisation_id, s.organisation_id IS NULL AS is_new,
    coalesce(s.status IN ('1', '3') AND r.status = '2', false) AS closes,
    coalesce(a.code <> r.la_code
        OR ({", ".join(f"s.{name}" for name in _VALUES)})
            IS DISTINCT FROM ({", ".join(_VALUES.values())}), false) AS school_differs,
    coalesce(o.name <> r.name OR {" OR ".join(f"i.{c} <> r.{c}" for c in ("name", *_ADDRESS))}, false)
        AND i.id IS NOT NULL AS identity_differs,
    r.pupils IS NOT NULL AND r.pupils IS DISTINCT FROM p.pupils AS pupils_differ,
    r.trust_uid IS NOT NULL AND r.trust_uid <> coalesce(t.uid, '')
        AND NOT (r.status = '2' AND r.trust_uid = '') AS trust_differs
FROM gias_row r
LEFT JOIN organisations_school s ON s.urn = r.urn
LEFT JOIN organisations_authority a ON a.organisation_id = s.authority_id
LEFT JOIN organisations_organisation o ON o.id = s.organisation_id
LEFT JOIN organisations_identity i ON i.organisation_id = s.organisation_id AND i.valid_to IS NULL
LEFT JOIN organisations_pupilcount p ON p.school_id = s.organisation_id AND p.source = '{PUPIL_SOURCE}'
    AND p.counted_on = coalesce(r.counted_on, (SELECT max(l.counted_on) FROM organisations_pupilcount l
        WHERE l.school_id = s.organisation_id AND l.source = '{PUPIL_SOURCE}'))
LEFT JOIN organisations_trustmembership m ON m.school_id = s.organisation_id AND m.valid_to IS NULL
LEFT JOIN organisations_trust t ON t.organisation_id = m.trust_id
"""

_NEW_AUTHORITIES = """
SELECT la_code, la_name FROM (
    SELECT DISTINCT ON (la_code) la_code, la_name FROM gias_row
    WHERE la_code NOT IN (SELECT code FROM organisations_authority) ORDER BY la_code, line
) f ORDER BY la_code
"""

_NEW_SCHOOLS = """
SELECT r.urn, r.name FROM gias_row r JOIN gias_change c USING (urn) WHERE c.is_new ORDER BY r.line
"""

_COUNTS = """
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE closes),
    count(*) FILTER (WHERE NOT is_new AND NOT closes
        AND (school_differs OR identity_differs OR pupils_differ OR trust_differs)),
    count(*)
FROM gias_change
"""


def count_for_the_planner(cursor: CursorWrapper) -> None:
    """Tells the planner how large the tables are now.

    What this transaction wrote, autovacuum has not seen: a table that was empty a moment ago would be joined row by
    row, which takes hours for all schools of England.
    """
    for name in ("organisation", "identity", "school", "authority", "pupilcount", "trust", "trustmembership"):
        cursor.execute(f"ANALYZE organisations_{name}")


def compare(cursor: CursorWrapper) -> Counts:
    """Fills gias_change from the staged rows and counts them; ``refused`` is the caller's to add."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.gias_change")
    cursor.execute(_CHANGES)
    cursor.execute("ANALYZE gias_change")
    cursor.execute(_COUNTS)
    created, closed, updated, lines = cursor.fetchone()
    return Counts(created=created, updated=updated, closed=closed, unchanged=lines - created - closed - updated)


def add_authorities(cursor: CursorWrapper) -> int:
    """Adds each authority not known yet, with the name on its first line. Returns how many."""
    count = add_organisations(cursor, kind=Organisation.Kind.AUTHORITY, query=_NEW_AUTHORITIES)
    cursor.execute(
        """
        INSERT INTO organisations_authority (organisation_id, code)
        SELECT organisation_id, key FROM gias_added
        """
    )
    begin_identities(cursor, NAME_ALONE)
    return count


def add_schools(cursor: CursorWrapper) -> None:
    """Adds the new schools, each with its organisation and first identity."""
    add_organisations(cursor, kind=Organisation.Kind.SCHOOL, query=_NEW_SCHOOLS)
    cursor.execute(
        """
        UPDATE gias_change c SET organisation_id = a.organisation_id
        FROM gias_added a WHERE c.urn = a.key AND c.is_new
        """
    )
    cursor.execute(
        f"""
        INSERT INTO organisations_school (organisation_id, urn, authority_id, opened_on, closed_on,
            low_age, high_age, register_changed_on, billing_class, billing_class_decided, {", ".join(_TEXTS)})
        SELECT n.organisation_id, r.urn, a.organisation_id, r.opened_on, r.closed_on,
            r.low_age, r.high_age, r.changed_on, r.billing_class, false, {_GIVEN_TEXTS}
        FROM gias_added n
        JOIN gias_row r ON r.urn = n.key
        JOIN organisations_authority a ON a.code = r.la_code
        ORDER BY n.position
        """
    )
    begin_identities(
        cursor,
        f"""
        SELECT n.organisation_id, coalesce(r.opened_on, '{BEGINNING}'), r.name, {_GIVEN_ADDRESS}, ''
        FROM gias_added n JOIN gias_row r ON r.urn = n.key ORDER BY n.position
        """,
    )


def change_schools(cursor: CursorWrapper, *, on: date) -> None:
    """Writes what differs on known schools: the register's facts, then name and address."""
    cursor.execute(
        f"""
        UPDATE organisations_school AS s SET authority_id = a.organisation_id,
            {", ".join(f"{name} = {value}" for name, value in _VALUES.items())}
        FROM gias_change c
        JOIN gias_row r USING (urn)
        JOIN organisations_authority a ON a.code = r.la_code
        WHERE s.urn = c.urn AND c.school_differs AND NOT c.is_new
        """
    )
    make_table(cursor, "gias_identity", IDENTITY_COLUMNS)
    cursor.execute(
        f"""
        INSERT INTO gias_identity (organisation_id, changed_on, name, {", ".join(_ADDRESS)})
        SELECT c.organisation_id, r.changed_on, r.name, {", ".join(f"r.{c}" for c in _ADDRESS)}
        FROM gias_change c JOIN gias_row r USING (urn) WHERE c.identity_differs
        """
    )
    change_identities(cursor, on=on)


def count_pupils(cursor: CursorWrapper, *, on: date) -> None:
    """Writes the pupil counts that are new, and corrects those of a known date."""
    cursor.execute(
        """
        INSERT INTO organisations_pupilcount (school_id, pupils, source, counted_on)
        SELECT c.organisation_id, r.pupils, %s, coalesce(r.counted_on, %s)
        FROM gias_change c JOIN gias_row r USING (urn) WHERE c.pupils_differ ORDER BY r.line
        ON CONFLICT (school_id, source, counted_on) DO UPDATE SET pupils = excluded.pupils
        """,
        [PUPIL_SOURCE, on],
    )
