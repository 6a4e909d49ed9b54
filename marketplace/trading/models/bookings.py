from django.db import models
from django.db.models import Q

from catalogue.models import CourseRun
from marketplace.organisations.models import Organisation, Person
from marketplace.trading.models.orders import OrderLine


class Booking(models.Model):
    """One place on a course date, held while its order waits for approval.

    ``net_pence`` is its share of the line's price; an included place has none.

    ``delegate_name``, ``delegate_email`` and ``needs`` are personal and erasable: no charge, document or event ever holds
    them. Needs are for organisers only. ``delegate_person`` is who comes, where that person has a sign-in: the places
    booked for it are its own to see and stand in its record. ``moved_from`` is the place on another date that this one
    replaced.
    """

    class State(models.TextChoices):
        HELD = "held", "Kept until approved"
        BOOKED = "booked", "Booked"
        CANCELLED = "cancelled", "Cancelled"

    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="bookings")
    position = models.PositiveSmallIntegerField()
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="bookings")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bookings")
    delegate_name = models.CharField(max_length=120, blank=True)
    delegate_email = models.EmailField(blank=True)
    delegate_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="places_booked"
    )
    needs = models.CharField(max_length=500, blank=True)
    included = models.BooleanField(default=False)
    net_pence = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.BOOKED)
    cancelled_on = models.DateField(null=True)
    place_returned = models.BooleanField(
        default=False, help_text="An included place that was cancelled in time: it may be used again."
    )
    moved_from = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to")

    class Meta:
        ordering = ["order_line_id", "position"]
        indexes = [
            models.Index(fields=["run", "state"], name="booking_run_state"),
            models.Index(fields=["school", "state"], name="booking_school_state"),
            models.Index(
                fields=["delegate_email"],
                condition=Q(delegate_person__isnull=True) & ~Q(delegate_email=""),
                name="booking_to_claim",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order_line", "position"], name="booking_once_for_a_place"),
            models.CheckConstraint(
                condition=Q(included=True, net_pence=0) | Q(included=False, net_pence__gte=0),
                name="booking_included_costs_nothing",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_on__isnull=False)
                | Q(state__in=["held", "booked"], cancelled_on__isnull=True),
                name="booking_cancelled_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(place_returned=False) | Q(included=True, state="cancelled"),
                name="booking_returned_if_included",
            ),
        ]

    def __str__(self) -> str:
        return f"Place {self.position} of line {self.order_line_id}"
