"""What a person keeps in the world of the access matrix: a search and the address of their calendar."""

from datetime import datetime
from typing import Any

from catalogue.queries import Filters
from catalogue.services.keeping import renew_calendar, save_search
from frontend.me.calendar_address import token_of
from marketplace.core.actors import Actor


def kept_by(person: Actor, *, at: datetime) -> dict[str, Any]:
    """The keys of what one person keeps."""
    search = save_search(text="phonics", filters=Filters(), by_email=True, at=at, actor=person)
    return {"search": search.pk, "calendar": token_of(renew_calendar(at=at, actor=person))}


def finding_bodies() -> dict[str, dict[str, Any]]:
    """What each write of the API about it is asked to do."""
    return {"POST /saved-searches": {"text": "tables"}, "PATCH /saved-searches/{id}": {"by_email": False}}
