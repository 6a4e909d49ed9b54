"""Dated membership of trusts, from the trust columns of the schools' file.

The register tells who belongs now, not since when. A first membership is dated from the later of the school's
and the trust's known beginning, or from the import's day where neither is known. A change is dated
LastChangedDate, or the import's day where that is not later than the old membership's beginning; where
neither is later, the old one was wrong and is put right. A closed school, for which the register no longer
names a trust, keeps its last one.
"""

from datetime import date

from django.db.backends.utils import CursorWrapper

from marketplace.organisations.models import Organisation
from marketplace.organisations.services.gias.staging import (
    BEGINNING,
    NAME_ALONE,
    add_organisations,
    begin_identities,
)

_MOVES = f"""
CREATE TEMPORARY TABLE gias_move ON COMMIT DROP AS
SELECT c.organisation_id AS school_id, t.organisation_id AS trust_id, m.id AS membership_id, m.valid_from,
    CASE WHEN r.changed_on > m.valid_from THEN r.changed_on WHEN %(on)s > m.valid_from THEN %(on)s END AS day,
    greatest(
        coalesce(greatest(r.opened_on, nullif(b.began, '{BEGINNING}'::date)), %(on)s),
        (SELECT max(e.valid_to) FROM organisations_trustmembership e WHERE e.school_id = c.organisation_id)
    ) AS start
FROM gias_change c JOIN gias_row r USING (urn)
LEFT JOIN organisations_trust t ON t.uid = r.trust_uid
LEFT JOIN (SELECT organisation_id, min(valid_from) AS began FROM organisations_identity GROUP BY 1) b
    ON b.organisation_id = t.organisation_id
LEFT JOIN organisations_trustmembership m ON m.school_id = c.organisation_id AND m.valid_to IS NULL
WHERE c.trust_differs
"""


_NEW_TRUSTS = """
SELECT trust_uid, trust_name FROM (
    SELECT DISTINCT ON (trust_uid) trust_uid, trust_name, line FROM gias_row
    WHERE trust_uid <> '' AND trust_uid NOT IN (SELECT uid FROM organisations_trust) ORDER BY trust_uid, line
) f ORDER BY line
"""


def add_trusts(cursor: CursorWrapper) -> int:
    """Adds the trusts that schools name and nobody knows yet. Returns how many."""
    count = add_organisations(cursor, kind=Organisation.Kind.TRUST, query=_NEW_TRUSTS)
    cursor.execute(
        """
        INSERT INTO organisations_trust (organisation_id, uid, ukprn, companies_house_number)
        SELECT organisation_id, key, '', '' FROM gias_added
        """
    )
    begin_identities(cursor, NAME_ALONE)
    return count


def move_schools(cursor: CursorWrapper, *, on: date) -> int:
    """Ends, begins and corrects memberships. Returns for how many schools."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.gias_move")
    cursor.execute(_MOVES, {"on": on})
    moved: int = cursor.rowcount
    if not moved:
        return 0
    cursor.execute(
        """
        UPDATE organisations_trustmembership m SET trust_id = v.trust_id FROM gias_move v
        WHERE m.id = v.membership_id AND v.day IS NULL AND v.trust_id IS NOT NULL
        """
    )
    # One that is withdrawn no later than it began lasts its first day, so that it stays on record.
    cursor.execute(
        """
        UPDATE organisations_trustmembership m SET valid_to = coalesce(v.day, v.valid_from + 1)
        FROM gias_move v WHERE m.id = v.membership_id AND (v.day IS NOT NULL OR v.trust_id IS NULL)
        """
    )
    cursor.execute(
        """
        INSERT INTO organisations_trustmembership (school_id, trust_id, valid_from)
        SELECT school_id, trust_id, CASE WHEN membership_id IS NULL THEN start ELSE day END FROM gias_move
        WHERE trust_id IS NOT NULL AND (membership_id IS NULL OR day IS NOT NULL)
        """
    )
    return moved
