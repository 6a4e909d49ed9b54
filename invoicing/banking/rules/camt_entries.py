"""The entries of a CAMT.053 statement: each booked amount, who and what it was for, and the bank's reference.

One entry may be a batch of payments. Where its details give an amount each and these add up to the entry, every payment
is a line of its own, so that each can be matched; otherwise the entry is one line.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from invoicing.banking.rules.reading import DESCRIPTION_LIMIT, ParsedLine, refuse, words
from invoicing.banking.rules.xml_tree import Node
from marketplace.core.money import MAX_PENCE, Money

CURRENCY = "GBP"
BOOKED, PENDING = "BOOK", "PDNG"
_NOT_BOOKED = (PENDING, "FUTR", "INFO")
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,17})?", re.ASCII)
_KIND_LIMIT = 20
_RAW_LIMIT = 1_000_000  # characters of one entry's words before they are shortened
_LONDON = ZoneInfo("Europe/London")
_NOTHING_SAID = {"NOTPROVIDED", "NOT PROVIDED", "NONREF"}


@dataclass(frozen=True)
class Entry:
    """One entry: booked or not, its signed pence, and the lines it makes when it is booked (balances still nought)."""

    line: int
    booked: bool
    status: str
    pence: int
    lines: tuple[ParsedLine, ...]


def entry_of(node: Node) -> Entry:
    """Reads an ``Ntry``. Refuses, naming its line, one without status, amount, direction or date, in another currency,
    of nought, or whose payments do not add up to it."""
    status = node.said("Sts/Cd", "Sts")
    if status != BOOKED and status not in _NOT_BOOKED:
        raise refuse(node.line, f"begins an entry with the status “{status[:20]}”, which is neither booked nor pending")
    pence = signed_pence(node, what="an entry")
    if status != BOOKED:
        return Entry(node.line, False, status, pence, ())
    if not pence:
        raise refuse(node.line, "begins an entry of nought")
    on = _booked_on(node)
    payments = _payments(node, pence)
    details = list(node.all("NtryDtls/TxDtls"))
    if payments:
        lines = tuple(_line(node, on, [payment], amount) for payment, amount in payments)
    else:
        lines = (_line(node, on, details, pence),)
    return Entry(node.line, True, status, pence, lines)


def pence_of(node: Node | None, line: int, *, what: str) -> int:
    """Pence of an amount's element, in pounds sterling. Refuses a tenth of a penny and another currency."""
    if node is None:
        raise refuse(line, f"begins {what} without an amount")
    currency = node.attributes.get("Ccy", "")
    if currency != CURRENCY:
        raise refuse(node.line, f"has an amount in {currency[:10] or 'no currency'}: only pounds sterling are read")
    exact = Decimal(node.text) * 100 if _AMOUNT.fullmatch(node.text) else Decimal("0.1")
    if exact != exact.to_integral_value() or exact > MAX_PENCE:
        raise refuse(node.line, f"has “{node.text[:40]}” as an amount, which is not pounds and pence")
    return int(exact)


