"""Which open invoices a payment settles: proposals with a confidence and a reason, best first.

| what ties | confidence |
|---|---|
| the numbers named add up to the payment, credit notes named or not | 0.99 |
| the same, but some of the numbers could be chance, and the name is another customer's | 0.70 |
| the payer's whole account, or the remittance's items, net of credit notes, equals the payment | 0.97 |
| one open item of the payer that the narrative names has the amount | 0.96 |
| the purchase order named belongs to items that add up | 0.95 |
| what the payer owed by a day, or one choice of its open items, adds up | 0.85 |
| one open item of all customers has the amount | 0.80 |
| several items or choices fit as well | 0.70 and less |
| a number is named, the amount is another (part payment, or too much) | 0.60 |

What somebody else was asked to pay of an invoice: ``requested``. Nothing above 0.96 rests on a name or an amount alone. Every reason is one sentence with its figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.banking.rules.candidates import Candidates, OpenCredit, OpenItem, Payer, Proposal
from invoicing.banking.rules.narrative import Named, numbers_named, reference_named
from invoicing.banking.rules.requested import by_requests
from invoicing.banking.rules.subsets import subset_of
from marketplace.core.money import Money

NUMBERS, WHOLE, AMOUNT_AND_NAME, ORDER = Decimal("0.99"), Decimal("0.97"), Decimal("0.96"), Decimal("0.95")
SUBSET, AMOUNT, UNSURE, PART = Decimal("0.85"), Decimal("0.80"), Decimal("0.70"), Decimal("0.60")
_SHOWN = 5
_PAYERS_TRIED = 3
_EQUALS_SHOWN = 3


@dataclass(frozen=True)
class _Line:
    """A payment with what its narrative says."""

    pence: int
    text: str
    named: Named
    likely: list[Payer]
    remittance: bool
    facts: Candidates

    def fits_name(self, organisations: set[int]) -> bool:
        """Whether the name in the narrative, if any, is one that pays for all of these organisations."""
        return not self.likely or any(organisations <= payer.covers for payer in self.likely)


def propose(*, pence: int, description: str, candidates: Candidates, remittance: str = "") -> list[Proposal]:
    """Ways to match money that came in, best first, at most five; none for money out.

    ``remittance`` is the text of the payer's advice, where there is one: the numbers in it count as named.
    """
    if pence <= 0:
        return []
    text = f"{description} {remittance}"
    line = _Line(
        pence=pence,
        text=text,
        named=numbers_named(
            text,
            invoices=candidates.by_key,
            credits=candidates.credits_by_key,
            requests=candidates.requests_by_key,
        ),
        likely=candidates.likely_payers(description),
        remittance=bool(remittance),
        facts=candidates,
    )
    asked = by_requests(pence=pence, named=line.named, likely=line.likely, facts=candidates)
    found = [*_by_numbers(line), *_by_order(line), *_by_amount(line), *_by_account(line), *asked]
    best: dict[tuple[object, ...], Proposal] = {}
    for proposal in sorted(found, key=lambda proposal: -proposal.confidence):
        best.setdefault((proposal.allocations, proposal.credits), proposal)
    return list(best.values())[:_SHOWN]


def sure(proposals: Sequence[Proposal], at: Decimal) -> Proposal | None:
    """The proposal that may be confirmed without a look: at or above ``at`` and better than every other one."""
    if not proposals or proposals[0].confidence < at:
        return None
    if len(proposals) > 1 and proposals[1].confidence >= proposals[0].confidence:
        return None
    return proposals[0]


def _by_numbers(line: _Line) -> list[Proposal]:
    items = [item for key in line.named.invoices for item in line.facts.by_key[key]]
    if not items:
        return []
    organisations = {item.organisation_id for item in items}
    named = [credit for key in line.named.credits for credit in line.facts.credits_by_key[key]]
    standing = line.facts.credits_of(organisations)
    for credits in [named] if named else [[], standing]:
        if sum(i.pence for i in items) - sum(c.pence for c in credits) == line.pence:
            return [_exact_numbers(line, items, credits)]
    if len(items) > 1 and (subset := subset_of([item.pence for item in items], line.pence)):
        chosen = [items[place] for place in subset.places]
        reason = f"Of the invoices named, {_list(chosen)} make {Money(line.pence)} to the penny."
        return [_settle(line, WHOLE if subset.only else UNSURE, reason, chosen, [])]
    if set(line.named.invoices) <= line.named.plain and not (line.likely and line.fits_name(organisations)):
        return []  # a bare number and another amount, and no name that agrees: chance
    return [_part(line, items)]


def _exact_numbers(line: _Line, items: list[OpenItem], credits: list[OpenCredit]) -> Proposal:
    less = f", less {_credit_list(credits)}," if credits else ""
    reason = f"Names {_list(items)}{less} and {Money(line.pence)} is exactly what is open."
    organisations = {item.organisation_id for item in items}
    if not line.fits_name(organisations):
        other = line.likely[0].name
        return _settle(line, UNSURE, f"{reason} But the payment's name looks like {other}.", items, credits)
    if len(organisations) > 1 and _payer(line, organisations)[1] is False:
        return _settle(line, SUBSET, f"{reason} No known payer pays for all of these customers.", items, credits)
    return _settle(line, NUMBERS, reason, items, credits)


def _part(line: _Line, items: list[OpenItem]) -> Proposal:
    total = sum(item.pence for item in items)
    if line.pence < total:
        reason = f"Names {_list(items)}, where {Money(total)} is open: {Money(line.pence)} would pay a part of it."
    else:
        over = Money(line.pence - total)
        reason = (
            f"Names {_list(items)}, where {Money(total)} is open: {over} too much would stay on the payer's account."
        )
    confidence = PART if line.fits_name({item.organisation_id for item in items}) else PART - Decimal("0.10")
    return _settle(line, confidence, reason, items, [])


def _by_order(line: _Line) -> list[Proposal]:
    items = [item for item in line.facts.with_order if reference_named(line.text, item.purchase_order)]
    if not items or sum(item.pence for item in items) != line.pence:
        return []
    orders = " and ".join(sorted({item.purchase_order for item in items}))
    reason = f"Names purchase order {orders}, and {_list(items)} under it make {Money(line.pence)} exactly."
    confidence = ORDER if line.fits_name({item.organisation_id for item in items}) else UNSURE
    return [_settle(line, confidence, reason, items, [])]


def _by_amount(line: _Line) -> list[Proposal]:
    equal = line.facts.by_pence.get(line.pence, [])
    covered = {organisation for payer in line.likely for organisation in payer.covers}
    named = [item for item in equal if item.organisation_id in covered]
    amount = Money(line.pence)
    if len(named) == 1:
        name = line.facts.payer_of[named[0].organisation_id].name
        reason = f"{named[0].number} is the only open item of {amount} for {name}, whom the payment names."
        return [_settle(line, AMOUNT_AND_NAME, reason, named, [])]
    if named:
        return [
            _settle(line, UNSURE - place * Decimal("0.02"), f"{item.number}, due {_day(item)}, is one of {len(named)}"
                    f" open items of {amount} of customers that the payment's name fits.", [item], [])
            for place, item in enumerate(named[:_EQUALS_SHOWN])
        ]  # fmt: skip
    if len(equal) == 1:
        reason = f"{equal[0].number} is the only open item of {amount} of any customer."
        if line.likely:
            return [
                _settle(line, PART, f"{reason} But the payment's name looks like {line.likely[0].name}.", equal, [])
            ]
        return [_settle(line, AMOUNT, reason, equal, [])]
    return []


def _by_account(line: _Line) -> list[Proposal]:
    """The payer's whole account, or a choice from it. Two payers whose accounts both fit make both unsure."""
    found = [proposal for payer in line.likely[:_PAYERS_TRIED] for proposal in _account_of(line, payer)]
    if len({(proposal.allocations, proposal.credits) for proposal in found}) > 1:
        top = max(proposal.confidence for proposal in found)
        if sum(proposal.confidence == top for proposal in found) > 1:
            return [_with_confidence(proposal, UNSURE) for proposal in found]
    return found


