import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.models import Event
from marketplace.messaging.topics import Choice
from marketplace.organisations.models import Organisation, Person


class Message(models.Model):
    """One e-mail, written down in the transaction of what it tells and sent afterwards.

    ``claim`` is the token of the sender that holds it until ``next_at``. ``fills`` are texts that are made when it
    leaves and never kept; ``attachments`` likewise. ``number`` is part of its Message-ID, the same at every attempt.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"
        REFUSED = "refused", "Refused by the mail server"
        HELD = "held", "For the daily summary"
        DIGESTED = "digested", "In a daily summary"
        DROPPED = "dropped", "No longer needed"

    number = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True, help_text="What it tells whom: told once.")
    topic = models.CharField(max_length=30)
    to = models.EmailField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="messages")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="messages",
        help_text="Whose shared address, or whose governor, it went to.",
    )  # fmt: skip
    purpose = models.CharField(max_length=8, blank=True, help_text="Which of the organisation's addresses.")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="messages")
    subject = models.CharField(max_length=200)
    plain = models.TextField()
    html = models.TextField()
    stop_token = models.CharField(max_length=120, blank=True)
    attachments = models.JSONField(default=list)
    fills = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    claim = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    digest = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="told")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(state="digested", digest__isnull=False) | (~Q(state="digested") & Q(digest__isnull=True)),
                name="message_digested_iff_told",
            ),
            models.CheckConstraint(condition=Q(claim__isnull=True) | Q(state="waiting"), name="message_claim_waits"),
            models.CheckConstraint(condition=~Q(to=""), name="message_has_address"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["state", "-id"], name="message_state"),
            models.Index(fields=["person"], condition=Q(state="held"), name="message_held"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}: {self.state}"


class Preference(models.Model):
    """When a person wants the e-mails of a topic. Without a row the topic's default holds."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="message_preferences")
    topic = models.CharField(max_length=30)
    choice = models.CharField(max_length=7, choices=[(choice.value, choice.words) for choice in Choice])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.choice}"


class NotificationAddress(models.Model):
    """A shared address of an organisation, such as its finance office, so that nothing hangs on one person."""

    class Purpose(models.TextChoices):
        INVOICES = "invoices", "Invoices, credit notes and statements"
        ORDERS = "orders", "Orders and bookings"
        ALL = "all", "What has no address of its own"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="notification_addresses")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    email = models.EmailField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "purpose"], name="notification_address_once")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.organisation_id}"


class DigestDay(models.Model):
    """How far the daily summaries of one day have come, so that a sender that takes over goes on there."""

    day = models.DateField(unique=True)
    last_person_id = models.BigIntegerField(default=0)
    finished = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.day}: {'finished' if self.finished else self.last_person_id}"
