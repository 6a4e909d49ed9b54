"""The tables of a month's audit file, each as rows for a CSV file. Amounts in pounds, days as YYYY-MM-DD."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from invoicing.ledger.financial_statements import balance_sheet, income_and_expenditure
from invoicing.ledger.reports import trial_balance
from invoicing.ledger.statement_rows import INCOME_HEADER, SHEET_HEADER, income_rows, sheet_rows
from invoicing.queries import aged_debtors
from marketplace.core.actors import Actor
from marketplace.core.money import plain_pounds
from marketplace.core.periods import Period

_FETCHED = 5_000
_ENTRIES = """
SELECT e.id, e.posted_on, e.issued_on, e.tax_point, e.kind, e.source_key, e.narrative, coalesce(d.number, ''),
       m.debit_account_id, coalesce(dp.number, ''), m.credit_account_id, coalesce(cp.number, ''), m.pence,
       coalesce(m.stream_id, ''), coalesce(f.code, ''), m.analysis_code, e.reverses_id, coalesce(p.name, e.actor_label),
       e.written_at, e.digest
FROM invoicing_journalentry e JOIN invoicing_movement m ON m.entry_id = e.id
LEFT JOIN invoicing_document d ON d.entry_id = e.id
LEFT JOIN organisations_organisation dp ON dp.id = m.debit_party_id
LEFT JOIN organisations_organisation cp ON cp.id = m.credit_party_id
LEFT JOIN invoicing_fund f ON f.id = m.fund_id
LEFT JOIN organisations_person p ON p.id = e.actor_person_id
WHERE e.posted_on >= %(first)s AND e.posted_on < %(end)s ORDER BY e.posted_on, e.id, m.id
"""
_PARTIES = """
SELECT legs.account, a.name, o.number, o.name, sum(legs.pence)
FROM (
    SELECT m.debit_account_id AS account, m.debit_party_id AS party, m.pence FROM invoicing_movement m
    JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on < %(end)s AND m.debit_party_id IS NOT NULL
    UNION ALL
    SELECT m.credit_account_id, m.credit_party_id, -m.pence FROM invoicing_movement m
    JOIN invoicing_journalentry e ON e.id = m.entry_id WHERE e.posted_on < %(end)s AND m.credit_party_id IS NOT NULL
) legs
JOIN invoicing_ledgeraccount a ON a.code = legs.account JOIN organisations_organisation o ON o.id = legs.party
GROUP BY legs.account, a.name, o.number, o.name HAVING sum(legs.pence) <> 0 ORDER BY legs.account, o.number
"""
_DOCUMENTS = """
SELECT d.number, d.kind, o.number, o.name, d.issued_on, d.tax_point, d.due_on, coalesce(c.number, ''), d.net_pence,
       d.vat_pence, d.gross_pence, d.entry_id, d.content_hash
FROM invoicing_document d JOIN organisations_organisation o ON o.id = d.customer_id
LEFT JOIN invoicing_document c ON c.id = d.credits_id
WHERE d.state = 'issued' AND d.issued_on >= %(first)s AND d.issued_on < %(end)s ORDER BY d.number
"""
_BANK = """
SELECT b.code, s.file_name, s.sha256, l.position, l."on", l.kind, l.description, l.pence, l.balance_pence, l.state,
       coalesce((SELECT string_agg(coalesce(m.entry_id, u.entry_id)::text, ' ' ORDER BY m.id)
                 FROM invoicing_bankmatch m LEFT JOIN invoicing_unallocateditem u ON u.id = m.receipt_id
                 WHERE m.line_id = l.id AND m.state = 'confirmed'), '')
FROM invoicing_bankline l JOIN invoicing_bankstatement s ON s.id = l.statement_id
JOIN invoicing_bankaccount b ON b.code = l.account_id
WHERE l."on" >= %(first)s AND l."on" < %(end)s ORDER BY b.code, l."on", s.id, l.position
"""
_SEALS = """
SELECT number, sealed_at, count, merkle_root, previous_hash, hash FROM core_eventseal
WHERE (sealed_at AT TIME ZONE 'Europe/London')::date >= %(first)s
  AND (sealed_at AT TIME ZONE 'Europe/London')::date < %(end)s ORDER BY number
