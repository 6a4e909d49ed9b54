"""The one family of errors that a person is meant to read."""

from typing import Any


class DomainError(Exception):
    """A refusal: what happened, why, what to do.

    ``code`` names the rule for programs, ``message`` is a sentence for people, ``facts`` are the figures behind it
    and ``detail`` a list of further sentences, one per thing to mend. Nothing has been changed when it is raised.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str, *, detail: list[str] | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail or []
        self.facts = facts


class NotFound(DomainError):
    """What was asked for does not exist, or is not the actor's to see. The two are never told apart."""

    code = "not_found"
    status = 404


class NotAllowed(DomainError):
    """The actor may see this but not do it."""

    code = "not_allowed"
    status = 403


class WrongInput(DomainError):
    """A value cannot be accepted; the message says which, why and what would do."""

    code = "wrong_input"
    status = 400
