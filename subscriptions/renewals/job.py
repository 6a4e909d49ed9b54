"""Renewals prepared for all agreements that end in a window, as a job: in chunks, resumed after any kill."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from marketplace.core import jobs
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError
from marketplace.core.models import Job
from marketplace.core.periods import Period
from marketplace.organisations.services.job_actors import starter_of
from subscriptions.agreements.models import Agreement
from subscriptions.renewals.preparing import next_term, prepare_renewal

KIND = "renewals"
CHUNK = 50
State = Agreement.State


@dataclass(frozen=True)
class Window:
    """Agreements whose first day without is in ``ends``, renewed for so many years, raised by ``uplift`` per cent.

    ``kind`` narrows it to one kind of agreement.
    """

    ends: Period
    years: int = 1
    uplift: Decimal = Decimal(0)
    kind: str = ""

    def arguments(self) -> dict[str, Any]:
        return {
            "from": self.ends.start.isoformat(), "to": self.ends.end.isoformat(), "years": self.years,
            "uplift": str(self.uplift), "kind": self.kind,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Window":
        ends = Period(date.fromisoformat(kept["from"]), date.fromisoformat(kept["to"]))
        return cls(ends, kept["years"], Decimal(kept["uplift"]), kept["kind"])


def to_renew(window: Window) -> QuerySet[Agreement]:
    """What ends in the window, is asked to go on, and has no renewal yet (one that was declined is one), by its id."""
    renewal = Agreement.objects.filter(succeeds=OuterRef("pk")).exclude(state=State.WITHDRAWN)
    rows = Agreement.objects.filter(
        state=State.ACTIVE, notice_given_on=None, ended_on=None, term_to__gte=window.ends.start,
        term_to__lt=window.ends.end,
    )  # fmt: skip
    rows = rows.exclude(renewal=Agreement.Renewal.NONE).filter(~Exists(renewal))
    if window.kind:
        rows = rows.filter(kind=window.kind)
    return rows.select_related("organisation", "invoice_to").order_by("pk")


def start_renewals(*, window: Window, actor: Actor) -> Job:
    """Queues the renewal of all that ``to_renew`` finds. One at a time: JobAlreadyRuns names the other."""
    count = to_renew(window).count()
    first, last = (day - timedelta(days=1) for day in (window.ends.start, window.ends.last_day))
    return jobs.start(
        kind=KIND,
        label=f"Prepare {count:,} {'renewal' if count == 1 else 'renewals'}, ending "
        f"{first:%-d %B %Y} to {last:%-d %B %Y}",
        arguments=window.arguments(),
        actor=actor,
        unique_key=KIND,
    )


@jobs.kind(KIND, roles=FINANCE, unit="renewal", accepted="offered", refused="not possible")
def prepare_renewals(running: jobs.Running) -> None:
    """Offers each renewal once: what has one already is not found again, whoever is killed whenever."""
    window, on = Window.of(running.arguments), timezone.localdate()
    actor = starter_of(running, on=on)
    kept: dict[str, Any] = running.cursor or {"after": 0, "offered": 0, "left": 0, "problems": []}
    left = to_renew(window).filter(pk__gt=kept["after"])
    done = kept["offered"] + kept["left"]
    running.progress(done=done, total=done + left.count(), accepted=kept["offered"], refused=kept["left"])
    for chunk in _chunks(window, kept["after"]):
        with running.in_transaction():
            for one in chunk:
                problem = _prepare(one, window, on, actor)
                kept["left" if problem else "offered"] += 1
                kept["problems"] = [*kept["problems"], *([problem] if problem else [])][:100]
            kept["after"] = chunk[-1].pk
            done = kept["offered"] + kept["left"]
            running.progress(done=done, accepted=kept["offered"], refused=kept["left"], cursor=kept)
    running.finish({"offered": kept["offered"], "left": kept["left"], "problems": kept["problems"]})


def _chunks(window: Window, after: int) -> Iterator[list[Agreement]]:
    while chunk := list(to_renew(window).filter(pk__gt=after)[:CHUNK]):
        after = chunk[-1].pk
        yield chunk


def _prepare(agreement: Agreement, window: Window, on: date, actor: Actor) -> str:
    """Why it could not be prepared; empty where it was."""
    try:
        with transaction.atomic():
            prepare_renewal(
                agreement=agreement, term=next_term(agreement, window.years), uplift=window.uplift, on=on, actor=actor
            )
    except DomainError as error:
        return error.message
    return ""
