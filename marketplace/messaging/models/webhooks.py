import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.models import Event
from marketplace.organisations.models import Organisation


class WebhookEndpoint(models.Model):
    """An address of a customer's program that is told of events in its organisation's scope.

    ``secret`` signs what is sent; for a day after a change ``previous_secret`` signs too. While it fails,
    ``failing_since`` is when that began and nothing is sent before ``not_before``. One that is deleted keeps its
    deliveries on record and no secret.
    """

    class OffReason(models.TextChoices):
        ASKED = "asked", "Switched off by hand"
        GONE = "gone", "It answered 410 Gone"
        FAILING = "failing", "It failed for three days"
        DELETED = "deleted", "Deleted"

    number = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=80, blank=True)
    kinds = ArrayField(models.CharField(max_length=60))
    secret = models.CharField(max_length=80, blank=True)
    previous_secret = models.CharField(max_length=80, blank=True)
    previous_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=7, choices=OffReason.choices, blank=True)
    off_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True)
    not_before = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(active=True, off_reason="", off_at__isnull=True)
                | (Q(active=False, off_at__isnull=False) & ~Q(off_reason="")),
                name="webhook_off_iff_reason",
            ),
            models.CheckConstraint(condition=~Q(secret="") | Q(off_reason="deleted"), name="webhook_has_secret"),
            models.CheckConstraint(
                condition=Q(previous_secret="", previous_until__isnull=True)
                | (~Q(previous_secret="") & Q(previous_until__isnull=False)),
                name="webhook_previous_secret_ends",
            ),
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="webhook_kinds_chosen"),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(active=True), name="webhook_endpoint_active"),
        ]

    def __str__(self) -> str:
        return f"{self.url} of {self.organisation_id}"


class WebhookDelivery(models.Model):
    """One event to tell one endpoint. ``claim`` is the token of the sender that holds it until ``next_at``."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Delivered"
        FAILED = "failed", "Given up"

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="webhook_deliveries")
    state = models.CharField(max_length=7, choices=State.choices, db_default="waiting", default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Since it was last asked for.")
    next_at = models.DateTimeField(db_default=Now())
    claim = models.UUIDField(null=True)
    queued_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(condition=Q(claim__isnull=True) | Q(state="waiting"), name="webhook_claim_waits"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="webhook_done_iff_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], condition=Q(state="waiting"), name="webhook_waiting"),
            models.Index(fields=["endpoint", "-id"], name="webhook_log"),
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="webhook_claimed"),
        ]
        verbose_name_plural = "webhook deliveries"

    def __str__(self) -> str:
        return f"evt_{self.event_id} to {self.endpoint_id}: {self.state}"


class WebhookAttempt(models.Model):
    """One request that was made, or could not be made, and what came back: ``status`` or ``error``."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True, help_text="The beginning of what the receiver said.")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__isnull=False) | ~Q(error=""), name="webhook_attempt_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at}"
