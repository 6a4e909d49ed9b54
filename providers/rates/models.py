"""What a consultant costs: agreed rates with their dates. Each is frozen once something was priced by it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from providers.profiles.models import Consultant


def _same(field: str) -> Func:
    """A whole-number range of one value, so that GiST can compare it."""
    hashed = Func(F(field), function="hashtext")
    return Func(hashed, hashed, Value("[]"), function="int8range")


class Rate(models.Model):
    """What one unit of a consultant's time costs a school and earns the provider over ``[valid_from, valid_to)``.

    Pence before VAT. ``sell_pence`` is the price to ``audience``; ``buy_pence`` what the provider is owed of it. How the
    one follows from the other is ``brokerage``: a share within the price, a share on top, or a fixed sum; ``share`` or
    ``fixed_pence`` says how much. ``mileage_pence`` is the price of a mile, nought where travel is included. ``used_on``
    is when something was first priced by it: from then on it may only end earlier.
    """

    class Unit(models.TextChoices):
        DAY = "day", "Day"
        HALF_DAY = "half_day", "Half day"
        TWILIGHT = "twilight", "Twilight"
        HOUR = "hour", "Hour"

    class Audience(models.TextChoices):
        MEMBER = "member", "Members"
        OTHER = "other", "Other schools"

    class Brokerage(models.TextChoices):
        INCLUSIVE = "inclusive", "A share of the price"
        ADDITIVE = "additive", "A share on top"
        FIXED = "fixed", "A fixed sum on top"

    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="rates")
    unit = models.CharField(max_length=8, choices=Unit.choices)
    audience = models.CharField(max_length=6, choices=Audience.choices)
    sell_pence = models.BigIntegerField()
    buy_pence = models.BigIntegerField()
    brokerage = models.CharField(max_length=9, choices=Brokerage.choices)
    share = models.DecimalField(max_digits=6, decimal_places=5, default=0)
    fixed_pence = models.BigIntegerField(default=0)
    mileage_pence = models.BigIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    used_on = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="rate_no_overlap",
                expressions=[
                    (Func(F("consultant_id"), F("consultant_id"), Value("[]"), function="int8range"), "&&"),
                    (_same("unit"), "&&"),
                    (_same("audience"), "&&"),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(sell_pence__gt=0, buy_pence__gt=0, buy_pence__lte=F("sell_pence"), mileage_pence__gte=0),
                name="rate_margin_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lt=1, fixed_pence__gte=0), name="rate_brokerage_sensible"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="rate_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} of {self.consultant_id} from {self.valid_from}"
