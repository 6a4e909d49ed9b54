"""What a council's contract pays of an order: drawn on its package with the order, given back where a place is not used."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from marketplace.trading.models import Order, OrderLine
from marketplace.trading.rules.cancelling import CancellationResult
from marketplace.trading.services.checking import CheckedLine
from marketplace.trading.services.paying import KEPT
from subscriptions.commissions.models import Package
from subscriptions.commissions.services.drawing import NotEligible, PackageUsedUp, draw, release

_ONE = Decimal(1)


def funded_key(line_id: int) -> str:
    """Under which a package keeps what an order line draws."""
    return f"order-line:{line_id}:funded"


def draw_funded(order: Order, lines: Sequence[OrderLine], checked: Sequence[CheckedLine], on: date) -> None:
    """Draws the units of all funded lines, in the order of the packages, so that two orders never wait for each other in a
    ring. Raises PackageUsedUp and NotEligible: then nothing is ordered."""
    wanted = [
        (one.quote.funded.package, line, one.quote.charged)
        for line, one in zip(lines, checked, strict=True)
        if one.quote is not None and one.quote.funded is not None
    ]
    if not wanted:
        return
    packages = Package.objects.in_bulk([package for package, _, _ in wanted])
    for package, line, units in sorted(wanted, key=lambda one: (one[0], one[1].pk)):
        try:
            draw(
                package=packages[package], school=line.school, units=units, source_key=funded_key(line.pk),
                label=f"{order.number}: {line.description}"[:120], on=on, person_id=order.placed_by_person_id,
            )  # fmt: skip
        except (PackageUsedUp, NotEligible) as refused:
            raise type(refused)(f"{refused.message.rstrip('.')}. {KEPT}", **refused.facts) from None


def give_back_funded(line_id: int, result: CancellationResult, person_id: int | None) -> None:
    """One place that is cancelled at no cost to the school costs the contract nothing either; a late one stays drawn."""
    if not result.kept and not result.fee and not result.included:
        release(source_key=funded_key(line_id), units=_ONE, on=result.on, person_id=person_id)