def _account_of(line: _Line, payer: Payer) -> list[Proposal]:
    for organisations in dict.fromkeys((payer.covers, frozenset({payer.id}))):
        items = [item for item in line.facts.items_of(payer) if item.organisation_id in organisations]
        credits = line.facts.credits_of(organisations)
        total = sum(item.pence for item in items) - sum(credit.pence for credit in credits)
        if items and total == line.pence:
            if len(items) == 1 and not credits:
                continue  # the amount and the name say the same
            reason = f"{_sum(line, items, credits)}: all that is open for {payer.name}."
            return [_settle(line, WHOLE, reason, items, credits, payer)]
    return _choice_of(line, payer)


def _choice_of(line: _Line, payer: Payer) -> list[Proposal]:
    items = line.facts.items_of(payer)
    credits = line.facts.credits_of(payer.covers)
    if oldest := _due_by(line, payer, items, credits):
        return [oldest]
    subset = subset_of([*(item.pence for item in items), *(-credit.pence for credit in credits)], line.pence)
    if subset is None:
        return []
    chosen = [items[place] for place in subset.places if place < len(items)]
    used = [credits[place - len(items)] for place in subset.places if place >= len(items)]
    if len(chosen) == 1 and not used:
        return []
    less = f", less {_credit_list(used)}," if used else ""
    only = "the only choice" if subset.only else "one of several choices"
    reason = f"{_list(chosen)}{less} make {Money(line.pence)} to the penny: {only} from {len(items)} open items of {payer.name}."
    return [_settle(line, SUBSET if subset.only else UNSURE, reason, chosen, used, payer)]


