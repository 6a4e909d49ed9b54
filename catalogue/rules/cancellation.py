"""What cancelling costs: an offer's policy as data, evaluated for a day.

A policy: ``{"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}``, with optional steps
between, latest first or last in any order: ``"steps": [{"until": {"count": 7, "days": "calendar"},
"percent": "50"}]``.

``count`` counts whole days between the day of cancelling and the first day of the event; neither of the two
counts. So *free until 4 working days before* Wednesday 24 March 2027 means up to and including Wednesday 17
March (18, 19, 22 and 23 March lie between). The percentage is of the price, before VAT.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from marketplace.core.errors import WrongInput
from marketplace.core.money import Money, round_half_up
from marketplace.core.working_days import working_days_before

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?")
MAX_DAYS = 400

Policy = dict[str, Any]

DEFAULT_POLICY: Policy = {"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}


class WrongPolicy(WrongInput):
    """A cancellation policy that cannot be read."""

    code = "wrong_cancellation_policy"


@dataclass(frozen=True)
class Rung:
    """Who cancels from ``first`` to ``last`` (both included) pays ``percent`` of the price.

    ``first`` is None on the first rung, ``last`` on the last one.
    """

    first: date | None
    last: date | None
    percent: Decimal

    def __contains__(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def check_policy(policy: Any) -> None:
    """Refuses a policy that is not of the form above, or whose charge falls as the event comes nearer."""
    if not isinstance(policy, dict) or not {"free_until", "then_percent"} <= set(policy) <= {
        "free_until",
        "then_percent",
        "steps",
    }:
        raise WrongPolicy("Cancellation policy must have free_until and then_percent, and may have steps")
    _check_days(policy["free_until"])
    _check_percent(policy["then_percent"])
    if not isinstance(policy.get("steps", []), list):
        raise WrongPolicy("Cancellation policy: steps must be a list")
    for step in policy.get("steps", []):
        if not isinstance(step, dict) or set(step) != {"until", "percent"}:
            raise WrongPolicy("Cancellation policy: each step must have until and percent")
        _check_days(step["until"])
        _check_percent(step["percent"])
    rungs = ladder(policy, date(2027, 6, 30))
    if any(later.percent < earlier.percent for earlier, later in pairwise(rungs)):
        raise WrongPolicy("Cancellation policy: the charge must not fall as the day comes nearer")


def _check_days(days: Any) -> None:
    if not isinstance(days, dict) or set(days) != {"count", "days"} or days["days"] not in ("working", "calendar"):
        raise WrongPolicy('Cancellation policy: days must be like {"count": 4, "days": "working"}')
    if type(days["count"]) is not int or not 0 <= days["count"] <= MAX_DAYS:
        raise WrongPolicy(f"Cancellation policy: count must be a whole number from 0 to {MAX_DAYS}")


def _check_percent(percent: Any) -> None:
    good = isinstance(percent, str) and percent.isascii() and _PERCENT.fullmatch(percent)
    if not good or Decimal(percent) > 100:
        raise WrongPolicy('Cancellation policy: a percentage must be text from "0" to "100"')


def last_day(until: dict[str, Any], event: date) -> date:
    """The last day on which ``count`` whole days still lie between it and the event."""
    if until["days"] == "working":
        return working_days_before(event, until["count"]) - timedelta(days=1)
    return event - timedelta(days=until["count"] + 1)


def ladder(policy: Policy, event: date) -> list[Rung]:
    """The rungs in order of date, without gaps: free first, the full charge last."""
    ends = [(last_day(policy["free_until"], event), Decimal(0))]
    ends += [(last_day(step["until"], event), Decimal(step["percent"])) for step in policy.get("steps", [])]
    ends.sort()
    rungs: list[Rung] = []
    first: date | None = None
    for last, percent in ends:
        if first is None or last >= first:
            rungs.append(Rung(first, last, percent))
            first = last + timedelta(days=1)
    rungs.append(Rung(first, None, Decimal(policy["then_percent"])))
    return rungs


def rung_on(policy: Policy, event: date, on: date) -> Rung:
    return next(rung for rung in ladder(policy, event) if on in rung)


def fee(net: Money, percent: Decimal) -> Money:
    """What stays owed of a price, rounded half up once."""
    return Money(round_half_up(Decimal(net.pence) * percent / 100))
