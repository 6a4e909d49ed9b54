from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from catalogue.models.offers import Offer


class CourseRun(models.Model):
    """One date (or series of meetings) of a course. ``taken`` moves only by conditional update."""

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
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)

    class Meta:
        indexes = [models.Index(fields=["offer", "starts_at"], name="run_offer_starts")]
        constraints = [
            models.CheckConstraint(condition=Q(taken__gte=0, taken__lte=F("capacity")), name="run_within_capacity"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="run_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def places_left(self) -> int:
        return self.capacity - self.taken

    @property
    def starts_on(self) -> date:
        """The first day, in Europe/London."""
        return timezone.localdate(self.starts_at)

    @property
    def ends_on(self) -> date:
        """The last day, in Europe/London."""
        return timezone.localdate(self.ends_at)


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
