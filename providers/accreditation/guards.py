"""Guards of the database: the one answer to whether a consultant is accredited, legal moves, and what never changes."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

# The same rule as ``rules.standing``, for triggers of the packages above. A test compares the two on random worlds.
ACCREDITED = Function(
    "providers_accredited",
    """
DECLARE
    chosen providers_consultant%ROWTYPE;
BEGIN
    SELECT * INTO chosen FROM providers_consultant AS c WHERE c.id = $1;
    IF NOT FOUND OR chosen.joined_on > on_day OR chosen.left_on <= on_day THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM providers_accreditation AS a
        WHERE a.consultant_id = chosen.id AND a.valid_from <= on_day AND a.valid_to > on_day
    ) AND NOT EXISTS (
        SELECT 1 FROM providers_suspension AS s
        WHERE (s.consultant_id = chosen.id OR s.provider_id = chosen.provider_id)
          AND s.starts_on <= on_day AND (s.ends_on IS NULL OR s.ends_on > on_day)
    ) AND NOT EXISTS (
        SELECT 1 FROM providers_requirement AS r
        WHERE r.required AND NOT EXISTS (
            SELECT 1 FROM providers_evidence AS e
            WHERE e.requirement_id = r.id AND e.state = 'accepted'
              AND ((r.holder = 'consultant' AND e.consultant_id = chosen.id)
                OR (r.holder = 'provider' AND e.provider_id = chosen.provider_id))
              AND e.valid_from <= on_day AND (e.valid_to IS NULL OR e.valid_to > on_day)
        )
    );
END
""",
    arguments="consultant_id bigint, on_day date",
    returns="boolean STABLE",
)

MOVES = legal_moves(
    "providers_accreditation_moves",
    {
        "providers_application": [
            ("draft", "references"), ("draft", "withdrawn"), ("references", "panel"), ("references", "withdrawn"),
            ("panel", "signing"), ("panel", "refused"), ("panel", "withdrawn"), ("signing", "signed"),
            ("signing", "withdrawn"), ("signed", "accredited"), ("refused", "appealed"), ("appealed", "signing"),
            ("appealed", "closed"),
        ],
        "providers_evidence": [("submitted", "accepted"), ("submitted", "refused")],
    },
)  # fmt: skip

KEPT = Function(
    "providers_evidence_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.requirement_id, OLD.consultant_id, OLD.provider_id, OLD.valid_from, OLD.valid_to,
        OLD.given_by_id, OLD.given_on) IS DISTINCT FROM (NEW.requirement_id, NEW.consultant_id, NEW.provider_id,
        NEW.valid_from, NEW.valid_to, NEW.given_by_id, NEW.given_on) THEN
        RAISE EXCEPTION 'evidence % is kept as it was given: send another', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [ACCREDITED, MOVES, KEPT]
TRIGGERS = [
    *frozen_table("providers_accreditation"),
    Trigger("providers_application_moves", "providers_application", "BEFORE", "UPDATE", "ROW", MOVES.name),
    Trigger("providers_evidence_moves", "providers_evidence", "BEFORE", "UPDATE", "ROW", MOVES.name),
    Trigger("providers_evidence_kept", "providers_evidence", "BEFORE", "DELETE OR UPDATE", "ROW", KEPT.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
