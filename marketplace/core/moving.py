"""A contested change of state as one conditional UPDATE: who comes second is told how the thing stands."""

from typing import Any

from django.db.models import Model

from marketplace.core.errors import DomainError


def move_state(row: Model, before: str, after: str, *, named: str, refusal: type[DomainError], **values: Any) -> None:
    """From one state to another with the values that go with it; ``refusal`` where somebody came first.

    ``row`` has a field ``state`` with words for each, and is read again in any case. ``named`` begins the sentence.
    """
    changed = type(row)._default_manager.filter(pk=row.pk, state=before).update(state=after, **values)
    row.refresh_from_db()
    if changed != 1:
        stands = row.get_state_display().lower()  # type: ignore[attr-defined]
        raise refusal(f"{named} is {stands} now. Look at it again.")
