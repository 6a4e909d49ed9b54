"""Consultant bookings: what was agreed between a school and a consultant, and the dates on which it is delivered."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from providers.models import Consultant, Rate, Slot


class Engagement(models.Model):
    """A consultant booking of one school, or of several that share it; the terms it was agreed on stay as they are.

    Pence before VAT. ``sell_pence`` is the school's price of one ``unit``, ``buy_pence`` what the provider earns of it,
    copied from the rate of that day (``rate``, pinned) with the sentences in ``working``. ``quantity`` units were agreed;
    the dates' quantities never exceed it. ``mileage_pence`` is a mile's price to the school, nought where travel is
    included. ``accept_days`` is after how many working days an unanswered visit record counts as agreed. ``paid_by`` says
    whether each visit is charged when agreed, was paid in advance, or is taken from a subscription's included days
    (``allowance_id``, in half days).
    """

    class State(models.TextChoices):
        AGREED = "agreed", "Agreed"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    Unit = Rate.Unit

    class PaidBy(models.TextChoices):
        EACH_VISIT = "each_visit", "Charged after each visit"
        PREPAID = "prepaid", "Paid in advance"
        INCLUDED = "included", "Included days"

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.AGREED)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="engagements", db_index=False)
    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="engagements", db_index=False)
    title = models.CharField(max_length=120)
    theme = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    quantity = models.DecimalField(max_digits=7, decimal_places=2)
    sell_pence = models.BigIntegerField()
    buy_pence = models.BigIntegerField()
    mileage_pence = models.BigIntegerField(default=0)
    working = models.JSONField(default=list)
    rate = models.ForeignKey(Rate, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    paid_by = models.CharField(max_length=10, choices=PaidBy.choices, default=PaidBy.EACH_VISIT)
    allowance_id = models.BigIntegerField(null=True)
    invoice_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    purchase_order = models.CharField(max_length=40, blank=True)
    cfr_code = models.CharField(max_length=6, default="E27")
    policy = models.JSONField(default=dict)
    accept_days = models.PositiveSmallIntegerField(default=5)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agreed_on = models.DateField()
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["school", "-id"], name="engagement_school"),
            models.Index(fields=["consultant", "-id"], name="engagement_consultant"),
            models.Index(fields=["state", "-id"], name="engagement_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & Q(quantity__gt=0), name="engagement_says_what"),
            models.CheckConstraint(
                condition=Q(sell_pence__gte=0, buy_pence__gte=0, mileage_pence__gte=0), name="engagement_pence"
            ),
            models.CheckConstraint(
                condition=Q(paid_by="included", allowance_id__isnull=False)
                | (~Q(paid_by="included") & Q(allowance_id__isnull=True)),
                name="engagement_included_of_allowance",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(reason=""), name="engagement_cancelled_why"),
        ]

    def __str__(self) -> str:
        return self.number


class EngagementShare(models.Model):
    """One of the schools that share a consultant booking, with its part: ``weight`` of the sum of all weights.

    A booking of one school alone has none.
    """

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="shares")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="engagement_shares")
    position = models.PositiveSmallIntegerField()
    weight = models.DecimalField(max_digits=12, decimal_places=4)
    purchase_order = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "school"], name="engagement_share_once"),
            models.UniqueConstraint(fields=["engagement", "position"], name="engagement_share_position"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="engagement_share_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} of {self.engagement_id}"


class EngagementDate(models.Model):
    """A date of a booking, which takes the consultant's time in the one calendar until it is cancelled.

    ``quantity`` is in the booking's unit. A leader of a school needs their head's release of each date first.
    ``accredited_for`` is written by the database alone: the day for which the consultant was found accredited when the
    date was made or moved there. It stays when the accreditation ends afterwards, and so does what is owed.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        WRITTEN_UP = "written_up", "With the school"
        QUERIED = "queried", "In query"
        AGREED = "agreed", "Agreed"
        CANCELLED = "cancelled", "Cancelled"

    class Release(models.TextChoices):
        NOT_NEEDED = "not_needed", "Not needed"
        ASKED = "asked", "Asked"
        RELEASED = "released", "Released"
        REFUSED = "refused", "Refused"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="dates", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    release = models.CharField(max_length=10, choices=Release.choices, default=Release.NOT_NEEDED)
    slot = models.OneToOneField(Slot, on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    quantity = models.DecimalField(max_digits=5, decimal_places=2)
    online = models.BooleanField(default=False)
    place = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=240, blank=True)
    accredited_for = models.DateField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["state", "starts_at"], name="engagement_date_state")]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "ordinal"], name="engagement_date_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="engagement_date_length"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="engagement_date_positive"),
            models.CheckConstraint(
                condition=Q(state="cancelled", slot__isnull=True) | (~Q(state="cancelled") & Q(slot__isnull=False)),
                name="engagement_date_in_calendar",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["cancelled", "queried"]) | ~Q(reason=""), name="engagement_date_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id}, {self.starts_at:%-d %B %Y}"
