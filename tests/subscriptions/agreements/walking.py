"""One agreement changed in any order, and its second book: what both must agree on after every step."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st

from invoicing.receivables.models import Charge, Reduction
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.core.verification import registered
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, CreditRule, Every, Prorate, Timing
from subscriptions.services import (
    change,
    charge_due,
    end,
    preview_change,
    preview_end,
    preview_resume,
    preview_suspend,
    resume,
    suspend,
)
from tests.subscriptions.agreements.days import Book
from tests.subscriptions.agreements.terms import SCHOOL_YEAR, agreed, line

# Short steps as often as long ones, so that a walk gets far; cheap plans after dear ones, so that much is left to carry.
PRICES = st.one_of(st.integers(1, 400_000), st.sampled_from([1, 12, 3_650, 365_000]))
DEED = st.tuples(
    st.sampled_from(["change", "add", "stop", "pause", "resume", "charge", "end", "change", "resume", "charge"]),
    st.one_of(st.integers(1, 12), st.integers(1, 100)),
    st.integers(0, 2),
    PRICES,
)
TERMS = st.tuples(
    st.sampled_from(list(Every)),
    st.sampled_from(list(Timing)),
    st.sampled_from([Prorate.MONTHS, Prorate.DAYS]),
    st.integers(0, 200),
    PRICES,
)


class Walk:
    """One agreement and its second book."""

    def __init__(self, customer: Organisation, actor: Actor, terms: tuple[Every, Timing, Prorate, int, int]) -> None:
        every, timing, how, start, price = terms
        self.actor, self.by = actor, CreditRule(how.value)
        self.day = SCHOOL_YEAR.start + timedelta(days=start)
        self.book = Book(SCHOOL_YEAR, how == Prorate.MONTHS, plans={1: [(self.day, price)]})
        first = line(price, SCHOOL_YEAR, valid=Period(self.day, SCHOOL_YEAR.end))
        billing = Billing(every, timing, how)
        self.agreement = agreed(customer, first, actor=actor, term=SCHOOL_YEAR, billing=billing, on=self.day)

    def do(self, deed: str, days: int, slot: int, price: int) -> bool:
        """Does it where it can be done; what it comes to must be what was shown."""
        self.agreement = Agreement.objects.get(pk=self.agreement.pk)
        day = self.day + timedelta(days=days)
        if day >= SCHOOL_YEAR.end or self.book.ends < date.max:
            return False
        paused = self.agreement.state == Agreement.State.SUSPENDED
        if (deed in ("change", "add", "stop", "pause") and paused) or (deed == "resume" and not paused):
            return False
        running = [one for one in self.book.plans if one not in self.book.stops]
        if deed in ("change", "stop") and not running:
            return False
        self.day = day
        getattr(self, f"_{deed}")(running[slot % len(running)] if running else 1, price)
        return True

    def _changed(self, **asked: Any) -> None:
        given = {"agreement": self.agreement, "on": self.day, "today": self.day, "lines": []} | asked
        shown = preview_change(**given)
        assert change(**given, actor=self.actor, expected_pence=shown.net_pence) == shown

    def _change(self, slot: int, price: int) -> None:
        self._changed(lines=[line(price, SCHOOL_YEAR, slot=slot, valid=Period(self.day, SCHOOL_YEAR.end))])
        self.book.plans[slot].append((self.day, price))

    def _add(self, slot: int, price: int) -> None:
        new = len(self.book.plans) + 1
        self._changed(lines=[line(price, SCHOOL_YEAR, slot=new, valid=Period(self.day, SCHOOL_YEAR.end))])
        self.book.plans[new] = [(self.day, price)]

    def _stop(self, slot: int, price: int) -> None:
        self._changed(stop=[slot])
        self.book.stops[slot] = self.day

    def _pause(self, slot: int, price: int) -> None:
        asked = {"agreement": self.agreement, "on": self.day, "today": self.day}
        shown = preview_suspend(**asked)
        assert suspend(**asked, reason="Pause", actor=self.actor) == shown
        self.book.pauses.append((self.day, date.max))

    def _resume(self, slot: int, price: int) -> None:
        asked = {"agreement": self.agreement, "on": self.day, "today": self.day}
        shown = preview_resume(**asked)
        assert resume(**asked, actor=self.actor) == shown
        self.book.pauses[-1] = (self.book.pauses[-1][0], self.day)

    def _charge(self, slot: int, price: int) -> None:
        charge_due(on=self.day, actor=self.actor)
        assert charge_due(on=self.day, actor=self.actor) == 0

    def _end(self, slot: int, price: int) -> None:
        asked = {"agreement": self.agreement, "on": self.day, "given_on": self.day, "credit": self.by}
        shown = preview_end(**asked)
        assert end(**asked, reason="Ends", actor=self.actor, expected_pence=shown.net_pence) == shown
        self.book.ends = self.day

    def both_books_agree(self) -> None:
        rows = list(BillingPeriod.objects.filter(line__agreement=self.agreement).select_related("line"))
        for slot in self.book.plans:
            own = [row for row in rows if row.line.slot == slot]
            counted = Counter(day for row in own for day in _days(row.valid_from, row.valid_to))
            assert counted == Counter(day for day, _ in self.book.active(slot))
            assert sum(row.pence + row.kept_pence for row in own) == self.book.cost(slot)
        broken = [
            (one.name, text)
            for one in registered()
            if one.number == 16 and one.name.startswith("agreement")
            for text in _broken(one.broken)
        ]
        assert not broken, broken

    def everything_is_charged_in_the_end(self) -> None:
        charge_due(on=SCHOOL_YEAR.end, actor=self.actor)
        owed = sum(Charge.objects.values_list("net_pence", flat=True))
        assert owed - sum(Reduction.objects.values_list("pence", flat=True)) == sum(
            self.book.cost(slot) for slot in self.book.plans
        )


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=number) for number in range((end - start).days))


def _broken(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def walk(customer: Organisation, actor: Actor, terms: Any, deeds: Any, done: Counter[str] | None = None) -> None:
    """Does the deeds that can be done, checks both books after each, and rolls everything back; ``done`` counts them."""
    with transaction.atomic():
        try:
            one = Walk(customer, actor, terms)
            one.both_books_agree()
            for deed in deeds:
                if one.do(*deed):
                    one.both_books_agree()
                    if done is not None:
                        done[deed[0]] += 1
            one.everything_is_charged_in_the_end()
        finally:
            transaction.set_rollback(True)
