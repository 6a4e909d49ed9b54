"""The guards of payment batches: frozen once approved, only legal moves, and released only into accounts in force."""

from marketplace.core.triggers import Function, Trigger, declare, legal_moves

_BATCH, _LINE = "invoicing_paymentbatch", "invoicing_paymentbatchline"
_PART, _SENDING = "invoicing_paymentbatchpart", "invoicing_paymentsending"
PAYMENT_MOVES = legal_moves(
    "invoicing_payment_moves",
    {
        _BATCH: [
            ("prepared", "approved"), ("prepared", "withdrawn"), ("approved", "withdrawn"), ("approved", "sent"),
            ("sent", "unknown"), ("sent", "approved"), ("sent", "confirmed"), ("unknown", "sent"),
            ("unknown", "approved"), ("unknown", "confirmed"), ("confirmed", "sent"),
        ],
        _LINE: [
            ("to_pay", "sent"), ("to_pay", "withdrawn"), ("sent", "to_pay"), ("sent", "paid"), ("sent", "rejected"),
            ("paid", "sent"),
        ],
        _PART: [
            ("under_way", "paid"), ("under_way", "given_back"), ("paid", "under_way"),
        ],
        _SENDING: [
            ("sent", "unknown"), ("sent", "failed"), ("sent", "confirmed"), ("unknown", "sent"), ("unknown", "failed"),
            ("unknown", "confirmed"), ("confirmed", "sent"),
        ],
    },
)  # fmt: skip
PAYMENT_KEPT = Function(
    "invoicing_payment_kept",
    """
DECLARE
    moving text[] := CASE TG_TABLE_NAME
        WHEN 'invoicing_paymentbatch' THEN ARRAY['state', 'content_hash', 'approved_by_id', 'approved_on',
                                                 'released_by_id', 'released_on', 'reason']
        WHEN 'invoicing_paymentbatchline' THEN ARRAY['state', 'paid_entry_id', 'back_entry_id', 'reason']
        WHEN 'invoicing_paymentbatchpart' THEN ARRAY['state']
        ELSE ARRAY['state', 'reason'] END;
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% of % is refused: it is kept', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION '% %: who is paid what stays as it was prepared', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_TABLE_NAME = 'invoicing_paymentbatch' THEN
        IF OLD.state <> 'prepared' AND (to_jsonb(NEW) ->> 'content_hash', to_jsonb(NEW) ->> 'approved_by_id')
            IS DISTINCT FROM (to_jsonb(OLD) ->> 'content_hash', to_jsonb(OLD) ->> 'approved_by_id') THEN
            RAISE EXCEPTION 'payment batch % was approved as it is', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END
""",
)
LINES_WHILE_PREPARED = Function(
    "invoicing_payment_lines_open",
    """
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh JOIN invoicing_paymentbatch b ON b.id = fresh.batch_id
        JOIN invoicing_payeeaccount a ON a.id = fresh.payee_account_id
        WHERE b.state <> 'prepared' OR a.state <> 'confirmed' OR a.organisation_id <> fresh.provider_id
    ) THEN
        RAISE EXCEPTION 'payments are added while a batch is prepared, into the provider''s account in force'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)
PARTS_WHILE_PREPARED = Function(
    "invoicing_payment_parts_open",
    """
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh JOIN invoicing_paymentbatchline l ON l.id = fresh.line_id
        JOIN invoicing_paymentbatch b ON b.id = l.batch_id
        JOIN invoicing_providerinvoice i ON i.id = fresh.provider_invoice_id
        WHERE b.state <> 'prepared' OR i.provider_id <> l.provider_id
    ) THEN
        RAISE EXCEPTION 'a payment pays its own provider''s invoices, chosen while its batch is prepared'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)
# Shares the accounts' rows, so that a change of account that is being confirmed is waited for, and seen.
RELEASED_INTO_FORCE = Function(
    "invoicing_payment_into_force",
    """
DECLARE
    unfit integer;
BEGIN
    IF NEW.state = 'sent' AND OLD.state = 'approved' THEN
        PERFORM 1 FROM invoicing_payeeaccount a
            JOIN invoicing_paymentbatchline l ON l.payee_account_id = a.id WHERE l.batch_id = NEW.id FOR SHARE OF a;
        SELECT count(*) INTO unfit FROM invoicing_paymentbatchline l
            JOIN invoicing_payeeaccount a ON a.id = l.payee_account_id
            WHERE l.batch_id = NEW.id AND (a.state <> 'confirmed' OR a.usable_from > NEW.pay_on);
        IF unfit > 0 THEN
            RAISE EXCEPTION 'payment batch %: % accounts are not in force', NEW.number, unfit
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [PAYMENT_MOVES, PAYMENT_KEPT, LINES_WHILE_PREPARED, PARTS_WHILE_PREPARED, RELEASED_INTO_FORCE]
TRIGGERS = [
    *(
        trigger
        for table in (_BATCH, _LINE, _PART, _SENDING)
        for trigger in (
            Trigger(f"{table}_kept", table, "BEFORE", "DELETE OR UPDATE", "ROW", PAYMENT_KEPT.name),
            Trigger(f"{table}_moves", table, "BEFORE", "UPDATE", "ROW", PAYMENT_MOVES.name),
            Trigger(f"{table}_no_truncate", table, "BEFORE", "TRUNCATE", "STATEMENT", PAYMENT_KEPT.name),
        )
    ),
    Trigger(f"{_BATCH}_release", _BATCH, "BEFORE", "UPDATE", "ROW", RELEASED_INTO_FORCE.name),
    Trigger(f"{_LINE}_open", _LINE, "AFTER", "INSERT", "STATEMENT", LINES_WHILE_PREPARED.name, new_table="fresh"),
    Trigger(f"{_PART}_open", _PART, "AFTER", "INSERT", "STATEMENT", PARTS_WHILE_PREPARED.name, new_table="fresh"),
]
REQUEST_KEPT = Function(
    "invoicing_releaserequest_kept",
    """
DECLARE
    answering text[] := ARRAY['answer', 'answered_at', 'reason'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.answer = '' AND NEW.answer <> '' AND to_jsonb(NEW) - answering = to_jsonb(OLD) - answering THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: a request to release is answered once', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)
_REQUEST = "invoicing_releaserequest"
LINK_FUNCTIONS = [REQUEST_KEPT]
LINK_TRIGGERS = [
    Trigger(f"{_REQUEST}_kept", _REQUEST, "BEFORE", "DELETE OR UPDATE", "ROW", REQUEST_KEPT.name),
    Trigger(f"{_REQUEST}_no_truncate", _REQUEST, "BEFORE", "TRUNCATE", "STATEMENT", REQUEST_KEPT.name),
]
declare(functions=[*FUNCTIONS, *LINK_FUNCTIONS], triggers=[*TRIGGERS, *LINK_TRIGGERS])
