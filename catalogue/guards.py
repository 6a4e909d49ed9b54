"""What the database itself keeps true.

Prices that were used stay; an offer knows its last dates; a published offer is listed as it stands.
"""

from marketplace.core.triggers import Function, Trigger, declare

PINNED_PRICE = Function(
    "catalogue_guard_pinned_price",
    """
BEGIN
    IF OLD.pinned THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'price % was used and is never deleted', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NOT NEW.pinned
            OR NEW.id <> OLD.id OR NEW.offer_id <> OLD.offer_id OR NEW.run_id IS DISTINCT FROM OLD.run_id
            OR NEW.price_class <> OLD.price_class OR NEW.valid_from <> OLD.valid_from
            OR NEW.rule <> OLD.rule
            OR (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to) THEN
            RAISE EXCEPTION 'price % was used and is frozen: end it and add a new one', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)

PRICE_TRIGGERS = [
    Trigger(
        "catalogue_price_pinned",
        "catalogue_price",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "catalogue_guard_pinned_price",
    )
]

# Locks the offer first, so that of two dates added at once the later transaction sees the earlier one's. Taking places
# changes none of the columns named below and costs nothing here.
LAST_DATES = Function(
    "catalogue_keep_last_dates",
    """
DECLARE
    touched bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.offer_id] WHEN 'DELETE' THEN ARRAY[OLD.offer_id]
                        ELSE ARRAY[OLD.offer_id, NEW.offer_id] END;
BEGIN
    PERFORM 1 FROM catalogue_offer WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    UPDATE catalogue_offer o
    SET last_face_to_face = d.face_to_face, last_online = d.online, last_hybrid = d.hybrid
    FROM (
        SELECT t.id,
               max(r.starts_at) FILTER (WHERE r.mode = 'face_to_face') AS face_to_face,
               max(r.starts_at) FILTER (WHERE r.mode = 'online') AS online,
               max(r.starts_at) FILTER (WHERE r.mode = 'hybrid') AS hybrid
        FROM unnest(touched) AS t(id)
        LEFT JOIN catalogue_courserun r ON r.offer_id = t.id AND r.state = 'open'
        GROUP BY t.id
    ) d
    WHERE o.id = d.id AND (o.last_face_to_face, o.last_online, o.last_hybrid)
        IS DISTINCT FROM (d.face_to_face, d.online, d.hybrid);
    RETURN NULL;
END
""",
)

RUN_TRIGGERS = [
    Trigger(
        "catalogue_run_last_dates",
        "catalogue_courserun",
        "AFTER",
        "INSERT OR DELETE OR UPDATE OF offer_id, mode, starts_at, state",
        "ROW",
        "catalogue_keep_last_dates",
    )
]

# Reading the number of a set of themes is a statement after adding it, so it sees what another transaction committed
# while the adding waited for it. Words are taken apart only where they changed: a new date costs none of that.
LISTED = Function(
    "catalogue_keep_listed",
    """
BEGIN
    IF TG_OP = 'DELETE' OR NEW.state <> 'published' OR NEW.audience <> 'schools' THEN
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM catalogue_listedoffer WHERE offer_id = OLD.id;
        END IF;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.state, NEW.audience, NEW.provider_id, NEW.kind, NEW.themes, NEW.phases, NEW.last_face_to_face,
            NEW.last_online, NEW.last_hybrid, NEW.title, NEW.keywords, NEW.summary, NEW.description)
        IS NOT DISTINCT FROM (OLD.state, OLD.audience, OLD.provider_id, OLD.kind, OLD.themes, OLD.phases, OLD.last_face_to_face,
            OLD.last_online, OLD.last_hybrid, OLD.title, OLD.keywords, OLD.summary, OLD.description) THEN
        RETURN NULL;
    END IF;
    INSERT INTO catalogue_tagset (tags)
    SELECT DISTINCT wanted.tags FROM (VALUES (NEW.themes::varchar[]), (NEW.phases::varchar[])) AS wanted(tags)
    WHERE NOT EXISTS (SELECT FROM catalogue_tagset t WHERE t.tags = wanted.tags)
    ON CONFLICT (tags) DO NOTHING;
    IF TG_OP = 'UPDATE' AND (NEW.state, NEW.audience, NEW.title, NEW.keywords, NEW.summary, NEW.description)
        = (OLD.state, OLD.audience, OLD.title, OLD.keywords, OLD.summary, OLD.description) THEN
        UPDATE catalogue_listedoffer l
        SET provider_id = NEW.provider_id, themes_id = t.id, phases_id = p.id, kind = NEW.kind,
            last_face_to_face = NEW.last_face_to_face, last_online = NEW.last_online, last_hybrid = NEW.last_hybrid
        FROM catalogue_tagset t, catalogue_tagset p
        WHERE l.offer_id = NEW.id AND t.tags = NEW.themes::varchar[] AND p.tags = NEW.phases::varchar[];
        RETURN NULL;
    END IF;
    DELETE FROM catalogue_listedoffer WHERE offer_id = NEW.id;
    INSERT INTO catalogue_listedoffer (offer_id, provider_id, themes_id, phases_id, kind,
        last_face_to_face, last_online, last_hybrid, title, title_words, words)
    SELECT NEW.id, NEW.provider_id, t.id, p.id, NEW.kind,
        NEW.last_face_to_face, NEW.last_online, NEW.last_hybrid, NEW.title, to_tsvector('english', NEW.title),
        setweight(to_tsvector('english', NEW.title), 'A') || setweight(to_tsvector('english', NEW.keywords), 'B')
        || setweight(to_tsvector('english', NEW.summary), 'C')
        || setweight(to_tsvector('english', NEW.description), 'D')
    FROM catalogue_tagset t, catalogue_tagset p
    WHERE t.tags = NEW.themes::varchar[] AND p.tags = NEW.phases::varchar[];
    RETURN NULL;
END
""",
)

OFFER_TRIGGERS = [
    Trigger(
        "catalogue_offer_listed",
        "catalogue_offer",
        "AFTER",
        "INSERT OR DELETE OR UPDATE",
        "ROW",
        "catalogue_keep_listed",
    )
]
declare(functions=[PINNED_PRICE, LAST_DATES, LISTED], triggers=[*PRICE_TRIGGERS, *RUN_TRIGGERS, *OFFER_TRIGGERS])