"""


@dataclass(frozen=True)
class Part:
    """One table: its file's name, what it is in a sentence, its header and its rows."""

    name: str
    what: str
    header: tuple[str, ...]
    rows: Iterable[Iterable[Any]]


def parts_of(month: Period, *, actor: Actor) -> Iterator[Part]:
    """Every table of a month's audit file, read as its rows are asked for."""
    last = month.last_day
    days = {"first": month.start, "end": month.end}
    yield Part(
        "trial-balance.csv", f"Every account at the end of {last}", ("code", "account", "type", "debit", "credit"),
        ([one.code, one.name, one.type, _pounds(one.debit), _pounds(one.credit)] for one in trial_balance(on=last)),
    )  # fmt: skip
    yield Part(
        "income-and-expenditure.csv", "What the month earned and cost, beside the same days a year earlier",
        INCOME_HEADER, income_rows(income_and_expenditure(period=month)),
    )  # fmt: skip
    yield Part("balance-sheet.csv", f"What there was and was owed at the end of {last}", SHEET_HEADER, sheet_rows(balance_sheet(on=last)))  # fmt: skip
    yield Part(
        "entries.csv", "Every movement posted in the month, with who wrote it and when, and its entry's digest",
        ("entry", "posted_on", "issued_on", "tax_point", "kind", "source", "narrative", "document", "debit_account",
         "debit_party", "credit_account", "credit_party", "amount", "stream", "fund", "analysis_code", "reverses", "by",
         "written_at", "digest"),
        _queried(_ENTRIES, days, money={12}),
    )  # fmt: skip
    yield Part(
        "balances-by-party.csv", f"The control accounts customer by customer and supplier by supplier at the end of {last}: each sums to its account in the trial balance",
        ("code", "account", "party", "name", "debit_less_credit"), _queried(_PARTIES, days, money={4}),
    )  # fmt: skip
    yield Part(
        "aged-debtors.csv", f"What customers owed at the end of {last} by days past due",
        ("customer", "name", "not_yet_due", "1_to_30_days", "31_to_60_days", "61_to_90_days", "over_90_days", "on_account", "total"),
        ([one.number, one.name, *map(_pounds, one.ages), _pounds(one.on_account), _pounds(one.total)]
         for one in aged_debtors(actor, on=last)),
    )  # fmt: skip
    yield Part(
        "documents.csv", "Every invoice, credit note and other document issued in the month, with the hash of its content",
        ("number", "kind", "customer", "name", "issued_on", "tax_point", "due_on", "credits", "net", "vat", "gross",
         "entry", "content_hash"),
        _queried(_DOCUMENTS, days, money={8, 9, 10}),
    )  # fmt: skip
    yield Part(
        "bank-lines.csv", "Every line of the bank's files of the month, and the entries that explain it",
        ("account", "file", "file_sha256", "position", "date", "kind", "description", "amount", "balance_after", "state", "entries"),
        _queried(_BANK, days, money={7, 8}),
    )  # fmt: skip
    yield Part(
        "event-seals.csv", "The seals of the event log made in the month, to compare with the anchors that were sent",
        ("seal", "sealed_at", "events", "merkle_root", "previous_hash", "hash"), _queried(_SEALS, days, money=set()),
    )  # fmt: skip


def _pounds(pence: int) -> str:
    return plain_pounds(int(pence))


def _queried(sql: str, days: dict[str, date], *, money: set[int]) -> Iterator[list[Any]]:
    """The rows of a query; the columns of ``money``, counted from 0, are pence."""
    with connection.cursor() as cursor:
        cursor.execute(sql, days)
        while found := cursor.fetchmany(_FETCHED):
            for row in found:
                yield [_pounds(value) if place in money else value for place, value in enumerate(row)]
