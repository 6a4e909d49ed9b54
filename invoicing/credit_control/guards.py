"""The database guards: only legal moves of a query; what a claim has used of the rates, and the claim, stay."""

from marketplace.core.triggers import Function, Trigger, declare

QUERY_STATE = Function(
    "invoicing_query_moves",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'query %: is never deleted', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'resolved' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'query %: is resolved and does not change any more', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.number, NEW.document_id, NEW.organisation_id, NEW.opened_on)
        IS DISTINCT FROM (OLD.number, OLD.document_id, OLD.organisation_id, OLD.opened_on) THEN
        RAISE EXCEPTION 'query %: what was asked, by whom and when stays', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN
        (('open', 'answered'), ('answered', 'open'), ('open', 'resolved'), ('answered', 'resolved')) THEN
        RAISE EXCEPTION 'query %: from % to % is no legal move', OLD.number, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

QUERY_LINE = Function(
    "invoicing_query_line_belongs",
    """
DECLARE
    asked bigint;
    at_document bigint;
BEGIN
    SELECT document_id INTO asked FROM invoicing_invoicequery WHERE id = NEW.query_id;
    SELECT document_id INTO at_document FROM invoicing_documentline WHERE id = NEW.line_id;
    IF asked IS DISTINCT FROM at_document THEN
        RAISE EXCEPTION 'query line %: stands on another document than its query', NEW.line_id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END
""",
)

RATE_USED = Function(
    "invoicing_reference_rate_used",
    """
BEGIN
    IF EXISTS (SELECT 1 FROM invoicing_lateclaim WHERE rate_id = OLD.id) THEN
        RAISE EXCEPTION 'reference rate of %: a claim has used it, so it stays', OLD.half_from
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
""",
)

FUNCTIONS = [QUERY_STATE, QUERY_LINE, RATE_USED]
TRIGGERS = [
    Trigger("invoicing_query_moves", "invoicing_invoicequery", "BEFORE", "DELETE OR UPDATE", "ROW", QUERY_STATE.name),
    Trigger("invoicing_query_line_belongs", "invoicing_queryline", "BEFORE", "INSERT", "ROW", QUERY_LINE.name),
    Trigger(
        "invoicing_rate_used", "invoicing_referencerate", "BEFORE", "DELETE OR UPDATE", "ROW", RATE_USED.name
    ),
]  # fmt: skip
declare(functions=FUNCTIONS, triggers=TRIGGERS)
