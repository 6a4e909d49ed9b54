"""A bank file for the demonstration: what open invoices would look like when they are paid. Pure and repeatable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.banking.rules.candidates import Candidates, OpenItem, Payer
from invoicing.banking.rules.lloyds import HEADER
from invoicing.banking.rules.narrative import number_key
from marketplace.core.money import plain_pounds

_EXACT = 8
_REMITTANCE = range(3, 16)  # items that one remittance pays: enough to show, few enough to leave some for the others
_UNIDENTIFIED_PENCE = 18_537
_CHARGES_PENCE = 1_250
_NAME_LIMIT = 18  # what Bacs keeps of a payer's name


@dataclass(frozen=True)
class SampleLine:
    """A transaction of the sample: ``pence`` signed."""

    kind: str
    description: str
    pence: int


def sample_lines(facts: Candidates) -> list[SampleLine]:
    """Payments of open items: a remittance for several invoices of one payer, exact ones by number, mangled references,
    one by amount and name alone, a part payment; then one that nobody can identify and the bank's charges.

    No item is paid twice. With little open there are fewer lines, the last two always.
    """
    lines: list[SampleLine] = []
    taken: set[int] = set()
    payer = _remitter(facts)
    if payer:
        items = facts.items_of(payer)
        taken |= payer.covers
        pence = sum(item.pence for item in items) - sum(c.pence for c in facts.credits_of(payer.covers))
        lines.append(SampleLine("BGC", f"{_bank_name(payer)} REMIT 88213", pence))
    firsts = _one_each(facts, taken)
    lines += [_paid(facts, item, f"{item.number}") for item in _next(firsts, _EXACT)]
    for item, form in zip(_next(firsts, len(_FORMS)), _FORMS, strict=False):
        lines.append(_paid(facts, item, form.format(item.number, key=number_key(item.number))))
    lines += [_paid(facts, item, "TRAINING") for item in _next(firsts, 1)]
    lines += [_paid(facts, item, item.number, pence=item.pence // 2) for item in _next(firsts, 1) if item.pence > 1]
    lines.append(SampleLine("FPI", "E HALLOWAY 200000001204471993 THANK YOU", _free(facts, _UNIDENTIFIED_PENCE)))
    lines.append(SampleLine("PAY", "ACCOUNT CHARGES", -_CHARGES_PENCE))
    return lines


_FORMS = ("INV{key}", "inv no {key:09d}", "{key:06d}", "NV-{key:06d} TERM 1")


def _remitter(facts: Candidates) -> Payer | None:
    """A body that pays for several customers, or else the customer with most open items: what it owes stays positive."""

    def fits(payer: Payer) -> bool:
        items = facts.items_of(payer)
        owed = sum(item.pence for item in items) - sum(c.pence for c in facts.credits_of(payer.covers))
        return len(items) in _REMITTANCE and owed > 0

    ranked = sorted(facts.payers, key=lambda p: (-min(len(p.covers), 2), -len(facts.items_of(p)), p.id))
    return next((payer for payer in ranked if fits(payer)), None)


def _one_each(facts: Candidates, taken: set[int]) -> Iterator[OpenItem]:
    """The oldest open item of each customer that is not taken, so that no narrative fits two of them by chance."""
    seen = set(taken)
    for item in sorted(facts.items, key=lambda item: (item.due_on, item.number, item.id)):
        if item.organisation_id not in seen:
            seen.add(item.organisation_id)
            yield item


def _next(items: Iterator[OpenItem], count: int) -> list[OpenItem]:
    return [item for _, item in zip(range(count), items, strict=False)]


def _paid(facts: Candidates, item: OpenItem, reference: str, pence: int | None = None) -> SampleLine:
    name = _bank_name(facts.payer_of[item.organisation_id])
    return SampleLine("FPI", f"{name} {100_000_001_000_000_000 + item.id * 7_919} {reference}", pence or item.pence)


def _bank_name(payer: Payer) -> str:
    plain = "".join(char for char in payer.name.upper() if char.isalnum() or char == " ")
    return " ".join(plain.split())[:_NAME_LIMIT].strip()


def _free(facts: Candidates, pence: int) -> int:
    """The amount, or the next above it that no open item has."""
    while pence in facts.by_pence:
        pence += 1
    return pence


def spread(days: Sequence[date], count: int) -> list[date]:
    """A day for each of so many lines: the days in turn, oldest first, about equally often, the last one always."""
    return [days[-1 - (count - 1 - index) * len(days) // count] for index in range(count)]


def lloyds_file(
    lines: Sequence[SampleLine], *, opening_pence: int, days: Sequence[date], sort_code: str, account_number: str
) -> bytes:
    """The lines as Lloyds writes them, newest first, spread over the days (oldest first) up to the last.

    Balances run from the opening. With the bank's own oddities: an apostrophe before the sort code, a comma after the
    header's last column, debit and credit apart.
    """
    sort_code = "-".join((sort_code or "000000")[i : i + 2] for i in (0, 2, 4))
    balance, rows = opening_pence, []
    for day, line in zip(spread(days, len(lines)), lines, strict=True):
        balance += line.pence
        debit = plain_pounds(-line.pence) if line.pence < 0 else ""
        credit = plain_pounds(line.pence) if line.pence > 0 else ""
        rows.append(
            f"{day:%d/%m/%Y},{line.kind},'{sort_code},{account_number or '00000000'},{line.description},"
            f"{debit},{credit},{plain_pounds(balance)}"
        )
    return "\r\n".join([",".join(HEADER) + ",", *reversed(rows), ""]).encode()
