"""A variation in its simplest form: other sums for the amounts that are still open; and whatever else it adds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypedDict

from marketplace.core.errors import WrongInput
from marketplace.core.money import Money, share_out
from marketplace.core.periods import Period
from subscriptions.outcomes.models import ContractVersion, OutcomeContract, OutcomeItem
from subscriptions.outcomes.rules.variation import OPEN_STATES
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.terms import ItemTerms


class Terms(TypedDict):
    """What ``preview_variation`` and ``propose_variation`` both take."""

    value: Money
    changes: Changes


def repriced(contract: OutcomeContract, *, valid_from: date, whole: int | None, prices: Mapping[str, int]) -> Terms:
    """The changes that give open amounts other sums; the contract's value moves by what they move.

    ``whole``: what all open amounts that begin on ``valid_from`` or later come to, shared in the proportion of what they
    are now, by largest remainder; otherwise ``prices`` (pence by code; 0 leaves the amount out). A new amount hangs on what
    the old one hung on, and bears the old code with the version's number.
    """
    open_items = OutcomeItem.objects.filter(contract=contract, state__in=OPEN_STATES).select_related("measure")
    items = list(open_items.order_by("service_from", "due_on", "pk"))
    if whole is not None:
        chosen = [item for item in items if item.service_from >= valid_from]
        if not chosen:
            raise WrongInput("No open amount begins on that day or later. Enter each amount instead.")
        shares = share_out(whole, [item.pence for item in chosen])
        prices = {item.code: pence for item, pence in zip(chosen, shares, strict=True) if pence != item.pence}
    changed = [item for item in items if item.code in prices]
    number = ContractVersion.objects.filter(contract=contract).count() + 1
    added = [
        ItemTerms(
            code=f"{item.code[:34]}-v{number}", name=item.name, pence=prices[item.code],
            service=Period(item.service_from, item.service_to), claimed_from=item.claimed_from, due_on=item.due_on,
            measure=item.measure.code if item.measure else "",
        )
        for item in changed
        if prices[item.code]
    ]  # fmt: skip
    moved = sum(prices[item.code] - item.pence for item in changed)
    return {
        "value": Money(contract.value_pence + moved),
        "changes": Changes(left_out=[item.code for item in changed], items=added),
    }


def with_more(terms: Terms, more: Changes, value: Money | None) -> Terms:
    """The terms with what else is added; without a ``value`` it moves by what the added amounts come to."""
    changes = replace(
        terms["changes"], measures=more.measures, items=[*terms["changes"].items, *more.items],
        statements=more.statements, bands=more.bands, milestones=more.milestones,
    )  # fmt: skip
    moved = Money(terms["value"].pence + sum(one.pence for one in more.items))
    return {"value": value or moved, "changes": changes}
