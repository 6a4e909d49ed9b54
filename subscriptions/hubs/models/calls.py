"""A call for schools to lead a hub or to run a specialist centre, with the criteria by which a panel chooses."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Person


class HubCall(models.Model):
    """What is wanted, what it pays, and until when schools may apply.

    Applications are taken in ``[opens_at, closes_at)``, to the minute. ``terms`` say how the money hangs on outputs and
    outcomes (``rules.template``): a contract is drawn up from them at the award. ``monthly_pence`` is what one award usually
    pays, ``budget_pence`` the most that all awards may come to together over their whole term, ``awarded_pence`` what they
    come to. ``quorum`` members must have scored an application before the scoring can end. The term is ``[valid_from, valid_to)``.
    """

    class Kind(models.TextChoices):
        HUB = "hub", "Hub"
        CENTRE = "centre", "Specialist centre"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CLOSED = "closed", "Being scored"
        SCORED = "scored", "Scored"
        DECIDED = "decided", "Decided"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    priorities = models.TextField()
    needs = models.TextField(blank=True)
    monthly_pence = models.BigIntegerField()
    budget_pence = models.BigIntegerField()
    awarded_pence = models.BigIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    quorum = models.PositiveSmallIntegerField(default=2)
    terms = models.JSONField(default=dict)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    published_on = models.DateField(null=True)
    scored_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "closes_at", "id"], name="hub_call_state")]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="hub_call_dates"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="hub_call_hours"),
            models.CheckConstraint(
                condition=Q(monthly_pence__gt=0, budget_pence__gt=0, awarded_pence__gte=0)
                & Q(awarded_pence__lte=F("budget_pence")),
                name="hub_call_within_budget",
            ),
            models.CheckConstraint(condition=Q(quorum__gt=0), name="hub_call_quorum"),
            models.CheckConstraint(
                condition=~Q(kind="centre") | Q(state__in=["draft", "cancelled"]) | ~Q(needs=""),
                name="hub_call_centre_needs",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(published_on__isnull=False),
                name="hub_call_published",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_on__isnull=False) & ~Q(cancel_reason=""),
                name="hub_call_cancelled_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_on__isnull=False, scored_on__isnull=False),
                name="hub_call_scored_first",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left_pence(self) -> int:
        """What of the budget no award has taken."""
        return self.budget_pence - self.awarded_pence


class HubCriterion(models.Model):
    """One thing that the panel looks at: its weight, and the most points a member may give for it."""

    call = models.ForeignKey(HubCall, on_delete=models.PROTECT, related_name="criteria", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    words = models.CharField(max_length=500, blank=True)
    weight = models.DecimalField(max_digits=7, decimal_places=4)
    most_points = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="hub_criterion_position"),
            models.CheckConstraint(condition=Q(weight__gt=0, most_points__gt=0), name="hub_criterion_figures"),
            models.CheckConstraint(condition=~Q(name=""), name="hub_criterion_named"),
        ]

    def __str__(self) -> str:
        return self.name
