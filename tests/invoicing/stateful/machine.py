"""The whole machine, and a walk with it."""

from collections.abc import Callable, Collection
from inspect import getmembers

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RULE_MARKER, initialize, run_state_machine_as_test

from tests.invoicing.stateful.base import LIMITS, Ground, Tally, World
from tests.invoicing.stateful.chasing import Chasing
from tests.invoicing.stateful.crediting import Crediting
from tests.invoicing.stateful.selling import Selling

BEGINNING = [
    (10_003, "standard", "at_once", 1),
    (120_001, "standard", "over_time", 12),
    (45_000, "exempt", "on_use", 1),
    (7_777, "reduced", "on_date", 1),
    (30_000, "outside", "on_verification", 1),
    (3_333, "zero", "at_once", 1),
    (50_007, "standard", "over_time", 1),
]
"""Pence, VAT, when it is income, payments."""


class Receivables(Selling, Crediting, Chasing):
    """Charge, bill, pay, credit, refund, query, move between parties: everything that a customer's account goes through."""

    @initialize()
    def begin(self) -> None:
        """With something of every kind, so that there is something to do for every rule from the first step on."""
        counted, self.tally = self.tally, Tally()
        for place, (pence, vat, pattern, instalments) in enumerate(BEGINNING):
            self.charge(
                customer=place, consumer=place // 2, pence=pence, vat=vat, order=f"PO-{place % 2}", label="",
                pattern=pattern, waits=0, months=12, mid=False, instalments=instalments,
            )  # fmt: skip
        self.bill()
        for place in range(3):
            self.pay(payer=place, due=0, percent=100, other=True)
        self.charge(
            customer=0, consumer=0, pence=9_900, vat="standard", order="", label="", pattern="at_once", waits=0,
            months=1, mid=False, instalments=1,
        )  # fmt: skip
        assert (self.tally.steps, self.tally.effect.total()) == (len(BEGINNING) + 5,) * 2
        self.tally = counted


RULES = {
    name: getattr(verb, RULE_MARKER).function for name, verb in getmembers(Receivables) if hasattr(verb, RULE_MARKER)
}
"""What each rule does, by its name."""


COMPOSED = {
    "approve": [f"approve {action.value}" for action in LIMITS],
    "send_back_or_withdraw": ["send_back", "withdraw"],
    "use_or_verify": ["use_deferred", "verify_deferred"],
}
COUNTED = sorted({*(RULES.keys() - COMPOSED.keys()), *(name for names in COMPOSED.values() for name in names)})
"""The names under which steps are counted."""


def walk(
    *,
    world: World,
    number: int,
    least: int,
    length: int,
    each: Collection[str] = (),
    times: int = 1,
    only: Collection[str] = (),
    shrink: bool = True,
    at_end: Callable[[Ground], None] | None = None,
) -> Tally:
    """Walks of ``length`` steps, told by a seed, until there are ``least`` steps and ``each`` had its effect ``times`` times.

    It gives up at three times as many steps, and leaves it to the caller to find out. Whatever breaks is shrunk to the
    fewest steps and raised. ``only`` names the rules of walks over a part of the machine, in which days pass as well.
    """

    class Walk(Receivables):
        pass

    for name in RULES.keys() - {"days_pass", *only} if only else ():
        setattr(Walk, name, RULES[name])  # still there to be called, no rule any more
    Walk.world, Walk.tally, Walk.at_end = world, Tally(), at_end
    while Walk.tally.steps < least or any(Walk.tally.effect[name] < times for name in each):
        if Walk.tally.steps >= 3 * least:
            break
        print(f"{Walk.tally.steps} steps so far", flush=True)
        run_state_machine_as_test(
            seed(number + Walk.tally.walks)(Walk),
            settings=settings(
                # the first walk of every run is the plainest, so a run that tops up counts is no short one
                max_examples=10 if Walk.tally.steps >= least else max(min(10, (least - Walk.tally.steps) // length), 2),
                stateful_step_count=length + 1,  # the first begins
                deadline=None,
                database=None,
                print_blob=False,
                phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    return Walk.tally
