"""The ground of the machine: its world, what a step is, and what is looked at after every one of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db import connection, transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from invoicing.ledger.verification import LEGS
from invoicing.second_person.models import Action
from invoicing.services import load_reference_rate, seed_reminder_levels, set_late_payment, set_limit
from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.errors import DomainError
from marketplace.core.sealing import seal_all
from marketplace.core.verification import verify
from marketplace.organisations.models import Organisation
from tests.invoicing.books import written
from tests.invoicing.stateful.book import Book
from tests.invoicing.stateful.papers import Terms

FIRST_DAY = date(2026, 9, 1)
LIMITS = {Action.CREDIT_NOTE: 60_000, Action.WRITE_OFF: 5_000, Action.REFUND: 5_000, Action.CARRY: 5_000}
_BALANCES = f"SELECT account, party, sum(pence) FROM ({LEGS}) legs GROUP BY 1, 2"
_DEFERRED = "SELECT source_key, open_pence FROM invoicing_deferral"
RATE = Decimal("0.0375")
T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """Who trades: customers by a short name, and those who act for the partnership."""

    customers: Mapping[str, Organisation]
    officer: Actor
    managers: Sequence[Actor]
    actor: Actor = field(default_factory=lambda: platform("test"))


@dataclass
class Tally:
    """Steps by rule: with an effect, refused as the second book said, and without anything to do."""

    effect: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    idle: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    walks: int = 0
    checks: int = 0
    checked_rows: Counter[str] = field(default_factory=Counter)

    @property
    def steps(self) -> int:
        return sum((self.effect + self.refused + self.idle).values())

    def lines(self) -> Iterator[str]:
        yield f"{'rule':<28}{'effect':>8}{'refused':>9}{'nothing':>9}"
        for name in sorted({*self.effect, *self.refused, *self.idle}):
            yield f"{name:<28}{self.effect[name]:>8}{self.refused[name]:>9}{self.idle[name]:>9}"
        names = len(self.checked_rows)
        yield f"{self.steps} steps in {self.walks} walks; after each all {names} invariants: {self.checks} checks"
        yield "refusals: " + ", ".join(f"{name} {count}" for name, count in sorted(self.refusals.items()))


def prepare_world(world: World) -> World:
    """Limits, reference rates, levels of reminders: what stands before the first step of every walk."""
    manager = world.managers[0]
    for action, pence in LIMITS.items():
        set_limit(action=action, pence=pence, valid_from=FIRST_DAY, actor=manager)
    for year in range(2026, 2046):
        for month in (1, 7):
            load_reference_rate(half_from=date(year, month, 1), rate=RATE, actor=manager)
    set_late_payment(from_on=FIRST_DAY, claims=True, actor=manager)
    seed_reminder_levels()
    return world


class Ground(RuleBasedStateMachine):
    """Begins on the same day with the same customers; everything it writes is taken back at its end."""

    world: World
    tally: Tally
    at_end: Callable[["Ground"], None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.tally.walks += 1
        self._stack = ExitStack()
        self._stack.enter_context(transaction.atomic())
        self.today = FIRST_DAY
        self.book = Book({name: Terms() for name in self.world.customers})
        self.count = 0
        self.sound = False

    def teardown(self) -> None:
        try:
            if self.at_end and self.sound:
                type(self).at_end(self)  # type: ignore[misc]
        finally:
            transaction.set_rollback(True)
            self._stack.close()

    # -- a step

    @contextmanager
    def step(self, name: str, may_refuse: Mapping[type[DomainError], bool] | None = None) -> Iterator[None]:
        """One call of a verb. It is refused exactly where one of these is true, by one of those, and then writes nothing."""
        expected = tuple(error for error, is_so in (may_refuse or {}).items() if is_so)
        before = written() if expected else None
        self.sound = False
        try:
            yield
        except DomainError as refusal:
            if not isinstance(refusal, expected):
                raise AssertionError(
                    f"{name} was refused against the second book: {refusal.code}: {refusal}"
                ) from refusal
            assert written() == before, f"{name} was refused and wrote something"
            self.tally.refused[name] += 1
            self.tally.refusals[refusal.code] += 1
            return
        except Idle:
            self.tally.idle[name] += 1
            return
        assert not expected, f"{name} was not refused: {[error.__name__ for error in expected]}"
        self.tally.effect[name] += 1

    def key(self, kind: str) -> str:
        self.count += 1
        return f"{kind}:{self.count}"

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), tzinfo=UTC)

    @property
    def customers(self) -> list[str]:
        return list(self.world.customers)

    def of(self, name: str) -> Organisation:
        return self.world.customers[name]

    def member(self, name: str) -> Actor:
        """Somebody who buys for a customer, without a login."""
        return Actor(None, None, "Amira Khan", frozenset({Grant(Role.BUYER, self.of(name).pk)}))

    # -- after every step

    @invariant()
    def every_invariant_holds(self) -> None:
        seal_all()  # as the sealer does every few seconds: a walk lies in one transaction, whose clock stands still
        with connection.cursor() as cursor:  # what is deferred would not be looked at before a commit that never comes
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        broken = []
        for finding in verify():
            self.tally.checked_rows[finding.invariant.name] += finding.checked
            broken += [f"{finding.invariant.name}: {text}" for text in finding.violations]
        assert not broken, "; ".join(broken)
        self.tally.checks += 1

    @invariant()
    def the_ledger_says_what_the_second_book_says(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BALANCES)
            legs = {(account, party): int(pence) for account, party, pence in cursor.fetchall()}
            cursor.execute(_DEFERRED)
            deferred = {key: int(pence) for key, pence in cursor.fetchall()}
        book = self.book
        for name, customer in self.world.customers.items():
            assert legs.get(("1100", customer.pk), 0) == book.owed(name), f"what {name} owes"
            assert -legs.get(("2100", customer.pk), 0) == book.on_account(name), f"what is on the account of {name}"
        sums: Counter[str] = Counter()
        for (account, _), pence in legs.items():
            sums[account] += pence
        assert sums["1000"] == book.bank, "the bank"
        assert -sums["2150"] == book.to_repay, "refunds to pay"
        assert sums["7000"] == book.written_off, "debts written off"
        assert -sums["2200"] - sums["2250"] == book.vat_invoiced, "VAT on sales, due or waiting"
        plans = [invoice for invoice in book.invoices if invoice.items[0].instalments > 1]
        assert 0 <= -sums["2250"] <= sum(one.vat - one.vat_credited for one in plans), "VAT that waits"
        income = sum(-pence for account, pence in sums.items() if account.startswith("4"))
        assert income - sums["2300"] == book.net_invoiced, "income, and what is deferred"
        assert sorted(deferred) == sorted(one.item.key for one in book.deferrals), "what was deferred"
        for one in book.deferrals:
            assert one.least <= deferred[one.item.key] <= one.most, f"what is deferred of {one.item.key}"
        self.sound = True


class Idle(Exception):
    """There was nothing to do."""


def pick(things: Sequence[T], number: int) -> T:
    """One of them by a drawn number; the same number on the same things is the same one."""
    return things[number % len(things)]


def part_of(whole: int, percent: int) -> int:
    """A drawn part in pence, at least a penny; above 100 it is more than there is."""
    return whole + 1 if percent > 100 else max(whole * percent // 100, 1)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)
