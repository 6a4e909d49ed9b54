"""The database guards of fees, waivers and the library of cancellation policies: what was decided stays as it was."""

from marketplace.core.triggers import Function, Trigger, declare

WAIVER = Function(
    "trading_guard_waiver",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'waiver % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.booking_id <> OLD.booking_id OR NEW.reason <> OLD.reason OR NEW.note <> OLD.note
        OR NEW.asked_by_person_id IS DISTINCT FROM OLD.asked_by_person_id
        OR NEW.asked_on <> OLD.asked_on OR NEW.kept_pence <> OLD.kept_pence THEN
        RAISE EXCEPTION 'waiver %: what was asked never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'asked' AND (NEW.state <> OLD.state OR NEW.answer <> OLD.answer
        OR NEW.given_pence <> OLD.given_pence OR NEW.decided_on IS DISTINCT FROM OLD.decided_on
        OR NEW.decided_by_person_id IS DISTINCT FROM OLD.decided_by_person_id) THEN
        RAISE EXCEPTION 'waiver % was % and does not change any more', OLD.id, OLD.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.evidence_id IS DISTINCT FROM OLD.evidence_id AND NEW.evidence_id IS NOT NULL THEN
        RAISE EXCEPTION 'waiver %: its evidence is never exchanged', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
FEE = Function(
    "trading_guard_fee",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'fee % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.undone_on IS NOT NULL OR NEW.booking_id <> OLD.booking_id OR NEW.kind <> OLD.kind OR NEW.pence <> OLD.pence
        OR NEW.charged_on <> OLD.charged_on OR NEW.charge_source_key <> OLD.charge_source_key THEN
        RAISE EXCEPTION 'fee % never changes; it is undone once, whole', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)
POLICY = Function(
    "trading_guard_policy",
    """
BEGIN
    IF OLD.used THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'cancellation policy % version % was used and is never deleted', OLD.code, OLD.version
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.code <> OLD.code OR NEW.version <> OLD.version OR NEW.title <> OLD.title OR NEW.rule <> OLD.rule
            OR NOT NEW.used THEN
            RAISE EXCEPTION 'cancellation policy % version % was used and does not change', OLD.code, OLD.version
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
""",
)

FUNCTIONS = [WAIVER, FEE, POLICY]
TRIGGERS = [
    Trigger("trading_waiver_decided", "trading_waiver", "BEFORE", "DELETE OR UPDATE", "ROW", "trading_guard_waiver"),
    Trigger(
        "trading_bookingfee_frozen", "trading_bookingfee", "BEFORE", "DELETE OR UPDATE", "ROW", "trading_guard_fee"
    ),
    Trigger(
        "trading_policy_frozen",
        "trading_cancellationpolicy",
        "BEFORE",
        "DELETE OR UPDATE",
        "ROW",
        "trading_guard_policy",
    ),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
