"""Support agreed for one school (its plan), and money that matches what schools spend themselves."""

from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import IncomeStream, LedgerAccount
from marketplace.organisations.models import Organisation, Person
from subscriptions.outcomes.models import OutcomeContract


class SupportPlan(models.Model):
    """What one school needs, by whom it is met over ``[valid_from, valid_to)``, who pays, and how it is watched.

    ``confidential`` is for a school that causes concern: only the school, who funds it and the partnership's organisers know
    of the plan. ``follows`` is the plan that this one takes over from, with other providers. Words name no pupil.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"
        ENDED = "ended", "Ended"
        REBROKERED = "rebrokered", "Taken over"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=20, unique=True)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="support_plans", db_index=False)
    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="funded_plans", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=160)
    need = models.TextField()
    programme = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    cost_pence = models.BigIntegerField()
    confidential = models.BooleanField(default=False)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    drafted_on = models.DateField()
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    agreed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["school", "-id"], name="support_plan_school"),
            models.Index(fields=["funder", "-id"], name="support_plan_funder"),
            models.Index(fields=["state", "-id"], name="support_plan_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="support_plan_dates"),
            models.CheckConstraint(condition=Q(cost_pence__gte=0), name="support_plan_cost"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(agreed_by=F("drafted_by")),
                name="support_plan_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "rebrokered"]) | Q(agreed_on__isnull=False),
                name="support_plan_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rebrokered", "withdrawn"]) | Q(ended_on__isnull=False) & ~Q(end_reason=""),
                name="support_plan_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SupportPart(models.Model):
    """One provider's part of a plan: what, how many days, and what it costs before VAT."""

    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField()
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(max_length=200)
    days = models.DecimalField(max_digits=6, decimal_places=2)
    pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="support_part_position"),
            models.CheckConstraint(condition=Q(days__gte=0, pence__gte=0) & ~Q(what=""), name="support_part_figures"),
        ]

    def __str__(self) -> str:
        return self.what


class SupportReview(models.Model):
    """A day on which a plan is looked at; held, what was found and what comes next."""

    class Rating(models.TextChoices):
        AHEAD = "ahead", "Ahead of plan"
        ON_TRACK = "on_track", "On track"
        BEHIND = "behind", "Behind plan"

    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    due_on = models.DateField()
    held_on = models.DateField(null=True)
    rating = models.CharField(max_length=8, choices=Rating.choices, blank=True)
    found = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["due_on"]
        indexes = [models.Index(fields=["held_on", "due_on"], name="support_review_due")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_on"], name="support_review_once"),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True, rating="", found="")
                | Q(held_on__isnull=False) & ~Q(rating="") & ~Q(found=""),
                name="support_review_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} on {self.due_on}"


class MatchedScheme(models.Model):
    """Money that matches a ``share`` of what a school spends itself, up to so much a school and so much in all.

    Promises are kept in ``promised_pence``: all of them never exceed the budget. Each promise is a contract of the outcome
    engine that pays when its evidence is verified.
    """

    code = models.SlugField(max_length=20, unique=True)
    title = models.CharField(max_length=160)
    share = models.DecimalField(max_digits=5, decimal_places=4)
    most_pence = models.BigIntegerField()
    budget_pence = models.BigIntegerField()
    promised_pence = models.BigIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField()
    evidence = models.CharField(max_length=40)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.ForeignKey(IncomeStream, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="matched_scheme_dates"),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1, most_pence__gt=0, budget_pence__gt=0, promised_pence__gte=0)
                & Q(promised_pence__lte=F("budget_pence")),
                name="matched_scheme_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left_pence(self) -> int:
        """What may still be promised."""
        return self.budget_pence - self.promised_pence


class MatchedPromise(models.Model):
    """What was promised to a school for what it means to spend: ``pence`` of ``spend_pence``, under a contract.

    ``released_pence`` went back to the scheme: what the contract did not come to, once it is over.
    """

    scheme = models.ForeignKey(MatchedScheme, on_delete=models.PROTECT, related_name="promises")
    contract = models.OneToOneField(OutcomeContract, on_delete=models.PROTECT, related_name="matched")
    what = models.CharField(max_length=160)
    spend_pence = models.BigIntegerField()
    pence = models.BigIntegerField()
    released_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0, spend_pence__gte=F("pence"), released_pence__gte=0)
                & Q(released_pence__lte=F("pence")),
                name="matched_promise_figures",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.spend_pence}"
