"""That no consultant is booked twice for the same time, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        11,
        "consultants-once",
        "no two times in one consultant's calendar overlap, visits, course dates and absences together",
        "SELECT count(*) FROM providers_slot",
        """
        SELECT format('%s: %s and %s take the same time', c.code, a.source_key, b.source_key)
        FROM providers_slot a
        JOIN providers_slot b ON b.consultant_id = a.consultant_id AND b.id > a.id AND b.during && a.during
        JOIN providers_consultant c ON c.id = a.consultant_id
        """,
    )
)
