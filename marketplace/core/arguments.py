"""Arguments of commands, refused in plain English."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """A date as commands take it: 2026-09-01."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a day of the calendar; write it like 2026-09-01") from None
