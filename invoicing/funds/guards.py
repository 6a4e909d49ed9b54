"""The guards of funds: a movement of a fund is one that it can bear, and a fund keeps what it is known by."""

from marketplace.core.triggers import Function, Trigger, declare

MOVEMENT_FUNDS = Function(
    "invoicing_movement_funds",
    """
DECLARE
    touched bigint[];
    wrong text;
BEGIN
    SELECT array_agg(DISTINCT fund_id) INTO touched FROM new_rows
    WHERE fund_id IS NOT NULL OR debit_account_id = '3100' OR credit_account_id = '3100';
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT CASE
        WHEN m.fund_id IS NULL THEN 'funds set aside move with the fund that they are set aside for'
        WHEN f.id IS NULL THEN format('movement_fund: there is no fund %s', m.fund_id)
        WHEN f.closed_on IS NOT NULL THEN format('fund %s is closed', f.code)
        ELSE format('fund %s stands on exactly one side of income, expense or funds set aside', f.code) END INTO wrong
    FROM new_rows m
    JOIN invoicing_ledgeraccount d ON d.code = m.debit_account_id
    JOIN invoicing_ledgeraccount c ON c.code = m.credit_account_id
    LEFT JOIN invoicing_fund f ON f.id = m.fund_id
    WHERE (m.fund_id IS NOT NULL OR d.code = '3100' OR c.code = '3100')
      AND (f.id IS NULL OR f.closed_on IS NOT NULL
           OR (d.type IN ('income', 'expense') OR d.code = '3100') = (c.type IN ('income', 'expense') OR c.code = '3100'))
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM 1 FROM invoicing_fund WHERE id = ANY(touched) ORDER BY id FOR UPDATE;
    SELECT format('fund %s would be overspent by %s pence', min(f.code), -sum(
               CASE WHEN c.type IN ('income', 'expense') OR c.code = '3100' THEN m.pence ELSE -m.pence END)) INTO wrong
    FROM invoicing_movement m
    JOIN invoicing_ledgeraccount c ON c.code = m.credit_account_id
    JOIN invoicing_fund f ON f.id = m.fund_id
    WHERE m.fund_id = ANY(touched)
    GROUP BY m.fund_id
    HAVING sum(CASE WHEN c.type IN ('income', 'expense') OR c.code = '3100' THEN m.pence ELSE -m.pence END) < 0
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '%', wrong USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)

FUND_KEPT = Function(
    "invoicing_fund_kept",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - ARRAY['name', 'purpose', 'ends_on', 'closed_on']
            = to_jsonb(OLD) - ARRAY['name', 'purpose', 'ends_on', 'closed_on'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: the books name its funds for ever', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

SUPPORT_KEPT = Function(
    "invoicing_fundsupport_kept",
    """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.returned_entry_id IS NULL AND to_jsonb(NEW) - 'returned_entry_id' = to_jsonb(OLD) - 'returned_entry_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: what a fund paid is given back, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
""",
)

FUNCTIONS = [MOVEMENT_FUNDS, FUND_KEPT, SUPPORT_KEPT]
TRIGGERS = [
    Trigger(
        "invoicing_movement_funds",
        "invoicing_movement",
        "AFTER",
        "INSERT",
        "STATEMENT",
        MOVEMENT_FUNDS.name,
        "new_rows",
    ),
    Trigger("invoicing_fund_kept", "invoicing_fund", "BEFORE", "DELETE OR UPDATE", "ROW", FUND_KEPT.name),
    Trigger("invoicing_fund_no_truncate", "invoicing_fund", "BEFORE", "TRUNCATE", "STATEMENT", FUND_KEPT.name),
    Trigger(
        "invoicing_fundsupport_kept", "invoicing_fundsupport", "BEFORE", "DELETE OR UPDATE", "ROW", SUPPORT_KEPT.name
    ),
    Trigger(
        "invoicing_fundsupport_no_truncate",
        "invoicing_fundsupport",
        "BEFORE",
        "TRUNCATE",
        "STATEMENT",
        SUPPORT_KEPT.name,
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
