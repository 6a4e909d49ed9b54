from django.db import models
from django.db.models import Q

from catalogue.models import CourseRun
from marketplace.trading.models.bookings import Booking


class Evaluation(models.Model):
    """What somebody who attended said of a course, once for each place.

    Schools never see it; organisers see it without the person. The booking stands here only so that nobody answers
    twice: no page, event or figure leads from an answer to a place.
    """

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="evaluation")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="evaluations")
    score = models.PositiveSmallIntegerField()
    recommends = models.BooleanField()
    change = models.CharField(max_length=500, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    given_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="evaluation_score")]

    def __str__(self) -> str:
        return f"Evaluation of {self.run_id}"
