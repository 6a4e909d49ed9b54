"""What one person prepares and another approves, and from which sum on."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation, Person


class Action(models.TextChoices):
    """What may need a second person."""

    CREDIT_NOTE = "credit_note", "Credit note"
    WRITE_OFF = "write_off", "Write-off"
    REFUND = "refund", "Refund"
    CARRY = "carry", "Money carried to another customer"
    WITHDRAWAL = "withdrawal", "Withdrawn repayment request"


class FinanceLimit(models.Model):
    """From ``valid_from`` on, one person alone may do this up to ``pence``, with VAT; more needs a second person."""

    action = models.CharField(max_length=11, choices=Action.choices)
    valid_from = models.DateField()
    pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "valid_from"], name="finance_limit_once"),
            models.CheckConstraint(condition=Q(pence__gte=0), name="finance_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pence}"


class PreparedAction(models.Model):
    """Something with money that waits for a second person, with all that is needed to do it.

    ``pence`` is its sum with VAT. ``subject`` is the number of the document or customer that it concerns; ``outcome``
    names what came of it. Nobody approves what they prepared: people are compared, not logins.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for approval"
        APPROVED = "approved", "Approved"
        SENT_BACK = "sent_back", "Sent back"
        WITHDRAWN = "withdrawn", "Withdrawn"

    action = models.CharField(max_length=11, choices=Action.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=40)
    pence = models.BigIntegerField()
    arguments = models.JSONField(default=dict)
    reason = models.CharField(max_length=240)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=240, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-id"], condition=Q(state="waiting"), name="prepared_waiting"),
            models.Index(fields=["subject"], name="prepared_subject"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="prepared_positive"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="prepared_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "sent_back"]) | ~Q(decided_by=F("prepared_by")),
                name="prepared_and_approved_by_two",
            ),
            models.UniqueConstraint(
                fields=["action", "subject", "pence"], condition=Q(state="waiting"), name="prepared_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.pence}"
