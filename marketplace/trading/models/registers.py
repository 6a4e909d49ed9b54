from django.db import models
from django.db.models import Q

from catalogue.models import CourseRun, Meeting
from marketplace.organisations.models import Person
from marketplace.trading.models.bookings import Booking


class Register(models.Model):
    """Who came to one meeting of a course date. It is written from the day of the meeting on, and closed once.

    Once closed it changes only by a correction with a reason.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="register")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="registers")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)
    closed_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | Q(state="closed", closed_on__isnull=False),
                name="register_closed_iff_dated",
            )
        ]

    def __str__(self) -> str:
        return f"Register of meeting {self.meeting_id}"


class Attendance(models.Model):
    """Whether the person of one place came to one meeting; ``marked_by_person`` is empty where the platform wrote it.

    ``corrected_on`` is the day of the last correction after the register was closed.
    """

    class State(models.TextChoices):
        HERE = "here", "Here"
        LATE = "late", "Late"
        ABSENT = "absent", "Not here"
        NOT_ASKED = "not_asked", "Not asked"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="attendances", db_index=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    state = models.CharField(max_length=9, choices=State.choices)
    marked_at = models.DateTimeField()
    marked_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    corrected_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "meeting"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.state} at meeting {self.meeting_id}"


class Certificate(models.Model):
    """That the person of a place attended a course: how much of it, and a number that anybody can check.

    ``minutes`` is the time of the meetings attended. ``digest`` binds the facts that are printed, without the person's
    name, which stays erasable. Withdrawn where a register was corrected; then its number is no longer valid.
    """

    number = models.CharField(max_length=20, unique=True)
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="certificate")
    issued_on = models.DateField()
    minutes = models.PositiveIntegerField()
    attended = models.PositiveSmallIntegerField()
    meetings = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(attended__gt=0, attended__lte=models.F("meetings")), name="certificate_attended_within"
            )
        ]

    def __str__(self) -> str:
        return self.number


class CpdEntry(models.Model):
    """Professional development that a person writes into their own record: it is theirs alone, whatever their school."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cpd_entries")
    held_on = models.DateField()
    title = models.CharField(max_length=120)
    provider = models.CharField(max_length=120, blank=True)
    theme = models.CharField(max_length=40, blank=True)
    minutes = models.PositiveIntegerField()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=60_000), name="cpd_minutes")]

    def __str__(self) -> str:
        return self.title
