"""What cancelling costs on a day by a policy given as data, for the price calculator."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from catalogue.rules.cancellation import MODES, Basis, Length, Policy, Rung, ladder
from catalogue.rules.quotes import Step
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money


class WrongCancellationFacts(WrongInput):
    """Facts about a cancellation that cannot be read."""

    code = "wrong_facts"


def owed_on(*, policy: Policy, facts: Mapping[str, Any], on: date) -> tuple[Money, tuple[Step, ...]]:
    """What stays owed of a place when it is cancelled on ``on``, with a sentence for each stretch of days.

    Facts: ``starts_on`` (the first day, as a date), ``net_pence`` or ``net`` (what the place costs), ``mode``
    (``face_to_face``), ``basis`` (``charged``), ``half_days`` and ``days`` (meetings, one whole day unless said).
    """
    starts_on, net = _starts_on(facts), _net(facts)
    mode, basis = facts.get("mode", MODES[0]), facts.get("basis", Basis.CHARGED)
    if mode not in MODES or basis not in list(Basis):
        raise WrongCancellationFacts(f"The mode must be one of {', '.join(MODES)}, the basis one of {', '.join(Basis)}")
    length = Length(_count(facts, "half_days", 0), _count(facts, "days", 0 if facts.get("half_days") else 1))
    steps, total = [], Money(0)
    for rung in ladder(policy, starts_on, mode=mode, basis=basis):
        priced = basis == Basis.CHARGED
        owed = rung.keeps.of(net, length) if priced else rung.keeps.fixed(length)
        words = _words(rung, net if priced else None)
        if on in rung:
            total = owed
            steps.append(Step(f"{words} (cancelled on {on:%-d %B %Y})", owed.pence))
        else:
            steps.append(Step(words if rung.keeps.nothing else f"{words}: {owed}"))
    return total, tuple(steps)


def _words(rung: Rung, net: Money | None) -> str:
    if rung.last is not None:
        days = f"Until {rung.last:%-d %B %Y}"
    else:
        days = f"After {rung.first - timedelta(days=1):%-d %B %Y}" if rung.first else "On any day"
    if rung.keeps.nothing:
        return f"{days}: free"
    percent = f"{rung.percent.normalize():f}%"
    return f"{days}: {percent} of {net}" if net is not None and rung.percent else f"{days}: a fixed fee"


def _starts_on(facts: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(facts["starts_on"])
    except (KeyError, TypeError, ValueError):
        raise WrongCancellationFacts("The fact starts_on must be the first day, like 2027-03-24") from None


def _net(facts: Mapping[str, Any]) -> Money:
    if "net" in facts:
        return Money.parse(str(facts["net"]), what="The fact net")
    pence = facts.get("net_pence")
    if type(pence) is not int or pence < 0:
        raise WrongCancellationFacts("The fact net_pence must be the price in whole pence, like 14000")
    return Money(pence)


def _count(facts: Mapping[str, Any], name: str, usual: int) -> int:
    found = facts.get(name, usual)
    if type(found) is not int or not 0 <= found <= 100:
        raise WrongCancellationFacts(f"The fact {name} must be a whole number from 0 to 100")
    return found
