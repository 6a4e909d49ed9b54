from django.db import models
from django.db.models import Q

from marketplace.trading.models.bookings import Booking


class BookingFee(models.Model):
    """What a place without a price costs all the same: cancelled late, or nobody came. Pence before VAT.

    It is an item to invoice of its own, ``charge_source_key``. A fee for not attending that proved wrong is undone: the
    item is taken back whole, and another may follow.
    """

    class Kind(models.TextChoices):
        CANCELLED = "cancelled", "Cancelled late"
        NOT_ATTENDED = "not_attended", "Did not attend"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="fees")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    pence = models.BigIntegerField()
    charged_on = models.DateField()
    charge_source_key = models.CharField(max_length=120, unique=True)
    undone_on = models.DateField(null=True)

    class Meta:
        ordering = ["booking_id", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="booking_fee_positive"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(undone_on__isnull=True), name="booking_fee_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | Q(kind="not_attended"), name="booking_fee_undone_if_attended"
            ),
        ]

    def __str__(self) -> str:
        return self.charge_source_key
