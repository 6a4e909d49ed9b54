"""Bank files for tests: built from amounts, so that every balance ties until a test breaks it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from marketplace.core.money import plain_pounds

HEADER = (
    "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,"
    "Debit Amount,Credit Amount,Balance"
)
FIRST_DAY = date(2026, 9, 1)

Row = tuple[date, str, int]


def rows_of(amounts: Iterable[int], *, start: date = FIRST_DAY, per_day: int = 2) -> list[Row]:
    """Oldest first: a few lines a day, each with a description of its own."""
    return [
        (start + timedelta(days=index // per_day), f"PAYER {index} INV{1000 + index}", pence)
        for index, pence in enumerate(amounts)
    ]


def lloyds(
    rows: Sequence[Row],
    *,
    opening: int = 100_000,
    newest_first: bool = True,
    trailing_comma: bool = True,
    end: str = "\r\n",
    account: str = "00123456",
    sort_code: str = "'30-96-26",
) -> str:
    """The text of a Lloyds download with running balances."""
    balance, lines = opening, []
    for on, description, pence in rows:
        balance += pence
        debit = plain_pounds(-pence) if pence < 0 else ""
        credit = plain_pounds(pence) if pence > 0 else ""
        kind = "FPI" if pence > 0 else "PAY"
        lines.append(
            f"{on:%d/%m/%Y},{kind},{sort_code},{account},{description},{debit},{credit},{plain_pounds(balance)}"
        )
    if newest_first:
        lines.reverse()
    return end.join([HEADER + "," * trailing_comma, *lines, ""])
