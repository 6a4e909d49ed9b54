"""What the database keeps true of hubs: legal moves, a call that stands once it is published, the deadline, who is barred."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, kept_with_draft, legal_moves

MOVES = legal_moves(
    "hubs_moves",
    {
        "subscriptions_hubcall": [
            ("draft", "open"), ("draft", "cancelled"), ("open", "closed"), ("open", "cancelled"), ("closed", "scored"),
            ("closed", "cancelled"), ("scored", "decided"), ("scored", "closed"),
        ],
        "subscriptions_hubapplication": [
            ("draft", "submitted"), ("draft", "withdrawn"), ("submitted", "withdrawn"), ("submitted", "awarded"),
            ("submitted", "declined"),
        ],
        "subscriptions_reviewpoint": [("planned", "held")],
    },
)  # fmt: skip

# One answer to whether somebody is barred from an application, for the triggers below: a role at one of the schools
# that apply, or a declared interest. ``queries.barred`` says the same; a test compares the two.
BARRED = Function(
    "hubs_barred",
    """
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM subscriptions_panelinterest i JOIN subscriptions_panelmember m ON m.id = i.member_id
        WHERE i.application_id = asked_application AND m.person_id = asked_person
    ) OR EXISTS (
        SELECT 1 FROM organisations_roleassignment r
        WHERE r.person_id = asked_person AND (r.valid_to IS NULL OR r.valid_to > on_day)
          AND (r.organisation_id = (SELECT a.lead_id FROM subscriptions_hubapplication a WHERE a.id = asked_application)
            OR r.organisation_id IN (
                SELECT p.organisation_id FROM subscriptions_hubpartner p WHERE p.application_id = asked_application))
    );
END
""",
    arguments="asked_person bigint, asked_application bigint, on_day date",
    returns="boolean STABLE",
)

CALL = Function(
    "hubs_call_kept",
    """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'call % is kept: cancel it', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (OLD.number, OLD.kind, OLD.title, OLD.priorities, OLD.needs, OLD.monthly_pence,
        OLD.budget_pence, OLD.valid_from, OLD.valid_to, OLD.opens_at, OLD.terms, OLD.quorum) IS DISTINCT FROM
        (NEW.number, NEW.kind, NEW.title, NEW.priorities, NEW.needs, NEW.monthly_pence,
        NEW.budget_pence, NEW.valid_from, NEW.valid_to, NEW.opens_at, NEW.terms, NEW.quorum) THEN
        RAISE EXCEPTION 'call % is published: what it says stands', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closes_at <> OLD.closes_at AND OLD.state <> 'draft'
        AND (OLD.state <> 'open' OR NEW.closes_at < OLD.closes_at) THEN
        RAISE EXCEPTION 'the deadline of call % only moves to later, while it is open', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

CRITERIA = kept_with_draft(
    "hubs_criterion_kept",
    parent="subscriptions_hubcall",
    column="call_id",
    sentence="the call is published: its criteria stand",
)

