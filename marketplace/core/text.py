"""Text as it comes in (cleaned, control characters refused) and as it goes out to spreadsheets (neutralised)."""

import re
import unicodedata

from marketplace.core.errors import WrongInput

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


def collapse(text: str) -> str:
    """Runs of white space become one space; ends are trimmed."""
    return _SPACE.sub(" ", text).strip()


def first_upper(text: str) -> str:
    """The text to begin a sentence."""
    return text[:1].upper() + text[1:]


def clean_line(text: str, *, what: str, limit: int = 200, required: bool = True) -> str:
    """One line of a person's text, composed (NFC) and collapsed. Refuses control characters and too much."""
    text = collapse(unicodedata.normalize("NFC", text))
    # What prints has no such character, and that is asked faster.
    if not text.isprintable() and any(
        unicodedata.category(char) in ("Cc", "Cs", "Co") or char in "\u202a\u202b\u202d\u202e\u2066\u2067"
        for char in text
    ):
        raise WrongInput(f"{what} must not contain control characters. Type it again instead of pasting it")
    if required and not text:
        raise WrongInput(f"Enter {what[0].lower()}{what[1:]}")
    if len(text) > limit:
        raise WrongInput(f"{what} must be {limit} characters or fewer")
    return text


def clean_lines(text: str, *, what: str, limit: int, required: bool = True) -> str:
    """Several lines that somebody wrote, each cleaned; refuses none where some are needed, and too much."""
    lines = [clean_line(line, what=what, limit=limit, required=False) for line in text.splitlines()]
    text = "\n".join(lines).strip()
    if required and not text:
        raise WrongInput(f"Enter {what[0].lower()}{what[1:]}")
    if len(text) > limit:
        raise WrongInput(f"{what} must be {limit:,} characters or fewer")
    return text


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet runs: text beginning with = + - @ tab or return gets an apostrophe, except numbers."""
    if value and value[0] in "=+-@\t\r" and not _NUMBER.match(value):
        return "'" + value
    return value
