"""The organiser's desk: what coming dates cost, how to join them, one that is certain, one that was cancelled."""

from datetime import date
from uuid import UUID

from django.utils import timezone

from catalogue.models import CourseRun, RunCost
from catalogue.services import Cost, confirm_run, set_costs, set_joining
from frontend.demonstration.directory import Directory
from frontend.demonstration.places import number_of
from marketplace.core.actors import Actor
from marketplace.trading.running_queries import told_of
from marketplace.trading.services import cancel_date, message_date

_HOW = {
    CourseRun.Mode.ONLINE: "Open the link ten minutes before we begin.\n\nHave paper and a pencil beside you.",
    CourseRun.Mode.FACE_TO_FACE: "Coffee is ready half an hour before we begin. Park behind the hall.\n\nBring a laptop.",
    CourseRun.Mode.HYBRID: "Come to the hall, or open the link ten minutes before we begin.",
}
_LETTER = UUID("7d0f6a52-1c1e-4f0b-9a53-0c5d7e3f2b10")


def add_desk(directory: Directory, *, today: date, actor: Actor) -> str:
    """Costs and joining instructions of the dates to come, and a decision on two of them."""
    organiser = directory.signed["organiser"]
    coming = CourseRun.objects.filter(state=CourseRun.State.OPEN, starts_at__gt=timezone.now()).select_related("offer")
    runs = [run for run in coming.order_by("starts_at", "pk") if run.starts_on > today]
    for run in runs[:30]:
        _prepare(run, today, organiser)
    tentative = [run for run in runs if run.tentative]
    if certain := [run for run in tentative if run.taken]:
        confirm_run(run=certain[0], on=today, actor=organiser)
    if nobody := [run for run in tentative if not run.taken]:
        cancel_date(
            run=nobody[-1], sequence=nobody[-1].sequence, expected_back_pence=0, reason="Nobody has booked it",
            on=today, actor=organiser,
        )  # fmt: skip
    written = next((run for run in runs if run.taken), None)
    if written is not None:
        message_date(
            run=written, key=_LETTER, subject="Parking on the day", expected_readers=len(told_of(written)), actor=organiser,
            text="The car park in front of the hall is closed that week.\n\nUse the one behind it: follow the yellow signs.",
        )  # fmt: skip
    return f"{len(runs[:30])} dates with costs and joining instructions"


def _prepare(run: CourseRun, today: date, organiser: Actor) -> None:
    online = run.mode == CourseRun.Mode.ONLINE
    speaker = Cost(RunCost.Kind.SPEAKER, 35_000 + 2_500 * (number_of(f"speaker {run.code}") % 10), by_day=True)
    room = (
        [] if online else [Cost(RunCost.Kind.VENUE, 18_000, "Hall"), Cost(RunCost.Kind.CATERING, 14_500, by_day=True)]
    )
    set_costs(run=run, costs=[speaker, *room], actor=organiser)
    link = "" if run.mode == CourseRun.Mode.FACE_TO_FACE else f"https://meet.partnership.example/{run.code}"
    set_joining(
        run=run, joining=_HOW[CourseRun.Mode(run.mode)], joining_link=link, joining_days=run.joining_days,
        on=today, actor=organiser,
    )  # fmt: skip
