"""What a consultant costs: agreed rates with their dates. Each is frozen once something was priced by it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from marketplace.organisations.models import Person
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
    is when something was first priced by it, ``last_used_on`` the latest day so priced: from then on it may only end
    earlier, after that day. ``step`` is the agreement of which it came.
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
    last_used_on = models.DateField(null=True)
    step = models.ForeignKey("providers.RateStep", on_delete=models.PROTECT, null=True, related_name="rates")

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
            models.CheckConstraint(
                condition=Q(used_on__isnull=True, last_used_on__isnull=True)
                | Q(used_on__isnull=False, last_used_on__gte=F("used_on")),
                name="rate_used_from_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} of {self.consultant_id} from {self.valid_from}"

    @property
    def margin_pence(self) -> int:
        """What stays with the partnership."""
        return self.sell_pence - self.buy_pence


class MileageRate(models.Model):
    """Pence for a mile over ``[valid_from, valid_to)``; a rate with mileage takes the one of its first day."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    pence = models.PositiveIntegerField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="mileage_no_overlap",
                expressions=[
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
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="mileage_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence}p a mile from {self.valid_from}"


class Side(models.TextChoices):
    """The two parties of a negotiation."""

    PROVIDER = "provider", "Provider"
    PARTNERSHIP = "partnership", "Partnership"


class RateProposal(models.Model):
    """A negotiation about what one consultant costs: what was proposed lies in its steps, each kept as it was.

    ``waits_for`` is the side whose turn it is while it is open. A consultant has at most one that is open.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        AGREED = "agreed", "Agreed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=24, unique=True)
    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="rate_proposals", db_index=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    waits_for = models.CharField(max_length=11, choices=Side.choices)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["consultant", "-id"], name="rateproposal_consultant"),
            models.Index(fields=["state", "waits_for", "id"], name="rateproposal_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["consultant"], condition=Q(state="open"), name="rateproposal_one_open"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | (~Q(state="open") & Q(closed_on__isnull=False)),
                name="rateproposal_closed_if_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RateStep(models.Model):
    """One step of a negotiation: who, for which side, when, in which words, and the terms on the table after it.

    Never changed or deleted. Terms as in ``rules.terms.RateTerms``; the step that agrees repeats what it agrees to. Nobody
    agrees what they, or their own side, put forward last.
    """

    class Kind(models.TextChoices):
        PROPOSE = "propose", "Proposed"
        COUNTER = "counter", "Proposed otherwise"
        AGREE = "agree", "Agreed"
        WITHDRAW = "withdraw", "Withdrawn"

    proposal = models.ForeignKey(RateProposal, on_delete=models.PROTECT, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    side = models.CharField(max_length=11, choices=Side.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    words = models.CharField(max_length=600, blank=True)
    valid_from = models.DateField()
    brokerage = models.CharField(max_length=9, choices=Rate.Brokerage.choices)
    share = models.DecimalField(max_digits=6, decimal_places=5, default=0)
    fixed_pence = models.BigIntegerField(default=0)
    day_pence = models.BigIntegerField()
    other_day_pence = models.BigIntegerField()
    half_day_percent = models.PositiveSmallIntegerField(default=0)
    twilight_percent = models.PositiveSmallIntegerField(default=0)
    hour_percent = models.PositiveSmallIntegerField(default=0)
    by_mile = models.BooleanField(default=False)

    class Meta:
        ordering = ["proposal_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="ratestep_once"),
            models.CheckConstraint(condition=Q(day_pence__gt=0, other_day_pence__gt=0), name="ratestep_pence"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.proposal_id}"
