"""What a variation changes: amounts left out, amounts and statements added, another value; refused where terms stand.

Terms stand of everything that a frozen statement paid or that is claimed or verified. Everything from a day on may change:

| | may be left out | may be added |
|---|---|---|
| amount | planned or sent back, for days that reach the variation's first day or later | for days that reach it, or in place of what is left out |
| statement | – | behind the last one, without a gap |
| value | to no less than the amounts that stay, and what was paid | to what both sides agree |
| term | – | to a later end, with statements to its last day; an earlier end is no variation |
| prices by heads | see ``rules.heads_variation`` | other bands and milestones, both whole |
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.wording import long_date
from subscriptions.outcomes.rules.heads_variation import ByHeads, HeadsPrices, NotPossible, check_heads

OPEN_STATES = ("planned", "rejected")
__all__ = ["Amount", "Contract", "NotPossible", "Paying", "PeriodChange", "Preview", "Wish", "work_out"]


@dataclass(frozen=True)
class Amount:
    """One amount as it stands or is wished, in pence before VAT. ``at_risk`` where it hangs on something to be shown."""

    code: str
    name: str
    pence: int
    service: Period
    at_risk: bool
    state: str = "planned"


@dataclass(frozen=True)
class Paying:
    """One statement: for what from ``service_from`` on, its last day, and whether its terms stand for good."""

    service_from: date
    cut_off: date
    frozen: bool = False


@dataclass(frozen=True)
class Contract:
    """A contract as it stands when it is varied. ``paid_pence`` is what frozen statements came to, with what is retained."""

    term: Period
    value_pence: int
    paid_pence: int
    amounts: Sequence[Amount]
    statements: Sequence[Paying]
    heads: ByHeads = field(default_factory=ByHeads)


@dataclass(frozen=True)
class Wish:
    """What is to be different from ``valid_from`` on. ``left_out`` are codes of amounts, ``valid_to`` a later end of the contract
    (the day after its last), ``prices`` what heads pay from then on."""

    valid_from: date
    value_pence: int
    left_out: Sequence[str] = ()
    amounts: Sequence[Amount] = ()
    statements: Sequence[Paying] = ()
    valid_to: date | None = None
    prices: HeadsPrices | None = None


@dataclass(frozen=True)
class PeriodChange:
    """What is paid for one period before and after, in pence before VAT; ``…_at_risk`` is the part of it to be shown."""

    service: Period
    before: int
    after: int
    before_at_risk: int
    after_at_risk: int

    @property
    def changed(self) -> bool:
        return (self.before, self.before_at_risk) != (self.after, self.after_at_risk)


@dataclass(frozen=True)
class Preview:
    """Both sides' view of a variation: by period, and the whole. Worked out in the same way when it is approved."""

    periods: list[PeriodChange]
    value_before: int
    value_after: int
    paid: int
    term_before: Period
    term_after: Period
    prices_before: HeadsPrices
    prices_after: HeadsPrices
    on_time_before: int = 0
    on_time_after: int = 0

    @property
    def difference(self) -> int:
        return self.value_after - self.value_before

    @property
    def left_after(self) -> int:
        """What may still be paid once it is in force."""
        return self.value_after - self.paid

    @property
    def amounts_after(self) -> int:
        return sum(one.after for one in self.periods)


def work_out(contract: Contract, wish: Wish) -> Preview:
    """The variation's effect. Raises NotPossible with the first reason why it cannot be."""
    term = _term(contract, wish)
    if wish.valid_from not in term:
        raise NotPossible(
            f"A variation begins within the contract, {long_date(term.start)} to {long_date(term.last_day)}. Choose a day in "
            "it."
        )
    for statement in contract.statements:
        if statement.frozen and statement.cut_off >= wish.valid_from:
            raise NotPossible(
                f"The statement to {long_date(statement.cut_off)} is frozen and its terms stand. Begin the variation "
                "after that day."
            )
    _check_left_out(contract, wish)
    _check_added(contract, wish, term)
    _check_statements(contract, wish, term)
    if wish.prices is not None:
        check_heads(contract.heads, wish.prices, wish.valid_from)
    preview = _preview(contract, wish, term)
    _check_value(contract, wish, preview)
    return preview


def _term(contract: Contract, wish: Wish) -> Period:
    """The contract's days by these terms: never fewer than now."""
    if wish.valid_to is None or wish.valid_to == contract.term.end:
        return contract.term
    if wish.valid_to < contract.term.end:
        raise NotPossible(
            f"The contract runs to {long_date(contract.term.last_day)}; a variation may only make it longer. End it early "
            "instead."
        )
    return Period(contract.term.start, wish.valid_to)


