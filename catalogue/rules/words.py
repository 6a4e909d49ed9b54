"""How the steps of a price speak: counts, units, pounds, percentages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_UNITS = {
    "pupils": ("pupil", "pupils"),
    "trust_pupils": ("pupil", "pupils"),
    "staff": ("member of staff", "staff"),
    "quantity": ("place", "places"),
    "term_years": ("year", "years"),
}


def unit_words(fact: str, rule: Mapping[str, Any]) -> tuple[str, str]:
    """One and many of what a fact counts: as the rule says, else by the fact's own name."""
    known = _UNITS.get(fact)
    if "unit" in rule:
        return rule["unit"], rule.get("units", f"{rule['unit']}s")
    if known:
        return known
    many = fact.replace("_", " ")
    return many.removesuffix("s") if many.endswith("s") else many, many


def number_words(number: Decimal | int) -> str:
    """``2.5``, ``1,051``: no needless zeros."""
    return f"{Decimal(number).normalize():,f}"


def count_words(number: Decimal | int, one: str, many: str) -> str:
    return f"{number_words(number)} {one if number == 1 else many}"


def pounds_words(pounds: Decimal) -> str:
    """``£9.50``, ``£1,150.00``; more decimals only where the rate has them: ``£0.125``."""
    decimals = max(2, -int(pounds.normalize().as_tuple().exponent))
    return f"£{pounds:,.{decimals}f}"


def percent_words(percent: str) -> str:
    return f"{number_words(Decimal(percent.rstrip('%')))}%"


def join_or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
