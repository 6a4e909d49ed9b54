"""What organisers type about a course date, checked before it is kept."""

from collections.abc import Iterable

from catalogue.services.runs import JOINING_LIMIT
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

MOST_REMINDERS, FURTHEST = 4, 60


def clean_joining(text: str) -> str:
    """Joining instructions: several lines, at most 2,000 characters."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > JOINING_LIMIT:
        raise WrongInput(f"Joining instructions must be {JOINING_LIMIT:,} characters or fewer")
    return text


def clean_venue(text: str) -> str:
    return clean_line(text, what="Venue", limit=120, required=False)


def days_before(days: Iterable[int]) -> list[int]:
    """On how many days before the course something is sent: each once, the earliest first. Up to 4, of 0 to 60 days."""
    found = sorted(set(days), reverse=True)
    if len(found) > MOST_REMINDERS or any(not 0 <= day <= FURTHEST for day in found):
        raise WrongInput(f"Send joining instructions at most {MOST_REMINDERS} times, 0 to {FURTHEST} days before")
    return found
