"""Checking a long log as a job: some seals at a time, so that its page shows how far it is and a worker may change."""

from datetime import date
from typing import Any

from django.db import transaction

from marketplace.core import jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.log_check import LogReport, verify_log
from marketplace.core.models import EventSeal, Job

KIND = "verify_log"
_CHUNK = 50
_SHOWN = 20


def start_verifying(*, first: int, last: int, anchors: dict[date, str], actor: Actor) -> Job:
    """Starts the check of seals ``first`` to ``last``, and of the whole log's loose ends where these are all seals."""
    told = {day.isoformat(): hash_ for day, hash_ in anchors.items()}
    return jobs.start(
        kind=KIND,
        label=f"Check the event log, seals {first:,} to {last:,}",
        arguments={"first": first, "last": last, "anchors": told},
        actor=actor,
        unique_key=f"{KIND}:{first}:{last}",
    )


@jobs.kind(KIND, roles=frozenset({Role.AUDITOR}), unit="seal", accepted="hold", refused="do not hold")
def verify(running: jobs.Running) -> None:
    """Checks chunk by chunk; what was found goes along in the cursor."""
    first, last = int(running.arguments["first"]), int(running.arguments["last"])
    cursor: dict[str, Any] = running.cursor or {"next": first, "events": 0, "found": 0, "broken": [], "refused": 0}
    running.progress(total=last - first + 1)
    while cursor["next"] <= last:
        with running.in_transaction():
            upto = min(cursor["next"] + _CHUNK - 1, last)
            report = verify_log(first=cursor["next"], last=upto)
            cursor = _after(cursor, report, upto)
            done = upto - first + 1
            running.progress(done=done, accepted=done - cursor["refused"], refused=cursor["refused"], cursor=cursor)
    _end(running, cursor, whole=first == 1)


def _after(cursor: dict[str, Any], report: LogReport, upto: int) -> dict[str, Any]:
    seals = upto - cursor["next"] + 1
    return {
        "next": upto + 1,
        "events": cursor["events"] + report.events,
        "found": cursor["found"] + report.found,
        "broken": (cursor["broken"] + [broken.sentence for broken in report.broken])[:_SHOWN],
        "refused": cursor["refused"] + min(seals, report.found),
    }


@transaction.atomic
def _end(running: jobs.Running, cursor: dict[str, Any], *, whole: bool) -> None:
    """What is checked once for the whole log: events without a seal, loose ends, and the anchors kept outside."""
    anchors = {date.fromisoformat(day): told for day, told in running.arguments["anchors"].items()}
    newest = EventSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    rest = verify_log(first=newest + 1, anchors=anchors, loose_ends=whole)
    running.finish(
        {
            "events": cursor["events"],
            "found": cursor["found"] + rest.found,
            "broken": (cursor["broken"] + [broken.sentence for broken in rest.broken])[:_SHOWN],
            "anchors": rest.anchors,
        }
    )
