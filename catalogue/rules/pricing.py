"""The price of something: pure arithmetic over a rule (``docs/price-rules.md``) and the buyer's facts.

Figures stay unrounded ``Decimal`` pounds until the end; the net is rounded once, half up. Each step shows
what it adds to the rounded running total, so that the steps always add up to the net.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from catalogue.rules.context import said
from catalogue.rules.evaluation import Context, NoPrice, Part, evaluate
from catalogue.rules.facts import BuyerFacts, FundedShare, IncludedPlaces, ThemeOff, read_stated
from catalogue.rules.quotes import Quote, Step, Worked
from catalogue.rules.rule_form import Rule, depends_on_quantity, facts_used, kind_of
from catalogue.rules.sharing import divide
from catalogue.rules.words import count_words, pounds_words, unit_words
from invoicing.vat.treatment import VatTreatment
from marketplace.core.errors import WrongInput
from marketplace.core.money import MAX_PENCE, Money, round_half_up

MAX_QUANTITY = Decimal(10_000)


def price(
    *,
    rule: Rule,
    facts: BuyerFacts,
    quantity: Decimal,
    on: date,
    vat: VatTreatment,
    list_rule: Rule | None = None,
    included: IncludedPlaces | None = None,
    price_id: int | None = None,
    off: ThemeOff | None = None,
    funded: FundedShare | None = None,
) -> Quote:
    """The quote for ``quantity`` under ``rule`` on a day, before VAT, with a sentence for each step.

    ``list_rule`` is the non-members' rule, named first where the buyer's differs. Places that are
    ``included`` in a subscription are taken first and cost nothing, but not for what is free anyway; ``off`` is taken off what the others cost, and of the rest ``funded`` pays its share. Raises NoPrice where nothing fits,
    FactMissing where a fact is needed, NumberNotSold and WrongInput for a quantity that cannot be bought.
    """
    done = work_out(
        rule=rule, facts=facts, quantity=quantity, list_rule=list_rule, included=included, off=off, funded=funded
    )
    pays = funded if funded is not None and 0 < done.charged <= funded.left else None
    unit, line_quantity = _unit_price(done.net, done.charged if done.counted else Decimal(1))
    taken = int(done.quantity - done.charged)
    return Quote(
        done.net, tuple(done.steps), unit, line_quantity, quantity, taken, vat, on, price_id, shares=done.shares,
        funded=pays,
    )  # fmt: skip


def work_out(
    *,
    rule: Rule,
    facts: BuyerFacts,
    quantity: Decimal,
    list_rule: Rule | None = None,
    included: IncludedPlaces | None = None,
    off: ThemeOff | None = None,
    funded: FundedShare | None = None,
) -> Worked:
    """What the rule comes to, with steps and shares; everything of ``price`` but VAT, and the same refusals."""
    counted = depends_on_quantity(rule)
    _check_quantity(quantity, counted)
    taken = included.used_for(int(quantity)) if included and (counted or included.whole) else 0
    facts, steps = _assuming(rule, facts)
    taken = 0 if taken and _costs_nothing(rule, facts, quantity) else taken
    charged = quantity - taken
    context = Context(facts, charged, _class_words(facts) if list_rule is not None else "", quantity)
    parts = evaluate(rule, context) if charged else []
    if off is not None and (whole := sum((part.pounds for part in parts), Decimal(0))):
        parts.append(Part(off.words, -whole * off.percent / 100))
    if funded is not None and charged <= funded.left:
        whole = sum((part.pounds for part in parts), Decimal(0))
        parts += [Part(funded.words, -whole * funded.percent / 100)] if whole else []
    steps += _list_price_steps(rule, list_rule, facts, quantity)
    if included and taken:
        text = f"{count_words(Decimal(taken), *included.unit)} from {included.name}"
        steps.append(Step(f"{text}, {included.left} of {included.granted} left", 0))
    net = _add_up(parts, steps)
    shares = divide(rule, net, context) if charged else ()
    return Worked(net, tuple(steps), quantity, charged, counted, shares)


def _costs_nothing(rule: Rule, facts: BuyerFacts, quantity: Decimal) -> bool:
    """Whether it is free for this buyer anyway, so that nothing included has to be used for it."""
    try:
        return not sum((part.pounds for part in evaluate(rule, Context(facts, quantity, "", quantity))), Decimal(0))
    except (NoPrice, WrongInput):
        return False


def _check_quantity(quantity: Decimal, counted: bool) -> None:
    if not quantity.is_finite() or not 0 < quantity <= MAX_QUANTITY:
        raise WrongInput(f"Quantity must be more than 0 and at most {MAX_QUANTITY:,}")
    if quantity != quantity.quantize(Decimal("0.01")):
        raise WrongInput("Quantity must have at most two decimals")
    if not counted and quantity != 1:
        raise WrongInput("This is sold once for a school, so the quantity must be 1")


def _assuming(rule: Rule, facts: BuyerFacts) -> tuple[BuyerFacts, list[Step]]:
    """The facts with those that the rule takes for granted where nobody said otherwise, and a step that says so."""
    used = set(facts_used(rule))
    missing = {
        name: value for name, value in rule.get("assume", {}).items() if name in used and facts.get(name) is None
    }
    if not missing:
        return facts, []
    assumed = read_stated(missing)
    words = ", ".join(f"{name.replace('_', ' ')} {said(value)}" for name, value in assumed.items())
    return replace(facts, stated={**facts.stated, **assumed}), [Step(f"Taken for granted: {words}")]


def _class_words(facts: BuyerFacts) -> str:
    return f" at the {facts.price_class.words} price"


def _list_price_steps(rule: Rule, list_rule: Rule | None, facts: BuyerFacts, quantity: Decimal) -> list[Step]:
    """One sentence with the price for non-members, where it is another one and can be worked out."""
    if list_rule is None or list_rule == rule:
        return []
    if kind_of(list_rule) == "rate" and list_rule["per"] == "quantity":
        unit = unit_words("quantity", list_rule)[0]
        return [Step(f"List price {pounds_words(Decimal(list_rule['rate']))} for each {unit}")]
    try:
        parts = evaluate(list_rule, Context(_assuming(list_rule, facts)[0], quantity, "", quantity))
    except (NoPrice, WrongInput):
        return []
    return [Step(f"List price {Money.of_pounds(sum((part.pounds for part in parts), Decimal(0)))}")]


def _add_up(parts: list[Part], steps: list[Step]) -> Money:
    """Appends a step for each part and returns the net, rounded once at the end."""
    running, shown = Decimal(0), 0
    for part in parts:
        running += part.pounds
        if abs(running) * 100 > MAX_PENCE:
            raise WrongInput("This comes to more than can be invoiced. Check the numbers you entered.")
        pence = round_half_up(running * 100)
        steps.append(Step(part.text, pence - shown))
        shown = pence
    return Money(shown)


def _unit_price(net: Money, charged: Decimal) -> tuple[Money, Decimal]:
    """A unit price in whole pence that gives the net exactly, or 1 × net."""
    if charged > 0:
        unit = Decimal(net.pence) / charged
        if unit == unit.to_integral_value():
            return Money(int(unit)), charged
    return net, Decimal(1)
