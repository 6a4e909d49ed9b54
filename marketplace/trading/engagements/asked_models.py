"""A quote that waits for a second person at the school: what will be booked if they agree."""

from django.db import models
from django.db.models import Q

from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.models.orders import Order


class AskedBooking(models.Model):
    """The booking that an order in approval stands for: nothing is booked before it is approved.

    ``order`` has no lines: its sums are the quote's. ``dates`` are those that were chosen, kept in the consultant's
    calendar while it waits; ``own_company``, ``answer`` and ``reasons`` are the school's off-payroll determination.
    While one waits, the request takes no other answer and the quote is not taken back.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "With approver"
        BOOKED = "booked", "Booked"
        ENDED = "ended", "Not booked"

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="asked_booking")
    request = models.ForeignKey(
        ConsultantRequest, on_delete=models.PROTECT, related_name="asked_bookings", db_index=False
    )
    quote = models.ForeignKey(ConsultantQuote, on_delete=models.PROTECT, related_name="asked_bookings")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    dates = models.JSONField(default=list)
    own_company = models.BooleanField()
    answer = models.CharField(max_length=10)
    reasons = models.CharField(max_length=1000, blank=True)
    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, null=True, related_name="asked_booking")

    class Meta:
        indexes = [models.Index(fields=["request", "-id"], name="asked_booking_request")]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(state="waiting"), name="asked_booking_one_waits"),
            models.CheckConstraint(
                condition=Q(state="booked", engagement__isnull=False)
                | (~Q(state="booked") & Q(engagement__isnull=True)),
                name="asked_booking_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} for {self.quote_id}"
