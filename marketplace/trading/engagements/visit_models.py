"""Visits: what a consultant did on a date of a booking, what the school said of it, and what it came to."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person
from marketplace.trading.engagements.models import EngagementDate


class Visit(models.Model):
    """The record of one date. Written up by the consultant, then agreed or queried by the school, or taken as agreed.

    ``agree_by`` is the last day on which the school may answer: so many working days after it was written up as the
    booking says. ``reduced_quantity`` is what is charged instead of the date's own quantity, where a query ended in less.
    ``quantity``, ``sell_pence``, ``buy_pence`` and ``travel_pence`` stand from the day on which it was decided: units,
    what the schools pay and what the provider is owed before VAT, and the mileage, which passes on whole.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Being written"
        SUBMITTED = "submitted", "With the school"
        QUERIED = "queried", "In query"
        AGREED = "agreed", "Agreed"
        TAKEN = "taken", "Taken as agreed"

    date = models.OneToOneField(EngagementDate, on_delete=models.PROTECT, related_name="visit")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    done = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    miles = models.PositiveSmallIntegerField(default=0)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    written_on = models.DateField(null=True)
    agree_by = models.DateField(null=True)
    remind_on = models.DateField(null=True)
    query_reason = models.CharField(max_length=400, blank=True)
    queried_on = models.DateField(null=True)
    answer = models.CharField(max_length=400, blank=True)
    answered_on = models.DateField(null=True)
    reduced_quantity = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    quantity = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    sell_pence = models.BigIntegerField(null=True)
    buy_pence = models.BigIntegerField(null=True)
    travel_pence = models.BigIntegerField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agree_by"], condition=Q(state="submitted"), name="visit_to_take"),
            models.Index(fields=["remind_on"], condition=Q(state="submitted"), name="visit_to_remind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(done="") & Q(written_on__isnull=False, agree_by__isnull=False)),
                name="visit_written_up",
            ),
            models.CheckConstraint(condition=~Q(state="queried") | ~Q(query_reason=""), name="visit_queried_why"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["agreed", "taken"], decided_on__isnull=False, quantity__gte=0, sell_pence__gte=0,
                    buy_pence__gte=0, travel_pence__gte=0,
                )
                | Q(
                    state__in=["draft", "submitted", "queried"], decided_on__isnull=True, decided_by__isnull=True,
                    quantity__isnull=True, sell_pence__isnull=True, buy_pence__isnull=True, travel_pence__isnull=True,
                ),
                name="visit_decided_with_figures",
            ),
            models.CheckConstraint(
                condition=Q(written_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(decided_by=F("written_by")),
                name="visit_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reduced_quantity__isnull=True) | Q(reduced_quantity__gte=0), name="visit_reduced_sensible"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5, state="agreed"), name="visit_rating"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"visit {self.date_id}"


class VisitCharge(models.Model):
    """What one school pays for one visit, before VAT: the item to invoice (or the use of what was paid in advance) with
    source ``source_key``. ``position`` is that of the share, nought where one school has the booking alone.
    """

    class Kind(models.TextChoices):
        TIME = "time", "Time"
        TRAVEL = "travel", "Travel"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    net_pence = models.BigIntegerField()
    source_key = models.CharField(max_length=120, unique=True)
    used = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(used=False), name="visit_charge_to_use")]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind", "position"], name="visit_charge_once"),
            models.CheckConstraint(condition=Q(net_pence__gt=0), name="visit_charge_positive"),
        ]

    def __str__(self) -> str:
        return self.source_key


class VisitReturn(models.Model):
    """Money given back for a visit after it was decided, before VAT: so much to the schools, so much from the provider."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="returns")
    number = models.PositiveSmallIntegerField()
    sell_pence = models.BigIntegerField()
    buy_pence = models.BigIntegerField()
    reason = models.CharField(max_length=240)
    given_on = models.DateField()
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="visit_return_once"),
            models.CheckConstraint(
                condition=Q(sell_pence__gt=0, buy_pence__gte=0) & ~Q(reason=""), name="visit_return_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} of visit {self.visit_id}"
