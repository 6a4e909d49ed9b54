"""How a sum is divided over schools, each share with its working. What is divided always adds up to the penny.

| method | what one counts | terms |
|---|---|---|
| equal | 1 | none |
| pupils | its pupils | none |
| bands | the weight of the first band that holds its pupils | ``{"bands": [{"up_to": 200, "weight": "1"}, {"weight": "2"}]}`` |
| formula | (fixed + per pupil × pupils) × the factor of its phase | ``{"fixed": "100", "per_pupil": "2", "phases": {"secondary": "1.2"}}`` |
| weights | the weight agreed with it | none |
| lead | the lead bears it alone | none |

A price list serves as bands or formula too: the prices are weights, and what is charged is scaled to the sum. Pennies left
over go to the largest remainders, earlier ones first (``share_out``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from catalogue.rules.phases import PHASES
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.money import Money, share_out

PLACES = Decimal("0.000001")
MOST = Decimal(1_000_000_000)


class Method(StrEnum):
    """What decides how much one bears of the whole."""

    EQUAL = "equal"
    PUPILS = "pupils"
    BANDS = "bands"
    FORMULA = "formula"
    WEIGHTS = "weights"
    LEAD = "lead"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def counts_pupils(self) -> bool:
        """Whether nobody shares without a count of pupils."""
        return self in (Method.PUPILS, Method.BANDS, Method.FORMULA)


_WORDS = {
    Method.EQUAL: "Equal shares",
    Method.PUPILS: "By pupils",
    Method.BANDS: "By bands of pupils",
    Method.FORMULA: "By a formula of pupils and phase",
    Method.WEIGHTS: "By agreed weights",
    Method.LEAD: "The lead bears it alone",
}


class NobodyToShare(DomainError):
    """There is nobody who bears any of it, or all weigh nothing."""

    code = "nobody_to_share"


class PupilsNotKnown(DomainError):
    """A method counts pupils, and for somebody who shares none are on record."""

    code = "pupils_not_known"


@dataclass(frozen=True)
class Sharer:
    """Somebody who bears a part: pupils as counted by ``source``, the phase of the register, an agreed weight."""

    id: int
    name: str
    pupils: int | None = None
    source: str = ""
    phase: str = ""
    weight: Decimal = Decimal(1)
    lead: bool = False


@dataclass(frozen=True)
class Share:
    """What one bears in pence, by which weight, and how that was worked out."""

    id: int
    weight: Decimal
    pence: int
    steps: tuple[str, ...]


def clean_terms(method: Method, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as they are kept: numbers as text. Raises WrongInput for what the method does not know."""
    if method == Method.BANDS:
        return {"bands": _clean_bands(terms.get("bands") or [])}
    if method == Method.FORMULA:
        phases = {str(name).strip().lower(): _text(one, "Factor") for name, one in (terms.get("phases") or {}).items()}
        if unknown := sorted(set(phases) - set(PHASES)):
            raise WrongInput(f"There is no phase {unknown[0]}. Phases are {', '.join(PHASES)}.")
        fixed, each = (
            _text(terms.get("fixed") or 0, "Fixed part"),
            _text(terms.get("per_pupil") or 0, "Part for a pupil"),
        )
        if Decimal(fixed) + Decimal(each) == 0:
            raise WrongInput("A formula needs a fixed part, or a part for each pupil, above 0.")
        return {"fixed": fixed, "per_pupil": each, "phases": phases}
    return {}


def _clean_bands(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Bands in rising order, the last one open at its end."""
    bands: list[dict[str, Any]] = []
    for one in given:
        band: dict[str, Any] = {"weight": _text(one.get("weight"), "Weight")}
        if one.get("up_to") is not None:
            band = {"up_to": int(one["up_to"]), **band}
        bands.append(band)
    limits = [band.get("up_to") for band in bands]
    closed = [limit for limit in limits[:-1] if limit is not None]
    if not bands or limits[-1] is not None or len(closed) != len(bands) - 1 or closed != sorted(set(closed)):
        raise WrongInput("Bands must rise, and the last one must have no end: say what the largest schools count.")
    return bands


def _text(value: Any, what: str) -> str:
    try:
        number = Decimal(str(value).strip())
        if not (number.is_finite() and 0 <= number < MOST) or number != number.quantize(PLACES):
            raise InvalidOperation
    except InvalidOperation:
        raise WrongInput(f"{what} must be a number like 1.5, not negative, with at most 6 decimals") from None
    return f"{number.normalize():f}"


def shares_of(*, pence: int, method: Method, terms: Mapping[str, Any], sharers: Sequence[Sharer]) -> tuple[Share, ...]:
    """Who bears what of ``pence``, in the order of the sharers; the shares add up to it exactly.

    Raises NobodyToShare, and PupilsNotKnown naming each of whom no count is on record.
    """
    missing = [one.name for one in sharers if method.counts_pupils and one.pupils is None]
    if missing:
        raise PupilsNotKnown(
            f"No pupils are on record for {', '.join(missing)}. Add their count, or choose a method without pupils."
        )
    weighed = [_weight(method, terms, one) for one in sharers]
    weights = [weight for weight, _ in weighed]
    if not any(weights):
        raise NobodyToShare("Nobody bears any of it by this method. Choose who shares, or another method.")
    whole, amounts = sum(weights), share_out(pence, weights)
    return tuple(
        Share(one.id, weight, amount, (*steps, _sum(method, weight, whole, pence, amount)))
        for one, (weight, steps), amount in zip(sharers, weighed, amounts, strict=True)
    )


def _weight(method: Method, terms: Mapping[str, Any], one: Sharer) -> tuple[Decimal, tuple[str, ...]]:
    if method == Method.EQUAL:
        return Decimal(1), ()
    if method == Method.LEAD:
        return Decimal(1 if one.lead else 0), ()
    if method == Method.WEIGHTS:
        return one.weight, ()
    pupils = one.pupils or 0
    counted = f"{pupils:,} pupils" + (f", {one.source}" if one.source else "")
    if method == Method.PUPILS:
        return Decimal(pupils), (counted,)
    if method == Method.BANDS:
        band = next(b for b in terms["bands"] if b.get("up_to") is None or pupils <= b["up_to"])
        within = f"up to {band['up_to']:,} pupils" if "up_to" in band else "the largest schools"
        return Decimal(band["weight"]), (counted, f"Band: {within}, counts {band['weight']}")
    factor = Decimal(terms["phases"].get(one.phase, "1"))
    weight = (Decimal(terms["fixed"]) + Decimal(terms["per_pupil"]) * pupils) * factor
    by_phase = f", × {factor} for {one.phase}" if one.phase in terms["phases"] else ""
    worked = f"{terms['fixed']} + {terms['per_pupil']} × {pupils:,}{by_phase} = {_plain(weight)}"
    return weight, (counted, f"Formula: {worked}")


def _sum(method: Method, weight: Decimal, whole: Decimal | int, pence: int, amount: int) -> str:
    if method == Method.LEAD:
        return f"The lead bears {Money(pence)} alone" if weight else "Borne by the lead alone"
    if method == Method.EQUAL:
        return f"{Money(pence)} ÷ {whole:,} = {Money(amount)}"
    return f"{_plain(weight)} of {_plain(Decimal(whole))} of {Money(pence)} = {Money(amount)}"


def _plain(number: Decimal) -> str:
    """1863 → 1,863; 2.50 → 2.5."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
