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


def barclays(
    rows: Sequence[Row], *, newest_first: bool = True, end: str = "\r\n", account: str = "20-11-22 00654321"
) -> str:
    """The text of a Barclays download: no balances, the memo padded as the bank does."""
    lines = [
        f",{on:%d/%m/%Y},{account},{plain_pounds(pence)},{'Counter Credit' if pence > 0 else 'Debit'},{_padded(memo)}"
        for on, memo, pence in rows
    ]
    if newest_first:
        lines.reverse()
    return end.join(["Number,Date,Account,Amount,Subcategory,Memo", *lines, ""])


def _padded(memo: str) -> str:
    return f'"{memo:<40}"' if "," in memo else f"{memo:<40}"


IBAN = "GB06TEST20112200654321"
"""Of the account 20-11-22 00654321, at an invented branch."""


def camt_amount(pence: int, currency: str = "GBP") -> str:
    direction = "CRDT" if pence >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{plain_pounds(abs(pence))}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def camt_entry(
    on: date, words: str, pence: int, *, reference: str = "", status: str = "BOOK", more: str = "", details: str = ""
) -> str:
    """One entry; ``details`` are the TxDtls of a batch in place of the one with the words."""
    one = f"<TxDtls><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"
    mark = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return (
        f"<Ntry>{camt_amount(pence)}{more}<Sts>{status}</Sts><BookgDt><Dt>{on}</Dt></BookgDt>{mark}"
        f"<NtryDtls>{details or one}</NtryDtls></Ntry>"
    )


def camt_statement(
    entries: Sequence[str], *, opening: int, closing: int, number: str = "1", iban: str = IBAN, more: str = ""
) -> str:
    return "\n".join(
        [
            f"<Stmt><Id>{number}</Id>",
            f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>GBP</Ccy></Acct>",
            f"<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>{camt_amount(opening)}</Bal>",
            f"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>{camt_amount(closing)}</Bal>{more}",
            *entries,
            "</Stmt>",
        ]
    )


def camt_file(*statements: str, version: str = "02", declared: str = "UTF-8") -> str:
    """Line 1 declares, line 2 opens the document, line 3 is the first statement's first, its entries begin in line 7."""
    return "\n".join(
        [
            f'<?xml version="1.0" encoding="{declared}"?>',
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr/>',
            *statements,
            "</BkToCstmrStmt></Document>",
            "",
        ]
    )


def camt(rows: Sequence[Row], *, opening: int = 100_000, references: bool = True, iban: str = IBAN) -> str:
    """A file with one statement for each day of the rows, oldest first, every entry in a line of its own."""
    statements, balance = [], opening
    for day in sorted({on for on, _, _ in rows}):
        here = [(words, pence) for on, words, pence in rows if on == day]
        entries = [
            camt_entry(day, words, pence, reference=f"{day:%Y%m%d}-{place}" if references else "")
            for place, (words, pence) in enumerate(here)
        ]
        closing = balance + sum(pence for _, pence in here)
        number = f"{day:%Y%m%d}"
        statements.append(camt_statement(entries, opening=balance, closing=closing, number=number, iban=iban))
        balance = closing
    return camt_file(*statements)
