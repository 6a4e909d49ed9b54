"""Statutory interest and the fixed sum on one late debt (Late Payment of Commercial Debts (Interest) Act 1998).

Simple interest: pence × (8% + reference rate) × days / 365, from the day after the due date; the reference rate is that
of the half-year in which the clock starts (SI 2002/1675) and stays for the whole debt. On an invoice in advance the
clock starts only when the service is performed (section 11). One fixed sum for a debt (section 5A). No VAT on either.
Rounded once, half up.

| owed | days | rate | interest | fixed sum |
|---|---|---|---|---|
| £1,350.00 | 41 | 8% + 3.75% | 1350 × 0.1175 × 41 / 365 = 17.818 → £17.82 | £70.00 |
| £960.00 | 73 | 8% + 4.25% | 960 × 0.1225 × 73 / 365 = 23.52 → £23.52 | £40.00 |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from marketplace.core.errors import DomainError
from marketplace.core.money import Money, round_half_up

STATUTORY = Decimal("0.08")
YEAR = 365
_FIXED = ((100_000, 4_000), (1_000_000, 7_000))
_LARGE_FIXED = 10_000


class NoReferenceRate(DomainError):
    """Interest is never guessed: without the half-year's reference rate there is no calculation."""

    code = "no_reference_rate"

    def __init__(self, half: date) -> None:
        super().__init__(
            f"The reference rate of the half-year from {half:%-d %B %Y} is not loaded, so interest cannot be worked "
            "out. Load the Bank of England's base rate of the day before that.",
            half_from=half.isoformat(),
        )


@dataclass(frozen=True)
class Disputed:
    """Pence in dispute ``[start, end)``; without an end still so."""

    start: date
    end: date | None
    pence: int


@dataclass(frozen=True)
class Stretch:
    """Days ``[start, end)`` on which the same sum bore interest; ``interest`` is unrounded pence."""

    start: date
    end: date
    pence: int
    rate: Decimal

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def interest(self) -> Decimal:
        return self.pence * self.rate * self.days / YEAR

    def in_words(self) -> str:
        percent = f"{(self.rate * 100).normalize():f}%"
        return f"{Money(self.pence)} × {percent} × {self.days} {'day' if self.days == 1 else 'days'} / {YEAR}"


@dataclass(frozen=True)
class LatePayment:
    """What may be claimed to a day, in pence, with the stretches behind it. ``half_from`` names the rate used."""

    interest_pence: int = 0
    fixed_pence: int = 0
    starts_on: date | None = None
    half_from: date | None = None
    reference: Decimal | None = None
    stretches: tuple[Stretch, ...] = ()

    @property
    def pence(self) -> int:
        return self.interest_pence + self.fixed_pence


def half_year_of(day: date) -> date:
    """The first day of the half-year: 1 January or 1 July."""
    return date(day.year, 7 if day.month > 6 else 1, 1)


def fixed_sum(pence: int) -> int:
    """£40 for a debt under £1,000, £70 under £10,000, otherwise £100 (section 5A)."""
    return next((fixed for under, fixed in _FIXED if pence < under), _LARGE_FIXED)


def late_payment(
    *,
    gross: int,
    due_on: date,
    paid_or_on: date,
    base_rates: Mapping[date, Decimal],
    performed_on: date | None = None,
    paid: Sequence[tuple[date, int]] = (),
    disputed: Sequence[Disputed] = (),
) -> LatePayment:
    """Interest and fixed sum on ``gross`` pence up to and with ``paid_or_on``; nothing where it is not late.

    ``base_rates`` are reference rates by the first day of their half-year; raises NoReferenceRate where the one of the
    day on which the clock starts is missing. ``performed_on`` is when the last of the service was given. ``paid`` are
    part payments by day: interest on them ends with that day. ``disputed`` bears none while it is in dispute.
    """
    clock = max(due_on, performed_on or due_on)
    if paid_or_on <= clock:
        return LatePayment()
    first, end = _day_after(clock), _day_after(paid_or_on)
    changes = {first, end}
    changes |= {_day_after(day) for day, _ in paid}
    changes |= {day for one in disputed for day in (one.start, one.end) if day}
    days = sorted(day for day in changes if first <= day <= end)
    owed = [(start, stop, _owed(start, gross, paid, disputed)) for start, stop in pairwise(days)]
    bearing = [one for one in owed if one[2] > 0]
    if not bearing:
        return LatePayment()
    half = half_year_of(clock)
    if half not in base_rates:
        raise NoReferenceRate(half)
    rate = STATUTORY + base_rates[half]
    stretches = tuple(Stretch(start, stop, pence, rate) for start, stop, pence in bearing)
    interest = round_half_up(sum((one.interest for one in stretches), Decimal(0)))
    return LatePayment(interest, fixed_sum(bearing[0][2]), first, half, base_rates[half], stretches)


def _owed(on: date, gross: int, paid: Sequence[tuple[date, int]], disputed: Sequence[Disputed]) -> int:
    """What bears interest on a day."""
    settled = sum(pence for day, pence in paid if day < on)
    held = sum(one.pence for one in disputed if one.start <= on and (one.end is None or on < one.end))
    return max(gross - settled - held, 0)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
