"""The guards of instalments: they add up to their invoice's VAT groups, and only their tax points move.

They are written while the invoice is a draft, after its VAT groups.
"""

from marketplace.core.triggers import Function, Trigger, declare

INSTALMENTS_ADDED = Function(
    "invoicing_instalments_added",
    """
DECLARE
    wrong bigint;
BEGIN
    EXECUTE $q$
        SELECT min(sums.document_id) FROM (
            SELECT i.document_id, i.category, i.rate, sum(i.net_pence) AS net, sum(i.vat_pence) AS vat
            FROM invoicing_instalment i WHERE i.document_id IN (SELECT document_id FROM new_rows) GROUP BY 1, 2, 3
        ) sums
        FULL JOIN (
            SELECT g.* FROM invoicing_vatgroup g WHERE g.document_id IN (SELECT document_id FROM new_rows)
        ) g ON g.document_id = sums.document_id AND g.category = sums.category AND g.rate = sums.rate
        LEFT JOIN invoicing_document d ON d.id = sums.document_id
        WHERE (g.net_pence, g.vat_pence) IS DISTINCT FROM (sums.net, sums.vat) OR d.state IS DISTINCT FROM 'draft'
    $q$ INTO wrong;
    IF wrong IS NOT NULL OR EXISTS (
        SELECT 1 FROM invoicing_vatgroup g WHERE g.document_id IN (SELECT document_id FROM new_rows)
        AND NOT EXISTS (SELECT 1 FROM invoicing_instalment i
                        WHERE i.document_id = g.document_id AND i.category = g.category AND i.rate = g.rate)) THEN
        RAISE EXCEPTION 'the instalments of document % do not add up to its VAT groups, or it is issued', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
""",
)

INSTALMENT_GUARD = Function(
    "invoicing_instalment_guard",
    """
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused: issued documents are kept', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM 1 FROM invoicing_document d WHERE d.id = OLD.document_id AND d.state = 'issued' FOR SHARE;
        IF FOUND THEN
            RAISE EXCEPTION 'an instalment of an issued invoice stays' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.document_id, NEW.position, NEW.due_on, NEW.category, NEW.rate, NEW.net_pence, NEW.vat_pence)
        IS DISTINCT FROM
       (OLD.id, OLD.document_id, OLD.position, OLD.due_on, OLD.category, OLD.rate, OLD.net_pence, OLD.vat_pence)
       OR NEW.reached_vat_pence < OLD.reached_vat_pence OR NEW.cancelled_vat_pence < OLD.cancelled_vat_pence THEN
        RAISE EXCEPTION 'an instalment never changes; its VAT falls due or is credited, once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [INSTALMENTS_ADDED, INSTALMENT_GUARD]
_TABLE = "invoicing_instalment"
TRIGGERS = [
    Trigger(f"{_TABLE}_added", _TABLE, "AFTER", "INSERT", "STATEMENT", INSTALMENTS_ADDED.name, "new_rows"),
    Trigger(f"{_TABLE}_guard", _TABLE, "BEFORE", "DELETE OR UPDATE", "ROW", INSTALMENT_GUARD.name),
    Trigger(f"{_TABLE}_no_truncate", _TABLE, "BEFORE", "TRUNCATE", "STATEMENT", INSTALMENT_GUARD.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
