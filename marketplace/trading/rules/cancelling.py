"""What cancelling one booked place gives back or costs: pure, so that the preview and the cancelling are one calculation."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalogue.rules.cancellation import Basis, Length, Policy, Rung, ladder
from marketplace.core.money import Money, TaxedAmount


@dataclass(frozen=True)
class Place:
    """What the terms of a policy ask of a place: its price, what can still be given back on its line, and its kind."""

    net: Money
    left: Money
    included: bool
    vat_rate: Decimal
    mode: str
    length: Length

    @property
    def basis(self) -> Basis:
        if self.included:
            return Basis.INCLUDED
        return Basis.CHARGED if self.net else Basis.FREE


@dataclass(frozen=True)
class LadderStep:
    """Cancelling from ``first`` to ``last`` (both included; None is open) gives ``back`` and leaves ``kept`` owed of the
    price; ``fee`` is invoiced for a place without a price. ``today`` marks the step of the day asked for.

    ``percent`` and ``fixed`` are how the policy works it out. Amounts are before VAT.
    """

    first: date | None
    last: date | None
    percent: Decimal
    fixed: Money
    back: Money
    kept: Money
    fee: Money
    free: bool
    today: bool


@dataclass(frozen=True)
class CancellationResult:
    """What cancelling on a day does. ``back`` and ``kept`` add up to the price of the place, unless part of it was
    credited before: then less comes back. ``fee`` is a new item to invoice, for a place that had no price.

    An included place has no price; ``place_returned`` says whether it may be used again.
    """

    on: date
    back: Money
    kept: Money
    fee: Money
    vat_rate: Decimal
    basis: Basis
    place_returned: bool
    free_until: date | None
    steps: list[LadderStep]
    moved_until: date | None = None

    @property
    def included(self) -> bool:
        return self.basis == Basis.INCLUDED

    @property
    def back_with_vat(self) -> TaxedAmount:
        """What comes back with its VAT, for this place alone; the credit note works out VAT on its whole group."""
        return TaxedAmount.at(self.back, self.vat_rate)

    @property
    def fee_with_vat(self) -> TaxedAmount:
        """The fee with its VAT: the rate of the supply itself."""
        return TaxedAmount.at(self.fee, self.vat_rate)

    @property
    def sentence(self) -> str:
        """Today's result in a school's words."""
        costs = f" {self.fee_with_vat.gross} is invoiced." if self.fee else ""
        if self.included:
            if self.place_returned:
                return "Cancel today: the included place comes back."
            return f"Cancel today: the included place stays used.{costs}"
        if self.basis == Basis.FREE:
            return f"Cancel today:{costs or ' nothing is owed.'}"
        if not self.kept and not self.back:
            return "Cancel today: nothing more comes back, the price was credited before."
        if not self.kept:
            return f"Cancel today: {self.back_with_vat.gross} back."
        if not self.back:
            return "Cancel today: nothing comes back."
        return f"Cancel today: {self.back_with_vat.gross} back, {self.kept} before VAT stays owed."


def cancelling(
    *, policy: Policy, event: date, on: date, place: Place, moved_until: date | None = None
) -> CancellationResult:
    """The result of cancelling a place on a day, and the whole ladder of dates. Never more than ``place.left`` comes back.

    Until ``moved_until`` everything is free, whatever the policy says: the organiser moved the event.
    """
    rungs = ladder(policy, event, mode=place.mode, basis=place.basis, free_until=moved_until)
    steps = [_step(rung, place, on) for rung in rungs]
    today = next(step for step in steps if step.today)
    free = [step.last for step in steps if step.free]
    return CancellationResult(
        on=on,
        back=today.back,
        kept=today.kept,
        fee=today.fee,
        vat_rate=place.vat_rate,
        basis=place.basis,
        place_returned=place.included and today.free,
        free_until=free[-1] if free else None,
        steps=steps,
        moved_until=moved_until,
    )


def cancelled_by_us(*, on: date, place: Place) -> CancellationResult:
    """We cancelled: all that is left comes back, an included place too, whatever the policy says."""
    back = min(place.net, place.left)
    step = LadderStep(None, None, Decimal(0), Money(0), back, Money(0), Money(0), free=True, today=True)
    return CancellationResult(
        on=on,
        back=back,
        kept=Money(0),
        fee=Money(0),
        vat_rate=place.vat_rate,
        basis=place.basis,
        place_returned=place.included,
        free_until=None,
        steps=[step],
    )


def _step(rung: Rung, place: Place, on: date) -> LadderStep:
    fixed = rung.keeps.fixed(place.length)
    priced = place.basis == Basis.CHARGED
    kept = rung.keeps.of(place.net, place.length) if priced else Money(0)
    return LadderStep(
        first=rung.first,
        last=rung.last,
        percent=rung.percent,
        fixed=fixed,
        back=min(place.net - kept, place.left) if priced else Money(0),
        kept=kept,
        fee=Money(0) if priced else fixed,
        free=rung.keeps.nothing,
        today=on in rung,
    )
