"""Money of somebody who was asked to pay a part of another's invoice: proposals from payment requests.

| what ties | confidence |
|---|---|
| the requests named add up to the payment | 0.99 |
| one amount that the payer named was asked for equals the payment | 0.96 |
| several such amounts do, or the name is another's | 0.70 and less |
| a request is named, the amount is another | 0.60 |
"""

from collections.abc import Sequence
from decimal import Decimal

from invoicing.banking.rules.candidates import Candidates, OpenRequest, Payer, Proposal
from invoicing.banking.rules.narrative import Named
from marketplace.core.money import Money

NAMED, ONE, UNSURE, PART = Decimal("0.99"), Decimal("0.96"), Decimal("0.70"), Decimal("0.60")
_EQUALS_SHOWN = 3


def by_requests(*, pence: int, named: Named, likely: Sequence[Payer], facts: Candidates) -> list[Proposal]:
    """Ways to set ``pence`` against what others were asked to pay; ``likely`` is who the payment may be from."""
    requests = [facts.requests_by_key[key] for key in named.requests]
    if requests:
        return _named(pence, requests, likely, facts) if len({one.funder_id for one in requests}) == 1 else []
    funders = {payer.id for payer in likely}
    equal = [one for one in facts.requests if one.pence == pence and one.funder_id in funders]
    invoices = {item.number for key in named.invoices for item in facts.by_key[key]}
    equal = [one for one in equal if one.invoice in invoices] or equal
    if len(equal) == 1:
        [one] = equal
        reason = f"{_funder(one, facts)} was asked for exactly {Money(pence)} of {one.invoice} by {one.number}."
        return [_settle(pence, ONE, reason, equal, facts)]
    return [
        _settle(pence, UNSURE - place * Decimal("0.02"), f"{one.number}, for {one.invoice}, is one of {len(equal)} payment"
                f" requests of {Money(pence)} to {_funder(one, facts)}.", [one], facts)
        for place, one in enumerate(equal[:_EQUALS_SHOWN])
    ]  # fmt: skip


def _named(pence: int, requests: Sequence[OpenRequest], likely: Sequence[Payer], facts: Candidates) -> list[Proposal]:
    total, funder = sum(one.pence for one in requests), _funder(requests[0], facts)
    asked = " and ".join(f"{one.number} for {one.invoice}" for one in requests)
    other = bool(likely) and requests[0].funder_id not in {payer.id for payer in likely}
    doubt = f" But the payment's name looks like {likely[0].name}." if other else ""
    if total == pence:
        reason = f"Names {asked}, and {Money(pence)} is exactly what {funder} is still asked to pay.{doubt}"
        return [_settle(pence, UNSURE if other else NAMED, reason, requests, facts)]
    more = f"{Money(pence - total)} too much would stay on the account of {funder}" if pence > total else ""
    reason = f"Names {asked}, of which {funder} is still asked to pay {Money(total)}: {more or 'this would pay a part of it'}.{doubt}"
    return [_settle(pence, PART - Decimal("0.10") if other else PART, reason, requests, facts)]


def _funder(request: OpenRequest, facts: Candidates) -> str:
    return facts.payer_of[request.funder_id].name


def _settle(
    pence: int, confidence: Decimal, reason: str, requests: Sequence[OpenRequest], facts: Candidates
) -> Proposal:
    """The funder's money against each invoice's items, oldest due first, up to what was asked for; the rest stays on account."""
    left = {item: facts.by_id[item].pence for one in requests for item in one.item_ids}
    paid: dict[int, int] = {}
    for one in requests:
        asked = min(one.pence, pence)
        for item in one.item_ids:
            if (now := min(asked, left[item])) > 0:
                paid[item] = paid.get(item, 0) + now
                left[item] -= now
                asked -= now
                pence -= now
    return Proposal(confidence, reason, requests[0].funder_id, tuple(paid.items()))
