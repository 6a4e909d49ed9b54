from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened, written in the same transaction as the change. Never changed, never deleted.

    ``payload`` holds codes, numbers, dates and pence (``before`` and ``after`` where something changed): no names and
    no free text. What people wrote, such as a reason, lies in ``EventText``; ``text_mac`` binds it. ``hash`` is made
    by the rule named in ``scheme``.
    """

    kind = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())
    actor_person_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=60, blank=True, help_text="The command or task, when no person acted.")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    organisation_ids = ArrayField(models.BigIntegerField(), default=list)
    payload = models.JSONField(default=dict)
    text_mac = models.CharField(max_length=64, blank=True, db_default="")
    scheme = models.PositiveSmallIntegerField(db_default=1)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject", "id"], name="event_subject"),
            models.Index(fields=["kind", "-id"], name="event_kind"),
            models.Index(fields=["actor_person_id", "-id"], name="event_actor"),
            models.Index(fields=["at"], name="event_at"),
            GinIndex(fields=["organisation_ids"], name="event_organisations"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind} {self.subject}"


class EventText(models.Model):
    """What a person wrote in an event: erasable, since a keyed hash binds it and the key goes with it.

    Erasing deletes the row; the event and its seal still verify, and nobody can guess the text from ``text_mac``.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="text")
    key = models.BinaryField(max_length=32)
    words = models.JSONField()

    def __str__(self) -> str:
        return f"Text of event {self.event_id}"


class EventSeal(models.Model):
    """A block of events closed together: the Merkle root of their hashes, linked to the seal before."""

    number = models.BigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    merkle_root = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gt=0, count__gt=0), name="seal_number_and_count")]

    def __str__(self) -> str:
        return f"Seal {self.number}"


class SealedEvent(models.Model):
    """The place of one event in its seal. An event is sealed once.

    Without foreign keys: both sides are never deleted (triggers), the sealer has just read the one and written the
    other, and checking each again would lock, and so write, every event once more. A place whose event or seal is gone
    all the same is found by the check of the log.
    """

    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, primary_key=True, related_name="sealed", db_constraint=False
    )
    # The index of its places begins with it.
    seal = models.ForeignKey(
        EventSeal, on_delete=models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="sealed_event_position")]

    def __str__(self) -> str:
        return f"{self.event_id} in seal {self.seal_id}"


class UnsealedEvent(models.Model):
    """Events that wait for the sealer: filled by the statement that writes the event, emptied by sealing.

    A queue rather than an id cursor: a transaction that commits late is never passed over. The table has no index, not
    even of its key (migration 0003): only the sealer and the check read it, and both read all of it.
    """

    event_id = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.event_id)


class EventAnchor(models.Model):
    """The last seal of a day as it was told outside: what is written elsewhere cannot be rewritten here."""

    day = models.DateField(unique=True)
    seal = models.ForeignKey(EventSeal, on_delete=models.PROTECT, related_name="anchors")
    hash = models.CharField(max_length=64)
    told_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.day}: {self.hash}"


class Delivery(models.Model):
    """An event that one handler must still be told of: the outbox, written in the event's transaction."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        FAILED = "failed", "Given up"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=60)
    state = models.CharField(max_length=7, choices=State.choices, db_default="waiting")
    attempts = models.PositiveSmallIntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    last_error = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_waiting")]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event_id} to {self.handler}"
