from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened, written in the same transaction as the change. Never changed, never deleted.

    ``payload`` holds codes, numbers, dates and pence: no names and no free text.
    """

    kind = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())
    actor_person_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=60, blank=True, help_text="The command or task, when no person acted.")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    organisation_ids = ArrayField(models.BigIntegerField(), default=list)
    payload = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject", "id"], name="event_subject"),
            models.Index(fields=["kind", "-id"], name="event_kind"),
            GinIndex(fields=["organisation_ids"], name="event_organisations"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject}"
