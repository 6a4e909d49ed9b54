"""What the database keeps true of the money of outcome contracts: statements, their lines, and what an item paid.

In its transaction a freeze writes the lines first, then freezes the statement, then moves its items, claw-backs and the
contract: each step is held against the one before, so that nothing of it can be written alone.
"""

from marketplace.core.triggers import Function, Trigger

STATEMENT_KEPT = Function(
    "subscriptions_statement_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM subscriptions_outcomecontract WHERE id = OLD.contract_id AND state = 'draft') THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'statement % is kept; cancel it', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.contract_id <> OLD.contract_id OR NEW.ordinal <> OLD.ordinal THEN
        RAISE EXCEPTION 'statement % stays where it is', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'open' AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'statement % is frozen: its figures and days stay', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'frozen' AND OLD.state = 'open' AND EXISTS (
        SELECT FROM (
            SELECT coalesce(sum(pence), 0) AS total, -coalesce(sum(pence) FILTER (WHERE kind = 'retained'), 0) AS retained
            FROM subscriptions_statementline WHERE statement_id = NEW.id
        ) made WHERE made.total <> NEW.total_pence OR made.retained <> NEW.retained_pence
    ) THEN
        RAISE EXCEPTION 'statement % does not come to the sum of its lines', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
LINES_WHILE_OPEN = Function(
    "subscriptions_statementline_while_open",
    """
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN subscriptions_statement s ON s.id = added.statement_id WHERE s.state <> 'open'
    ) THEN
        RAISE EXCEPTION 'a statement that is frozen gets no more lines' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
""",
)
# An item that is verified while its statement is being frozen waits here for the freeze, and is then refused: its verb
# puts it on the next one.
ITEM_MONEY = Function(
    "subscriptions_outcomeitem_money",
    """
DECLARE
    stands varchar;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM subscriptions_outcomecontract WHERE id = OLD.contract_id AND state = 'draft') THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'item % is kept; cancel it', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.contract_id <> OLD.contract_id OR NEW.pence <> OLD.pence OR NEW.gate <> OLD.gate
        OR NEW.measure_id IS DISTINCT FROM OLD.measure_id THEN
        RAISE EXCEPTION 'item % pays what was agreed; leave it out and add another', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('payable', 'paid', 'clawed_back')
        AND to_jsonb(NEW) - ARRAY['state', 'settled_pence', 'reason']
            IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'settled_pence', 'reason'] THEN
        RAISE EXCEPTION 'item % stands on a frozen statement: what it paid stays', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.settled_pence <> OLD.settled_pence AND (OLD.state <> 'eligible' OR NEW.state <> 'payable')
        AND NEW.settled_pence <> (
            SELECT coalesce(sum(pence), 0) FROM subscriptions_statementline WHERE item_id = NEW.id
        ) THEN
        RAISE EXCEPTION 'item %: what it paid moves with the lines of a statement', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'eligible' AND NEW.statement_id IS NOT NULL
        AND (OLD.state <> 'eligible' OR NEW.statement_id IS DISTINCT FROM OLD.statement_id) THEN
        SELECT state INTO stands FROM subscriptions_statement
        WHERE id = NEW.statement_id AND contract_id = NEW.contract_id FOR SHARE;
        IF stands IS DISTINCT FROM 'open' THEN
            RAISE EXCEPTION 'item %: its statement is not open', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.state = 'payable' AND OLD.state <> 'payable' THEN
        SELECT state INTO stands FROM subscriptions_statement WHERE id = NEW.statement_id;
        IF stands IS DISTINCT FROM 'frozen' OR NEW.settled_pence <> NEW.earned_pence OR NOT EXISTS (
            SELECT FROM subscriptions_statementline WHERE item_id = NEW.id AND kind = 'item'
            AND statement_id = NEW.statement_id AND pence = NEW.earned_pence
        ) THEN
            RAISE EXCEPTION 'item % is payable only by a line of its frozen statement', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END
""",
)
# Invariant 13: by an INSERT as well as by an UPDATE.
ITEM_VERIFIED = Function(
    "subscriptions_outcomeitem_verified",
    """
BEGIN
    IF NEW.gate = 'nothing' OR NEW.state NOT IN ('eligible', 'payable', 'paid', 'clawed_back') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state IN ('payable', 'paid', 'clawed_back')
            AND NEW.verified_by_submission_id IS NOT DISTINCT FROM OLD.verified_by_submission_id THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT FROM subscriptions_submission s
        WHERE s.id = NEW.verified_by_submission_id AND s.item_id = NEW.id AND s.state IN ('accepted', 'part')
          AND s.decided_by_id <> s.claimant_id AND s.decided_organisation_id <> s.claimant_organisation_id
    ) THEN
        RAISE EXCEPTION 'item % pays nothing before another has accepted that it is met', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
CONTRACT_MONEY = Function(
    "subscriptions_outcomecontract_money",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'contract % is kept', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.number <> OLD.number
        OR OLD.state <> 'draft' AND (NEW.side, NEW.party_id) IS DISTINCT FROM (OLD.side, OLD.party_id) THEN
        RAISE EXCEPTION 'contract % keeps its number, its party and who pays', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (NEW.valid_from, NEW.valid_to) IS DISTINCT FROM (OLD.valid_from, OLD.valid_to)
        AND (NEW.valid_from <> OLD.valid_from OR NOT EXISTS (
            SELECT FROM subscriptions_contractversion WHERE contract_id = OLD.id AND valid_to = NEW.valid_to
                AND approved_ours_on IS NOT NULL AND approved_theirs_on IS NOT NULL
        )) THEN
        RAISE EXCEPTION 'contract % ends when both sides have approved', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.settled_pence, NEW.retained_pence, NEW.carried_pence)
        IS DISTINCT FROM (OLD.settled_pence, OLD.retained_pence, OLD.carried_pence)
        AND (NEW.settled_pence, NEW.retained_pence, NEW.carried_pence) <> (
            SELECT coalesce(sum(l.pence), 0)::bigint,
                   -coalesce(sum(l.pence) FILTER (WHERE l.kind IN ('retained', 'released')), 0)::bigint,
                   coalesce(sum(l.pence) FILTER (WHERE l.kind = 'carried'), 0)::bigint
            FROM subscriptions_statement s JOIN subscriptions_statementline l ON l.statement_id = s.id
            WHERE s.contract_id = NEW.id AND s.state IN ('frozen', 'paid')
        ) THEN
        RAISE EXCEPTION 'contract %: what it paid moves with its frozen statements', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
CLAWBACK_MONEY = Function(
    "subscriptions_clawback_money",
    """
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM subscriptions_outcomeitem WHERE id = NEW.item_id FOR NO KEY UPDATE;
        IF NEW.taken_pence <> 0 OR NEW.charged_pence <> 0 OR NEW.pence + (
            SELECT coalesce(sum(pence), 0) FROM subscriptions_clawback WHERE item_id = NEW.item_id
        ) > (
            SELECT earned_pence FROM subscriptions_outcomeitem
            WHERE id = NEW.item_id AND state IN ('payable', 'paid', 'clawed_back')
        ) THEN
            RAISE EXCEPTION 'item % paid less than would be taken back', NEW.item_id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['taken_pence', 'charged_pence']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['taken_pence', 'charged_pence']
        OR NEW.charged_pence < OLD.charged_pence OR (NEW.taken_pence <> OLD.taken_pence AND NEW.taken_pence <> (
            SELECT -coalesce(sum(pence), 0) FROM subscriptions_statementline WHERE clawback_id = OLD.id
        )) THEN
        RAISE EXCEPTION 'claw-back % is kept; it is taken by the lines of statements', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
RETURN_WHILE_OPEN = Function(
    "subscriptions_volumereturn_while_open",
    """
DECLARE
    stands varchar;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'return % is kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> 'submitted' OR (NEW.statement_id, NEW.milestone_id, NEW.billable, NEW.refundable, NEW.claimant_id)
            IS DISTINCT FROM (OLD.statement_id, OLD.milestone_id, OLD.billable, OLD.refundable, OLD.claimant_id) THEN
            RAISE EXCEPTION 'return %: what was returned and decided stays', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state <> 'accepted' THEN
            RETURN NEW;
        END IF;
    END IF;
    SELECT state INTO stands FROM subscriptions_statement WHERE id = NEW.statement_id FOR SHARE;
    IF stands <> 'open' THEN
        RAISE EXCEPTION 'return of statement %: it is not open', NEW.statement_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
CLAIM_PAID = Function(
    "subscriptions_submission_paid",
    """
BEGIN
    IF OLD.state IN ('accepted', 'part') AND NEW.state <> OLD.state AND EXISTS (
        SELECT FROM subscriptions_outcomeitem
        WHERE verified_by_submission_id = OLD.id AND state IN ('payable', 'paid', 'clawed_back')
    ) THEN
        RAISE EXCEPTION 'claim %: a frozen statement paid it; take that back on a later one', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS = [
    CLAIM_PAID, STATEMENT_KEPT, LINES_WHILE_OPEN, ITEM_MONEY, ITEM_VERIFIED, CONTRACT_MONEY, CLAWBACK_MONEY, RETURN_WHILE_OPEN,
]  # fmt: skip
_STATEMENT, _LINE = "subscriptions_statement", "subscriptions_statementline"
_ITEM, _CONTRACT = "subscriptions_outcomeitem", "subscriptions_outcomecontract"
_CLAIM = "subscriptions_submission"
_CLAWBACK, _RETURN = "subscriptions_clawback", "subscriptions_volumereturn"
TRIGGERS = [
    Trigger(f"{_STATEMENT}_kept", _STATEMENT, "BEFORE", "DELETE OR UPDATE", "ROW", STATEMENT_KEPT.name),
    Trigger(f"{_LINE}_while_open", _LINE, "AFTER", "INSERT", "STATEMENT", LINES_WHILE_OPEN.name, new_table="added"),
    Trigger(f"{_ITEM}_money", _ITEM, "BEFORE", "DELETE OR UPDATE", "ROW", ITEM_MONEY.name),
    Trigger(f"{_ITEM}_verified", _ITEM, "BEFORE", "INSERT OR UPDATE", "ROW", ITEM_VERIFIED.name),
    Trigger(f"{_CONTRACT}_money", _CONTRACT, "BEFORE", "DELETE OR UPDATE", "ROW", CONTRACT_MONEY.name),
    Trigger(f"{_CLAWBACK}_money", _CLAWBACK, "BEFORE", "INSERT OR DELETE OR UPDATE", "ROW", CLAWBACK_MONEY.name),
    Trigger(f"{_CLAIM}_paid", _CLAIM, "BEFORE", "UPDATE", "ROW", CLAIM_PAID.name),
    Trigger(f"{_RETURN}_while_open", _RETURN, "BEFORE", "INSERT OR DELETE OR UPDATE", "ROW", RETURN_WHILE_OPEN.name),
]
