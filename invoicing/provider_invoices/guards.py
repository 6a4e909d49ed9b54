"""The guards of providers' invoices: what was signed and agreed stays, only legal moves, lines never change."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

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
# Never more than is left of the credit note: what it gave back, less what payments took off and other claims ask for.
CLAIM_WITHIN = Function(
    "invoicing_claimback_within",
    """
DECLARE
    note record;
    paper record;
    claimed bigint;
BEGIN
    SELECT number, kind, state, provider_id, gross_pence - outstanding_pence AS used INTO note
    FROM invoicing_providerinvoice WHERE id = NEW.credit_id FOR UPDATE;
    SELECT kind, customer_id, gross_pence INTO paper FROM invoicing_document WHERE id = NEW.document_id;
    SELECT coalesce(sum(c.pence - coalesce(w.pence, 0)), 0) INTO claimed FROM invoicing_claimback c
    LEFT JOIN invoicing_claimwithdrawal w ON w.claim_id = c.id WHERE c.credit_id = NEW.credit_id;
    IF note.kind NOT IN ('self_billed_credit', 'own_credit') OR note.state <> 'agreed' OR claimed + NEW.pence > note.used
        OR paper.kind <> 'claim_back' OR (paper.customer_id, paper.gross_pence) <> (note.provider_id, NEW.pence) THEN
        RAISE EXCEPTION 'credit note %: % pence are not claimed back of it by this document', note.number, NEW.pence
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
# What a request asks for no longer is what settled it, and stays so: the money is claimed back anew.
WITHDRAWAL_SETTLES = Function(
    "invoicing_claimwithdrawal_settles",
    """
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM invoicing_claimback c
        JOIN invoicing_receivableitem i ON i.document_id = c.document_id
        JOIN invoicing_allocation a ON a.item_id = i.id AND a.undone_on IS NULL AND a.pence = NEW.pence
        JOIN invoicing_unallocateditem u ON u.id = a.source_id AND u.kind = 'withdrawn' AND u.pence = NEW.pence
        WHERE c.id = NEW.claim_id AND a.id = NEW.allocation_id) THEN
        RAISE EXCEPTION 'claim %: % pence of it are not withdrawn by this', NEW.claim_id, NEW.pence
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
WITHDRAWN_STAYS = Function(
    "invoicing_allocation_withdrawn_stays",
    """
BEGIN
    IF EXISTS (SELECT 1 FROM invoicing_claimwithdrawal WHERE allocation_id = OLD.id) THEN
        RAISE EXCEPTION 'a repayment request that was withdrawn stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [AGREEMENT_KEPT, INVOICE_KEPT, LINE_KEPT]
CLAIM_FUNCTIONS = [CLAIM_WITHIN]
WITHDRAWAL_FUNCTIONS = [WITHDRAWAL_SETTLES, WITHDRAWN_STAYS]


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
CLAIM_TRIGGERS = [
    Trigger("invoicing_claimback_within", "invoicing_claimback", "BEFORE", "INSERT", "ROW", CLAIM_WITHIN.name),
    *frozen_table("invoicing_claimback"),
]
WITHDRAWAL_TRIGGERS = [
    Trigger(
        "invoicing_claimwithdrawal_settles", "invoicing_claimwithdrawal", "BEFORE", "INSERT", "ROW",
        WITHDRAWAL_SETTLES.name,
    ),
    *frozen_table("invoicing_claimwithdrawal"),
    Trigger(
        "invoicing_allocation_withdrawn_stays", "invoicing_allocation", "BEFORE", "UPDATE OF undone_on", "ROW",
        WITHDRAWN_STAYS.name,
    ),
]  # fmt: skip
declare(
    functions=[*FUNCTIONS, *CLAIM_FUNCTIONS, *WITHDRAWAL_FUNCTIONS],
    triggers=[*TRIGGERS, *CLAIM_TRIGGERS, *WITHDRAWAL_TRIGGERS],
)
