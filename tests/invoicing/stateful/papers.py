"""The things a second book is kept of, and the arithmetic of pence and days, written anew: nothing of the code under test."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction


def half_up(figure: Fraction) -> int:
    """Whole pence, half a penny up; never for figures below nought."""
    return int(figure + Fraction(1, 2))


def shares(pence: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder, the earlier share first on a tie."""
    exact = [Fraction(pence * weight, sum(weights)) for weight in weights]
    found = [int(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (found[i] - exact[i], i))
    for index in order[: pence - sum(found)]:
        found[index] += 1
    return found


def months_after(day: date, count: int) -> date:
    """The same day some months later, or the last day of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def month_end(day: date) -> date:
    return months_after(day.replace(day=1), 1) - timedelta(days=1)


@dataclass
class Terms:
    grouping: str = "purchase_order"
    rhythm: str = "as_due"
    days: int = 30
    order_needed: bool = False


@dataclass
class Item:
    """Something to invoice, and its line once it is. ``ends`` is the day after the last of its service."""

    key: str
    customer: str
    consumer: str
    net: int
    category: str
    rate: Fraction
    bill_on: date
    purchase_order: str = ""
    label: str = ""
    pattern: str = "at_once"
    begins: date | None = None
    ends: date | None = None
    instalments: int = 1
    held: bool = False
    before: int = 0
    """Pence taken off before it was invoiced."""
    due: int = 0
    """Pence taken off since, for which a credit note is due."""
    invoice: "Invoice | None" = None
    credited: int = 0
    deferral: "Deferral | None" = None
    line: int = 0

    @property
    def pending(self) -> bool:
        return self.invoice is None and self.before < self.net

    @property
    def billed(self) -> int:
        """The net of its line."""
        return self.net - self.before

    @property
    def uncredited(self) -> int:
        """Pence of its line that no credit note took."""
        return self.billed - self.credited

    @property
    def left(self) -> int:
        """Pence that it can still be reduced or credited by: what is due as a credit is spoken for."""
        return self.uncredited - self.due


@dataclass
class Deferral:
    """What of an invoiced item is not income yet. ``least`` and ``most`` differ only where the book cannot know."""

    item: Item
    since: date
    least: int
    most: int
    touched: bool = False

    def release(self, on: date) -> None:
        item = self.item
        if item.pattern == "on_verification" or item.ends is None or self.since > on:
            return
        last = item.ends - timedelta(days=1)
        if last <= on:
            self.least = self.most = 0
        elif item.pattern == "over_time":
            parts = [pence for day, pence in schedule(item) if day > on]
            self.most = min(self.most, sum(parts))
            self.least = min(self.least, 0 if self.touched else sum(parts))

    def falls_by(self, on: date) -> bool:
        """Whether a release on a day may find something."""
        after = replace(self)
        after.release(on)
        return after.most < self.most

    def credit(self, pence: int) -> None:
        """What is told, or due on one day, gives first what is not income yet; months give as they stand."""
        if self.item.pattern != "over_time":
            self.least = self.most = self.most - min(pence, self.most)
            return
        self.touched = True
        self.least, self.most = max(self.least - pence, 0), min(self.most, self.item.uncredited)


def schedule(item: Item) -> list[tuple[date, int]]:
    """The days and pence at which a service over time becomes income, none of it credited."""
    assert item.begins
    assert item.ends
    starts = [item.begins]
    while (following := months_after(starts[-1].replace(day=1), 1)) < item.ends:
        starts.append(following)
    ends = [*starts[1:], item.ends]
    whole = item.begins.day == 1 and item.ends.day == 1
    days = [1 if whole else (end - start).days for start, end in zip(starts, ends, strict=True)]
    return [
        (end - timedelta(days=1), pence) for end, pence in zip(ends, shares(item.billed, days), strict=True) if pence
    ]


def defers(item: Item, on: date) -> bool:
    """Whether an invoice of a day leaves the item for later."""
    if item.pattern == "on_verification" or (item.pattern == "on_use" and item.ends is None):
        return True
    return item.pattern != "at_once" and item.ends is not None and item.ends - timedelta(days=1) > on


@dataclass
class Due:
    """One payment that an invoice asks for."""

    on: date
    pence: int
    owed: int
    invoice: "Invoice"
    pk: int = 0


@dataclass
class Invoice:
    customer: str
    issued_on: date
    items: list[Item]
    dues: list[Due] = field(default_factory=list)
    number: str = ""

    @property
    def groups(self) -> dict[tuple[str, Fraction], list[Item]]:
        found: dict[tuple[str, Fraction], list[Item]] = {}
        for item in self.items:
            found.setdefault((item.category, item.rate), []).append(item)
        return found

    @property
    def vat(self) -> int:
        return sum(half_up(sum(item.billed for item in group) * rate) for (_, rate), group in self.groups.items())

    @property
    def vat_credited(self) -> int:
        return sum(half_up(sum(item.credited for item in group) * rate) for (_, rate), group in self.groups.items())

    @property
    def owed(self) -> int:
        return sum(due.owed for due in self.dues)

    def vat_of_credit(self, amounts: dict[str, int]) -> int:
        """VAT of a further credit: what falls on all that is credited, less what was given before, rate by rate."""
        vat = 0
        for (_, rate), group in self.groups.items():
            before = sum(item.credited for item in group)
            more = sum(amounts.get(item.key, 0) for item in group)
            vat += half_up((before + more) * rate) - half_up(before * rate)
        return vat


@dataclass
class Money:
    """Money on an account: received, credited, carried, or given up by us."""

    kind: str
    owner: str
    pence: int
    left: int
    on: date
    pk: int
    of: Invoice | None = None
    """The invoice that it credits or gives up."""
    passed_on: bool = False
    reversed: bool = False


@dataclass
class Settled:
    """So much of some money set against a payment."""

    money: Money
    due: Due
    pence: int
    pk: int
    undone: bool = False


@dataclass
class Repaid:
    money: Money
    pence: int
    on: date
    pk: int
    paid: bool = False


@dataclass
class CreditDue:
    """A reduction of something invoiced that waits for its credit note."""

    item: Item
    pence: int
