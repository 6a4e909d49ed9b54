"""What hangs loose in the event log, one statement each: a readable text for every row that should not be.

Used by the check of the whole log and by the invariants, so that both mean the same.
"""

ERASED = "event.text_erased"
ANCHORED = "log.anchored"
_ERASURE = f"x.kind = '{ERASED}' AND x.subject_kind = 'event'"

MEMBERSHIPS = """
SELECT 'Event ' || s.event_id || ' stands in a seal that is gone.'
FROM core_sealedevent s LEFT JOIN core_eventseal l ON l.id = s.seal_id WHERE l.id IS NULL
"""
QUEUE = """
SELECT 'Event ' || w.event_id || CASE WHEN e.id IS NULL THEN ' waited for the sealer and is gone.'
    ELSE ' is sealed and waits for the sealer all the same.' END
FROM core_unsealedevent w LEFT JOIN core_event e ON e.id = w.event_id
LEFT JOIN core_sealedevent s ON s.event_id = w.event_id WHERE e.id IS NULL OR s.event_id IS NOT NULL
"""
TEXTS = f"""
SELECT 'A text belongs to event ' || t.event_id || ', which is gone.'
FROM core_eventtext t LEFT JOIN core_event e ON e.id = t.event_id WHERE e.id IS NULL
UNION ALL
SELECT 'The text of event ' || e.id || ' is gone, though nobody erased it.'
FROM core_event e LEFT JOIN core_eventtext t ON t.event_id = e.id
WHERE e.text_mac <> '' AND t.event_id IS NULL
AND NOT EXISTS (SELECT FROM core_event x WHERE {_ERASURE} AND x.subject = e.id::text)
UNION ALL
SELECT 'The text of event ' || t.event_id || ' was erased and stands there again.'
FROM core_event x JOIN core_eventtext t ON t.event_id::text = x.subject WHERE {_ERASURE}
"""
ANCHORS = f"""
SELECT 'The anchor of ' || a.day || ' is not that of its seal.'
FROM core_eventanchor a LEFT JOIN core_eventseal l ON l.id = a.seal_id WHERE l.hash IS DISTINCT FROM a.hash
UNION ALL
SELECT 'The anchor of ' || coalesce(a.day::text, x.payload->>'day') || ' is not what was told outside.'
FROM core_eventanchor a
FULL JOIN (SELECT * FROM core_event x WHERE x.kind = '{ANCHORED}') x ON x.payload->>'day' = a.day::text
WHERE (x.payload->>'hash', x.at) IS DISTINCT FROM (a.hash::text, a.told_at)
"""

LOOSE_ENDS = {"seal_missing": MEMBERSHIPS, "queue": QUEUE, "text": TEXTS, "anchor": ANCHORS}
