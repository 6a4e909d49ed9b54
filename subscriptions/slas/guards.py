"""What the database keeps true: published terms of service and what was accepted never change, nor what was promised."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

PUBLISHED = Function(
    "subscriptions_guard_terms",
    """
BEGIN
    IF OLD.published_on IS NOT NULL THEN
        RAISE EXCEPTION 'terms % were published and are frozen: write the next version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.code <> OLD.code OR NEW.version <> OLD.version THEN
        RAISE EXCEPTION 'terms % keep their code and version', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [PUBLISHED]
TRIGGERS = [
    Trigger(
        "subscriptions_termsdocument_published",
        "subscriptions_termsdocument",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "subscriptions_guard_terms",
    ),
    *frozen_table("subscriptions_acceptance"),
    *frozen_table("subscriptions_promisetable"),
    *frozen_table("subscriptions_promise"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
