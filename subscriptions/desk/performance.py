"""How well the promises were kept, by service and month."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.core.wording import LONDON
from subscriptions.desk.models import MissedPromise, Ticket
from subscriptions.desk.queries import require_desk


@dataclass(frozen=True)
class Kept:
    """Tickets opened in a month about a service: how many there were, of how many a promise is decided, and kept.

    What still runs, or was promised nothing, counts in ``tickets`` alone.
    """

    service: str
    month: date
    tickets: int
    answers: int
    answers_kept: int
    fixes: int
    fixes_kept: int

    @property
    def answered_percent(self) -> int | None:
        return percent(self.answers_kept, self.answers)

    @property
    def fixed_percent(self) -> int | None:
        return percent(self.fixes_kept, self.fixes)


def percent(part: int, whole: int) -> int | None:
    """Of a hundred, half up; nothing of nothing."""
    return (part * 200 + whole) // (2 * whole) if whole else None


def kept_over(period: Period, actor: Actor) -> list[Kept]:
    """How the promises of tickets opened over the period were kept, by month and service; for the desk. One query."""
    require_desk(actor)
    start, end = (datetime.combine(day, time.min, tzinfo=LONDON) for day in (period.start, period.end))
    noted = MissedPromise.objects.filter(ticket=OuterRef("pk"))
    promised = Q(response_minutes__isnull=False)
    answered = promised & (Q(responded_at__isnull=False) | Q(late_answer=True))
    fixed = promised & (Q(resolved_at__isnull=False) | Q(late_fix=True))
    rows = (
        Ticket.objects.filter(opened_at__gte=start, opened_at__lt=end)
        .order_by()
        .annotate(
            month=TruncMonth("opened_at", tzinfo=LONDON),
            late_answer=Exists(noted.filter(clock=MissedPromise.Clock.RESPONSE)),
            late_fix=Exists(noted.filter(clock=MissedPromise.Clock.FIX)),
        )
        .values("month", "service")
        .annotate(
            tickets=Count("pk"),
            answers=Count("pk", filter=answered),
            answers_kept=Count("pk", filter=answered & Q(late_answer=False)),
            fixes=Count("pk", filter=fixed),
            fixes_kept=Count("pk", filter=fixed & Q(late_fix=False)),
        )
        .order_by("month", "service")
    )
    return [
        Kept(
            row["service"], row["month"].date(), row["tickets"], row["answers"], row["answers_kept"], row["fixes"],
            row["fixes_kept"],
        )
        for row in rows
    ]  # fmt: skip


def together(rows: list[Kept], *, service: str = "", month: date | None = None) -> Kept:
    """Several rows as one, under a name of its own."""
    first = month or min((row.month for row in rows), default=date.min)
    return Kept(
        service,
        first,
        sum(row.tickets for row in rows),
        sum(row.answers for row in rows),
        sum(row.answers_kept for row in rows),
        sum(row.fixes for row in rows),
        sum(row.fixes_kept for row in rows),
    )
