"""The terms of a cancellation policy for one place, by day: what stays owed, in percent of its price and in fixed sums.

The form is explained, with examples, in ``docs/cancellation-policies.md``. ``count`` counts whole days between the day
of cancelling and the first day of the event; neither of the two counts. So *free until 4 working days before* Wednesday
24 March 2027 means up to and including Wednesday 17 March (18, 19, 22 and 23 March lie between). A week is seven
calendar days. The percentage is of the price, before VAT; so are fixed sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.core.money import Money, round_half_up
from marketplace.core.wording import LONDON
from marketplace.core.working_days import working_days_before

Policy = dict[str, Any]

HALF_DAY = timedelta(hours=4)
CHANGEABLE = ("free_until", "steps", "then", "then_percent", "not_attended")

# Why a school may ask that what stays owed is waived. None of them says anything about anybody's health.
WAIVER_REASONS: dict[str, str] = {
    "ofsted": "An Ofsted visit",
    "bereavement": "A bereavement",
    "illness": "The person was ill, and the school holds the note",
    "closure": "The school had to close (weather, heating, an emergency)",
    "transport": "Trains or roads were closed",
}


class Basis(StrEnum):
    """How a place is paid: by its price, not at all, or by a subscription that includes it."""

    CHARGED = "charged"
    FREE = "free"
    INCLUDED = "included"


@dataclass(frozen=True)
class Length:
    """How long an event is: its meetings of at most four hours, and its longer ones."""

    half_days: int = 0
    days: int = 1

    @classmethod
    def of(cls, meetings: Iterable[tuple[datetime, datetime]]) -> "Length":
        """Counted from the beginning and end of each meeting."""
        short = [ends - starts <= HALF_DAY for starts, ends in meetings]
        return cls(half_days=sum(short), days=len(short) - sum(short))


@dataclass(frozen=True)
class Keeps:
    """What stays owed: ``percent`` of the price, and in pence ``place`` once, ``half_day`` and ``day`` by meeting."""

    percent: Decimal = Decimal(0)
    place: int = 0
    half_day: int = 0
    day: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.percent or self.place or self.half_day or self.day)

    def fixed(self, length: Length) -> Money:
        """The fixed sums alone, for an event of this length."""
        return Money(self.place + self.half_day * length.half_days + self.day * length.days)

    def of(self, price: Money, length: Length) -> Money:
        """What stays owed of a price, rounded half up once: never more than the price."""
        return min(fee(price, self.percent) + self.fixed(length), price)

    def covers(self, earlier: "Keeps", *, priced: bool) -> bool:
        """Whether it is never less than ``earlier``, whatever the price and the length."""
        if priced and self.percent >= 100:
            return True
        sums = self.place >= earlier.place and self.half_day >= earlier.half_day and self.day >= earlier.day
        return sums and (not priced or self.percent >= earlier.percent)


FREE = Keeps()


@dataclass(frozen=True)
class Rung:
    """Who cancels from ``first`` to ``last`` (both included) still owes ``keeps``.

    ``first`` is None on the first rung, ``last`` on the last one.
    """

    first: date | None
    last: date | None
    keeps: Keeps

    @property
    def percent(self) -> Decimal:
        return self.keeps.percent

    def __contains__(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


def fee(net: Money, percent: Decimal) -> Money:
    """A share of a price, rounded half up once."""
    return Money(round_half_up(Decimal(net.pence) * percent / 100))


def keeps_of(terms: dict[str, Any]) -> Keeps:
    """``{"percent": "50"}``, ``{"fee": "30.00"}``, ``{"fee": "50.00", "per": "meeting"}``, ``{"fee": {"half_day": "35",
    "day": "70"}}``, or a percentage and a fee together."""
    percent, fixed = Decimal(terms.get("percent", "0")), terms.get("fee", "0")
    if isinstance(fixed, dict):
        return Keeps(percent, half_day=_pence(fixed["half_day"]), day=_pence(fixed["day"]))
    if terms.get("per", "place") == "meeting":
        return Keeps(percent, half_day=_pence(fixed), day=_pence(fixed))
    return Keeps(percent, place=_pence(fixed))


def _pence(pounds: str) -> int:
    return int(Decimal(pounds) * 100)


def terms_for(policy: Policy, *, mode: str, basis: str) -> Policy:
    """What holds for a place: the terms above, and each case that fits it changes what it names, one after the other."""
    terms = {name: policy[name] for name in CHANGEABLE if name in policy}
    for case in policy.get("cases", []):
        if case.get("mode", mode) == mode and case.get("basis", basis) == basis:
            if "then" in case or "then_percent" in case:
                terms = {name: value for name, value in terms.items() if name not in ("then", "then_percent")}
            terms |= {name: case[name] for name in CHANGEABLE if name in case}
    return terms


def last_of(terms: Policy) -> Keeps:
    """What stays owed from the last rung on."""
    return keeps_of(terms["then"]) if "then" in terms else Keeps(Decimal(terms["then_percent"]))


def last_day(until: dict[str, Any], event: date) -> date:
    """The last day on which that many whole days still lie between it and the event."""
    if "weeks" in until:
        return event - timedelta(days=7 * until["weeks"] + 1)
    if until["days"] == "working":
        return working_days_before(event, until["count"]) - timedelta(days=1)
    return event - timedelta(days=until["count"] + 1)


def ladder(
    policy: Policy,
    event: date,
    *,
    mode: str = "face_to_face",
    basis: str = Basis.CHARGED,
    free_until: date | None = None,
) -> list[Rung]:
    """The rungs in order of date, without gaps: free first, what stays owed at the last one last.

    ``free_until`` is a day up to which everything is free whatever the policy says: the organiser moved the event.
    """
    terms = terms_for(policy, mode=mode, basis=basis)
    ends = [(last_day(terms["free_until"], event), FREE)]
    ends += [(last_day(step["until"], event), keeps_of(step)) for step in terms.get("steps", [])]
    ends.sort(key=lambda end: end[0])
    if free_until is not None:
        ends = [(free_until, FREE), *[end for end in ends if end[0] > free_until]]
    rungs: list[Rung] = []
    first: date | None = None
    for last, keeps in ends:
        if first is None or last >= first:
            _add(rungs, Rung(first, last, keeps))
            first = last + timedelta(days=1)
    _add(rungs, Rung(first, None, last_of(terms)))
    return rungs


def _add(rungs: list[Rung], rung: Rung) -> None:
    """One more rung, or the last one made longer where nothing changes."""
    if rungs and rungs[-1].keeps == rung.keeps:
        rung = Rung(rungs.pop().first, rung.last, rung.keeps)
    rungs.append(rung)


def rung_on(policy: Policy, event: date, on: date, *, mode: str = "face_to_face", basis: str = Basis.CHARGED) -> Rung:
    return next(rung for rung in ladder(policy, event, mode=mode, basis=basis) if on in rung)


def not_attended(policy: Policy, *, mode: str, basis: str, length: Length) -> Money:
    """The fee for not coming to a place without a price: what the policy says, else what cancelling on the day costs.

    Who paid a price and does not come has paid: nothing is added to it and nothing comes back.
    """
    if basis == Basis.CHARGED:
        return Money(0)
    terms = terms_for(policy, mode=mode, basis=basis)
    keeps = keeps_of(terms["not_attended"]) if "not_attended" in terms else last_of(terms)
    return keeps.fixed(length)


def substitution_until(policy: Policy, starts: datetime) -> date:
    """The last day on which somebody else may be sent: the day itself unless the policy says otherwise.

    Hours are counted back from the beginning, and the whole of that day is still in time.
    """
    until = policy.get("substitution_until")
    if until is None:
        return starts.astimezone(LONDON).date()
    if "hours" in until:
        return (starts - timedelta(hours=until["hours"])).astimezone(LONDON).date()
    return last_day(until, starts.astimezone(LONDON).date())


def late_is_absent(policy: Policy) -> bool:
    """Whether somebody who arrives late counts as not having come."""
    return bool(policy.get("late_is_absent", False))


def waiver_reasons(policy: Policy) -> dict[str, str]:
    """For what a school may ask a waiver, by code: all reasons unless the policy names some, none where it names none."""
    named = policy.get("waivers", list(WAIVER_REASONS))
    return {code: words for code, words in WAIVER_REASONS.items() if code in named}
