"""The whole ledger as a file for an independent check, made by a job and downloaded from its page.

Read in one transaction of its own isolation, so that the file is the ledger of one moment whatever is posted
meanwhile: hledger balances it to the penny.
"""

import gzip
import hashlib
import io

from django.db import connection, transaction

from invoicing.ledger.hledger import journal_lines
from marketplace.core import jobs
from marketplace.core.actors import FINANCE, FINANCE_READERS, Actor
from marketplace.core.models import Job, StoredFile

KIND = "ledger_export"
EVERY_LINES = 5_000


def start_export(*, actor: Actor) -> Job:
    """Queues an export of the whole ledger; one at a time. Finance may; the auditor may have the file."""
    return jobs.start(kind=KIND, label="Export the ledger for hledger", arguments={}, actor=actor, unique_key=KIND)


@jobs.kind(KIND, roles=FINANCE, readers=FINANCE_READERS, unit="entry", units="entries", accepted="exported")
def export(running: jobs.Running) -> None:
    """Writes the journal, packed by gzip. Nothing is kept of an export that is killed; the next begins again."""
    running.check()
    content, count = _journal(running)
    with running.in_transaction():
        file = StoredFile.objects.create(
            sha256=hashlib.sha256(content).hexdigest(), name="ledger.journal.gz", content_type="application/gzip",
            size=len(content), content=content, owner_kind=jobs.MADE, owner=str(running.number),
            added_by_person_id=running.starter_person_id,
        )  # fmt: skip
        running.progress(done=count, total=count, accepted=count)
        running.finish({"file": file.pk, "file_name": file.name})


def _journal(running: jobs.Running) -> tuple[bytes, int]:
    """The packed journal and how many entries it has."""
    packed, count = io.BytesIO(), 0
    with transaction.atomic(), gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # the outermost: no test wraps it
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT count(*) FROM invoicing_journalentry")
            [total] = cursor.fetchone()
        for number, line in enumerate(journal_lines()):
            file.write(line.encode() + b"\n")
            count += line[:4].isdigit()
            if number % EVERY_LINES == 0:
                running.show(done=count, total=total)
    return packed.getvalue(), count
