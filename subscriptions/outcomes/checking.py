"""Reads a file of cases and works each one out by the rules: ``{"vectors": [{"id", "engine", "input", "expected"}, …]}``.

A case without an ``engine`` is one of commission. Figures of money are text; one that is expected with so many decimals is
compared to that many, half up; a fraction ("31500/29") exactly.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from marketplace.core.errors import WrongInput
from subscriptions.outcomes.rules import commission, fees
from subscriptions.outcomes.rules.bands import Heads, RefundRule, allocate, fill

Case = Mapping[str, Any]
_PRECISION = 80


@dataclass(frozen=True)
class Checked:
    """One case: whether the rules agree with it, and what they come to where they do not."""

    name: str
    description: str
    agrees: bool
    said: str = ""


def check(file: Mapping[str, Any]) -> Iterator[Checked]:
    """Each case of the file in its order. Raises WrongInput where the file is none of cases."""
    cases = file.get("vectors") if isinstance(file, Mapping) else None
    if not isinstance(cases, list):
        raise WrongInput('A file of cases holds {"vectors": […]}.')
    for case in cases:
        yield _checked(case)


def _checked(case: Case) -> Checked:
    name, description = str(case.get("id", "without a name")), str(case.get("description", ""))
    engine = str(case.get("engine") or "commission")
    if engine not in ENGINES:
        return Checked(name, description, False, f"there is no rule {engine}; known: {', '.join(sorted(ENGINES))}")
    try:
        found = ENGINES[engine](case["input"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, ArithmeticError) as error:
        return Checked(name, description, False, f"it cannot be worked out: {type(error).__name__} {error}")
    if same(case.get("expected"), found):
        return Checked(name, description, True)
    return Checked(name, description, False, f"expected {_shown(case.get('expected'))}, worked out {_shown(found)}")


def same(expected: Any, found: Any) -> bool:
    """Whether what is expected was found: every key and entry of it; what it leaves open (None) is not compared."""
    if expected is None:
        return True
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and same(one, found[key]) for key, one in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, str) and isinstance(found, Fraction):
        return _same_figure(expected, found)
    return bool(found == expected)


def _same_figure(expected: str, found: Fraction) -> bool:
    if "/" in expected:
        return Fraction(expected) == found
    places = len(expected.partition(".")[2])
    return rounded(found, places) == Decimal(expected)


def rounded(figure: Fraction, places: int) -> Decimal:
    """The figure to so many places, half up."""
    with localcontext() as context:
        context.prec = _PRECISION + places
        exact = Decimal(figure.numerator) / Decimal(figure.denominator)
        return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _shown(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(rounded(value, 10).normalize())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return str(value)


def _figure(value: Any) -> Fraction:
    """A figure as it is written: text, a whole number, or a decimal of the file taken at its digits."""
    return Fraction(str(value))


def _banding(given: Case) -> list[dict[str, dict[str, int]]]:
    """Each statement after those before it, by the rule that takes refunds off its own additions first."""
    names = [str(band["band"]) for band in given["bands"]]
    rooms = [int(band["capacity"]) for band in given["bands"]]
    heads = [Heads(int(one["billable"]), int(one["refundable"])) for one in given["statements"]]
    return [
        {
            name: {"count": one.count, "additions": one.added, "subtractions": one.taken}
            for name, one in zip(names, fill(rooms, heads[:at], present, RefundRule.OWN_FIRST), strict=True)
        }
        for at, present in enumerate(heads)
    ]


def _allocation(given: Case) -> list[dict[str, int]]:
    rooms = [int(band["capacity"]) for band in given["bands"]]
    previous = Heads(int(given["previous_billable"]), int(given["previous_refundable"]))
    found = allocate(rooms, previous, Heads(int(given["billable"]), int(given["refundable"])))
    return [dict(vars(one)) for one in found]


def _service_fee(given: Case) -> dict[str, Fraction]:
    """Bands told by their tops; the first generation's names."""
    ratio, bottom, bands = _figure(given["service_fee_percentage"]) / 100, 0, []
    for band in given["bands"]:
        bands.append(fees.Band(int(band["max"]) - bottom, _figure(band["per_participant"]), ratio))
        bottom = int(band["max"])
    whole, monthly = fees.service_fee(
        bands,
        target=int(given["recruitment_target"]),
        set_up=_figure(given.get("set_up_fee", 0)),
        instalments=int(given["service_fee_instalments"]),
        per_head=True,
    )
    return {"total": whole, "monthly_service_fee": monthly}


def _service_fee_of_ratios(given: Case) -> dict[str, Fraction]:
    """Bands told by their capacity, each with its own ratio; the second generation's names."""
    bands = [
        fees.Band(int(one["capacity"]), _figure(one["fee"]), _figure(one["service_fee_ratio"]))
        for one in given["bands"]
    ]
    whole, monthly = fees.service_fee(
        bands,
        target=int(given["recruitment_target"]),
        set_up=_figure(given.get("setup_fee", 0)),
        instalments=int(given["instalments"]),
        per_head=False,
    )
    return {"total": whole, "monthly": monthly, "monthly_6dp": monthly}


def _monthly_of_course(given: Case) -> dict[str, Fraction]:
    each = fees.monthly_per_head(
        _figure(given["per_participant"]),
        percent=_figure(given["service_fee_percentage"]),
        instalments=int(given["service_fee_installments"]),
    )
    return {"per_participant": each, "monthly": each * int(given["recruitment_target"])}


def _output_of_course(given: Case) -> dict[str, Fraction]:
    each = fees.output_per_head(
        _figure(given["per_participant"]),
        percent=_figure(given["output_payment_percentage"]),
        periods=int(given["number_of_payment_periods"]),
    )
    return {"per_participant": each, "subtotal": each * int(given["declarations"])}


def _commission(given: Case) -> Fraction:
    value = Decimal(str(given["value"]))
    if "rates" in given:
        rates = {str(name): Decimal(str(percent)) for name, percent in given["rates"].items()}
        found = commission.by_column(rates=rates, key=str(given["key"]), value=value)
    else:
        found = commission.flat_rate(percent=Decimal(str(given["percent"])), value=value)
    return Fraction(found.pounds)


ENGINES: dict[str, Callable[[Case], Any]] = {
    "commission": _commission,
    "ecf1-banding": _banding,
    "ecf1-service-fee": _service_fee,
    "npq-service-fee": _monthly_of_course,
    "npq-output": _output_of_course,
    "rect-allocation": _allocation,
    "rect-service-fee": _service_fee_of_ratios,
}
"""The rules by the names that files of cases give them."""
