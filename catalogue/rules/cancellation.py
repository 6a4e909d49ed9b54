"""What cancelling costs: an offer's policy as data, checked when it is given and evaluated for a day.

The shortest policy: ``{"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}``. The whole form is in
``docs/cancellation-policies.md``; the evaluation in ``cancelling_terms``.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from catalogue.rules.cancelling_terms import (
    CHANGEABLE,
    FREE,
    WAIVER_REASONS,
    Basis,
    Keeps,
    Length,
    Policy,
    Rung,
    fee,
    keeps_of,
    ladder,
    last_day,
    last_of,
    late_is_absent,
    not_attended,
    rung_on,
    substitution_until,
    terms_for,
    waiver_reasons,
)
from marketplace.core.errors import WrongInput

__all__ = [
    "DEFAULT_POLICY", "FREE", "MODES", "WAIVER_REASONS", "Basis", "Keeps", "Length", "Policy", "Rung", "WrongPolicy",
    "check_policy", "fee", "keeps_of", "ladder", "last_day", "last_of", "late_is_absent", "not_attended", "rung_on",
    "substitution_until", "terms_for", "waiver_reasons",
]  # fmt: skip

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?")
_POUNDS = re.compile(r"\d{1,6}(\.\d{2})?")
MAX_DAYS = 400
MAX_STEPS = 12
MODES = ("face_to_face", "online", "hybrid")
_SAMPLE = date(2027, 6, 30)  # far from bank holidays: the order of the rungs does not depend on the day

DEFAULT_POLICY: Policy = {"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}


class WrongPolicy(WrongInput):
    """A cancellation policy that cannot be read."""

    code = "wrong_cancellation_policy"


def check_policy(policy: Any) -> None:
    """Refuses a policy that is not of the documented form, or whose charge falls as the event comes nearer."""
    _check_keys(policy, "policy", needed={"free_until"}, may={
        "then_percent", "then", "steps", "not_attended", "cases", "late_is_absent", "substitution_until", "waivers",
    })  # fmt: skip
    if ("then" in policy) == ("then_percent" in policy):
        raise WrongPolicy("Cancellation policy must have then_percent or then, and only one of them")
    _check_terms(policy)
    cases = policy.get("cases", [])
    if not isinstance(cases, list) or len(cases) > MAX_STEPS:
        raise WrongPolicy(f"Cancellation policy: cases must be a list of at most {MAX_STEPS}")
    for case in cases:
        _check_case(case)
    _check_rest(policy)
    for mode, basis in product(MODES, Basis):
        _check_rising(policy, mode, basis)


def _check_keys(given: Any, what: str, *, needed: Collection[str], may: Collection[str]) -> None:
    if not isinstance(given, dict) or not set(needed) <= set(given) <= {*needed, *may}:
        names = ", ".join(sorted(needed)) or "one or more of its parts"
        raise WrongPolicy(
            f"Cancellation policy: a {what} must have {names}, and may have {', '.join(sorted(may)) or 'no more'}"
        )


def _check_terms(terms: Mapping[str, Any]) -> None:
    if "free_until" in terms:
        _check_days(terms["free_until"])
    if "then_percent" in terms:
        _check_percent(terms["then_percent"])
    if "then" in terms:
        _check_keeps(terms["then"], "then")
    steps = terms.get("steps", [])
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        raise WrongPolicy(f"Cancellation policy: steps must be a list of at most {MAX_STEPS}")
    for step in steps:
        _check_keys(step, "step", needed={"until"}, may={"percent", "fee", "per"})
        _check_days(step["until"])
        _check_keeps({name: value for name, value in step.items() if name != "until"}, "step")
    if "not_attended" in terms:
        _check_keeps(terms["not_attended"], "not_attended")
        if Decimal(terms["not_attended"].get("percent", "100")) != 100:
            raise WrongPolicy("Cancellation policy: who does not come owes the whole price, so its percent must be 100")


def _check_case(case: Any) -> None:
    _check_keys(case, "case", needed=set(), may={"mode", "basis", *CHANGEABLE})
    if not {"mode", "basis"} & set(case) or not set(CHANGEABLE) & set(case):
        raise WrongPolicy("Cancellation policy: a case must name a mode or a basis, and what is different there")
    if case.get("mode", "online") not in MODES:
        raise WrongPolicy(f"Cancellation policy: mode must be one of {', '.join(MODES)}")
    if case.get("basis", "free") not in list(Basis):
        raise WrongPolicy(f"Cancellation policy: basis must be one of {', '.join(Basis)}")
    if "then" in case and "then_percent" in case:
        raise WrongPolicy("Cancellation policy: a case must have then_percent or then, not both")
    _check_terms(case)


def _check_rest(policy: Mapping[str, Any]) -> None:
    if type(policy.get("late_is_absent", False)) is not bool:
        raise WrongPolicy("Cancellation policy: late_is_absent must be true or false")
    if "substitution_until" in policy:
        until = policy["substitution_until"]
        if isinstance(until, dict) and set(until) == {"hours"}:
            _check_count(until["hours"], "hours")
        else:
            _check_days(until)
    waivers = policy.get("waivers", [])
    if not isinstance(waivers, list) or not all(isinstance(one, str) and one in WAIVER_REASONS for one in waivers):
        raise WrongPolicy(f"Cancellation policy: waivers must be a list of {', '.join(WAIVER_REASONS)}")


def _check_days(days: Any) -> None:
    if isinstance(days, dict) and set(days) == {"weeks"}:
        _check_count(days["weeks"], "weeks", most=MAX_DAYS // 7)
        return
    if not isinstance(days, dict) or set(days) != {"count", "days"} or days["days"] not in ("working", "calendar"):
        raise WrongPolicy(
            'Cancellation policy: days must be like {"count": 4, "days": "working"}, {"count": 15, "days": "calendar"} '
            'or {"weeks": 4}'
        )
    _check_count(days["count"], "count")


def _check_count(count: Any, what: str, most: int = MAX_DAYS) -> None:
    if type(count) is not int or not 0 <= count <= most:
        raise WrongPolicy(f"Cancellation policy: {what} must be a whole number from 0 to {most}")


def _check_keeps(terms: Any, what: str) -> None:
    _check_keys(terms, what, needed=set(), may={"percent", "fee", "per"})
    if not {"percent", "fee"} & set(terms):
        raise WrongPolicy(f"Cancellation policy: {what} must have a percent or a fee")
    if "percent" in terms:
        _check_percent(terms["percent"])
    if "per" in terms and (terms["per"] not in ("place", "meeting") or isinstance(terms.get("fee"), dict)):
        raise WrongPolicy("Cancellation policy: per must be place or meeting, and stands beside one fee")
    fees = terms.get("fee", "0")
    if isinstance(fees, dict):
        _check_keys(fees, "fee by length", needed={"half_day", "day"}, may=set())
    for amount in fees.values() if isinstance(fees, dict) else [fees]:
        if not isinstance(amount, str) or not amount.isascii() or not _POUNDS.fullmatch(amount):
            raise WrongPolicy('Cancellation policy: a fee must be text in pounds, like "30" or "49.50"')
    if "per" in terms and "fee" not in terms:
        raise WrongPolicy("Cancellation policy: per must stand beside a fee")


def _check_percent(percent: Any) -> None:
    good = isinstance(percent, str) and percent.isascii() and _PERCENT.fullmatch(percent)
    if not good or Decimal(percent) > 100:
        raise WrongPolicy('Cancellation policy: a percentage must be text from "0" to "100"')


def _check_rising(policy: Policy, mode: str, basis: Basis) -> None:
    """Later is never cheaper, and not coming never cheaper than cancelling on the day."""
    priced = basis == Basis.CHARGED
    rungs = ladder(policy, _SAMPLE, mode=mode, basis=basis)
    if any(not later.keeps.covers(earlier.keeps, priced=priced) for earlier, later in pairwise(rungs)):
        raise WrongPolicy(
            f"Cancellation policy: the charge must not fall as the day comes nearer; for {basis} places "
            f"({mode.replace('_', ' ')}) it does. Fees of one policy must be of one kind."
        )
    terms = terms_for(policy, mode=mode, basis=basis)
    if "not_attended" in terms and not priced:
        absent = keeps_of(terms["not_attended"])
        if not absent.covers(rungs[-1].keeps, priced=False):
            raise WrongPolicy(
                f"Cancellation policy: not coming must not cost less than cancelling on the day ({basis} places)"
            )
