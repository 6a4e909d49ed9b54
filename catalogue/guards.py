"""What the database itself keeps true: prices that were used stay, and an offer knows its last dates."""

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
declare(functions=[PINNED_PRICE, LAST_DATES], triggers=[*PRICE_TRIGGERS, *RUN_TRIGGERS])