def _check_left_out(contract: Contract, wish: Wish) -> None:
    known = {amount.code: amount for amount in contract.amounts}
    for code in wish.left_out:
        amount = known.get(code)
        if amount is None or amount.state == "cancelled":
            raise NotPossible(f"There is no amount {code} in this contract. Choose one of those listed.")
        if amount.state not in OPEN_STATES:
            raise NotPossible(
                f"“{amount.name}” was claimed or decided, so it stays. Leave it as it is, or have it decided first."
            )
        if amount.service.end <= wish.valid_from:
            raise NotPossible(
                f"“{amount.name}” is for days before {long_date(wish.valid_from)}, so it stays. Choose an earlier day, "
                "or leave it as it is."
            )


def _check_added(contract: Contract, wish: Wish, term: Period) -> None:
    used = {amount.code for amount in contract.amounts}
    replaced = [one.service for one in contract.amounts if one.code in set(wish.left_out)]
    for amount in wish.amounts:
        if amount.code in used:
            raise NotPossible(f"The code {amount.code} is used in this contract. Give the new amount another.")
        used.add(amount.code)
        if amount.pence <= 0:
            raise NotPossible("Each amount must be more than £0.00")
        if not (term.start <= amount.service.start and amount.service.end <= term.end):
            raise NotPossible(f"“{amount.name}” is for days outside the contract's term. Choose days in it.")
        inside = any(one.start <= amount.service.start and amount.service.end <= one.end for one in replaced)
        if amount.service.end <= wish.valid_from and not inside:
            raise NotPossible(
                f"“{amount.name}” is for days before {long_date(wish.valid_from)}. Begin the variation earlier, or "
                "choose later days."
            )


def _check_statements(contract: Contract, wish: Wish, term: Period) -> None:
    last = max((one.cut_off for one in contract.statements), default=None)
    for added in sorted(wish.statements, key=lambda one: one.cut_off):
        if last is not None and added.service_from != last + timedelta(days=1):
            raise NotPossible(
                f"Statements follow each other without a gap: the next begins on {long_date(last + timedelta(days=1))}."
            )
        if added.cut_off < added.service_from:
            raise NotPossible("A statement ends on or after the day on which it begins")
        last = added.cut_off
    if term != contract.term and (last is None or last < term.last_day):
        raise NotPossible(
            f"The contract would run to {long_date(term.last_day)}, and its last statement ends before. Add statements to that "
            "day."
        )


def _changes(contract: Contract, wish: Wish) -> bool:
    other_prices = wish.prices is not None and wish.prices != contract.heads.prices
    longer = wish.valid_to is not None and wish.valid_to != contract.term.end
    parts = wish.left_out or wish.amounts or wish.statements
    return bool(parts or other_prices or longer or wish.value_pence != contract.value_pence)


def _check_value(contract: Contract, wish: Wish, preview: Preview) -> None:
    if not _changes(contract, wish):
        raise NotPossible("Nothing changes. Leave out an amount, add one, or enter another value.")
    if wish.value_pence <= 0:
        raise NotPossible("Value must be more than £0.00")
    if preview.amounts_after > wish.value_pence:
        raise NotPossible(
            f"The amounts come to {Money(preview.amounts_after)}, more than the contract's value of "
            f"{Money(wish.value_pence)}. Lower them, or raise it."
        )
    if contract.paid_pence > wish.value_pence:
        raise NotPossible(
            f"{Money(contract.paid_pence)} is paid, more than the new value of {Money(wish.value_pence)}. Raise it."
        )


def _preview(contract: Contract, wish: Wish, term: Period) -> Preview:
    left_out = set(wish.left_out)
    standing = [one for one in contract.amounts if one.state != "cancelled"]
    staying = [one for one in standing if one.code not in left_out]
    before, after = _by_period(standing), _by_period([*staying, *wish.amounts])
    periods = [
        PeriodChange(
            service=service, before=before.get(service, (0, 0))[0], after=after.get(service, (0, 0))[0],
            before_at_risk=before.get(service, (0, 0))[1], after_at_risk=after.get(service, (0, 0))[1],
        )
        for service in sorted({*before, *after})
    ]  # fmt: skip
    heads = contract.heads
    prices = wish.prices or heads.prices
    return Preview(
        periods=periods, value_before=contract.value_pence, value_after=wish.value_pence, paid=contract.paid_pence,
        term_before=contract.term, term_after=term, prices_before=heads.prices, prices_after=prices,
        on_time_before=heads.prices.on_time_pence(heads.target, heads.set_up_pence),
        on_time_after=prices.on_time_pence(heads.target, heads.set_up_pence),
    )  # fmt: skip


def _by_period(amounts: Sequence[Amount]) -> dict[Period, tuple[int, int]]:
    """Of each period the whole and the part at risk, in pence."""
    found: dict[Period, tuple[int, int]] = {}
    for one in amounts:
        whole, at_risk = found.get(one.service, (0, 0))
        found[one.service] = whole + one.pence, at_risk + (one.pence if one.at_risk else 0)
    return found
