"""The total of a basket: VAT per rate over all its lines, and what it commits the school to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalogue.rules.quotes import Quote
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import Money, TaxedAmount


@dataclass(frozen=True)
class VatGroup:
    """One VAT category and rate with its amounts."""

    category: str
    rate: Decimal
    amount: TaxedAmount


def vat_groups(quotes: Iterable[tuple[Quote, int]]) -> list[VatGroup]:
    """VAT per category and rate, half up, over quotes each taken a whole number of times."""
    return _groups((quote.vat, quote.net.pence * times) for quote, times in quotes)


def _groups(nets_of: Iterable[tuple[VatTreatment, int]]) -> list[VatGroup]:
    nets: dict[tuple[str, Decimal], int] = {}
    for vat, pence in nets_of:
        key = (vat.category, vat.rate)
        nets[key] = nets.get(key, 0) + pence
    return [
        VatGroup(category, rate, TaxedAmount.at(Money(net), rate)) for (category, rate), net in sorted(nets.items())
    ]


def total(groups: Iterable[VatGroup]) -> TaxedAmount:
    amounts = [group.amount for group in groups]
    zero = Money(0)
    return TaxedAmount(
        sum((amount.net for amount in amounts), zero),
        sum((amount.vat for amount in amounts), zero),
        sum((amount.gross for amount in amounts), zero),
    )


def committed(promised: Iterable[tuple[VatTreatment, int]]) -> Money:
    """What the order commits to over its whole term, with VAT, from the pence before VAT of every year of each line."""
    return total(_groups(promised)).gross
