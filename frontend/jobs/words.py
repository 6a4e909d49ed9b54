"""What a job's page says: where it stands in one sentence, what became of each part, and what can be done now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from frontend.formats import money, plural
from invoicing.receivables import billing_job
from invoicing.recognition import release_job
from invoicing.self_billing import job as self_billing_job
from marketplace.core import log_jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.jobs import kind_of, may_go_on, may_have_file
from marketplace.core.models import Job
from marketplace.organisations.services.gias import job as register
from subscriptions.rounds import job as rounds

Unit = tuple[str, str | None]  # singular, and the plural where it is not made by an s
LIVE = (Job.State.QUEUED, Job.State.RUNNING)
STOPPED = (Job.State.FAILED, Job.State.CANCELLED)


@dataclass(frozen=True)
class Shown:
    """A job as its page shows it. ``quarter`` changes only four times, so that a screen reader is told seldom."""

    job: Job
    sentence: str
    parts: list[tuple[str, str]]
    links: list[dict[str, str]] = field(default_factory=list)
    quarter: str = ""
    may_cancel: bool = False
    may_go_on: bool = False
    may_import: bool = False
    stale: str = ""

    @property
    def live(self) -> bool:
        return self.job.state in LIVE

    @property
    def counted(self) -> str:
        """ "40 of 212", or nothing where nothing was counted."""
        return f"{self.job.done:,} of {self.job.total:,}" if self.job.total else ""


def shown(job: Job, actor: Actor, *, now: datetime) -> Shown:
    """The job in words for whoever looks, at a moment."""
    unit, accepted, refused = _words(job)
    stopped = job.state in STOPPED
    return Shown(
        job=job,
        sentence=_sentence(job, unit),
        parts=_parts(job, unit, accepted, refused),
        links=_links(job, actor),
        quarter=_quarter(job),
        may_cancel=job.state in LIVE and not job.cancel_asked and _may_cancel(job, actor),
        may_go_on=stopped and may_go_on(job, actor),
        may_import=job.kind == register.CHECK and job.state == Job.State.DONE and actor.has(Role.ADMINISTRATOR)
        and job.accepted > 0,
        stale=_stale(job, now),
    )  # fmt: skip


def _words(job: Job) -> tuple[Unit, str, str]:
    try:
        kind = kind_of(job.kind)
    except LookupError:  # a kind of an older version
        return ("part", None), "done", "left out"
    return (kind.unit, kind.units or None), kind.accepted, kind.refused


def _may_cancel(job: Job, actor: Actor) -> bool:
    return may_go_on(job, actor) or actor.has(Role.ADMINISTRATOR)


def _sentence(job: Job, unit: Unit) -> str:
    done = f"{job.done:,} of {plural(job.total, *unit)}" if job.total else ""
    if job.state == Job.State.QUEUED:
        return f"Waits to go on after {done}." if job.done else "Waits for its turn."
    if job.state == Job.State.RUNNING:
        if job.cancel_asked:
            return "Stops as soon as the part in hand is done."
        return f"{done} done." if done else "Begun."
    if job.state == Job.State.DONE:
        return f"All {plural(job.total, *unit)} done." if job.total else "Done."
    if job.state == Job.State.CANCELLED:
        return f"Cancelled after {done}. What was done stays done." if done else "Cancelled before it began."
    return f"Stopped by an error after {done}." if done else "Stopped by an error before anything was done."


def _parts(job: Job, unit: Unit, accepted: str, refused: str) -> list[tuple[str, str]]:
    """What became of the parts, adding up to what is done; then what is left."""
    if not job.total:
        return []
    rows = [("Done", f"{plural(job.done, *unit)} of {job.total:,}")]
    if job.accepted or job.refused:
        rows = [
            (accepted.capitalize(), f"{job.accepted:,}"),
            (refused.capitalize(), f"{job.refused:,}"),
            ("Done", f"{plural(job.accepted + job.refused, *unit)} of {job.total:,}"),
        ]
    left_out = job.result.get("left_out")
    if left_out:
        rows.append(("Not looked at", f"{plural(left_out, *unit)}, of other authorities or empty"))
    return rows + [(name, text) for name, text in _figures(job) if text]


def _figures(job: Job) -> list[tuple[str, str]]:
    """What a job's result holds beside its counts."""
    result: dict[str, Any] = job.result
    if job.kind == billing_job.KIND and result:
        return [("Issued in all", f"{money(result['gross_pence'])}, of which VAT {money(result['vat_pence'])}")]
    if job.kind == self_billing_job.KIND and result:
        return [("Written in all", f"{money(result['gross_pence'])} on {plural(result['invoices'], 'invoice')}")]
    if job.kind == release_job.KIND and result:
        return [("Became income", money(result["pence"])), ("Ledger entries", f"{result['entries']:,}")]
    if job.kind == log_jobs.KIND and result:
        found = [("Found", sentence) for sentence in result["broken"]]
        return [("Events checked", f"{result['events']:,}"), ("Not as written", f"{result['found']:,}"), *found]
    if job.kind == rounds.KIND and result:
        had = f"{result['already']:,}" if result["already"] else ""
        return [("Of these, had it already", had), ("Charged at once, before VAT", money(result["charged_pence"]))]
    schools = result.get("schools") if job.kind in (register.CHECK, register.IMPORT) else None
    if not schools:
        return []
    told = [f"{schools[name]:,} {name}" for name in ("created", "updated", "unchanged", "closed") if schools[name]]
    said = [("Schools", ", ".join(told)), ("New trusts", f"{result['trusts_created']:,}")]
    return [*said, ("Saved", "Nothing yet: this was a check" if result.get("dry_run") else "All that is good")]


def _links(job: Job, actor: Actor) -> list[dict[str, str]]:
    found = []
    spans = job.result.get("spans") if job.kind == billing_job.KIND else None
    if spans:
        href = reverse("finance-invoice-batch-done", kwargs={"first": spans[0][0], "last": spans[-1][1]})
        found.append({"text": "See the invoices", "href": href})
    if job.kind == release_job.KIND and job.state == Job.State.DONE:
        found.append({"text": "See deferred income", "href": reverse("finance-deferred-income")})
    if job.kind == rounds.KIND and job.state == Job.State.DONE:
        found.append({"text": "See the agreements", "href": reverse("finance-agreements")})
    if job.result.get("file") and may_have_file(job, actor):
        href = reverse("job-file", kwargs={"number": job.number})
        text = f"Download the {plural(job.refused, 'refused line')}" if job.refused else "Download the file"
        if job.kind == rounds.KIND:
            text = f"Download the {plural(job.refused, 'school')} left out (CSV)"
        found.append({"text": text, "href": href})
    return found


def _quarter(job: Job) -> str:
    if job.state != Job.State.RUNNING or not job.total:
        return job.get_state_display()
    quarter = 4 * job.done // job.total
    return ["Begun", "A quarter done", "Half done", "Three quarters done", "Nearly done"][quarter]


def _stale(job: Job, now: datetime) -> str:
    """Something to worry about, in words; nothing while all is as it should be."""
    patience = settings.JOB_TAKEOVER_SECONDS
    if job.state == Job.State.QUEUED and (now - job.created_at).total_seconds() > patience and not job.started_at:
        return (
            "No worker has begun it yet. If this does not change, tell the administrator that no worker runs. "
            "Nothing is lost: it begins as soon as one does."
        )
    if job.state == Job.State.RUNNING and job.heartbeat_at and (now - job.heartbeat_at).total_seconds() > patience:
        return "Its worker has not been heard of for a while. Another goes on where it stopped, as soon as one is free."
    return ""
