"""How the buyer wants to pay for an order: from which day it is invoiced, and whether in monthly instalments."""

from dataclasses import dataclass
from datetime import date

from marketplace.core.errors import DomainError
from marketplace.core.wording import long_date
from marketplace.trading.services.checking import BasketCheck

KEPT = "Nothing is ordered; your basket is kept."


class InvoiceDateRefused(DomainError):
    """The order cannot be invoiced on the day that was asked for. ``first`` and ``last`` are the days that can."""

    code = "invoice_date_refused"


class PurseRefused(DomainError):
    """What is in the basket cannot be paid from a purse."""

    code = "purse_refused"


class NoInstalments(DomainError):
    """Nothing of the order may be paid in instalments."""

    code = "no_instalments"


@dataclass(frozen=True)
class Paying:
    """What the buyer chose. With neither a day nor ``on_delivery`` it is invoiced as soon as possible.

    ``on_delivery`` is the day on which the first thing of the order is supplied. ``purse`` is the code of the cluster's purse
    that pays it; its lead is invoiced.
    """

    invoice_on: date | None = None
    on_delivery: bool = False
    in_instalments: bool = False
    purse: str = ""


AT_ONCE = Paying()


def settled(check: BasketCheck, paying: Paying) -> Paying:
    """The choice with its day. Raises InvoiceDateRefused, NoInstalments or PurseRefused where it cannot be paid so."""
    dates = check.dates
    day = dates.supplied if paying.on_delivery else paying.invoice_on
    if day is not None and day not in dates:
        raise InvoiceDateRefused(
            f"Invoice date must be {_range(check)}. {_why(check)} {KEPT}",
            first=dates.first.isoformat(),
            last=max(dates.first, dates.last).isoformat(),
        )
    if paying.in_instalments and check.instalments == 1:
        raise NoInstalments(f"Nothing of this order may be paid in instalments. Pay it whole. {KEPT}")
    if paying.purse and paying.in_instalments:
        raise PurseRefused(f"A purse pays an order whole. Pay it all at once, or on account. {KEPT}")
    if paying.purse and any(one.plan is not None for one in check.lines):
        raise PurseRefused(f"A service for a term is invoiced year by year, so a purse does not pay it. {KEPT}")
    return Paying(
        invoice_on=day, on_delivery=paying.on_delivery, in_instalments=paying.in_instalments, purse=paying.purse
    )


def _range(check: BasketCheck) -> str:
    dates = check.dates
    return f"from {long_date(dates.first)} to {long_date(dates.last)}" if dates.choice else long_date(dates.first)


def _why(check: BasketCheck) -> str:
    dates = check.dates
    if dates.supplied <= dates.first:
        return "What is delivered at once is invoiced within 14 days."
    return f"The first of it is delivered on {long_date(dates.supplied)}, and is invoiced within 14 days of that."
