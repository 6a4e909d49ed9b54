"""Guards of the life of an offer: only legal moves, what was published stays, the version shown is the offer's own."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table

# From which state to which; a state that stands on no left side is final.
LEGAL: dict[str, list[tuple[str, str]]] = {
    "catalogue_offer": [
        ("draft", "submitted"),
        ("draft", "published"),
        ("submitted", "changes_asked"),
        ("submitted", "published"),
        ("changes_asked", "submitted"),
        ("published", "withdrawn"),
        ("withdrawn", "published"),
    ],
    "catalogue_offerdraft": [
        ("draft", "submitted"),
        ("submitted", "changes_asked"),
        ("changes_asked", "submitted"),
    ],
}


def _moves() -> str:
    rows = [f"('{table}', '{old}', '{new}')" for table, moves in LEGAL.items() for old, new in moves]
    return ",\n            ".join(rows)


OFFER_STATE = Function(
    "catalogue_guard_state",
    f"""
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM (VALUES
            {_moves()}
        ) AS legal(at_table, old_state, new_state)
        WHERE at_table = TG_TABLE_NAME AND old_state = OLD.state AND new_state = NEW.state
    ) THEN
        RAISE EXCEPTION '% %: from % to % is no legal move', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

# A foreign key alone would let an offer show another's version.
OWN_VERSION = Function(
    "catalogue_guard_own_version",
    """
BEGIN
    IF NEW.current_version_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM catalogue_offerversion WHERE id = NEW.current_version_id AND offer_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'offer %: version % is not its own', NEW.id, NEW.current_version_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
""",
)

LIFE_FUNCTIONS = [OFFER_STATE, OWN_VERSION]
LIFE_TRIGGERS = [
    *[Trigger(f"{table}_moves", table, "BEFORE", "UPDATE OF state", "ROW", "catalogue_guard_state") for table in LEGAL],
    Trigger(
        "catalogue_offer_own_version",
        "catalogue_offer",
        "BEFORE",
        "UPDATE OF current_version_id",
        "ROW",
        "catalogue_guard_own_version",
    ),
    *frozen_table("catalogue_offerversion"),
]
declare(functions=LIFE_FUNCTIONS, triggers=LIFE_TRIGGERS)
