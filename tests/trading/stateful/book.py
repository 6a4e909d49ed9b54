"""The second set of books of bookings: what must stand after each step, worked out without the platform's own rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

MEMBER, OTHER = 140_00, 180_00
FREE_DAYS = 7
"""Free while seven whole days lie between the day of cancelling and the course; then half the price stays owed."""


@dataclass
class Date:
    """One course date as the second book knows it."""

    key: str
    day: date
    capacity: int
    open: bool = True
    free_until: date | None = None


@dataclass
class Place:
    """One place of a school on a date: what it was sold for before VAT, and what became of it."""

    pk: int
    school: str
    run: Date
    line: int
    net: int
    included: bool
    state: str = "booked"
    owed: int = 0

    def __post_init__(self) -> None:
        self.owed = 0 if self.state == "held" else self.net

    @property
    def live(self) -> bool:
        return self.state in ("booked", "held")

    def free_on(self, day: date) -> bool:
        moved = self.run.free_until is not None and day <= self.run.free_until
        return moved or day <= self.run.day - timedelta(days=FREE_DAYS + 1)

    def kept_on(self, day: date) -> int:
        """What stays owed when the school cancels on a day: nothing, or half, half a penny up."""
        return 0 if self.free_on(day) else (self.net + 1) // 2


@dataclass
class Wait:
    """An entry of a waiting list; ``offered`` places are held for it."""

    pk: int
    school: str
    run: Date
    seats: int
    together: bool
    state: str = "waiting"
    offered: int = 0

    @property
    def live(self) -> bool:
        return self.state in ("waiting", "offered")


@dataclass
class Gold:
    """Places of a subscription."""

    granted: int
    left: int


@dataclass
class Book:
    """All that was booked, waits or was cancelled."""

    dates: dict[str, Date] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    waits: dict[int, Wait] = field(default_factory=dict)
    gold: dict[str, Gold] = field(default_factory=dict)

    def taken(self, run: Date) -> int:
        held = sum(one.offered for one in self.waits.values() if one.run is run and one.state == "offered")
        return held + sum(one.live for one in self.places.values() if one.run is run)

    def free(self, run: Date) -> int:
        return run.capacity - self.taken(run) if run.open else 0

    def owed(self, school: str) -> int:
        """What the school owes for its places before VAT, whatever was invoiced of it."""
        return sum(one.owed for one in self.places.values() if one.school == school)

    def booked(self) -> Iterator[Place]:
        return (one for one in self.places.values() if one.state == "booked")

    def give_back(self, place: Place) -> None:
        """An included place may be used again."""
        self.gold[place.school].left += 1
