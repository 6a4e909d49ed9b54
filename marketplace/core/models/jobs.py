import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Job(models.Model):
    """A piece of long work: the row is the truth, whoever does the work.

    ``cursor`` is where a worker that takes over goes on; ``claim`` is the token of the worker that holds it, without
    which no progress can be written. ``accepted`` + ``refused`` = ``done`` in an import.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped by an error"
        CANCELLED = "cancelled", "Cancelled"

    number = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=160, help_text="What is done, in the words of the page.")
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    starter_person_id = models.BigIntegerField(null=True)
    starter_label = models.CharField(max_length=60, blank=True)
    organisation_id = models.BigIntegerField(null=True, help_text="Whose work it is; empty for the partnership's own.")
    unique_key = models.CharField(max_length=120, blank=True, help_text="Two jobs of one key never wait together.")
    cancel_asked = models.BooleanField(default=False)
    claim = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unique_key"], condition=Q(state__in=["queued", "running"]) & ~Q(unique_key=""),
                name="job_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_within_total"),
            models.CheckConstraint(
                condition=Q(state="running", claim__isnull=False) | (~Q(state="running") & Q(claim__isnull=True)),
                name="job_claimed_iff_running",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "id"], name="job_state"),
            models.Index(fields=["starter_person_id", "-id"], name="job_starter"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.state}"
