"""Forms that ask for several of the same without any script: how many rows are shown, and more when a button asks."""

from typing import Any

from frontend.numbers import whole


def rows_shown(posted: Any, *, least: int, more: int, most: int) -> int:
    """The rows that the form had, ``more`` when its button ``do=more`` was pressed; never fewer than ``least`` or above ``most``."""
    text = (posted or {}).get("rows", "")
    had = whole(text, otherwise=least, digits=3)
    asked = more if posted is not None and posted.get("do") == "more" else 0
    return max(least, min(had + asked, most))
