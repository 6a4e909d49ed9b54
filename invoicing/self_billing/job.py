"""A self-billing run as a job: chunk after chunk, each one transaction with its own progress, resumed after any kill."""

from datetime import date
from typing import Any

from django.utils import timezone

from invoicing.self_billing.billing import CHUNK, bill_chunk
from invoicing.self_billing.reports import Proposal, Report
from marketplace.core import jobs
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.models import Job
from marketplace.core.money import Money
from marketplace.organisations.services.job_actors import starter_of

KIND = "self_billing_run"


def start_self_billing(*, proposal: Proposal, actor: Actor) -> Job:
    """Queues the writing of these providers' documents, dated as proposed. One run at a time: JobAlreadyRuns.

    Only a finance officer or manager may; they must still be one when it runs.
    """
    count, net, vat = proposal.sums("self_billed")
    back, _, _ = proposal.sums("self_billed_credit")
    return jobs.start(
        kind=KIND,
        label=f"Write {count:,} self-billed invoices and {back:,} credit notes dated {proposal.on:%-d %B %Y}, "
        f"{Money(net + vat)}",
        arguments={
            "on": proposal.on.isoformat(),
            "providers": sorted({one.provider_id for one in proposal.documents}),
        },
        actor=actor,
        unique_key=KIND,
    )


@jobs.kind(KIND, roles=FINANCE, unit="provider", accepted="written", refused="held")
def write_as_shown(running: jobs.Running) -> None:
    """Writes for the providers that were shown what they have earned by then; a chunk that was written is passed over."""
    actor, on = starter_of(running, on=timezone.localdate()), date.fromisoformat(running.arguments["on"])
    ids: list[int] = running.arguments["providers"]
    done: dict[str, Any] = {"at": 0, "invoices": 0, "credits": 0, "gross_pence": 0, "held": 0, **running.cursor}
    running.progress(done=done["at"], total=len(ids), accepted=done["invoices"] + done["credits"])
    for start in range(done["at"], len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with running.in_transaction():
            report = Report(on)
            bill_chunk(part, on=on, until=on, actor=actor, report=report)
            done["at"] = start + len(part)
            done["invoices"] += len(report.invoices)
            done["credits"] += len(report.credits)
            done["gross_pence"] += report.gross_pence
            done["held"] += len(report.held)
            running.progress(done=done["at"], accepted=done["invoices"] + done["credits"], cursor=done)
    with running.in_transaction():
        running.progress(done=len(ids), accepted=done["invoices"] + done["credits"], refused=done["held"])
        running.finish({key: done[key] for key in ("invoices", "credits", "gross_pence", "held")})
