"""How an open invoice is charged to a school's codes, and what keeps it off a council journal.

An invoice of £100.00 and VAT of £20.00 under E22 and £30.00 exempt under E19, wholly open, becomes

| CFR code | net | VAT | gross |
|---|---|---|---|
| E19 | 30.00 | 0.00 | 30.00 |
| E22 | 100.00 | 20.00 | 120.00 |

Where less is open, or one of several instalments, the codes share it by their gross, largest remainder; the VAT of each
share is that of its code. What was credited of a line is not charged to its code.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from marketplace.core.money import share_out


class InvoicePart(NamedTuple):
    """What of an invoice stands under one CFR code: pence, less what was credited of it."""

    cfr_code: str
    net_pence: int
    vat_pence: int


class CodedAmount(NamedTuple):
    """An amount for one CFR code; ``net_pence`` and ``vat_pence`` add up to ``gross_pence``."""

    cfr_code: str
    net_pence: int
    vat_pence: int
    gross_pence: int


def by_code(pence: int, parts: Iterable[InvoicePart]) -> list[CodedAmount]:
    """``pence`` of an invoice (with VAT) shared among its CFR codes, in their order; the shares add up to the penny."""
    net: dict[str, int] = defaultdict(int)
    vat: dict[str, int] = defaultdict(int)
    for part in parts:
        net[part.cfr_code] += part.net_pence
        vat[part.cfr_code] += part.vat_pence
    codes = sorted(net)
    shares = share_out(pence, [net[code] + vat[code] for code in codes])
    found = []
    for code, gross in zip(codes, shares, strict=True):
        if gross:
            own_net, own_vat = share_out(gross, [net[code], vat[code]])
            found.append(CodedAmount(code, own_net, own_vat, gross))
    return found


def settled_by_line(settled: int, gross: Iterable[int]) -> list[int]:
    """What was settled of an item shared among its lines by their gross; all of it line by line where nothing dropped."""
    return share_out(settled, list(gross))


def held_words(*, cost_centre: str, maintained: bool, in_query: bool) -> str:
    """Why an item does not go on a council journal and what to do, or nothing."""
    if not maintained:
        return "Not maintained by the council on the register. Change how it pays on its terms."
    if not cost_centre:
        return "No cost centre. Ask the school or the council for it and enter it on the school's terms."
    if in_query:
        return "In query. It goes on the next journal once the query is closed."
    return ""
