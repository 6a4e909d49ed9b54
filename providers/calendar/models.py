"""One calendar for each consultant: visits, course dates and absences stand in it together."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from providers.profiles.models import Consultant


class Slot(models.Model):
    """A time at which a consultant is taken, half-open, reserved by whoever needs it under a source of its own.

    The database allows no two of one consultant to overlap (invariant 11). ``source_key`` is opaque and unique:
    ``engagement:CB-000012:date:3``, ``run:144``, ``absence:9``. A slot that is given up is deleted.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", "Visit"
        COURSE = "course", "Course"
        ABSENCE = "absence", "Not available"

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="slots", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    during = DateTimeRangeField()
    source_key = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=160)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="slot_no_overlap",
                expressions=[
                    (Func(F("consultant_id"), F("consultant_id"), Value("[]"), function="int8range"), "&&"),
                    ("during", "&&"),
                ],
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False)
                & ~Q(source_key=""),
                name="slot_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.consultant_id}"
