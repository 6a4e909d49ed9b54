"""Examples of the pages of jobs, for frontend.pages."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from frontend.examples import Example, Pages, World
from marketplace.core.models import Job

NOT_PAGES = {"job-file": "What a job made, as a file."}

_BATCH = "Issue 212 invoices dated 30 September 2026, £84,310.40"
_CHECK = "Check edubasealldata20260901.csv"


def _example(
    state: str, label: str, kind: str, starter: str = "finance_officer", **values: Any
) -> Callable[[World], str]:
    """The page of a job in this state, put there where there is none. One that runs looks held: no worker takes it."""

    def path(world: World) -> str:
        found, _ = Job.objects.get_or_create(
            kind=kind, label=label, state=state,
            defaults={"starter_person_id": world.actors[starter].person_id, **values},
        )  # fmt: skip
        return reverse("job", kwargs={"number": found.number})

    return path


_running = _example(
    "running", _BATCH, "billing_run", total=212, done=100, accepted=100, claim=uuid.UUID(int=1), attempts=2,
    started_at=timezone.now(), heartbeat_at=timezone.now() + timedelta(days=3650),
)  # fmt: skip
_ended: dict[str, Any] = {"started_at": timezone.now(), "finished_at": timezone.now()}
_cancelled = _example(
    "cancelled", _BATCH, "billing_run", total=212, done=100, accepted=100, cancel_asked=True, **_ended
)
_failed = _example(
    "failed", _BATCH, "billing_run", total=212, done=100, accepted=100, **_ended,
    error="Whoever started this can no longer sign in, so it was not done in their name. Start it again yourself.",
)  # fmt: skip
_SCHOOLS = {"created": 12, "updated": 1900, "unchanged": 70, "closed": 6, "refused": 12}
_checked = _example(
    "done", _CHECK, "register_check", "administrator", total=2000, done=2000, accepted=1988, refused=12, **_ended,
    result={"schools": _SCHOOLS, "trusts_created": 3, "left_out": 48_112, "dry_run": True},
)  # fmt: skip


def _list(world: World) -> str:
    _cancelled(world)
    return reverse("jobs")


PAGES: Pages = {
    "jobs": [
        Example("administrator", "full", _list, finds="Issue 212 invoices"),
        Example("buyer", "empty", lambda _: reverse("jobs"), finds="No jobs yet"),
    ],
    "job": [
        Example("finance_officer", "running", _running, finds="100 of 212 invoices done."),
        Example("finance_officer", "cancelled", _cancelled, finds="What was done stays done"),
        Example("finance_manager", "error", _failed, finds="can no longer sign in"),
        Example("auditor", "auditor", _failed, finds="Stopped by an error"),
        Example("administrator", "checked", _checked, finds="Import 1,988 lines"),
    ],
    "imports": [
        Example("administrator", "full", lambda _: reverse("imports"), finds="Import the register of schools"),
        Example(
            "administrator",
            "error",
            lambda _: reverse("imports"),
            post={"authorities": ""},
            finds="Choose the register's file",
        ),
    ],
}
