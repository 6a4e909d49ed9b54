"""The guards of the VAT tables: what was written is only ever ended, and what was used is kept."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

ENDED_ONLY = Function(
    "invoicing_vat_ended_only",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME = 'invoicing_vatrule' AND NOT (to_jsonb(OLD) ->> 'used')::boolean THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '% %: it is ended, never deleted', TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'valid_to' - 'used' <> to_jsonb(OLD) - 'valid_to' - 'used'
        OR (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to)
        OR (to_jsonb(OLD) ->> 'used')::boolean AND NOT (to_jsonb(NEW) ->> 'used')::boolean THEN
        RAISE EXCEPTION '% % is frozen: end it and add a new one', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)


def _ended_only(table: str) -> list[Trigger]:
    return [
        Trigger(f"{table}_ended_only", table, "BEFORE", "DELETE OR UPDATE", "ROW", ENDED_ONLY.name),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", "core_refuse_change"),
    ]


FUNCTIONS = [ENDED_ONLY]
TRIGGERS = [
    *frozen_table("invoicing_vatreason"),
    *_ended_only("invoicing_vatrule"),
    *_ended_only("invoicing_vatfacts"),
    *_ended_only("invoicing_vatbox"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
