from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from catalogue.models.offers import Offer


def days_of_joining() -> list[int]:
    """A week before, and the day before."""
    return [7, 1]


class CourseRun(models.Model):
    """One date (or series of meetings) of a course: one place is for all its meetings.

    ``taken`` moves only by conditional update. ``starts_at`` and ``ends_at`` are those of the first and the last meeting.
    A run with ``min_numbers`` is tentative until ``confirmed_on``; ``decide_by`` is the day on which the organiser decides.
    ``joining`` and ``joining_link`` are for those who have a place, never for the public; they are sent so many days
    before as ``joining_days`` says. ``sequence`` grows whenever those who come must change their diaries.
    With ``confirms_itself`` the run is confirmed by the booking that reaches the minimum, otherwise by the organiser.
    """

    class Mode(models.TextChoices):
        FACE_TO_FACE = "face_to_face", "Face to face"
        ONLINE = "online", "Online"
        HYBRID = "hybrid", "Face to face or online"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CANCELLED = "cancelled", "Cancelled"

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="runs")
    code = models.SlugField(max_length=60, unique=True)
    mode = models.CharField(max_length=12, choices=Mode.choices)
    venue = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    min_numbers = models.PositiveIntegerField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    decide_by = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    free_cancelling_until = models.DateField(
        null=True, blank=True, help_text="The organiser moved it: until this day every place may be cancelled free."
    )
    joining = models.TextField(blank=True)
    joining_link = models.URLField(max_length=300, blank=True)
    joining_days = ArrayField(models.PositiveSmallIntegerField(), default=days_of_joining, db_default=[7, 1])
    confirms_itself = models.BooleanField(default=False, db_default=False)
    sequence = models.PositiveIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)

    class Meta:
        indexes = [
            models.Index(fields=["offer", "starts_at"], name="run_offer_starts"),
            models.Index(fields=["starts_at", "id"], name="run_starts"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(taken__gte=0, taken__lte=F("capacity")), name="run_within_capacity"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="run_ends_after_start"),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True) | Q(state="cancelled"), name="run_cancelled_if_dated"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def places_left(self) -> int:
        return self.capacity - self.taken

    @property
    def tentative(self) -> bool:
        """Whether it still depends on enough people coming."""
        return bool(self.min_numbers) and self.confirmed_on is None and self.state == self.State.OPEN

    @property
    def starts_on(self) -> date:
        """The first day, in Europe/London."""
        return timezone.localdate(self.starts_at)

    @property
    def ends_on(self) -> date:
        """The last day, in Europe/London."""
        return timezone.localdate(self.ends_at)


class Meeting(models.Model):
    """One meeting of a course date, in order; a course of one day has one. ``venue`` where it is not the run's."""

    run = models.ForeignKey(CourseRun, on_delete=models.CASCADE, related_name="meetings", db_index=False)
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    venue = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["run_id", "position"]
        indexes = [models.Index(fields=["starts_at"], name="meeting_starts")]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="meeting_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"Meeting {self.position} of {self.run_id}"

    @property
    def held_on(self) -> date:
        """The day, in Europe/London."""
        return timezone.localdate(self.starts_at)


class PlaceTaking(models.Model):
    """Places held on a run for a source above, once per source. ``released`` of them were given back."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="takings")
    source_key = models.CharField(max_length=120, unique=True)
    places = models.PositiveIntegerField()
    released = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gt=0, released__gte=0, released__lte=F("places")),
                name="taking_released_within",
            )
        ]

    def __str__(self) -> str:
        return self.source_key
