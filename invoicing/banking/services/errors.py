"""Refusals of the bank's verbs."""

from marketplace.core.errors import DomainError


class LineTaken(DomainError):
    """Somebody else explained the line first, or it does not wait for this."""

    code = "line_taken"


class WrongMatch(DomainError):
    """The proposal does not fit the line."""

    code = "wrong_match"
    status = 400
