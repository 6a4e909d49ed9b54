"""The guards of providers' invoices: what was signed and agreed stays, only legal moves, lines never change."""

from marketplace.core.triggers import Function, Trigger, declare

AGREEMENT_KEPT = Function(
    "invoicing_selfbillingagreement_kept",
    """
DECLARE
    ending text[] := ARRAY['valid_to', 'ended_on', 'reason'];
    signing text[] := ARRAY['signed_on', 'signed_by_id', 'signed_name', 'file_id'];
BEGIN
    IF TG_OP = 'DELETE' AND OLD.signed_on IS NULL THEN
        RETURN OLD;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: signed agreements are kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.signed_on IS NULL AND to_jsonb(NEW) - signing = to_jsonb(OLD) - signing THEN
        RETURN NEW;
    END IF;
    IF OLD.ended_on IS NULL AND NEW.ended_on IS NOT NULL AND NEW.valid_to <= OLD.valid_to
        AND to_jsonb(NEW) - ending = to_jsonb(OLD) - ending THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'agreement %: what was signed stays; end it and make a new one', OLD.number
        USING ERRCODE = 'restrict_violation';
END
""",
)
INVOICE_KEPT = Function(
    "invoicing_providerinvoice_kept",
    """
DECLARE
    moving text[] := ARRAY['state', 'reason', 'outstanding_pence', 'vat_entry_id', 'due_on'];
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: invoices of providers are kept', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('agreed', 'refused') THEN
        moving := ARRAY['outstanding_pence'];
    END IF;
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'invoice %: what was received or agreed stays', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('received', 'queried'), ('received', 'agreed'), ('received', 'refused'),
        ('queried', 'received'), ('queried', 'refused')) THEN
        RAISE EXCEPTION 'invoice %: from % to % is no legal move', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
# Lines and what stands on them go only where the invoice was refused: then the amounts wait for another one.
LINE_KEPT = Function(
    "invoicing_providerinvoiceline_kept",
    """
DECLARE
    standing text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME = 'invoicing_invoicedmove' THEN
            SELECT i.state INTO standing FROM invoicing_providerinvoiceline l
            JOIN invoicing_providerinvoice i ON i.id = l.invoice_id WHERE l.id = OLD.line_id;
        ELSE
            SELECT state INTO standing FROM invoicing_providerinvoice WHERE id = OLD.invoice_id;
        END IF;
        IF standing IS DISTINCT FROM 'agreed' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: what stands on an agreed invoice stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)
FUNCTIONS = [AGREEMENT_KEPT, INVOICE_KEPT, LINE_KEPT]


def _kept(table: str, function: Function) -> list[Trigger]:
    return [
        Trigger(f"{table}_kept", table, "BEFORE", "DELETE OR UPDATE", "ROW", function.name),
        Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", function.name),
    ]


TRIGGERS = [
    *_kept("invoicing_selfbillingagreement", AGREEMENT_KEPT),
    *_kept("invoicing_providerinvoice", INVOICE_KEPT),
    *_kept("invoicing_providerinvoiceline", LINE_KEPT),
    *_kept("invoicing_invoicedmove", LINE_KEPT),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
