"""What was told of an agreement's end."""

from django.db import models

from subscriptions.agreements.models import Agreement
from subscriptions.renewals.rules.dates import Remind


class RenewalReminder(models.Model):
    """A reminder that was sent: each kind once for an agreement, on the day on which it was due or caught up."""

    class Kind(models.TextChoices):
        EIGHT_WEEKS = Remind.EIGHT_WEEKS.value, "Eight weeks before the last day for notice"
        TWO_WEEKS = Remind.TWO_WEEKS.value, "Two weeks before the last day for notice"
        END = Remind.END.value, "Two weeks before the end"

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="renewal_reminders", db_index=False
    )  # fmt: skip
    kind = models.CharField(max_length=7, choices=Kind.choices)
    sent_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "kind"], name="renewal_reminder_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agreement_id}"
