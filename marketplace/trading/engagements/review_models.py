"""What schools do for one another: rounds of peer review with days given and received, and support in kind."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation


class ReviewRound(models.Model):
    """Schools that review each other. Days given and received balance out; what is left is settled at ``day_pence`` a day,
    before VAT, from those that received more to those that gave more."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SETTLED = "settled", "Settled"

    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    day_pence = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_on = models.DateField()
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(day_pence__gt=0) & ~Q(title=""), name="reviewround_says_what"),
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True) | Q(state="settled", settled_on__isnull=False),
                name="reviewround_settled_if_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReviewDay(models.Model):
    """Days that one school gave to another on a date. Nothing is added once the round is settled."""

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="days")
    giver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="review_days_given")
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="review_days_received")
    held_on = models.DateField()
    days = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0) & ~Q(giver=F("receiver")), name="reviewday_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.days} days of {self.round_id}"


class SupportEntry(models.Model):
    """Somebody lent, or something given, over ``[valid_from, valid_to)``: what it would cost a year, in pence before VAT.

    What is given free stands in this register and the annual report alone, never in the ledger; a paid one is charged to
    ``receiver`` once, under ``source_key``.
    """

    class Kind(models.TextChoices):
        SECONDMENT = "secondment", "Secondment"
        IN_KIND = "in_kind", "Support in kind"

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    giver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="support_given")
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="support_received")
    what = models.CharField(max_length=160)
    days_a_week = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    year_pence = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    paid = models.BooleanField(default=False)
    source_key = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["valid_from", "id"], name="supportentry_from")]
        constraints = [
            models.CheckConstraint(
                condition=Q(year_pence__gt=0, valid_to__gt=F("valid_from")) & ~Q(what="") & ~Q(giver=F("receiver")),
                name="supportentry_says_what",
            ),
            models.CheckConstraint(
                condition=Q(paid=False, source_key="") | (Q(paid=True) & ~Q(source_key="")),
                name="supportentry_charged_if_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.number
