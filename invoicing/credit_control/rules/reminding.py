"""Who is reminded of what on a day: one reminder for a customer, at the highest level that is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Level:
    """A level that is used: its place among them, the days after the due date, and the least it asks for in pence."""

    id: int
    position: int
    days_after: int
    minimum_pence: int = 0


@dataclass(frozen=True)
class Overdue:
    """An open item that is past its day, in pence; ``sent`` are the positions of the levels that it was reminded at."""

    item_id: int
    customer_id: int
    number: str
    due_on: date
    outstanding_pence: int
    in_query_pence: int = 0
    sent: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Asked:
    """What a reminder asks for of one item, in pence, at the item's own level."""

    item_id: int
    level_id: int
    number: str
    due_on: date
    pence: int


@dataclass(frozen=True)
class Proposed:
    """One reminder: the highest of its items' levels gives its words."""

    customer_id: int
    level_id: int
    items: list[Asked] = field(default_factory=list)
    in_query_pence: int = 0

    @property
    def pence(self) -> int:
        return sum(item.pence for item in self.items)


@dataclass(frozen=True)
class LeftOut:
    """A customer who would be reminded and is not, with what is overdue in pence and the reason as a code."""

    customer_id: int
    pence: int
    reason: str


JOURNAL, PAUSED, IN_QUERY, SMALL = "journal", "paused", "in_query", "small"


def level_due(levels: Sequence[Level], days_late: int, sent: frozenset[int]) -> Level | None:
    """The highest level reached after so many days. None where that one, or a higher one, was sent before.

    >>> seven, week_six = Level(1, 1, 7), Level(2, 2, 45)
    >>> level_due([seven, week_six], 50, frozenset()).position
    2
    >>> level_due([seven, week_six], 50, frozenset({2})) is None
    True
    """
    reached = [level for level in levels if level.days_after <= days_late]
    highest = max(reached, key=lambda level: level.position, default=None)
    return highest if highest and all(position < highest.position for position in sent) else None


def due_reminders(
    items: Sequence[Overdue], levels: Sequence[Level], *, on: date, left_alone: Mapping[int, str]
) -> tuple[list[Proposed], list[LeftOut]]:
    """The reminders of a day, and who is left out though something is due at a level.

    What is asked for is outstanding less in query, item by item; an item wholly in query is not asked for.
    ``left_alone`` are customers who are never reminded now (council journal, paused), with the reason. Customers
    keep the order of their first item.
    """
    by_customer: dict[int, list[tuple[Overdue, Level]]] = {}
    for item in items:
        level = level_due(levels, (on - item.due_on).days, item.sent)
        if level and item.outstanding_pence > 0:
            by_customer.setdefault(item.customer_id, []).append((item, level))
    reminders, left_out = [], []
    for customer_id, due in by_customer.items():
        made, reason = _for_customer(customer_id, due, left_alone.get(customer_id, ""))
        if made:
            reminders.append(made)
        else:
            left_out.append(LeftOut(customer_id, sum(item.outstanding_pence for item, _ in due), reason))
    return reminders, left_out


def _for_customer(
    customer_id: int, due: Sequence[tuple[Overdue, Level]], left_alone: str
) -> tuple[Proposed | None, str]:
    if left_alone:
        return None, left_alone
    asked = [(item, level) for item, level in due if item.in_query_pence < item.outstanding_pence]
    if not asked:
        return None, IN_QUERY
    highest = max((level for _, level in asked), key=lambda level: level.position)
    made = Proposed(
        customer_id,
        highest.id,
        [
            Asked(item.item_id, level.id, item.number, item.due_on, item.outstanding_pence - item.in_query_pence)
            for item, level in asked
        ],
        sum(item.in_query_pence for item, _ in due),
    )
    return (made, "") if made.pence >= highest.minimum_pence else (None, SMALL)
