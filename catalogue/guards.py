"""The database guard of prices that were used."""

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
declare(functions=[PINNED_PRICE], triggers=PRICE_TRIGGERS)
