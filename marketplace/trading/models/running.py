from django.db import models
from django.db.models import Q

from catalogue.models import CourseRun
from marketplace.organisations.models import Person
from marketplace.trading.models.bookings import Booking


class RunMessage(models.Model):
    """What an organiser wrote to everybody with a place on a course date, once for each ``key`` of its form.

    ``readers`` is to how many addresses it went. The text may be erased; no event holds it.
    """

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="letters")
    key = models.UUIDField(unique=True)
    subject = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    readers = models.PositiveIntegerField()
    sent_at = models.DateTimeField(auto_now_add=True)
    sent_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(readers__gt=0), name="run_message_has_readers")]

    def __str__(self) -> str:
        return self.subject


class JoiningSent(models.Model):
    """That the joining instructions of a place were sent: once for each day of the plan and each ``sequence`` of its date."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="joining_sent", db_index=False)
    sequence = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    sent_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "sequence", "days"], name="joining_sent_once")]

    def __str__(self) -> str:
        return f"{self.days} days before, booking {self.booking_id}"