# The call is locked for reading, so that nobody closes it in between.
APPLICATION = Function(
    "hubs_application_kept",
    """
DECLARE
    whole subscriptions_hubcall%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'application % is kept: withdraw it', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'submitted' AND OLD.state = 'draft' THEN
        SELECT * INTO whole FROM subscriptions_hubcall WHERE id = NEW.call_id FOR SHARE;
        IF whole.state <> 'open' OR NEW.submitted_at < whole.opens_at OR NEW.submitted_at >= whole.closes_at THEN
            RAISE EXCEPTION 'application % is not within the hours of call %', NEW.number, whole.number
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM subscriptions_hubpartner WHERE application_id = NEW.id AND answer <> 'confirmed') THEN
            RAISE EXCEPTION 'application % has a school that has not confirmed', NEW.number
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF OLD.state <> 'draft' AND NEW.erased_on IS NULL AND (OLD.call_id, OLD.lead_id, OLD.title, OLD.plan, OLD.reach,
        OLD.people, OLD.schools_planned, OLD.asked_pence, OLD.submitted_at, OLD.submitted_by_id) IS DISTINCT FROM
        (NEW.call_id, NEW.lead_id, NEW.title, NEW.plan, NEW.reach,
        NEW.people, NEW.schools_planned, NEW.asked_pence, NEW.submitted_at, NEW.submitted_by_id) THEN
        RAISE EXCEPTION 'application % is submitted: what it says stands', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('awarded', 'declined') AND NEW.decided_by_id IS NOT NULL
        AND hubs_barred(NEW.decided_by_id, NEW.id, NEW.decided_on) THEN
        RAISE EXCEPTION 'whoever decides application % has an interest in it', NEW.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

PARTNERS = kept_with_draft(
    "hubs_partner_kept",
    parent="subscriptions_hubapplication",
    column="application_id",
    sentence="the application is submitted: its schools stand",
)

# A school answers to what it is asked: neither may anybody enter it as confirmed, nor give it another part after its answer.
ANSWERED = Function(
    "hubs_partner_answered",
    """
BEGIN
    IF NEW.answer <> 'asked' AND (TG_OP = 'INSERT' OR (NEW.application_id, NEW.organisation_id, NEW.part)
        IS DISTINCT FROM (OLD.application_id, OLD.organisation_id, OLD.part)) THEN
        RAISE EXCEPTION 'a school that applies with others is asked before it answers'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

SCORE = Function(
    "hubs_panelscore_held",
    """
DECLARE
    judge subscriptions_panelmember%ROWTYPE;
    looked subscriptions_hubcriterion%ROWTYPE;
    bid subscriptions_hubapplication%ROWTYPE;
    found text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'points are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.words = '' AND (NEW.member_id, NEW.application_id, NEW.criterion_id, NEW.points,
        NEW.scored_on) IS NOT DISTINCT FROM (OLD.member_id, OLD.application_id, OLD.criterion_id, OLD.points,
        OLD.scored_on) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO judge FROM subscriptions_panelmember WHERE id = NEW.member_id FOR SHARE;
    SELECT * INTO looked FROM subscriptions_hubcriterion WHERE id = NEW.criterion_id;
    SELECT * INTO bid FROM subscriptions_hubapplication WHERE id = NEW.application_id;
    SELECT state INTO found FROM subscriptions_hubcall WHERE id = judge.call_id FOR SHARE;
    IF looked.call_id <> judge.call_id OR bid.call_id <> judge.call_id OR found <> 'closed'
        OR bid.state <> 'submitted' THEN
        RAISE EXCEPTION 'application % is not being scored by this panel', bid.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.points > looked.most_points THEN
        RAISE EXCEPTION '% points are more than the % of this criterion', NEW.points, looked.most_points
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF judge.declared_on IS NULL OR judge.left_on IS NOT NULL
        OR hubs_barred(judge.person_id, NEW.application_id, NEW.scored_on) THEN
        RAISE EXCEPTION 'whoever scores application % is barred or has declared nothing', bid.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

AGREED = Function(
    "hubs_agreedpoints_held",
    """
DECLARE
    looked subscriptions_hubcriterion%ROWTYPE;
    bid subscriptions_hubapplication%ROWTYPE;
    found text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'points are kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.reason = 'Erased' AND (NEW.application_id, NEW.criterion_id, NEW.points)
        IS NOT DISTINCT FROM (OLD.application_id, OLD.criterion_id, OLD.points) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO looked FROM subscriptions_hubcriterion WHERE id = NEW.criterion_id;
    SELECT * INTO bid FROM subscriptions_hubapplication WHERE id = NEW.application_id;
    SELECT state INTO found FROM subscriptions_hubcall WHERE id = looked.call_id FOR SHARE;
    IF looked.call_id <> bid.call_id OR found <> 'closed' OR bid.state <> 'submitted'
        OR NEW.points > looked.most_points THEN
        RAISE EXCEPTION 'points for application % cannot be agreed so', bid.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.agreed_by_id IS NOT NULL
        AND hubs_barred(NEW.agreed_by_id, NEW.application_id, NEW.agreed_on) THEN
        RAISE EXCEPTION 'whoever agrees points for application % has an interest in it', bid.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

TAKEN_OFF = Function(
    "hubs_taken_off",
    """
BEGIN
    IF TG_OP = 'DELETE' OR OLD.taken_off_on IS NOT NULL
        OR to_jsonb(OLD) - 'taken_off_on' - 'taken_off_why' <> to_jsonb(NEW) - 'taken_off_on' - 'taken_off_why' THEN
        RAISE EXCEPTION '% % is never changed: take it off and enter it anew', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

HELD = Function(
    "hubs_reviewpoint_kept",
    """
BEGIN
    IF OLD.state = 'held' THEN
        RAISE EXCEPTION 'review % was held: what was found stands', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
""",
)

FUNCTIONS = [MOVES, BARRED, CALL, CRITERIA, APPLICATION, PARTNERS, ANSWERED, SCORE, AGREED, TAKEN_OFF, HELD]


def _row(name: str, events: str, function: Function) -> Trigger:
    return Trigger(
        f"subscriptions_{name}", f"subscriptions_{name.split('_')[0]}", "BEFORE", events, "ROW", function.name
    )


TRIGGERS = [
    _row("hubcall_moves", "UPDATE", MOVES),
    _row("hubapplication_moves", "UPDATE", MOVES),
    _row("reviewpoint_moves", "UPDATE", MOVES),
    _row("hubcall_kept", "DELETE OR UPDATE", CALL),
    _row("hubcriterion_kept", "INSERT OR DELETE OR UPDATE", CRITERIA),
    _row("hubapplication_kept", "DELETE OR UPDATE", APPLICATION),
    _row("hubpartner_kept", "INSERT OR DELETE OR UPDATE", PARTNERS),
    _row("hubpartner_answered", "INSERT OR UPDATE", ANSWERED),
    _row("panelscore_held", "INSERT OR DELETE OR UPDATE", SCORE),
    _row("agreedpoints_held", "INSERT OR DELETE OR UPDATE", AGREED),
    _row("hubengagement_taken", "DELETE OR UPDATE", TAKEN_OFF),
    _row("hubspend_taken", "DELETE OR UPDATE", TAKEN_OFF),
    _row("reviewpoint_kept", "DELETE OR UPDATE", HELD),
    *frozen_table("subscriptions_panelinterest"),
]
declare(functions=FUNCTIONS, triggers=TRIGGERS)
