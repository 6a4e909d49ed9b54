from django.db import models
from django.db.models import F, Q

from marketplace.core.models import StoredFile
from marketplace.organisations.models import Person
from marketplace.trading.models.bookings import Booking


class Waiver(models.Model):
    """What a cancellation policy kept of a place, asked back for a reason, and what the organisers decided.

    ``kept_pence`` is what was asked for, ``given_pence`` what was given, before VAT; an included place that had stayed
    used comes back with it. ``reason`` is one of the policy's; ``note`` is written by organisers alone. Without
    ``asked_by_person`` an organiser waived it unasked. ``evidence`` goes thirty days after the decision.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="waivers")
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    evidence = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    evidence_gone_on = models.DateField(null=True)
    asked_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField()
    kept_pence = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    decided_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    given_pence = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "id"], name="waiver_state"),
            models.Index(fields=["decided_on"], condition=Q(evidence__isnull=False), name="waiver_evidence_kept"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["booking"], condition=Q(state__in=["asked", "granted"]), name="waiver_one_for_a_place"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by_person__isnull=True, decided_on__isnull=True)
                | Q(state__in=["granted", "refused"], decided_by_person__isnull=False, decided_on__isnull=False),
                name="waiver_decided_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(asked_by_person__isnull=True) | ~Q(asked_by_person=F("decided_by_person")),
                name="waiver_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(given_pence=0) | Q(state="granted", given_pence__gt=0, given_pence__lte=F("kept_pence")),
                name="waiver_given_within",
            ),
            models.CheckConstraint(condition=Q(kept_pence__gte=0), name="waiver_kept_not_negative"),
        ]

    def __str__(self) -> str:
        return f"Waiver {self.pk}"
