"""Statutory interest and the fixed sum: the switch, the reference rates, and what was claimed."""

from django.db import models
from django.db.models import F, Q

from invoicing.receivables.models import Charge, ReceivableItem
from marketplace.core.constraints import no_overlap


class LatePaymentPolicy(models.Model):
    """Whether late payment is charged for from a day on. The latest row that has begun holds; without one it is not."""

    from_on = models.DateField(unique=True)
    claims = models.BooleanField()

    def __str__(self) -> str:
        return f"{'on' if self.claims else 'off'} from {self.from_on}"


class ReferenceRate(models.Model):
    """The reference rate of the half-year that begins on ``half_from`` (1 January or 1 July), as a fraction.

    It is the Bank of England's base rate of the day before (SI 2002/1675). What a claim has used is frozen.
    """

    half_from = models.DateField(unique=True)
    rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="reference_rate_is_a_fraction"),
            models.CheckConstraint(
                condition=Q(half_from__day=1, half_from__month__in=[1, 7]), name="reference_rate_half_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate} from {self.half_from}"


class LateClaim(models.Model):
    """What was claimed for one open item: interest for the days ``[from_on, until_on)``, the fixed sum at most once."""

    item = models.ForeignKey(ReceivableItem, on_delete=models.PROTECT, related_name="late_claims")
    from_on = models.DateField()
    until_on = models.DateField()
    rate = models.ForeignKey(ReferenceRate, on_delete=models.PROTECT, related_name="claims")
    interest_pence = models.BigIntegerField()
    fixed_pence = models.BigIntegerField(default=0)
    interest_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    fixed_charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            no_overlap(name="late_claim_days_once", keys=["item_id"], start="from_on", end="until_on"),
            models.UniqueConstraint(fields=["item"], condition=Q(fixed_pence__gt=0), name="late_claim_fixed_once"),
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="late_claim_days_in_order"),
            models.CheckConstraint(
                condition=Q(interest_pence__gt=0, interest_charge__isnull=False)
                | Q(interest_pence=0, interest_charge__isnull=True),
                name="late_claim_interest_iff_charge",
            ),
            models.CheckConstraint(
                condition=Q(fixed_pence__in=[4000, 7000, 10000], fixed_charge__isnull=False)
                | Q(fixed_pence=0, fixed_charge__isnull=True),
                name="late_claim_fixed_iff_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interest_pence} + {self.fixed_pence} of item {self.item_id}"