def _due_by(line: _Line, payer: Payer, items: list[OpenItem], credits: list[OpenCredit]) -> Proposal | None:
    """Everything due up to a day, less all credit notes or none: how a payment run chooses."""
    total = 0
    for place, item in enumerate(items, start=1):
        total += item.pence
        if place < 2 or (place < len(items) and items[place].due_on == item.due_on):
            continue
        for used in (credits, []) if credits else ([],):
            if total - sum(credit.pence for credit in used) == line.pence:
                reason = f"{_sum(line, items[:place], used)}: all that {payer.name} owed by {_day(item)}."
                return _settle(line, SUBSET, reason, items[:place], used, payer)
    return None


def _settle(
    line: _Line,
    confidence: Decimal,
    reason: str,
    items: Sequence[OpenItem],
    credits: Sequence[OpenCredit],
    payer: Payer | None = None,
) -> Proposal:
    """Credit notes first go against their own customer's items, then against the others; the payment pays the rest."""
    left = {item.id: item.pence for item in items}
    uses: list[tuple[int, int, int]] = []
    for own in (True, False):
        for credit in credits:
            spare = credit.pence - sum(pence for credit_id, _, pence in uses if credit_id == credit.id)
            for item in items:
                if (item.organisation_id == credit.organisation_id) is own and (used := min(spare, left[item.id])) > 0:
                    uses.append((credit.id, item.id, used))
                    left[item.id] -= used
                    spare -= used
    allocations, money = [], line.pence
    for item in items:
        if (paid := min(money, left[item.id])) > 0:
            allocations.append((item.id, paid))
            money -= paid
    chosen = payer.id if payer else _payer(line, {item.organisation_id for item in items})[0]
    return Proposal(confidence, reason, chosen, tuple(allocations), tuple(uses))


def _payer(line: _Line, organisations: set[int]) -> tuple[int, bool]:
    """Who paid for these customers, and whether anybody known pays for all of them: the payer that the narrative names,
    the customer itself, or the body with the fewest schools that pays for all."""
    for payer in line.likely:
        if organisations <= payer.covers:
            return payer.id, True
    if len(organisations) == 1:
        return next(iter(organisations)), True
    covering = [payer for payer in line.facts.payers if organisations <= payer.covers]
    if covering:
        return min(covering, key=lambda payer: (len(payer.covers), payer.id)).id, True
    return min(organisations), False


def _with_confidence(proposal: Proposal, confidence: Decimal) -> Proposal:
    reason = f"{proposal.reason} Another payer's account fits as well."
    return Proposal(confidence, reason, proposal.payer_id, proposal.allocations, proposal.credits)


def _list(items: Sequence[OpenItem]) -> str:
    numbers = list(dict.fromkeys(item.number for item in items))
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) <= 4:
        return f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    return f"{len(numbers)} invoices ({numbers[0]} to {numbers[-1]})"


def _sum(line: _Line, items: Sequence[OpenItem], credits: Sequence[OpenCredit]) -> str:
    """``12 invoices of 9 customers, £16,400.00, less CN-000031 £195.50, make £16,204.50 to the penny``."""
    invoices, customers = len({item.number for item in items}), len({item.organisation_id for item in items})
    what = "1 invoice" if invoices == 1 else f"{invoices} invoices"
    of = f" of {customers} customers" if customers > 1 else ""
    gross = Money(sum(item.pence for item in items))
    less = f", {gross}, less {_credit_list(credits)}," if credits else ""
    verb = "makes" if invoices == 1 and not credits else "make"
    return f"{what}{of}{less} {verb} {Money(line.pence)} to the penny"


def _credit_list(credits: Sequence[OpenCredit]) -> str:
    if len(credits) <= 3:
        return " and ".join(f"{credit.number} {Money(credit.pence)}" for credit in credits)
    return f"{len(credits)} credit notes {Money(sum(credit.pence for credit in credits))}"


def _day(item: OpenItem) -> str:
    return f"{item.due_on:%-d %B %Y}"
