"""What a customer asks to be done with its agreement: a pause or an end before the term, granted or refused by finance."""

from django.db import models
from django.db.models import Q

from marketplace.organisations.models import Person
from subscriptions.agreements.models import Agreement


class AskedChange(models.Model):
    """One request from the day ``on``; ``shown_pence`` is what it came to before VAT when it was asked, below nought back.

    One waits at a time for an agreement. Granting does it with the calculation of the day of granting.
    """

    class Kind(models.TextChoices):
        PAUSE = "pause", "Pause"
        END = "end", "End"

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="asked_changes", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    on = models.DateField()
    reason = models.CharField(max_length=200)
    shown_pence = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    asked_on = models.DateField()
    asked_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    answered_on = models.DateField(null=True)
    answered_by_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agreement", "-id"], name="asked_change_agreement"),
            models.Index(fields=["state", "asked_on"], name="asked_change_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agreement"], condition=Q(state="asked"), name="asked_change_one_waits"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_on__isnull=True)
                | (~Q(state="asked") & Q(answered_on__isnull=False)),
                name="asked_change_answered_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="asked_change_refused_why"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agreement_id}"
