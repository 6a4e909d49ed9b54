"""The catalogue's invariants in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        10,
        "places-within-capacity",
        "places taken on a course date are those its sources hold, never more than there are",
        "SELECT count(*) FROM catalogue_courserun",
        """
        SELECT format('%s: %s of %s places taken, %s held by sources', r.code, r.taken, r.capacity,
                      coalesce(t.held, 0))
        FROM catalogue_courserun r
        LEFT JOIN (SELECT run_id, sum(places - released) AS held FROM catalogue_placetaking GROUP BY 1) t
          ON t.run_id = r.id
        WHERE r.taken > r.capacity OR r.taken < 0 OR r.taken <> coalesce(t.held, 0)
        """,
    ),
    Invariant(
        11,
        "presenters-in-calendar",
        "whoever presents a course date has each of its meetings in their calendar, and of a cancelled one none",
        "SELECT count(*) FROM catalogue_courserunpresenter",
        """
        WITH meant AS (
            SELECT p.consultant_id, format('run:%s:meeting:%s:%s', r.code, m.position, c.code) AS source_key,
                   tstzrange(m.starts_at, m.ends_at) AS during
            FROM catalogue_courserunpresenter p
            JOIN catalogue_courserun r ON r.id = p.run_id AND r.state <> 'cancelled'
            JOIN catalogue_meeting m ON m.run_id = r.id
            JOIN providers_consultant c ON c.id = p.consultant_id
        )
        SELECT format('%s: the calendar says %s, the course date %s', coalesce(t.source_key, s.source_key), s.during,
                      t.during)
        FROM meant t
        FULL JOIN (SELECT * FROM providers_slot WHERE source_key LIKE 'run:%:meeting:%') s
          ON s.source_key = t.source_key AND s.consultant_id = t.consultant_id
        WHERE s.during IS DISTINCT FROM t.during
        """,
    ),
    Invariant(
        17,
        "prices-never-overlap",
        "on any day an offer, date and price class has at most one price",
        "SELECT count(*) FROM catalogue_price",
        """
        SELECT format('%s: prices %s and %s hold on the same days', o.code, a.id, b.id)
        FROM catalogue_price a
        JOIN catalogue_price b ON b.offer_id = a.offer_id AND b.price_class = a.price_class
            AND b.run_id IS NOT DISTINCT FROM a.run_id AND b.id > a.id
            AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
        JOIN catalogue_offer o ON o.id = a.offer_id
        """,
    ),
    Invariant(
        20,
        "offers-shown-as-published",
        "what is shown of a published offer is what its latest version says",
        "SELECT count(*) FROM catalogue_offer WHERE current_version_id IS NOT NULL",
        """
        SELECT format('%s: shown otherwise than version %s says', o.code, v.number)
        FROM catalogue_offer o
        JOIN catalogue_offerversion v ON v.id = o.current_version_id
        WHERE v.offer_id <> o.id
           OR v.number <> (SELECT max(number) FROM catalogue_offerversion WHERE offer_id = o.id)
           OR (v.content->>'title', v.content->>'summary', v.content->>'description', v.content->>'kind')
              <> (o.title, o.summary, o.description, o.kind)
        """,
    ),
)
