"""What cancelling one booked place gives back: pure, so that the preview and the cancelling are one calculation."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalogue.rules.cancellation import Policy, Rung, fee, ladder
from marketplace.core.money import Money, TaxedAmount


@dataclass(frozen=True)
class LadderStep:
    """Cancelling from ``first`` to ``last`` (both included; None is open) gives ``back`` and leaves ``kept`` owed.

    ``today`` marks the step of the day asked for. Amounts are before VAT.
    """

    first: date | None
    last: date | None
    percent: Decimal
    back: Money
    kept: Money
    today: bool


@dataclass(frozen=True)
class CancellationResult:
    """What cancelling on a day does. ``back`` and ``kept`` add up to the price of the place, unless part of it was
    credited before: then less comes back.

    An included place has no price; ``place_returned`` says whether it may be used again.
    """

    on: date
    back: Money
    kept: Money
    vat_rate: Decimal
    included: bool
    place_returned: bool
    free_until: date | None
    steps: list[LadderStep]

    @property
    def back_with_vat(self) -> TaxedAmount:
        """What comes back with its VAT, for this place alone; the credit note works out VAT on its whole group."""
        return TaxedAmount.at(self.back, self.vat_rate)

    @property
    def sentence(self) -> str:
        """Today's result in a school's words."""
        if self.included:
            if self.place_returned:
                return "Cancel today: the included place comes back."
            return "Cancel today: the included place stays used."
        if not self.kept and not self.back:
            return "Cancel today: nothing more comes back, the price was credited before."
        if not self.kept:
            return f"Cancel today: {self.back_with_vat.gross} back."
        if not self.back:
            return "Cancel today: nothing comes back."
        return f"Cancel today: {self.back_with_vat.gross} back, {self.kept} before VAT stays owed."


def cancelling(
    *, policy: Policy, event: date, on: date, net: Money, left: Money, included: bool, vat_rate: Decimal
) -> CancellationResult:
    """The result of cancelling a place of price ``net`` on a day, and the whole ladder of dates.

    ``left`` is what can still be given back on its line: never more than that comes back.
    """
    steps = [_step(rung, net, left, on) for rung in ladder(policy, event)]
    today = next(step for step in steps if step.today)
    free = [step.last for step in steps if step.percent == 0]
    return CancellationResult(
        on=on,
        back=today.back,
        kept=today.kept,
        vat_rate=vat_rate,
        included=included,
        place_returned=included and today.percent == 0,
        free_until=free[-1] if free else None,
        steps=steps,
    )


def _step(rung: Rung, net: Money, left: Money, on: date) -> LadderStep:
    kept = fee(net, rung.percent)
    return LadderStep(rung.first, rung.last, rung.percent, min(net - kept, left), kept, on in rung)
