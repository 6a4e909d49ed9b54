"""The demonstration's bank files of other banks than Lloyds: Barclays' CSV, and CAMT.053 of any bank."""

import itertools
from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from invoicing.banking.demonstration import SampleLine, lloyds_file, spread
from invoicing.banking.rules import barclays, camt053, lloyds
from marketplace.core.money import plain_pounds

_NO_NUMBER = "00000000"
_SUBCATEGORY = {"FPI": "Funds Transfer", "BGC": "Counter Credit", "PAY": "Debit"}
_DOMAIN = {
    "FPI": ("PMNT", "RRCT", "ESCT"),
    "BGC": ("PMNT", "RCDT", "DMCT"),
    "PAY": ("ACMT", "MDOP", "CHRG"),
}
_BANK = "DEMO"  # the four letters of an IBAN that name its bank; no bank has these


def barclays_file(
    lines: Sequence[SampleLine], *, opening_pence: int, days: Sequence[date], sort_code: str, account_number: str
) -> bytes:
    """The lines as Barclays writes them, newest first, the memo padded; the opening balance has no place in the file."""
    sort_code = "-".join((sort_code or "000000")[i : i + 2] for i in (0, 2, 4))
    rows = [
        f",{day:%d/%m/%Y},{sort_code} {account_number or _NO_NUMBER},{plain_pounds(line.pence)},"
        f"{_SUBCATEGORY.get(line.kind, line.kind)},{line.description:<50}"
        for day, line in zip(spread(days, len(lines)), lines, strict=True)
    ]
    return "\r\n".join([",".join(barclays.HEADER), *reversed(rows), ""]).encode()


def camt053_file(
    lines: Sequence[SampleLine], *, opening_pence: int, days: Sequence[date], sort_code: str, account_number: str
) -> bytes:
    """The lines as a CAMT.053 file with a statement for each day, each with its booked balances, oldest first."""
    account = iban(bank=_BANK, sort_code=sort_code or "000000", account_number=account_number or _NO_NUMBER)
    dated = list(zip(spread(days, len(lines)), lines, strict=True))
    statements, balance = [], opening_pence
    for day, group in itertools.groupby(dated, key=lambda pair: pair[0]):
        opening, entries = balance, []
        for place, (_, line) in enumerate(group, start=1):
            balance += line.pence
            entries.append(_entry(line, day, f"{day:%Y%m%d}{place:04d}/{balance}"))
        statements.append(_statement(account, day, opening, balance, entries))
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">',
            "<BkToCstmrStmt>",
            f"<GrpHdr><MsgId>{days[-1]:%Y%m%d}</MsgId><CreDtTm>{days[-1]}T23:00:00</CreDtTm></GrpHdr>",
            *statements,
            "</BkToCstmrStmt>",
            "</Document>",
            "",
        ]
    ).encode()


def iban(*, bank: str, sort_code: str, account_number: str) -> str:
    """The British IBAN of an account, with its check digits (ISO 13616)."""
    rest = f"{bank}{sort_code}{account_number}"
    remainder = int("".join(str(int(char, 36)) for char in f"{rest}GB00")) % 97
    return f"GB{98 - remainder:02d}{rest}"


def _statement(account: str, day: date, opening_pence: int, closing_pence: int, entries: Sequence[str]) -> str:
    return "\n".join(
        [
            f"<Stmt><Id>{day:%Y%m%d}/{opening_pence}</Id><CreDtTm>{day}T23:00:00</CreDtTm>",
            f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>GBP</Ccy></Acct>",
            _balance("OPBD", opening_pence, day),
            _balance("CLBD", closing_pence, day),
            *entries,
            "</Stmt>",
        ]
    )


def _balance(code: str, pence: int, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(pence)}<Dt><Dt>{day.isoformat()}</Dt></Dt></Bal>"
    )


def _amount(pence: int) -> str:
    direction = "CRDT" if pence >= 0 else "DBIT"
    return f'<Amt Ccy="GBP">{plain_pounds(abs(pence))}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def _entry(line: SampleLine, day: date, reference: str) -> str:
    domain, family, sub = _DOMAIN.get(line.kind, ("PMNT", "OTHR", "OTHR"))
    return "\n".join(
        [
            f"<Ntry>{_amount(line.pence)}<Sts><Cd>BOOK</Cd></Sts>",
            f"<BookgDt><Dt>{day.isoformat()}</Dt></BookgDt><ValDt><Dt>{day.isoformat()}</Dt></ValDt>",
            f"<AcctSvcrRef>{reference}</AcctSvcrRef>",
            f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>",
            "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
            f"<RmtInf><Ustrd>{escape(line.description)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
        ]
    )


WRITERS: dict[str, Callable[..., bytes]] = {
    lloyds.NAME: lloyds_file,
    barclays.NAME: barclays_file,
    camt053.NAME: camt053_file,
}
