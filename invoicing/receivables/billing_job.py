"""The invoice batch as a job: exactly the invoices that a person was shown, in chunks, resumed after any kill.

A job keeps a mark of every invoice that was shown. Whoever runs it proposes anew, and issues what still carries one of
the marks: an invoice that changed meanwhile in any shown part is left for the next batch and counted. Each chunk is
one transaction of ``run_billing`` that also writes the job's progress under the worker's claim, so that the figures
of the job's page are those of the ledger at every moment, whoever is killed whenever.
"""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from django.utils import timezone

from invoicing.documents.drafts import DraftDocument
from invoicing.receivables.billing import CHUNK, RunReport, propose, run_billing
from invoicing.receivables.grouping import Proposal
from marketplace.core import jobs
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.models import Job
from marketplace.core.money import Money
from marketplace.organisations.services.job_actors import starter_of

KIND = "billing_run"


@dataclass
class Issued:
    """What a batch has issued so far, in pence; ``spans`` are runs of numbers as [first, last]."""

    count: int = 0
    net_pence: int = 0
    vat_pence: int = 0
    spans: list[list[str]] = field(default_factory=list)

    def add(self, report: RunReport) -> None:
        """Takes in a chunk; the numbers of each series follow one another."""
        self.count += len(report.numbers)
        self.net_pence += report.net_pence
        self.vat_pence += report.vat_pence
        open_ends = {_series(span[1]): span for span in self.spans}
        for number in report.numbers:
            span = open_ends.get(_series(number))
            if span is not None and _value(span[1]) + 1 == _value(number):
                span[1] = number
            else:
                self.spans.append([number, number])
                open_ends[_series(number)] = self.spans[-1]


def mark_of(draft: DraftDocument) -> str:
    """What a preview shows of an invoice, as a short digest: whom, when due, and every line's item, words and pence."""
    shown = [
        f"{draft.customer_id}|{draft.purchase_order}|{draft.issued_on}|{draft.due_on}|{draft.net_pence}|{draft.vat_pence}"
        f"|{len(draft.instalments)}"
    ]
    shown += [f"{line.charge_id}|{line.net_pence}|{line.vat}|{line.description}" for line in draft.lines]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:20]


def start_billing(*, proposal: Proposal, actor: Actor) -> Job:
    """Queues the issue of exactly these invoices. One batch at a time: JobAlreadyRuns names the other.

    Only a finance officer or manager may; they must still be one when it runs.
    """
    count = len(proposal.invoices)
    return jobs.start(
        kind=KIND,
        label=f"Issue {count:,} {'invoice' if count == 1 else 'invoices'} dated {proposal.on:%-d %B %Y}, "
        f"{Money(proposal.gross_pence)}",
        arguments={"on": proposal.on.isoformat(), "marks": [mark_of(draft) for draft in proposal.invoices]},
        actor=actor,
        unique_key=KIND,
    )


@jobs.kind(KIND, roles=FINANCE, unit="invoice", accepted="issued", refused="left for the next batch")
def issue_as_shown(running: jobs.Running) -> None:
    """Issues what was shown and is still so. Of two that run at once, by a worker believed dead, one is told to stop."""
    actor = starter_of(running, on=timezone.localdate())
    proposal = propose(on=date.fromisoformat(running.arguments["on"]))
    marks = set(running.arguments["marks"])
    as_shown = [draft for draft in proposal.invoices if mark_of(draft) in marks]
    issued = Issued(**running.cursor)
    running.progress(done=issued.count, total=len(marks), accepted=issued.count)
    for start in range(0, len(as_shown), CHUNK):
        part = replace(proposal, invoices=as_shown[start : start + CHUNK])
        with running.in_transaction():
            issued.add(run_billing(on=proposal.on, actor=actor, proposal=part))
            running.progress(done=issued.count, accepted=issued.count, cursor=asdict(issued))
    with running.in_transaction():
        left = len(marks) - issued.count
        running.progress(done=len(marks), accepted=issued.count, refused=left)
        running.finish(_result(issued, left))


def _result(issued: Issued, left: int) -> dict[str, Any]:
    return {**asdict(issued), "gross_pence": issued.net_pence + issued.vat_pence, "left": left}


def _series(number: str) -> str:
    """What stands before the counter: INV-000012 → INV."""
    return number.rpartition("-")[0]


def _value(number: str) -> int:
    """The counter in a document's number: INV-000012 → 12."""
    return int(number.rpartition("-")[2])
