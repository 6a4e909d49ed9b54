"""When members of a network may book a place at its meetings. Pure."""

from datetime import date, timedelta

ASSOCIATES_DAYS = 14
"""Associates see every meeting and book what is left from this many days before its first day."""
MEMBER, ASSOCIATE = "member", "associate"


def books_from(kind: str, starts_on: date) -> date | None:
    """The first day on which somebody of that kind may book; None for members, who may at any time."""
    return None if kind == MEMBER else starts_on - timedelta(days=ASSOCIATES_DAYS)


def may_book(kind: str, starts_on: date, on: date) -> bool:
    """Whether a place may be booked today, up to the first day itself.

    | kind | meeting on 24 March | 9 March | 10 March | 24 March | 25 March |
    |---|---|---|---|---|---|
    | member | | yes | yes | yes | no |
    | associate | | no | yes | yes | no |
    """
    first = books_from(kind, starts_on)
    return on <= starts_on and (first is None or on >= first)
