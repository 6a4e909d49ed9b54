"""Retainers: so many days of a consultant in each month or term for a fee, drawn from by visits."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from marketplace.trading.engagements.models import Engagement
from providers.models import Consultant


class Retainer(models.Model):
    """What a school and a consultant's provider agreed for ``periods`` months or terms over ``[valid_from, valid_to)``.

    ``quantity`` of ``unit`` in each period; pence before VAT of one unit: ``sell_pence`` what the school pays, charged with
    the whole period when it begins, ``buy_pence`` what the provider earns. ``unused`` says what becomes of days that no
    visit took, ``owed`` whether the provider is owed each period when it begins or each visit when it is agreed. It runs
    once both sides agreed to it; ``stopped_from`` is the first day on which no new period begins any more.
    """

    class State(models.TextChoices):
        OFFERED = "offered", "Offered"
        RUNNING = "running", "Running"
        DECLINED = "declined", "Declined"
        ENDED = "ended", "Ended"

    class Every(models.TextChoices):
        MONTH = "month", "Each month"
        TERM = "term", "Each term"

    class Unused(models.TextChoices):
        LAPSE = "lapse", "They lapse when the period ends"
        NEXT = "next", "They may be taken in the next period too"
        END = "end", "They may be taken until the retainer ends"

    class Owed(models.TextChoices):
        VISIT = "visit", "For each visit"
        PERIOD = "period", "For each period when it begins"

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="retainers", db_index=False)
    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="retainers", db_index=False)
    title = models.CharField(max_length=120)
    unit = models.CharField(max_length=8, choices=Engagement.Unit.choices)
    quantity = models.DecimalField(max_digits=5, decimal_places=2)
    sell_pence = models.BigIntegerField()
    buy_pence = models.BigIntegerField()
    every = models.CharField(max_length=5, choices=Every.choices)
    periods = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    unused = models.CharField(max_length=5, choices=Unused.choices)
    owed = models.CharField(max_length=6, choices=Owed.choices)
    purchase_order = models.CharField(max_length=40, blank=True)
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    offered_on = models.DateField()
    school_agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    school_agreed_on = models.DateField(null=True)
    provider_agreed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    provider_agreed_on = models.DateField(null=True)
    stopped_from = models.DateField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["school", "-id"], name="retainer_school"),
            models.Index(fields=["consultant", "-id"], name="retainer_consultant"),
            models.Index(fields=["state", "-id"], name="retainer_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & Q(quantity__gt=0), name="retainer_says_what"),
            models.CheckConstraint(condition=Q(sell_pence__gt=0, buy_pence__gte=0), name="retainer_pence"),
            models.CheckConstraint(
                condition=Q(periods__gte=1, periods__lte=36) & Q(valid_to__gt=F("valid_from")), name="retainer_dates"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "ended"])
                | Q(school_agreed_on__isnull=False, provider_agreed_on__isnull=False),
                name="retainer_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") & Q(stopped_from__isnull=True) | ~Q(reason=""), name="retainer_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RetainerPeriod(models.Model):
    """One period of a retainer that began: a booking paid in advance, whose visits draw from its days.

    The days may be taken within ``[starts_on, usable_to)``, which goes beyond ``ends_on`` where the terms carry them over.
    When that is over what is left lapses: ``lapsed`` units, whose money becomes income (``lapsed_pence``).
    """

    retainer = models.ForeignKey(Retainer, on_delete=models.PROTECT, related_name="begun")
    ordinal = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    usable_to = models.DateField()
    engagement = models.OneToOneField(Engagement, on_delete=models.PROTECT, related_name="retainer_period")
    lapsed = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    lapsed_pence = models.BigIntegerField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["usable_to"], condition=Q(closed_on__isnull=True), name="retainer_period_to_close")
        ]
        constraints = [
            models.UniqueConstraint(fields=["retainer", "ordinal"], name="retainer_period_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), usable_to__gte=F("ends_on")), name="retainer_period_dates"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, lapsed__isnull=True, lapsed_pence__isnull=True)
                | Q(closed_on__gte=F("usable_to"), lapsed__gte=0, lapsed_pence__gte=0),
                name="retainer_period_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.retainer_id}, period {self.ordinal}"
