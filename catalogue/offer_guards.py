"""Guards of the life of an offer: only legal moves, what was published stays, the version shown is the offer's own."""

from marketplace.core.triggers import Function, Trigger, declare, frozen_table, legal_moves

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

OFFER_STATE = legal_moves("catalogue_guard_state", LEGAL)

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
