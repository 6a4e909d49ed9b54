"""Payment reminders: the levels as data, what was sent, and who is left alone for a while."""

from django.db import models
from django.db.models import F, Q

from invoicing.receivables.models import ReceivableItem
from marketplace.organisations.models import Organisation


class ReminderLevel(models.Model):
    """One step of reminding: how late, in what words, by what way, who gets a copy."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail with the statement"
        LETTER = "letter", "Letter to post, and the same by e-mail"

    class Copy(models.TextChoices):
        NOBODY = "nobody", "Nobody"
        APPROVERS = "approvers", "Those who approve orders there"
        TRUST = "trust", "Those who approve, and the trust's finance"

    position = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=60)
    days_after = models.PositiveSmallIntegerField(unique=True)
    words = models.TextField(max_length=2000)
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.EMAIL)
    copied_to = models.CharField(max_length=9, choices=Copy.choices, default=Copy.NOBODY)
    minimum_pence = models.BigIntegerField(default=0)
    used = models.BooleanField(default=True, help_text="Whether reminders of this level are sent.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days_after__gte=1, days_after__lte=365), name="reminder_level_days_sensible"
            ),
            models.CheckConstraint(condition=Q(minimum_pence__gte=0), name="reminder_level_minimum_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.days_after} days"


class Reminder(models.Model):
    """One reminder to one customer, with the words as they were sent. Pence: what it asks for."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    level = models.ForeignKey(ReminderLevel, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    sent_on = models.DateField()
    pence = models.BigIntegerField()
    in_query_pence = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=6, choices=ReminderLevel.Channel.choices)
    copied_to = models.CharField(max_length=9, choices=ReminderLevel.Copy.choices)
    words = models.TextField(max_length=2000)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="reminder_organisation")]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0, in_query_pence__gte=0), name="reminder_asks_for_something")
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.organisation_id} on {self.sent_on}"


class ReminderItem(models.Model):
    """An open item that a reminder asks for, at the level that was due for it: once for each level."""

    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(ReceivableItem, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    level = models.ForeignKey(ReminderLevel, on_delete=models.PROTECT, related_name="+", db_index=False)
    pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "level"], name="reminder_item_level_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="reminder_item_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of item {self.item_id}"


class ReminderPause(models.Model):
    """A customer who gets no reminders ``[from_on, until_on)``, and why."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reminder_pauses")
    from_on = models.DateField()
    until_on = models.DateField()
    reason = models.CharField(max_length=240)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="reminder_pause_in_order")]

    def __str__(self) -> str:
        return f"{self.organisation_id} until {self.until_on}"
