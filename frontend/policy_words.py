"""What a cancellation policy says, in sentences: the ladder of dates, what not coming costs, who may be sent instead."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalogue.rules.cancellation import (
    MODES,
    Basis,
    Keeps,
    Length,
    Policy,
    Rung,
    keeps_of,
    ladder,
    last_of,
    late_is_absent,
    terms_for,
    waiver_reasons,
)
from frontend.formats import long_date, plural
from marketplace.core.money import Money

MODE_WORDS = {"face_to_face": "face to face", "online": "online", "hybrid": "face to face or online"}
BASIS_WORDS = {
    Basis.CHARGED: "Places with a price",
    Basis.FREE: "Free places",
    Basis.INCLUDED: "Places included in a subscription",
}
COUNTING = (
    "Neither the day of cancelling nor the day of the course counts. Working days are Monday to Friday without "
    "England’s bank holidays."
)


def percent(figure: Decimal) -> str:
    return f"{figure.normalize():f}%"


def keeps_words(keeps: Keeps, *, basis: str = Basis.CHARGED, length: Length | None = None) -> str:
    """ "the full price", "50% of the price", "£35.00 for each half day, £70.00 for each day"; in all for one length."""
    parts = []
    if basis == Basis.CHARGED and keeps.percent:
        parts.append("the full price" if keeps.percent >= 100 else f"{percent(keeps.percent)} of the price")
    if length is not None:
        fixed = keeps.fixed(length)
        parts += [f"{fixed}"] if fixed else []
    else:
        parts += _fixed_words(keeps)
    return " and ".join(parts) or "nothing"


def _fixed_words(keeps: Keeps) -> list[str]:
    parts = [f"{Money(keeps.place)}"] if keeps.place else []
    if keeps.half_day and keeps.half_day == keeps.day:
        return [*parts, f"{Money(keeps.day)} for each meeting"]
    parts += [f"{Money(keeps.half_day)} for each half day"] if keeps.half_day else []
    return parts + ([f"{Money(keeps.day)} for each day"] if keeps.day else [])


def rung_words(rung: Rung, length: Length | None = None) -> str:
    """ "Free until 17 March 2027"; "From 18 March 2027 the full price stays owed"."""
    if rung.keeps.nothing:
        return f"Free until {long_date(rung.last)}" if rung.last else "Free"
    since = f"From {long_date(rung.first)} " if rung.first else ""
    until = f" until {long_date(rung.last)}" if rung.last else ""
    return f"{since}{keeps_words(rung.keeps, length=length)} stays owed{until}"


def days_words(until: dict[str, Any]) -> str:
    """ "4 working days", "4 weeks", "48 hours" """
    if "weeks" in until:
        return plural(until["weeks"], "week")
    if "hours" in until:
        return plural(until["hours"], "hour")
    kind = "working day" if until["days"] == "working" else "day"
    return plural(until["count"], kind)


def policy_lines(policy: Policy) -> list[tuple[str, str]]:
    """The whole policy without a date: (for which places, what holds), those that are alike told once."""
    told: dict[str, list[str]] = {}
    for basis in Basis:
        by_mode: dict[str, list[str]] = {}
        for mode in MODES:
            by_mode.setdefault(_terms_words(terms_for(policy, mode=mode, basis=basis), basis), []).append(mode)
        for words, modes in by_mode.items():
            told.setdefault(words, []).append(f"{BASIS_WORDS[basis]}{_where(modes)}")
    return [("; ".join(who), words) for words, who in told.items()]


def _where(modes: list[str]) -> str:
    """ ", online"; nothing where it is all modes."""
    if len(modes) == len(MODES):
        return ""
    if "online" not in modes and len(modes) > 1:
        return ", unless online"
    return f", {' and '.join(MODE_WORDS[mode] for mode in modes)}"


def _terms_words(terms: Policy, basis: Basis) -> str:
    parts = [f"free until {days_words(terms['free_until'])} before"]
    parts += [
        f"then {_owed(keeps_of(step), basis)} until {days_words(step['until'])} before"
        for step in terms.get("steps", [])
    ]
    last = last_of(terms)
    parts.append(f"then {_owed(last, basis)}")
    if basis != Basis.CHARGED:
        absent = keeps_of(terms["not_attended"]) if "not_attended" in terms else last
        words = keeps_words(absent, basis=basis)
        if words != keeps_words(last, basis=basis):
            parts.append(f"not coming costs {words}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _owed(keeps: Keeps, basis: Basis) -> str:
    words = keeps_words(keeps, basis=basis)
    if basis == Basis.INCLUDED and not keeps.nothing:
        return "the place stays used" if words == "nothing" else f"the place stays used and costs {words}"
    return words


def further_lines(policy: Policy) -> list[str]:
    """What else the policy says: lateness, somebody else, waivers."""
    lines = ["Who arrives late counts as not having come."] if late_is_absent(policy) else []
    if "substitution_until" in policy:
        lines.append(f"Somebody else may be sent until {days_words(policy['substitution_until'])} before.")
    else:
        lines.append("Somebody else may be sent until the day itself.")
    reasons = [words[:1].lower() + words[1:] for words in waiver_reasons(policy).values()]
    if reasons:
        lines.append(f"A waiver may be asked for: {'; '.join(reasons)}.")
    else:
        lines.append("Waivers are given by our course organisers alone.")
    return lines


def preview(
    policy: Policy, event: date, *, mode: str, basis: str, length: Length, price: Money
) -> list[dict[str, Any]]:
    """The ladder for a day, as rows: dates, what stays owed in words and in pounds."""
    rows = []
    for rung in ladder(policy, event, mode=mode, basis=basis):
        owed = rung.keeps.of(price, length) if basis == Basis.CHARGED else rung.keeps.fixed(length)
        rows.append(
            {"dates": dates_words(rung.first, rung.last), "owed": owed, "words": _owed(rung.keeps, Basis(basis))}
        )
    return rows


def dates_words(first: date | None, last: date | None) -> str:
    """ "Until 17 March 2027", "From 18 March 2027", "Any day" """
    if first is None:
        return f"Until {long_date(last)}" if last else "Any day"
    return f"From {long_date(first)}" + (f" to {long_date(last)}" if last else "")
