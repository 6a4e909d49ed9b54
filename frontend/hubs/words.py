"""How points, totals and states of hubs read."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from subscriptions.hubs.models import HubCall
from subscriptions.hubs.queries import CriterionPoints


def two_places(figure: Fraction) -> str:
    """A figure with two decimals at most, half up: "73.33", "80"."""
    exact = Decimal(figure.numerator) / Decimal(figure.denominator)
    return f"{exact.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP).normalize():f}"


def total_words(total: Fraction | None) -> str:
    """ "82 of 100"; nothing while points are missing."""
    return f"{two_places(total)} of 100" if total is not None else "Points are missing"


def points_words(points: CriterionPoints) -> str:
    """ "3.5 (2 to 5)"; "4 agreed (1 to 5)"; "None" where nobody gave any."""
    if points.counted is None:
        return "None"
    words = two_places(points.counted) + (" agreed" if points.agreed else "")
    if points.spread and points.spread.width:
        words += f" ({points.spread.lowest} to {points.spread.highest})"
    return words


def call_state(call: HubCall) -> str:
    """The state as ``state_tag`` knows it."""
    return f"call {call.state}"
