"""The service desk: what schools ask for help with, when it was promised, when it was missed, and what comes back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation, Person
from subscriptions.agreements.models import AgreementLine

_PRIORITIES = [(one, one) for one in ("P1", "P2", "P3", "P4")]


class DeskHours(models.Model):
    """When the desk is staffed over days ``[valid_from, valid_to)``: weekdays (Monday is 0), from when to when in London.

    ``credit_cap_percent`` is how much of a month's price may come back at most, over all tickets of the month.
    """

    desk = models.PositiveSmallIntegerField(default=1, editable=False)
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    opens = models.TimeField()
    closes = models.TimeField()
    credit_cap_percent = models.DecimalField(max_digits=5, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            no_overlap(name="desk_hours_no_overlap", keys=["desk"]),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="desk_hours_of_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="desk_hours_dates"
            ),
            models.CheckConstraint(
                condition=Q(credit_cap_percent__gte=0, credit_cap_percent__lte=100), name="desk_hours_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M} to {self.closes:%H:%M} from {self.valid_from}"


class DeskPromise(models.Model):
    """What is promised from these hours on for services whose agreement promises nothing of its own. Working minutes."""

    hours = models.ForeignKey(DeskHours, on_delete=models.PROTECT, related_name="promises")
    priority = models.CharField(max_length=2, choices=_PRIORITIES)
    response_minutes = models.PositiveIntegerField()
    fix_minutes = models.PositiveIntegerField()
    credit_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hours", "priority"], name="desk_promise_once"),
            models.CheckConstraint(
                condition=Q(credit_percent__gte=0, credit_percent__lte=100), name="desk_promise_credit"
            ),
        ]

    def __str__(self) -> str:
        return self.priority


class Ticket(models.Model):
    """Something a school asks for help with. ``line`` is the service it is about; none: it is not covered by one.

    The promise (working minutes, credit percent) is frozen when it is opened; empty where none was made.
    ``response_due_at`` and ``fix_due_at`` are what the clock makes of it and of the pauses: empty where nothing is
    promised or the clock stands. ``responded_at`` and ``resolved_at`` are what happened.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WITH_SCHOOL = "with_school", "Waiting for the school"
        RESOLVED = "resolved", "Resolved"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Opened again"

    number = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, null=True, related_name="tickets")
    service = models.CharField(max_length=160, blank=True)
    subject = models.CharField(max_length=120)
    priority = models.CharField(max_length=2, choices=_PRIORITIES)
    state = models.CharField(max_length=11, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    response_minutes = models.PositiveIntegerField(null=True)
    fix_minutes = models.PositiveIntegerField(null=True)
    credit_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    response_due_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True)
    fix_due_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    erased_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="ticket_organisation"),
            models.Index(fields=["state", "id"], name="ticket_state"),
            models.Index(fields=["opened_at"], name="ticket_opened"),
            models.Index(fields=["assignee", "state"], name="ticket_assignee"),
            models.Index(fields=["priority", "state"], name="ticket_priority"),
            models.Index(
                fields=["response_due_at"], condition=Q(responded_at__isnull=True), name="ticket_response_due"
            ),
            models.Index(fields=["fix_due_at"], condition=Q(resolved_at__isnull=True), name="ticket_fix_due"),
            models.Index(
                fields=["closed_at"], condition=Q(state="closed", erased_on__isnull=True), name="ticket_to_erase"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["resolved", "closed"], resolved_at__isnull=False)
                | Q(state__in=["open", "with_school", "reopened"], resolved_at__isnull=True),
                name="ticket_resolved_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="ticket_closed_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(response_minutes__isnull=True, fix_minutes__isnull=True)
                | Q(response_minutes__isnull=False, fix_minutes__isnull=False),
                name="ticket_promise_whole",
            ),
            models.CheckConstraint(
                condition=Q(credit_percent__gte=0, credit_percent__lte=100), name="ticket_credit_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TicketMessage(models.Model):
    """What one side wrote. ``internal``: a note of the desk that the school never sees. Files are kept under its id."""

    class Side(models.TextChoices):
        SCHOOL = "school", "School"
        DESK = "desk", "Service desk"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=6, choices=Side.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    internal = models.BooleanField(default=False)
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(internal=False) | Q(side="desk"), name="ticket_message_internal")
        ]

    def __str__(self) -> str:
        return f"{self.side} at {self.written_at}"


class TicketPause(models.Model):
    """Time in which the clock of a ticket stands: it waits for the school, or was resolved. Open while it lasts."""

    class Why(models.TextChoices):
        WITH_SCHOOL = "with_school", "Waiting for the school"
        RESOLVED = "resolved", "Resolved"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pauses")
    why = models.CharField(max_length=11, choices=Why.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="ticket_pause_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="ticket_pause_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why} from {self.started_at}"


class MissedPromise(models.Model):
    """A promise of a ticket that was not kept by ``due_at``. Written once, by whoever notices first; never changed."""

    class Clock(models.TextChoices):
        RESPONSE = "response", "Answer"
        FIX = "fix", "Put right"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="missed", db_index=False)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    due_at = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "clock"], name="missed_promise_once"),
            models.CheckConstraint(condition=Q(noticed_at__gt=F("due_at")), name="missed_promise_after_due"),
        ]

    def __str__(self) -> str:
        return f"{self.clock} by {self.due_at}"


class ServiceCredit(models.Model):
    """What comes back for a missed promise, before VAT: proposed once for a ticket, approved or waived by finance.

    ``month_pence`` is what the line costs for ``[month_from, month_to)``. Approved, it reduced the charge
    ``charge_key`` under ``service-credit:{ticket}``.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "To decide"
        APPROVED = "approved", "Given back"
        WAIVED = "waived", "Not given"

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="credit")
    missed = models.OneToOneField(MissedPromise, on_delete=models.PROTECT, related_name="credit")
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, related_name="service_credits", db_index=False)
    month_from = models.DateField()
    month_to = models.DateField()
    month_pence = models.BigIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    pence = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_on = models.DateField()
    charge_key = models.CharField(max_length=120, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="service_credit_state"),
            models.Index(fields=["line", "month_from"], name="service_credit_month"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0, pence__lte=F("month_pence")), name="service_credit_within_month"
            ),
            models.CheckConstraint(condition=Q(month_to__gt=F("month_from")), name="service_credit_month_dates"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_on__isnull=True, charge_key="")
                | (Q(state="approved", decided_on__isnull=False) & ~Q(charge_key=""))
                | (Q(state="waived", decided_on__isnull=False, charge_key="") & ~Q(reason="")),
                name="service_credit_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.pence}"
