"""How a price is divided among those who keep a part of it, by the ``shares`` of its rule.

Each share is worked out from unrounded figures and rounded half up once; whoever has the rest has what is left, so the
shares are the net to the penny.
"""

from decimal import Decimal

from catalogue.rules.context import Context
from catalogue.rules.evaluation import evaluate
from catalogue.rules.quotes import Share
from catalogue.rules.rule_checks import PLUS, REST
from catalogue.rules.rule_form import Rule
from marketplace.core.errors import DomainError
from marketplace.core.money import Money, round_half_up


class SharesTooMuch(DomainError):
    """Fixed shares come to more than the price."""

    code = "shares_too_much"


def divide(rule: Rule, net: Money, context: Context) -> tuple[Share, ...]:
    """The shares in the order of the rule, none where it names none. Raises SharesTooMuch where nothing is left."""
    kept = {
        name: round_half_up(_pence(rule, part, net, context))
        for name, part in rule.get("shares", {}).items()
        if part != REST
    }
    rest = net.pence - sum(kept.values())
    if rest < 0:
        raise SharesTooMuch(f"The shares of the price come to more than {net}. Ask us for a quote.")
    return tuple(Share(name, kept.get(name, rest)) for name in rule.get("shares", {}))


def _pence(rule: Rule, part: str | Rule, net: Money, context: Context) -> Decimal:
    """A percentage of the net, what ``plus`` put on top, or an amount by a rule of its own."""
    if isinstance(part, dict):
        return sum((found.pounds for found in evaluate(part, context)), Decimal(0)) * 100
    if part == PLUS:
        percent = Decimal(rule["plus"]["percent"].rstrip("%"))
        return net.pence * percent / (100 + percent)
    return net.pence * Decimal(part.rstrip("%")) / 100
