"""Invariants 29 and 30 in plain SQL, registered with ``core.verification``.

SQL recomputes seals, links, Merkle roots and anchors. An event's own hash is over JSON as Python writes it, and a
text's over a key, so these two are checked by ``verify_events`` alone.
"""

from marketplace.core.log_loose_ends import ANCHORS, MEMBERSHIPS, QUEUE, TEXTS
from marketplace.core.sealing import FIRST_PREVIOUS
from marketplace.core.verification import Invariant, register

_EVERY_EVENT_SEALED = f"""
SELECT 'Event ' || e.id || ' of ' || e.at || CASE WHEN w.event_id IS NULL THEN ' stands in no seal and waits for none.'
    ELSE ' has waited for the sealer for more than five minutes.' END
FROM core_event e LEFT JOIN core_unsealedevent w ON w.event_id = e.id
WHERE NOT EXISTS (SELECT FROM core_sealedevent s WHERE s.event_id = e.id)
AND (w.event_id IS NULL OR w.since < clock_timestamp() - interval '5 minutes')
UNION ALL {MEMBERSHIPS}
UNION ALL {QUEUE}
"""

_SEALS_LINK = f"""
SELECT 'Seal ' || l.number || CASE
    WHEN l.number <> l.due THEN ' does not follow on the seal before it.'
    WHEN l.previous_hash <> l.before THEN ' does not link to the seal before it.'
    WHEN l.places IS DISTINCT FROM (l.count::bigint, 1, l.count) THEN ' does not hold the events that it closed.'
    ELSE ': its hash is not that of what it states.' END
FROM (
    SELECT l.*, row_number() OVER (ORDER BY l.number) AS due,
        lag(l.hash, 1, '{FIRST_PREVIOUS}') OVER (ORDER BY l.number) AS before,
        (SELECT (count(*), min(s.position), max(s.position)) FROM core_sealedevent s WHERE s.seal_id = l.id) AS places
    FROM core_eventseal l
) l
WHERE l.number <> l.due OR l.previous_hash <> l.before
OR l.places IS DISTINCT FROM (l.count::bigint, 1, l.count)
OR l.hash <> encode(sha256(convert_to(concat_ws('|', 'seal', l.number, l.count, l.merkle_root, l.previous_hash,
    to_char(l.sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')), 'UTF8')), 'hex')
"""

# Each level of all trees at once: nodes are paired from the left, an odd one at the end goes up as it is.
_SEAL_ROOTS = """
WITH RECURSIVE level (seal_id, place, nodes, digest) AS (
    SELECT s.seal_id, s.position::bigint - 1, count(*) OVER (PARTITION BY s.seal_id),
        sha256('\\x00'::bytea || int8send(e.id) || CASE WHEN e.hash ~ '^[0-9a-f]{64}$' THEN decode(e.hash, 'hex') END)
    FROM core_sealedevent s LEFT JOIN core_event e ON e.id = s.event_id
    UNION ALL
    SELECT seal_id, place / 2, (nodes + 1) / 2,
        CASE WHEN place = nodes - 1 THEN digest ELSE sha256('\\x01'::bytea || digest || beside) END
    FROM (
        SELECT *, lead(digest) OVER (PARTITION BY seal_id ORDER BY place) AS beside FROM level WHERE nodes > 1
    ) pairs WHERE place % 2 = 0
)
SELECT 'Seal ' || l.number || ': its events do not give its root.'
FROM core_eventseal l LEFT JOIN level ON level.seal_id = l.id AND level.nodes = 1
WHERE encode(level.digest, 'hex') IS DISTINCT FROM l.merkle_root
"""

# A handler is told of its kinds from the first event that it was told of to the last: none between is left out.
_DELIVERIES = """
SELECT 'Event ' || e.id || ' (' || e.kind || ') was never to be told to ' || h.handler || '.'
FROM (
    SELECT d.handler, e.kind, min(e.id) AS first, max(e.id) AS last
    FROM core_delivery d JOIN core_event e ON e.id = d.event_id GROUP BY d.handler, e.kind
) h
JOIN core_event e ON e.kind = h.kind AND e.id BETWEEN h.first AND h.last
LEFT JOIN core_delivery d ON d.event_id = e.id AND d.handler = h.handler WHERE d.id IS NULL
UNION ALL
SELECT 'A delivery to ' || d.handler || ' tells of event ' || d.event_id || ', which is gone.'
FROM core_delivery d LEFT JOIN core_event e ON e.id = d.event_id WHERE e.id IS NULL
"""

register(
    Invariant(
        29, "events-sealed", "every event older than five minutes is in exactly one seal",
        "SELECT count(*) FROM core_event", _EVERY_EVENT_SEALED,
    ),
    Invariant(
        29, "seals-link", "seals follow on each other, hold what they closed and state it truly",
        "SELECT count(*) FROM core_eventseal", _SEALS_LINK,
    ),
    Invariant(
        29, "seal-roots", "the events of each seal give its root",
        "SELECT count(*) FROM core_sealedevent", _SEAL_ROOTS,
    ),
    Invariant(
        29, "anchors-match", "each anchor is its seal's hash and what was told outside",
        "SELECT count(*) FROM core_eventanchor", ANCHORS,
    ),
    Invariant(
        29, "texts-erased-openly", "what a person wrote is there, or its erasure is recorded",
        "SELECT count(*) FROM core_event WHERE text_mac <> ''", TEXTS,
    ),
    Invariant(
        30, "deliveries-written", "no event is missing among those that a handler is told of",
        "SELECT count(*) FROM core_delivery", _DELIVERIES,
    ),
)  # fmt: skip
