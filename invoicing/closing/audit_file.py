"""The audit file of a month: what an auditor asks for, as tables in one archive, made by a job and had from its page.

Read in one transaction of its own isolation, so that all its tables are of one moment. Beside the tables stands
``about.txt``: whose books, who closed the month and when, and of each table its rows and its SHA-256.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from invoicing.closing.audit_parts import Part, parts_of
from invoicing.closing.queries import BEFORE, Month, month_for
from invoicing.ledger.months import CLOSED
from marketplace.core import jobs
from marketplace.core.actors import FINANCE, FINANCE_READERS, Actor, platform
from marketplace.core.errors import DomainError
from marketplace.core.models import Job, StoredFile
from marketplace.core.periods import Period
from marketplace.core.text import safe_cell
from marketplace.organisations.queries import partnership

KIND = "audit_file"
_MADE_AT = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say: the same tables give the same archive


class MonthNotClosed(DomainError):
    """An audit file is of a closed month."""

    code = "month_not_closed"


def is_closed(month: Month) -> bool:
    """Whether nothing is posted into the month any more."""
    return month.state in (*CLOSED, BEFORE)


def start_audit_file(*, month: Month, actor: Actor) -> Job:
    """Queues the audit file of a closed month; one of each month at a time. Finance may; the auditor may have the file."""
    _require_closed(month)
    return jobs.start(
        kind=KIND, label=f"Audit file of {month}", arguments={"month": month.key}, actor=actor,
        unique_key=f"{KIND}:{month.key}",
    )  # fmt: skip


def _require_closed(month: Month) -> None:
    if not is_closed(month):
        raise MonthNotClosed(f"{month} is not closed: its figures can still change. Close it first.")


def last_made(month: Month) -> Job | None:
    """The job that made the month's latest audit file."""
    made = Job.objects.filter(kind=KIND, state=Job.State.DONE, arguments__month=month.key)
    return made.order_by("-finished_at", "-pk").first()


@jobs.kind(KIND, roles=FINANCE, readers=FINANCE_READERS, unit="table", accepted="written")
def make(running: jobs.Running) -> None:
    """Writes the archive. Nothing is kept of one that is killed; the next begins again."""
    running.check()
    key = str(running.arguments["month"])
    content, count = _archive(running, key)
    with running.in_transaction():
        file = StoredFile.objects.create(
            sha256=hashlib.sha256(content).hexdigest(), name=f"audit-{key}.zip", content_type="application/zip",
            size=len(content), content=content, owner_kind=jobs.MADE, owner=str(running.number),
            added_by_person_id=running.starter_person_id,
        )  # fmt: skip
        running.progress(done=count, total=count, accepted=count)
        running.finish({"file": file.pk, "file_name": file.name})


def _archive(running: jobs.Running, key: str) -> tuple[bytes, int]:
    """The packed archive and how many tables it has."""
    packed, about = io.BytesIO(), []
    with transaction.atomic(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if not connection.savepoint_ids:  # the outermost: no test wraps it
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        reader = platform("audit file")
        month = month_for(reader, key, today=timezone.localdate())
        _require_closed(month)
        parts = list(parts_of(Period.months_from(month.month, 1), actor=reader))
        for number, part in enumerate(parts):
            running.show(done=number, total=len(parts))
            content, rows = _table(part)
            archive.writestr(_named(part.name), content)
            about.append(f"{part.name}: {part.what}. Rows: {rows}. SHA-256: {hashlib.sha256(content).hexdigest()}")
        archive.writestr(_named("about.txt"), "\n".join([*_heading(month), "", *about, ""]))
    return packed.getvalue(), len(parts)


def _heading(month: Month) -> list[str]:
    close = month.close
    if close and close.closed_at and close.closed_by:
        day = f"{timezone.localtime(close.closed_at):%-d %B %Y}"
        closed = f"Asked for by {close.asked_by.name}, closed by {close.closed_by.name} on {day}."
    else:
        closed = "Closed together with the first month that was closed."
    return [f"{partnership().name}: {month}", closed, "Amounts in pounds, days as YYYY-MM-DD, text in UTF-8."]


def _table(part: Part) -> tuple[bytes, int]:
    """A table's file, which spreadsheets open as text, and how many rows it has under its header."""
    written, count = io.StringIO(), 0
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(part.header)
    for row in part.rows:
        writer.writerow(_cells(row))
        count += 1
    return ("\ufeff" + written.getvalue()).encode(), count


def _cells(row: Iterable[Any]) -> list[str]:
    return [
        "" if cell is None else cell.isoformat() if hasattr(cell, "isoformat") else safe_cell(str(cell)) for cell in row
    ]


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MADE_AT)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
