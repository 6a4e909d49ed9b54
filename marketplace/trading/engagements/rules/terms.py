"""What a consultant booking costs, and what cancelling one of its dates costs: pure, so that page and deed agree.

The terms are the policy of a course's place (``catalogue.rules.cancellation``), counted to the day of the visit. What stays
owed is a share of the date's price, and the consultant is owed the same share of what they would have earned. Each is
rounded half up once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalogue.rules.cancellation import Length, Policy, Rung, ladder
from marketplace.core.money import Money, round_half_up

CONSULTANT_POLICY: Policy = {
    "free_until": {"count": 10, "days": "working"},
    "steps": [{"until": {"count": 2, "days": "working"}, "percent": "50"}],
    "then_percent": "100",
}
UNITS = {"day": "day", "half_day": "half day", "twilight": "twilight", "hour": "hour"}
_UNIT_LENGTH = Length(half_days=0, days=1)


@dataclass(frozen=True)
class Step:
    """Cancelling from ``first`` to ``last`` (both included; None is open) costs the school ``school`` before VAT and pays
    the consultant's provider ``provider``."""

    first: date | None
    last: date | None
    school: Money
    provider: Money
    today: bool


@dataclass(frozen=True)
class Consequence:
    """What cancelling a date on a day costs, with the whole ladder of days."""

    on: date
    school: Money
    provider: Money
    free_until: date | None
    steps: tuple[Step, ...]

    @property
    def sentence(self) -> str:
        """Today's result in a school's words."""
        if not self.school and not self.provider:
            return "Cancel today: nothing is owed."
        return f"Cancel today: {self.school} before VAT stays owed."


def for_units(pence: int, quantity: Decimal) -> Money:
    """The price of so many units, rounded half up once."""
    return Money(round_half_up(Decimal(pence) * quantity))


def cancelling_date(
    *, policy: Policy, event: date, on: date, quantity: Decimal, sell_pence: int, buy_pence: int, by_school: bool
) -> Consequence:
    """What cancelling a date costs on a day. Where the consultant cancels, nothing is owed to anybody."""
    if not by_school:
        step = Step(None, None, Money(0), Money(0), today=True)
        return Consequence(on, step.school, step.provider, None, (step,))
    sell, buy = for_units(sell_pence, quantity), for_units(buy_pence, quantity)
    rungs = ladder(policy or CONSULTANT_POLICY, event)
    steps = tuple(_step(rung, sell, buy, on) for rung in rungs)
    today = next(step for step in steps if step.today)
    free = [step.last for step in steps if not step.school and not step.provider]
    return Consequence(on, today.school, today.provider, free[-1] if free else None, steps)


def _step(rung: Rung, sell: Money, buy: Money, on: date) -> Step:
    kept = rung.keeps.of(sell, _UNIT_LENGTH)
    part = Decimal(kept.pence) / sell.pence if sell.pence else rung.percent / 100
    return Step(rung.first, rung.last, kept, Money(round_half_up(buy.pence * part)), today=on in rung)


def units_words(quantity: Decimal, unit: str) -> str:
    """ "2½ days", "1 half day", "0.75 hours"."""
    whole, rest = divmod(quantity, 1)
    number = {Decimal("0"): f"{whole:f}", Decimal("0.5"): f"{whole:f}½" if whole else "½"}.get(
        rest.normalize() if rest else Decimal("0"), f"{quantity.normalize():f}"
    )
    return f"{number} {UNITS[unit]}{'' if quantity <= 1 else 's'}"


def a_unit(unit: str) -> str:
    """ "a half day", "an hour"."""
    return f"{'an' if unit == 'hour' else 'a'} {UNITS[unit]}"


def working_of(*, quantity: Decimal, unit: str, sell_pence: int, mileage_pence: int, audience: str) -> Sequence[str]:
    """The sentences by which a school can follow the price."""
    price = for_units(sell_pence, quantity)
    said = [f"{Money(sell_pence)} {a_unit(unit)}, the price for {audience}"]
    said.append(f"{units_words(quantity, unit)} × {Money(sell_pence)} = {price} before VAT")
    said.append(f"Travel: {Money(mileage_pence)} a mile" if mileage_pence else "Travel is included")
    return said
