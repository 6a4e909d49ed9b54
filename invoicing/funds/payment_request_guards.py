"""The guards of payment requests: never beyond the invoice, never to its own customer, and kept as they were sent."""

from marketplace.core.triggers import Function, Trigger, declare

_TABLE = "invoicing_paymentrequest"

# The items of the invoice are locked in the order of their ids, as whoever allocates locks them: two requests at once
# are summed one after the other.
WITHIN = Function(
    "invoicing_paymentrequest_within",
    """
DECLARE
    bill record;
    asked bigint;
BEGIN
    SELECT number, kind, state, customer_id, gross_pence INTO bill FROM invoicing_document WHERE id = NEW.document_id;
    PERFORM 1 FROM invoicing_receivableitem WHERE document_id = NEW.document_id ORDER BY id FOR UPDATE;
    SELECT coalesce(sum(pence), 0) INTO asked FROM invoicing_paymentrequest
    WHERE document_id = NEW.document_id AND state = 'open';
    IF bill.kind <> 'invoice' OR bill.state <> 'issued' OR bill.customer_id = NEW.funder_id
        OR asked + NEW.pence > bill.gross_pence THEN
        RAISE EXCEPTION '%: others are asked for at most the % pence of an issued invoice, its customer never',
            bill.number, bill.gross_pence USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

KEPT = Function(
    "invoicing_paymentrequest_kept",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'open' AND NEW.state = 'withdrawn'
            AND to_jsonb(NEW) - ARRAY['state', 'withdrawn_on', 'withdrawn_reason']
              = to_jsonb(OLD) - ARRAY['state', 'withdrawn_on', 'withdrawn_reason'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: a payment request is withdrawn, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

FUNCTIONS = [WITHIN, KEPT]
TRIGGERS = [
    Trigger(f"{_TABLE}_within", _TABLE, "BEFORE", "INSERT", "ROW", WITHIN.name),
    Trigger(f"{_TABLE}_kept", _TABLE, "BEFORE", "DELETE OR UPDATE", "ROW", KEPT.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", KEPT.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
