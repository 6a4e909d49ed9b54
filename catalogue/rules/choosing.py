"""Two kinds of price rule in which something is chosen: the cheapest packages, and items from a list."""

from decimal import Decimal
from typing import Any

from catalogue.rules.context import Context, FactMissing, NoPrice, Part
from catalogue.rules.words import count_words, join_or, pounds_words, unit_words
from marketplace.core.errors import WrongInput

MOST_COUNTED = 1000


def packages(rule: dict[str, Any], context: Context) -> list[Part]:
    """The cheapest packages that make up exactly the number wanted."""
    wanted = context.number(rule["per"])
    one, many = unit_words(rule["per"], rule)
    if wanted != wanted.to_integral_value() or not 1 <= wanted <= MOST_COUNTED:
        raise WrongInput(f"The number of {many} must be a whole number from 1 to {MOST_COUNTED:,}")
    sizes = {int(size): Decimal(amount) for size, amount in rule["packages"].items()}
    best: list[tuple[Decimal, int] | None] = [(Decimal(0), 0)]
    for count in range(1, int(wanted) + 1):
        options = [
            (before[0] + amount, size)
            for size, amount in sizes.items()
            if size <= count and (before := best[count - size]) is not None
        ]
        best.append(min(options, key=lambda option: (option[0], -option[1])) if options else None)
    if best[-1] is None:
        sold = join_or([str(size) for size in sorted(sizes)])
        raise NoPrice(f"{many[0].upper()}{many[1:]} are sold in packages of {sold}, which do not make {wanted}.")
    chosen: dict[int, int] = {}
    left = int(wanted)
    while left and (entry := best[left]) is not None:
        chosen[entry[1]] = chosen.get(entry[1], 0) + 1
        left -= entry[1]
    return [
        Part(
            f"{count_words(Decimal(times), 'package', 'packages')} of {count_words(Decimal(size), one, many)}"
            f" × {pounds_words(sizes[size])}",
            sizes[size] * times,
        )
        for size, times in sorted(chosen.items(), reverse=True)
    ]


def items(rule: dict[str, Any], context: Context) -> list[Part]:
    """What was chosen from the list; what is free beside something else chosen costs nothing."""
    chosen = context.get(rule["chosen"])
    if isinstance(chosen, str):
        chosen = [chosen]
    if not isinstance(chosen, list) or not chosen:
        raise FactMissing(f"Choose at least one of {join_or(list(rule['items']))}", fact=rule["chosen"])
    unknown = [name for name in chosen if name not in rule["items"] and name not in rule.get("elsewhere", [])]
    if unknown:
        raise NoPrice(f"There is no price for {join_or(unknown)}. Choose from {join_or(list(rule['items']))}.")
    parts = []
    for name in dict.fromkeys(chosen):
        giver = next((other for other in rule.get("free_with", {}).get(name, []) if other in chosen), None)
        if giver is not None:
            parts.append(Part(f"{name}, included with {giver}", Decimal(0)))
        elif name in rule["items"]:
            parts.append(Part(name, Decimal(rule["items"][name])))
    return parts
