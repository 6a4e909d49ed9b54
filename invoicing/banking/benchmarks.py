"""The benchmark of a bank file: a Lloyds CSV of so many lines through the verb that the upload page and the command call.

The work reads the file, checks every balance, tells new lines from known ones, writes statement and lines and records
the event, in one transaction. Its floor is one COPY of the same rows into a copy of the table without a constraint,
an index or a trigger: the least that storing them could take. Matching is not measured, as the page imports without it.
"""

import itertools
from datetime import date, timedelta

from django.db import connection, transaction

from invoicing.banking.demonstration import SampleLine, lloyds_file
from invoicing.banking.models import BankAccount, BankLine
from invoicing.banking.services import ensure_bank_account, import_statement
from invoicing.ledger import chart
from marketplace.core.actors import platform
from marketplace.core.benchmarks import Benchmark, Round, register

ACTOR = platform("bench")
FIRST_DAY = date(2026, 4, 1)
LINES_A_DAY = 50  # a busy account: a year of 20,000 lines
OPENING_PENCE = 1_000_000
_SORT_CODE, _NUMBER = "309626", "00123456"
_FLOOR_TABLE = "bench_floor_bankline"
_rounds = itertools.count()


def prepare(size: int) -> Round:
    """A file of ``size`` lines that begins where the one before ended, so that each round finds the lines of all before."""
    account = _account()
    data = _file(size, next(_rounds))
    rows = _rows_of(account, data)

    def floor() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY {_FLOOR_TABLE} FROM STDIN") as copy:
            copy.write(rows)

    def work() -> None:
        import_statement(account=account, data=data, file_name="bench.csv", confirm_at=None, actor=ACTOR)

    def check() -> None:
        statement = account.statements.latest("pk")
        if (statement.new, statement.lines.count()) != (size, size):
            raise RuntimeError(f"{statement.new} of {size} lines were imported")

    return Round(work=work, floor=floor, check=check)


def _rows_of(account: BankAccount, data: bytes) -> bytes:
    """The rows that importing the file makes, as COPY reads them, beside an empty table for them; nothing else stays."""
    table = BankLine._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        report = import_statement(account=account, data=data, file_name="bench.csv", confirm_at=None, actor=ACTOR)
        with cursor.copy(f"COPY (SELECT * FROM {table} WHERE statement_id = {report.statement_id}) TO STDOUT") as copy:
            rows = b"".join(copy)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_FLOOR_TABLE}")
        cursor.execute(f"CREATE TABLE {_FLOOR_TABLE} (LIKE {table})")
    return rows


def _account() -> BankAccount:
    if not BankAccount.objects.exists():
        chart.seed_chart()
    return ensure_bank_account(
        code="current", name="Current account", ledger_account_code="1000", layout="lloyds", sort_code=_SORT_CODE,
        account_number=_NUMBER, actor=ACTOR,
    )  # fmt: skip


def _lines(size: int) -> list[SampleLine]:
    """Money in and out, each told in words of its own, as banks do."""
    return [
        SampleLine("FPI" if n % 5 else "PAY", f"PAYER {n} INV-{100_000 + n}", (12_000 + n) if n % 5 else -(9_000 + n))
        for n in range(size)
    ]


def _file(size: int, turn: int) -> bytes:
    lines = _lines(size)
    days = -(-size // LINES_A_DAY)
    start = FIRST_DAY + timedelta(days=turn * days)
    return lloyds_file(
        lines,
        opening_pence=OPENING_PENCE + turn * sum(line.pence for line in lines),
        days=[start + timedelta(days=day) for day in range(days)],
        sort_code=_SORT_CODE,
        account_number=_NUMBER,
    )


register(Benchmark("statement_import", "lines", 20_000, prepare))
