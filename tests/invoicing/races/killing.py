"""A billing run is killed at a random moment, run again, and what became of its items is counted."""

import os
import random
import signal
import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from tests.invoicing.races.many_charges import make_charges
from tests.invoicing.races.processes import start, wait_until_alone

ON = date(2026, 9, 1)


@dataclass(frozen=True)
class Killed:
    """One trial: invoices that stood when the run was killed, and what the run after it left."""

    issued_when_killed: int
    was_killed: bool
    lost: int
    twice: int


def run_bill_command(chunk: int) -> None:
    """What the killed process does: manage.py bill."""
    from django.core.management import call_command

    with open(os.devnull, "w") as nowhere:
        call_command("bill", "--on", ON.isoformat(), "--chunk", str(chunk), stdout=nowhere)


def trial(*, charges: Any, school: Any, key: str, invoices: int, chunk: int, chance: random.Random) -> Killed:
    """Makes ``invoices`` items, kills their billing run at a random moment, runs it again to its end, and counts."""
    make_charges(charges=charges, school=school, count=invoices, key=key)
    moment = chance.uniform(0, invoices * 0.97)
    process = start(run_bill_command, chunk)
    deadline = time.monotonic() + 120
    while billed(key) < moment and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.05))  # somewhere inside the next chunk, at whichever statement it then is
    process.kill()
    process.join()
    wait_until_alone()
    issued = lines(key)[0]
    again = start(run_bill_command, chunk)
    again.join(timeout=120)
    assert again.exitcode == 0
    lines_found, items = lines(key)
    return Killed(
        issued_when_killed=issued,
        was_killed=process.exitcode == -signal.SIGKILL,
        lost=invoices - items,
        twice=lines_found - items,
    )


def billed(key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM invoicing_charge WHERE source_key LIKE %s AND state = 'billed'", [f"{key}:%"]
        )
        return int(cursor.fetchone()[0])


def lines(key: str) -> tuple[int, int]:
    """(invoices that stand for the trial's items, items that are invoiced), counted from the documents themselves.

    An item's invoice is known by its description and purchase order, not by the item's own link to it, so that an
    invoice made twice shows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT l.purchase_order) FROM invoicing_documentline l"
            " JOIN invoicing_document d ON d.id = l.document_id"
            " WHERE d.state = 'issued' AND d.kind = 'invoice' AND l.description = %s",
            [key],
        )
        found, different = cursor.fetchone()
        return int(found), int(different)


def bill_in_two_transactions_and_die_between(chunk: int) -> None:
    """The control: documents in one transaction, the items marked in another, and the process killed in between."""
    from django.db import transaction

    from invoicing.documents.issue import issue_documents
    from invoicing.receivables import billing
    from marketplace.core.actors import platform

    drafts = billing.propose(on=ON).invoices[:chunk]
    with transaction.atomic():
        issued = issue_documents(drafts=drafts, actor=platform("control"))
        billing.open_items(drafts, [pk for pk, _, _ in issued])
    os.kill(os.getpid(), signal.SIGKILL)
