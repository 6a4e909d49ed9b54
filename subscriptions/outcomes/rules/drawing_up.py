"""From a few words to a contract's parts: its periods, what of each is paid on time, on outputs, on outcomes.

The value is shared over the periods by their months, each period's sum over its shares, both by largest remainder, so
that all amounts together are the value to the penny. Outcomes are shown each period, or once a year: then their part of
all periods of a year is put together and shared by the outcomes' weights.

| £36,000, 3 years from 1 September, by school term, 70% outputs, 30% outcomes a year, weights 50, 30, 20 | |
|---|---|
| each term | £4,000.00, of which £2,800.00 on the term's output |
| each year | £3,600.00 on outcomes: £1,800.00, £1,080.00, £720.00 |

Where people are paid for by number (``heads``), the three shares come to less than the whole: the rest of the value is the
most that heads may come to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from marketplace.core.money import share_out
from marketplace.core.periods import Period, add_months
from subscriptions.outcomes.rules import heads_variation
from subscriptions.outcomes.rules.heads_variation import HeadsPrices

MONTHS = {"month": 1, "quarter": 3, "term": 4, "half": 6, "year": 12}
MOST_MONTHS = 120
FIRST_YEAR, LAST_YEAR = 1990, 2200
NO_HEADS = HeadsPrices()


class NotPossible(ValueError):
    """The plan cannot be, in a sentence that says what to do."""


@dataclass(frozen=True)
class Outcome:
    """An outcome and its weight among those that are shown together."""

    name: str
    weight: Decimal


@dataclass(frozen=True)
class Plan:
    """What is asked. Shares are percentages and come to 100; ``pay_day`` is a day of the month after each cut-off.

    ``yearly``: outcomes are shown once a year, by ``outcomes_due`` of the first year; otherwise with each period.
    ``claim_within`` is how many days after its period something may be claimed. ``heads`` is what people are paid for by number:
    the part that its bands pay on time is reckoned for ``heads_target`` heads, less ``set_up_pence``.
    """

    first_day: date
    months: int
    value_pence: int
    every: str
    on_time: Decimal
    on_outputs: Decimal
    on_outcomes: Decimal
    pay_day: int = 25
    output: str = "Work done"
    outcomes: Sequence[Outcome] = ()
    yearly: bool = False
    outcomes_due: date | None = None
    claim_within: int = 30
    heads: HeadsPrices = NO_HEADS
    heads_target: int = 0
    set_up_pence: int = 0

    @property
    def by_heads(self) -> bool:
        """Whether people are paid for by number."""
        return bool(self.heads.bands or self.heads.points)

    @property
    def shared_pence(self) -> int:
        """What its amounts come to: the value, or its share where the rest is for heads. In pence, half up."""
        shares = self.on_time + self.on_outputs + self.on_outcomes
        return int((self.value_pence * shares / 100).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Shown:
    """What is to be shown: ``kind`` output or outcome, by which day."""

    code: str
    kind: str
    name: str
    due_on: date
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Paid:
    """One amount in pence; ``shown`` is the code of what it hangs on, empty where it is paid on time."""

    code: str
    name: str
    pence: int
    service: Period
    claimed_from: date
    due_on: date
    shown: str = ""


@dataclass(frozen=True)
class CutOff:
    """A statement: from which day, its last day, the day of payment before weekends are looked at."""

    service_from: date
    cut_off: date
    pay_on: date


@dataclass(frozen=True)
class Parts:
    """A contract's parts; the amounts come to the value, or to what of it is not for heads."""

    term: Period
    shown: list[Shown]
    paid: list[Paid]
    statements: list[CutOff]