def signed_pence(node: Node, *, what: str) -> int:
    """Pence of an entry, a payment or a balance, money in above zero.

    A reversal needs no turning round: ISO 20022 gives it the direction in which its own money goes.
    """
    pence = pence_of(node.first("Amt"), node.line, what=what)
    direction = node.said("CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise refuse(node.line, f"begins {what} that is neither a credit nor a debit")
    return pence if direction == "CRDT" else -pence


def day_of(node: Node | None) -> date | None:
    """The day of a ``Dt`` or ``DtTm``; a time with its zone counts in London. None when there is none to be read."""
    if node is None:
        return None
    try:
        if said := node.said("Dt"):
            return date.fromisoformat(said[:10])
        if said := node.said("DtTm"):
            moment = datetime.fromisoformat(said)
            return moment.astimezone(_LONDON).date() if moment.tzinfo else moment.date()
    except ValueError:
        pass
    return None


def _booked_on(node: Node) -> date:
    on = day_of(node.first("BookgDt")) or (None if node.first("BookgDt") else day_of(node.first("ValDt")))
    if on is None:
        raise refuse(node.line, "begins an entry without a booking date that is a day of the calendar")
    return on


def _payments(node: Node, pence: int) -> list[tuple[Node, int]]:
    """The payments of a batch with their signed pence; none where the entry stays one line.

    Refuses payments that do not add up to their entry, unless the bank took charges between.
    """
    details = list(node.all("NtryDtls/TxDtls"))
    if len(details) < 2:
        return []
    found = [(detail, _detail_pence(detail, pence)) for detail in details]
    known = [(detail, amount) for detail, amount in found if amount is not None]
    if len(known) < len(found):
        return []
    total = sum(amount for _, amount in known)
    if total == pence:
        return [(detail, amount) for detail, amount in known if amount]
    if node.first("Chrgs") or any(detail.first("Chrgs") for detail in details):
        return []
    what = f"begins a batch of {len(known)} payments that make {Money(total)}, but the batch is of {Money(pence)}"
    raise refuse(node.line, what)


def _detail_pence(detail: Node, entry_pence: int) -> int | None:
    """Signed pence of one payment in a batch; None where the bank gives none in pounds."""
    amount = detail.first("Amt", "AmtDtls/TxAmt/Amt")
    if amount is None or amount.attributes.get("Ccy") != CURRENCY:
        return None
    pence = pence_of(amount, amount.line, what="a payment")
    direction = detail.said("CdtDbtInd") or ("CRDT" if entry_pence > 0 else "DBIT")
    return pence if direction == "CRDT" else -pence


def _line(node: Node, on: date, details: list[Node], pence: int) -> ParsedLine:
    alone = details[0] if len(details) == 1 else None
    reference = (alone.said("Refs/AcctSvcrRef") if alone else "") or node.said("AcctSvcrRef")
    reference = "" if reference.upper() in _NOTHING_SAID else reference
    return ParsedLine(
        line=alone.line if alone else node.line,
        on=on,
        kind=_kind(node),
        description=_described(node, details, pence),
        pence=pence,
        balance_pence=0,
        mark=words(reference, node.line) or None,
    )


def _kind(node: Node) -> str:
    """The bank's code of the transaction: ``PMNT-RCDT-DMCT`` of ISO 20022, or its own."""
    code = node.first("BkTxCd/Domn")
    parts = [code.said("Cd"), code.said("Fmly/Cd"), code.said("Fmly/SubFmlyCd")] if code else []
    kind = "-".join(part for part in parts if part) or node.said("BkTxCd/Prtry/Cd")
    return words(kind, node.line)[:_KIND_LIMIT]


def _described(node: Node, details: list[Node], pence: int) -> str:
    """The narrative: a reversal first, the other party, references that the payer gave, then the bank's own words."""
    said = ["REVERSAL"] if node.said("RvslInd") in ("true", "1") else []
    other = "Dbtr" if pence > 0 else "Cdtr"
    for detail in details:
        said.append(detail.said(f"RltdPties/{other}/Nm", f"RltdPties/{other}/Pty/Nm"))
        said += [detail.said("Refs/EndToEndId"), detail.said("Refs/ChqNb")]
        said += [part.text for part in detail.all("RmtInf/Ustrd")]
        for structured in detail.all("RmtInf/Strd"):
            said += [number.text for number in structured.all("RfrdDocInf/Nb")]
            said += [structured.said("CdtrRefInf/Ref"), *(part.text for part in structured.all("AddtlRmtInf"))]
        said.append(detail.said("AddtlTxInf"))
    said.append(node.said("AddtlNtryInf"))
    told = dict.fromkeys(part for part in said if part and part.upper() not in _NOTHING_SAID)
    text = words(" ".join(told), node.line, limit=_RAW_LIMIT)
    return text if len(text) <= DESCRIPTION_LIMIT else f"{text[: DESCRIPTION_LIMIT - 1]}…"
