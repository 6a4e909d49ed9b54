"""Who attended a course, when that earns a certificate, and which figures about people may be shown. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

SHARE_PERCENT = 80
"""Of the meetings of a course somebody must have attended for a certificate."""
FEWEST = 5
"""Figures of fewer people than this are not shown, nor what would give them away."""
PRESENT = frozenset({"here", "late"})


def attended(states: Iterable[str]) -> int:
    """At how many meetings somebody was; coming late is coming."""
    return sum(state in PRESENT for state in states)


def missed(states: Iterable[str], *, late_is_absent: bool) -> bool:
    """Whether somebody came to nothing; where a policy says so, coming late everywhere is not coming."""
    came = {"here"} if late_is_absent else PRESENT
    return not any(state in came for state in states)


def earns_certificate(*, seen: int, meetings: int) -> bool:
    """At least 80% of the meetings of a course, and one of them: 4 of 5, 2 of 2, but not 2 of 3."""
    return seen > 0 and seen * 100 >= SHARE_PERCENT * meetings


def digest_of(*, number: str, course: str, provider: str, first: date, last: date, minutes: int) -> str:
    """The hash of what a certificate says, without the person's name, which must stay erasable."""
    facts = (number, course, provider, first.isoformat(), last.isoformat(), str(minutes))
    return sha256("\n".join(facts).encode()).hexdigest()


def hours_words(minutes: int) -> str:
    """ "5 hours 30 minutes", "1 hour", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    if rest or not parts:
        parts.append(f"{rest} minute{'' if rest == 1 else 's'}")
    return " ".join(parts)


@dataclass(frozen=True)
class Satisfaction:
    """What people thought: how many answered, the sum of their scores, how many would recommend it."""

    people: int
    points: int
    recommend: int

    @property
    def shown(self) -> bool:
        """Whether any figure may be shown: not of fewer than 5 people."""
        return self.people >= FEWEST

    @property
    def tenths(self) -> int | None:
        """The mean score in tenths, half up (43 is 4.3), or None where too few answered."""
        return (self.points * 20 + self.people) // (2 * self.people) if self.shown else None

    @property
    def percent(self) -> int | None:
        """How many of 100 would recommend it, half up. None where too few answered, and where those who would, or those
        who would not, are 1 to 4 people: the one figure gives the other away."""
        parts = (self.recommend, self.people - self.recommend)
        if not self.shown or any(0 < part < FEWEST for part in parts):
            return None
        return (self.recommend * 200 + self.people) // (2 * self.people)

    def __sub__(self, other: "Satisfaction") -> "Satisfaction":
        return Satisfaction(
            self.people - other.people, self.points - other.points, self.recommend - other.recommend
        )  # fmt: skip


def part_shown(part: Satisfaction, whole: Satisfaction) -> bool:
    """Whether a part may be shown beside its whole: the rest, which can be worked out, is nobody or 5 people too."""
    rest = whole.people - part.people
    return part.shown and (rest == 0 or rest >= FEWEST)
