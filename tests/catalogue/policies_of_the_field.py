"""Cancellation policies that providers publish, as data in the one form and in our own words."""

from typing import Any

SESSION = {"fee": "50.00", "per": "meeting"}

POLICIES: dict[str, dict[str, Any]] = {
    # Free until four working days before, then the whole price; a place that is free or included: £50 for each session.
    "four working days": {
        "free_until": {"count": 4, "days": "working"},
        "then_percent": "100",
        "cases": [{"basis": "free", "then": SESSION}, {"basis": "included", "then": SESSION}],
    },
    # Fifteen days where one meets, eight online; free events £30; waived for an Ofsted visit; another person until 48 hours.
    "by mode": {
        "free_until": {"count": 15, "days": "calendar"},
        "then_percent": "100",
        "cases": [
            {"mode": "online", "free_until": {"count": 8, "days": "calendar"}},
            {"basis": "free", "then": {"fee": "30.00"}},
        ],
        "substitution_until": {"hours": 48},
        "waivers": ["ofsted"],
    },
    # Ten working days; then £35 for half a day, £70 for a day; who arrives late has not come.
    "by length": {
        "free_until": {"count": 10, "days": "working"},
        "then": {"fee": {"half_day": "35.00", "day": "70.00"}},
        "late_is_absent": True,
    },
    # Fifteen days; half the price until a week before, three quarters until the day before, then all of it.
    "funded": {
        "free_until": {"count": 15, "days": "calendar"},
        "steps": [
            {"until": {"count": 7, "days": "calendar"}, "percent": "50"},
            {"until": {"count": 1, "days": "calendar"}, "percent": "75"},
        ],
        "then_percent": "100",
    },
    # Four weeks; half the price until two weeks before; then all of it.
    "weeks": {
        "free_until": {"weeks": 4},
        "steps": [{"until": {"weeks": 2}, "percent": "50"}],
        "then_percent": "100",
    },
    # Five working days, a week; then the whole price.
    "five working days": {"free_until": {"count": 5, "days": "working"}, "then_percent": "100"},
}
