"""A hub while its contract runs: its schools and what was done with them, review points, what the money was spent on."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from subscriptions.outcomes.models import OutcomeContract


class HubSchool(models.Model):
    """A school that works with a hub over ``[joined_on, left_on)``."""

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="hub_schools", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hubs")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "organisation"], condition=Q(left_on__isnull=True), name="hub_school_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gt=F("joined_on")), name="hub_school_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.contract_id}"


class HubEngagement(models.Model):
    """Something that the hub did with one of its schools on a day. ``people`` is a count; nobody is named.

    Never changed: taken off with a reason, and entered anew.
    """

    class Kind(models.TextChoices):
        MEETING = "meeting", "Meeting"
        TRAINING = "training", "Training"
        VISIT = "visit", "Visit"
        COACHING = "coaching", "Coaching"
        OTHER = "other", "Other"

    school = models.ForeignKey(HubSchool, on_delete=models.PROTECT, related_name="engagements", db_index=False)
    done_on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(max_length=300)
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    people = models.PositiveSmallIntegerField(default=1)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_on = models.DateField()
    taken_off_on = models.DateField(null=True)
    taken_off_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["school", "-done_on", "-id"], name="hub_engagement_school")]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=1000, people__gt=0) & ~Q(words=""), name="hub_engagement_figures"
            ),
            models.CheckConstraint(
                condition=Q(taken_off_on__isnull=True, taken_off_why="")
                | Q(taken_off_on__isnull=False) & ~Q(taken_off_why=""),
                name="hub_engagement_taken_off_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.done_on}"


class ReviewPoint(models.Model):
    """A day on which the partnership and the lead compare what was planned with what came of it.

    ``figures`` are the two side by side as they stood when it was held; ``lead_words`` what the lead wrote before it,
    ``reminded_on`` when both were told that it is near.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"

    class Decision(models.TextChoices):
        CONTINUE = "continue", "Continue"
        ADJUST = "adjust", "Adjust"
        END = "end", "End"

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    due_on = models.DateField()
    reminded_on = models.DateField(null=True)
    lead_words = models.TextField(blank=True)
    held_on = models.DateField(null=True)
    held_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    words = models.TextField(blank=True)
    figures = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["state", "due_on", "id"], name="review_point_state")]
        constraints = [
            models.UniqueConstraint(fields=["contract", "ordinal"], name="review_point_ordinal"),
            models.CheckConstraint(
                condition=Q(state="planned", held_on__isnull=True, decision="")
                | Q(state="held", held_on__isnull=False) & ~Q(decision="") & ~Q(words=""),
                name="review_point_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}, review {self.ordinal}"


class HubSpend(models.Model):
    """A line of what the hub's money was spent on, in pence as paid. Never changed: taken off with a reason, and entered anew.

    The receipt is a private file of the kind ``hub-spend``.
    """

    class Category(models.TextChoices):
        LEADER = "leader", "Leader's time"
        COVER = "cover", "Supply cover"
        TRAINING = "training", "Training and speakers"
        MATERIALS = "materials", "Materials"
        VENUE = "venue", "Venue and food"
        TRAVEL = "travel", "Travel"
        OTHER = "other", "Other"

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="spends", db_index=False)
    ordinal = models.PositiveIntegerField()
    spent_on = models.DateField()
    category = models.CharField(max_length=9, choices=Category.choices)
    words = models.CharField(max_length=200)
    pence = models.BigIntegerField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_on = models.DateField()
    taken_off_on = models.DateField(null=True)
    taken_off_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["contract", "-spent_on", "-id"], name="hub_spend_contract")]
        constraints = [
            models.UniqueConstraint(fields=["contract", "ordinal"], name="hub_spend_ordinal"),
            models.CheckConstraint(condition=Q(pence__gt=0) & ~Q(words=""), name="hub_spend_positive"),
            models.CheckConstraint(
                condition=Q(taken_off_on__isnull=True, taken_off_why="")
                | Q(taken_off_on__isnull=False) & ~Q(taken_off_why=""),
                name="hub_spend_taken_off_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} on {self.spent_on}"
