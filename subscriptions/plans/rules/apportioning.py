"""One price for several supplies: shared by weights, so that the parts are the price to the penny.

A non-profit membership body may share a subscription's price out over what it gives for it, each part with its own VAT;
otherwise the whole follows its principal benefit (VAT Notice 701/5, single and multiple supplies).

| price | weights | parts |
|---|---|---|
| £2,000.00 | training 60, other 40 | £1,200.00, £800.00 |
| £100.00 | training 33.33, printed 33.33, other 33.34 | £33.33, £33.33, £33.34 |
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from marketplace.core.errors import WrongInput
from marketplace.core.money import share_out

WHOLE = Decimal(100)


def read_parts(raw: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> list[tuple[str, Decimal]]:
    """The parts as (kind of supply, weight); none where the price is one supply.

    Refuses a single part, an unknown or repeated kind, a weight that is not more than 0, and weights that are not 100.
    """
    found: list[tuple[str, Decimal]] = []
    for row in raw:
        try:
            kind, weight = str(row["kind"]), Decimal(str(row["weight"]))
        except (KeyError, TypeError, InvalidOperation):
            raise WrongInput("Each part of an apportionment must have a kind of supply and a weight, like 60") from None
        if kind not in kinds:
            raise WrongInput(f"A part must be one of: {', '.join(kinds)}")
        if not weight.is_finite() or not 0 < weight < WHOLE or weight != round(weight, 2):
            raise WrongInput("A weight must be more than 0 and less than 100, with at most two decimals")
        if kind in dict(found):
            raise WrongInput(f"{kind.capitalize()} stands twice in the apportionment")
        found.append((kind, weight))
    if len(found) == 1 or (found and sum(weight for _, weight in found) != WHOLE):
        raise WrongInput("The weights of an apportionment must be two or more and add up to 100")
    return found


def split(pence: int, parts: Sequence[tuple[str, Decimal]], benefit: str) -> list[tuple[str, int]]:
    """The price by kind of supply: as weighted, or all of it the principal benefit."""
    if not parts:
        return [(benefit, pence)]
    shares = share_out(pence, [weight for _, weight in parts])
    return [(kind, share) for (kind, _), share in zip(parts, shares, strict=True)]
