"""The time that presenting a course date takes in the calendars of those who present it."""

from catalogue.models import CourseRun, CourseRunPresenter, Meeting
from marketplace.core.wording import long_date
from providers.models import Consultant, Slot
from providers.services import SlotTaken, release_slot, reserve_slot


def reserve_meetings(run: CourseRun, consultant: Consultant) -> None:
    """Takes the time of every meeting. Raises SlotTaken naming the consultant and the meeting."""
    for meeting in Meeting.objects.filter(run=run).order_by("position"):
        try:
            reserve_slot(
                source_key=source_key(run, meeting.position, consultant),
                consultant=consultant,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                kind=Slot.Kind.COURSE,
                label=run.offer.title,
            )
        except SlotTaken as error:
            raise SlotTaken(
                f"{consultant.name} is taken on {long_date(meeting.held_on)}, when {run.offer.title} would meet."
                " Nothing was changed. Choose another day or another presenter.",
                consultant=consultant.code,
                meeting=meeting.position,
            ) from error


def release_meetings(run: CourseRun, consultant: Consultant) -> None:
    """Gives the time of every meeting back, also of meetings that there are no more."""
    begins = source_key(run, 0, consultant).split("0:", 1)[0]
    keys = Slot.objects.filter(consultant=consultant, source_key__startswith=begins).values_list(
        "source_key", flat=True
    )
    for key in list(keys):
        release_slot(source_key=key)


def follow_meetings(run: CourseRun) -> None:
    """After a date was moved: its presenters' time is given back and taken anew. Raises SlotTaken where one cannot."""
    named = list(CourseRunPresenter.objects.filter(run=run).select_related("consultant").order_by("consultant_id"))
    for one in named:
        release_meetings(run, one.consultant)
    for one in named:
        reserve_meetings(run, one.consultant)


def free_presenters(run: CourseRun) -> None:
    """After a date was cancelled: its presenters' time is theirs again. Who would have presented it stays named."""
    for one in CourseRunPresenter.objects.filter(run=run).select_related("consultant"):
        release_meetings(run, one.consultant)


def source_key(run: CourseRun, position: int, consultant: Consultant) -> str:
    return f"run:{run.code}:meeting:{position}:{consultant.code}"
