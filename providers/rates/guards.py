"""What the database keeps true of rates: steps stay as they were, nobody agrees with themselves, a used rate is frozen."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

USED = Function(
    "providers_guard_used_rate",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.used_on IS NOT NULL THEN
            RAISE EXCEPTION 'rate % was used and stays', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.used_on IS NULL THEN
        RETURN NEW;
    END IF;
    IF (NEW.consultant_id, NEW.unit, NEW.audience, NEW.sell_pence, NEW.buy_pence, NEW.brokerage, NEW.share,
        NEW.fixed_pence, NEW.mileage_pence, NEW.valid_from, NEW.used_on, NEW.step_id)
        IS DISTINCT FROM
       (OLD.consultant_id, OLD.unit, OLD.audience, OLD.sell_pence, OLD.buy_pence, OLD.brokerage, OLD.share,
        OLD.fixed_pence, OLD.mileage_pence, OLD.valid_from, OLD.used_on, OLD.step_id) THEN
        RAISE EXCEPTION 'rate % was used: only its end may change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.last_used_on IS NULL OR NEW.last_used_on < OLD.last_used_on THEN
        RAISE EXCEPTION 'rate %: the day of its last use never falls', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.valid_to IS DISTINCT FROM OLD.valid_to
        AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to OR NEW.valid_to <= NEW.last_used_on) THEN
        RAISE EXCEPTION 'rate % was used until %: it may only end earlier, after that day', OLD.id, NEW.last_used_on
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
AGREEING = Function(
    "providers_guard_agreeing",
    """
DECLARE
    last record;
BEGIN
    SELECT person_id, side INTO last FROM providers_ratestep
        WHERE proposal_id = NEW.proposal_id AND kind IN ('propose', 'counter') ORDER BY position DESC LIMIT 1;
    IF NEW.kind = 'agree' AND (last IS NULL OR last.person_id = NEW.person_id OR last.side = NEW.side) THEN
        RAISE EXCEPTION 'proposal %: nobody agrees what they or their own side proposed', NEW.proposal_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
MOVES = legal_moves(
    "providers_guard_rate_moves", {"providers_rateproposal": [("open", "agreed"), ("open", "withdrawn")]}
)
FUNCTIONS = [USED, AGREEING, MOVES]
TRIGGERS = [
    Trigger("providers_rate_used", "providers_rate", "BEFORE", "DELETE OR UPDATE", "ROW", USED.name),
    Trigger("providers_rate_no_truncate", "providers_rate", "BEFORE", "TRUNCATE", "STATEMENT", "core_refuse_change"),
    Trigger("providers_ratestep_two_people", "providers_ratestep", "BEFORE", "INSERT", "ROW", AGREEING.name),
    *frozen_table("providers_ratestep"),
    Trigger("providers_rateproposal_moves", "providers_rateproposal", "BEFORE", "UPDATE OF state", "ROW", MOVES.name),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