def draw_up(plan: Plan) -> Parts:
    """The parts of a contract. Raises NotPossible where shares, months or outcomes do not go together."""
    _check(plan)
    step = MONTHS[plan.every]
    periods = [Period.months_from(add_months(plan.first_day, at), step) for at in range(0, plan.months, step)]
    sums = share_out(plan.shared_pence, [1] * len(periods)) if plan.shared_pence else [0] * len(periods)
    shown: list[Shown] = []
    paid: list[Paid] = []
    of_years: dict[int, int] = {}
    for at, (period, whole) in enumerate(zip(periods, sums, strict=True)):
        shares = [plan.on_time, plan.on_outputs, plan.on_outcomes]
        on_time, outputs, outcomes = share_out(whole, shares) if whole else [0, 0, 0]
        _of_period(plan, at + 1, period, on_time, outputs, 0 if plan.yearly else outcomes, shown, paid)
        if plan.yearly:
            of_years[at * step // 12] = of_years.get(at * step // 12, 0) + outcomes
    for year, pence in of_years.items():
        _of_year(plan, year, pence, shown, paid)
    statements = [CutOff(period.start, period.last_day, _pay_on(period.last_day, plan.pay_day)) for period in periods]
    return Parts(Period.months_from(plan.first_day, plan.months), shown, paid, statements)


def _check(plan: Plan) -> None:
    if plan.every not in MONTHS:
        raise NotPossible("Choose how often it pays")
    if not 0 < plan.months <= MOST_MONTHS or plan.months % MONTHS[plan.every]:
        raise NotPossible(
            f"Months must be 1 to {MOST_MONTHS} and made up of whole periods of {MONTHS[plan.every]} months. Choose "
            "another number, or another rhythm."
        )
    if plan.first_day.day > 28 or not FIRST_YEAR <= plan.first_day.year <= LAST_YEAR:
        raise NotPossible(f"The first day must be the 1st to the 28th of a month, from {FIRST_YEAR} to {LAST_YEAR}")
    shares = (plan.on_time, plan.on_outputs, plan.on_outcomes)
    if plan.by_heads:
        _check_heads(plan)
    if any(share < 0 for share in shares) or (sum(shares) != 100 and not plan.by_heads):
        raise NotPossible("What is paid on time, on outputs and on outcomes must come to 100%")
    if plan.shared_pence < (len(shares) * plan.months if sum(shares) else 0):
        raise NotPossible("Value must be enough for each of its amounts to be more than £0.00")
    if plan.on_outcomes and not plan.outcomes:
        raise NotPossible("Enter at least one outcome, or 0% on outcomes")
    if any(outcome.weight <= 0 for outcome in plan.outcomes):
        raise NotPossible("Each outcome's weight must be more than 0")
    if not 1 <= plan.pay_day <= 28:
        raise NotPossible("The day of payment must be 1 to 28")
    if plan.yearly and plan.on_outcomes:
        first_year = Period.months_from(plan.first_day, min(12, plan.months))
        if plan.months % 12 or plan.outcomes_due is None or plan.outcomes_due not in first_year:
            raise NotPossible(
                "Outcomes of a year need whole years, and a day in the first of them by which they are shown"
            )


def _check_heads(plan: Plan) -> None:
    if plan.on_time + plan.on_outputs + plan.on_outcomes >= 100:
        raise NotPossible(
            "Leave a part of the 100% for the heads: what is paid on time, on outputs and on outcomes is less"
        )
    if not plan.heads.bands or not plan.heads.points:
        raise NotPossible("To pay by heads, enter at least one band and one milestone")
    try:
        heads_variation.check_prices(plan.heads)
    except heads_variation.NotPossible as error:
        raise NotPossible(f"{error}") from None
    if any(band.service for band in plan.heads.bands) and not plan.heads_target:
        raise NotPossible("Enter for how many heads the part paid on time is reckoned")
    on_time = plan.heads.on_time_pence(plan.heads_target, plan.set_up_pence)
    if plan.set_up_pence and not on_time:
        raise NotPossible("The set-up fee must be less than what heads pay on time")
    if on_time > plan.value_pence - plan.shared_pence:
        raise NotPossible("What heads pay on time is more than is left of the value. Raise it, or lower the prices.")


def _of_period(
    plan: Plan, number: int, period: Period, on_time: int, outputs: int, outcomes: int, shown: list[Shown],
    paid: list[Paid],
) -> None:  # fmt: skip
    label = f"{period.start:%-d %B %Y} to {period.last_day:%-d %B %Y}"
    due = period.last_day + timedelta(days=plan.claim_within)
    if on_time:
        paid.append(Paid(f"p{number}", label, on_time, period, period.start, period.last_day))
    if outputs:
        shown.append(Shown(f"p{number}-output", "output", f"{plan.output}, {label}", due))
        paid.append(
            Paid(f"p{number}-output", f"Output, {label}", outputs, period, period.start, due, f"p{number}-output")
        )
    _outcomes(plan, f"p{number}", label, outcomes, period, period.start, due, shown, paid)


def _of_year(plan: Plan, year: int, pence: int, shown: list[Shown], paid: list[Paid]) -> None:
    if plan.outcomes_due is None:
        raise NotPossible("Outcomes of a year need a day by which they are shown")
    period = Period.months_from(add_months(plan.first_day, 12 * year), 12)
    due = add_months(plan.outcomes_due, 12 * year)
    claimed_from = max(period.start, due - timedelta(days=plan.claim_within))
    _outcomes(plan, f"y{year + 1}", f"year {year + 1}", pence, period, claimed_from, due, shown, paid)


def _outcomes(
    plan: Plan, prefix: str, label: str, pence: int, service: Period, claimed_from: date, due: date,
    shown: list[Shown], paid: list[Paid],
) -> None:  # fmt: skip
    if not pence:
        return
    parts = share_out(pence, [outcome.weight for outcome in plan.outcomes])
    for at, (outcome, part) in enumerate(zip(plan.outcomes, parts, strict=True), start=1):
        if not part:
            raise NotPossible("Value must be enough for each of its amounts to be more than £0.00")
        code = f"{prefix}-outcome{at}"
        shown.append(Shown(code, "outcome", f"{outcome.name}, {label}", due, outcome.weight))
        paid.append(Paid(code, f"{outcome.name}, {label}", part, service, claimed_from, due, code))


def _pay_on(cut_off: date, day: int) -> date:
    """The day of the month after the cut-off: 31 December → 25 January."""
    return add_months(cut_off.replace(day=1), 1).replace(day=day)
