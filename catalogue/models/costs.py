from django.db import models
from django.db.models import Q

from catalogue.models.runs import CourseRun


class RunCost(models.Model):
    """What one date of a course costs us, in pence before VAT: once, or for each day on which it meets.

    An estimate to plan by; what is paid is a purchase in the books.
    """

    class Kind(models.TextChoices):
        VENUE = "venue", "Venue"
        SPEAKER = "speaker", "Speaker"
        CATERING = "catering", "Catering"
        OTHER = "other", "Other"

    run = models.ForeignKey(CourseRun, on_delete=models.CASCADE, related_name="costs")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    description = models.CharField(max_length=120, blank=True)
    pence = models.BigIntegerField()
    by_day = models.BooleanField(default=False)

    class Meta:
        ordering = ["run_id", "id"]
        constraints = [models.CheckConstraint(condition=Q(pence__gt=0), name="run_cost_positive")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.run_id}"
