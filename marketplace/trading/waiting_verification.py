"""What holds of waiting lists and of places that were moved, in plain SQL."""

from marketplace.core.verification import Invariant, register

register(
    Invariant(
        10,
        "offered-places-are-held",
        "an open offer of a waiting list holds exactly its places on its course date; one that ended holds none",
        "SELECT count(*) FROM trading_waitingoffer",
        """
        SELECT format('offer %s of entry %s is %s with %s places, held %s', o.id, e.id, o.state, o.places,
                      coalesce(t.places - t.released, 0))
        FROM trading_waitingoffer o
        JOIN trading_waitingentry e ON e.id = o.entry_id
        LEFT JOIN catalogue_placetaking t
          ON t.source_key = 'waiting-offer:' || o.id || ':places' AND t.run_id = e.run_id AND t.places = o.places
        WHERE coalesce(t.places - t.released, 0) <> CASE WHEN o.state = 'open' THEN o.places ELSE 0 END
        UNION ALL
        SELECT format('entry %s is %s and has %s open offers', e.id, e.state, count(o.id))
        FROM trading_waitingentry e
        LEFT JOIN trading_waitingoffer o ON o.entry_id = e.id AND o.state = 'open'
        GROUP BY e.id
        HAVING count(o.id) <> CASE WHEN e.state = 'offered' THEN 1 ELSE 0 END
        """,
    ),
    Invariant(
        10,
        "waiting-once-for-a-school",
        "a school stands on the waiting list of a course date at most once, and took no more than it asked for",
        "SELECT count(*) FROM trading_waitingentry",
        """
        SELECT format('school %s stands %s times on the list of date %s', school_id, count(*), run_id)
        FROM trading_waitingentry WHERE state IN ('waiting', 'offered')
        GROUP BY school_id, run_id HAVING count(*) > 1
        UNION ALL
        SELECT format('entry %s asked for %s, took %s and still wants %s', e.id, e.asked, coalesce(t.places, 0), e.seats)
        FROM trading_waitingentry e
        LEFT JOIN (
            SELECT entry_id, sum(places) AS places FROM trading_waitingoffer WHERE state = 'taken' GROUP BY 1
        ) t ON t.entry_id = e.id
        WHERE e.asked - coalesce(t.places, 0) <> e.seats
        """,
    ),
    Invariant(
        10,
        "waiting-lists-keep-their-order",
        "places were offered to whoever asked first, unless they wanted more together or an organiser said why",
        "SELECT count(*) FROM trading_waitingoffer",
        """
        SELECT format('entry %s was offered places before entry %s, who asked first', o.entry_id, first.id)
        FROM trading_waitingoffer o
        JOIN trading_waitingentry later ON later.id = o.entry_id
        JOIN trading_waitingentry first ON first.run_id = later.run_id AND first.id < later.id
        WHERE NOT o.by_hand
          AND (first.closed_on IS NULL OR first.closed_on > o.offered_on)
          AND NOT (first.id = ANY(o.passed_over) AND first.together AND first.asked > o.free_places)
          -- Whoever asked first and was offered places before, that day or earlier, waits for their own answer.
          AND NOT EXISTS (
              SELECT 1 FROM trading_waitingoffer own
              WHERE own.entry_id = first.id AND own.id < o.id AND own.offered_on <= o.offered_on
                AND (own.closed_on IS NULL OR own.closed_on >= o.offered_on)
          )
        """,
    ),
    Invariant(
        10,
        "free-places-are-offered",
        "no place of a date to come is free while a school waits that could use it",
        "SELECT count(DISTINCT run_id) FROM trading_waitingentry WHERE state = 'waiting'",
        """
        SELECT format('%s has %s free places, and entry %s waits for %s', r.code, r.capacity - r.taken, e.id, e.seats)
        FROM trading_waitingentry e
        JOIN catalogue_courserun r ON r.id = e.run_id
        WHERE e.state = 'waiting' AND r.state = 'open' AND r.starts_at > now() + interval '2 days'
          AND r.capacity - r.taken >= CASE WHEN e.together THEN e.seats ELSE 1 END
        """,
    ),
    Invariant(
        10,
        "moved-places-moved-once",
        "a place that replaced one on another date is of the same course and school, and the place before was given up",
        "SELECT count(*) FROM trading_booking WHERE moved_from_id IS NOT NULL",
        """
        SELECT format('place %s replaced place %s, which is %s', b.id, old.id, old.state)
        FROM trading_booking b
        JOIN trading_booking old ON old.id = b.moved_from_id
        JOIN catalogue_courserun now_on ON now_on.id = b.run_id
        JOIN catalogue_courserun was_on ON was_on.id = old.run_id
        WHERE old.state <> 'cancelled' OR old.school_id <> b.school_id OR now_on.id = was_on.id
           OR now_on.offer_id <> was_on.offer_id
        """,
    ),
)
