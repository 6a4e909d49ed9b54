"""What the database keeps true of claims: who claimed what never changes, and what was sent or decided stays as it was.

That the decider is another person of another organisation is a CHECK; that nothing is earned without an accepted claim of
the same item is ``money_guards``.
"""

from marketplace.core.triggers import Function, Trigger, frozen_table

CLAIM = Function(
    "subscriptions_claim_stays",
    """
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.item_id, NEW.ordinal, NEW.claimed, NEW.words, NEW.claimant_id,
            NEW.claimant_organisation_id, NEW.submitted_on, NEW.decide_by) IS DISTINCT FROM
            (OLD.item_id, OLD.ordinal, OLD.claimed, OLD.words, OLD.claimant_id, OLD.claimant_organisation_id,
            OLD.submitted_on, OLD.decide_by)
        OR OLD.state <> 'submitted' AND (NEW.decided_by_id, NEW.decided_organisation_id, NEW.decided_on, NEW.accepted)
            IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_organisation_id, OLD.decided_on, OLD.accepted) THEN
        RAISE EXCEPTION 'claim % of item % stands as it was made and decided', OLD.ordinal, OLD.item_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
SENT = Function(
    "subscriptions_evidence_stays",
    """
BEGIN
    IF OLD.submission_id IS NOT NULL OR TG_OP = 'UPDATE' AND (NEW.item_id, NEW.form, NEW.type, NEW.label, NEW.link,
            NEW.facts, NEW.added_by_id, NEW.added_on) IS DISTINCT FROM (OLD.item_id, OLD.form, OLD.type, OLD.label,
            OLD.link, OLD.facts, OLD.added_by_id, OLD.added_on) THEN
        RAISE EXCEPTION 'evidence % belongs to what was sent', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)
FUNCTIONS: list[Function] = [CLAIM, SENT]
TRIGGERS: list[Trigger] = [
    Trigger(
        "subscriptions_submission_stays", "subscriptions_submission", "BEFORE", "DELETE OR UPDATE", "ROW", CLAIM.name
    ),
    Trigger("subscriptions_evidence_stays", "subscriptions_evidence", "BEFORE", "DELETE OR UPDATE", "ROW", SENT.name),
    frozen_table("subscriptions_submission")[1],
    frozen_table("subscriptions_evidence")[1],
]
