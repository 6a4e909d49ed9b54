"""Whole numbers that a body gives: each within what the database and ``Money`` can hold, so that none is a fault of ours."""

from typing import Any

from rest_framework import serializers

MOST_PENCE = 10**13
MOST_ID = 2**62
MOST_COUNT = 2**31 - 1


def row_id(**more: Any) -> serializers.IntegerField:
    """The id of a row."""
    return serializers.IntegerField(min_value=1, max_value=MOST_ID, **more)


def counted(**more: Any) -> serializers.IntegerField:
    """A count from nought on."""
    return serializers.IntegerField(min_value=0, max_value=MOST_COUNT, **more)


def pence_seen(least: int = 0, **more: Any) -> serializers.IntegerField:
    """Pence that somebody saw before they asked; ``least`` below nought where it may be money back."""
    return serializers.IntegerField(min_value=least, max_value=MOST_PENCE, **more)
