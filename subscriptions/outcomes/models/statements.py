"""What is paid on a day: a contract's statements, frozen once, with every line that makes them up."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Person
from subscriptions.outcomes.models.contracts import OutcomeContract
from subscriptions.outcomes.models.parts import Milestone, OutcomeItem


class Statement(models.Model):
    """What a contract pays for what was verified by ``cut_off`` (its last day), on ``pay_on``.

    Open, it is worked out anew whenever somebody looks. Frozen, its lines and ``total_pence`` stand, and the total is owed or
    charged once under ``source_key``; a total of nought is neither. It is never below nought: what is taken back beyond
    it waits for the next one. ``closing`` is the one that a contract's end adds for what was left.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        FROZEN = "frozen", "Frozen"
        PAID = "paid", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="statements", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    service_from = models.DateField()
    cut_off = models.DateField()
    pay_on = models.DateField()
    total_pence = models.BigIntegerField(default=0)
    retained_pence = models.BigIntegerField(default=0)
    closing = models.BooleanField(default=False)
    source_key = models.CharField(max_length=120, blank=True)
    frozen_on = models.DateField(null=True)
    frozen_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    purchase_order = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "cut_off", "id"], name="statement_state")]
        constraints = [
            models.UniqueConstraint(fields=["contract", "ordinal"], name="statement_ordinal"),
            models.UniqueConstraint(fields=["contract", "cut_off"], name="statement_cut_off"),
            models.CheckConstraint(condition=Q(pay_on__gt=F("cut_off")), name="statement_pays_later"),
            models.CheckConstraint(condition=Q(cut_off__gte=F("service_from")), name="statement_dates"),
            models.CheckConstraint(condition=Q(total_pence__gte=0, retained_pence__gte=0), name="statement_not_below"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "cancelled"], total_pence=0, frozen_on__isnull=True, source_key="")
                | Q(state__in=["frozen", "paid"], frozen_on__isnull=False),
                name="statement_frozen",
            ),
            models.CheckConstraint(condition=Q(total_pence=0) | ~Q(source_key=""), name="statement_owed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}, statement {self.ordinal}"


class Clawback(models.Model):
    """What was paid for an item and is taken back on the next open statement. ``taken_pence`` of it was taken so far.

    ``charged_pence`` is what no statement was left to take after the contract's end: off what those before owed or charged.
    """

    item = models.ForeignKey(OutcomeItem, on_delete=models.PROTECT, related_name="clawbacks")
    ordinal = models.PositiveSmallIntegerField()
    pence = models.BigIntegerField()
    taken_pence = models.BigIntegerField(default=0)
    charged_pence = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=300)
    decided_on = models.DateField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "ordinal"], name="clawback_ordinal"),
            models.CheckConstraint(
                condition=Q(pence__gt=0, taken_pence__gte=0, charged_pence__gte=0)
                & Q(taken_pence__lte=F("pence") - F("charged_pence"))
                & ~Q(reason=""),
                name="clawback_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.item_id}"


class StatementLine(models.Model):
    """One figure of a frozen statement: ``exact`` unrounded in pounds, ``pence`` rounded once. Below nought where taken."""

    class Kind(models.TextChoices):
        ITEM = "item", "Item"
        SERVICE = "service", "Service part"
        VOLUME = "volume", "By volume"
        CARRIED = "carried", "Carried over"
        CLAWBACK = "clawback", "Taken back"
        RETAINED = "retained", "Retained"
        RELEASED = "released", "Retention released"
        CAPPED = "capped", "Above the contract's value"

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    item = models.ForeignKey(OutcomeItem, on_delete=models.PROTECT, null=True, related_name="lines")
    clawback = models.ForeignKey(Clawback, on_delete=models.PROTECT, null=True, related_name="lines")
    label = models.CharField(max_length=240)
    exact = models.DecimalField(max_digits=22, decimal_places=10)
    pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="statement_line_position"),
            models.UniqueConstraint(fields=["item"], condition=Q(kind="item"), name="statement_line_item_once"),
            models.CheckConstraint(
                condition=Q(kind="item", item__isnull=False, pence__gte=0)
                | Q(kind="clawback", clawback__isnull=False, item__isnull=False, pence__lt=0)
                | Q(kind__in=["service", "released"], pence__gte=0)
                | Q(kind__in=["retained", "capped"], pence__lte=0)
                | Q(kind__in=["volume", "carried"]),
                name="statement_line_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class StatementMove(models.Model):
    """An item was moved from one open statement to another, by whom and why. Never changed."""

    item = models.ForeignKey(OutcomeItem, on_delete=models.PROTECT, related_name="moves")
    from_statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300)
    moved_on = models.DateField()
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="statement_move_says_why")]

    def __str__(self) -> str:
        return f"{self.item_id} to {self.to_statement_id}"


class VolumeReturn(models.Model):
    """How many heads reached a milestone by a statement's cut-off and how many are refunded: returned, then verified."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "To verify"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Sent back"

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="returns", db_index=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="returns", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.SUBMITTED)
    billable = models.PositiveIntegerField()
    refundable = models.PositiveIntegerField(default=0)
    claimant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    claimant_organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    submitted_on = models.DateField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "milestone", "ordinal"], name="volume_return_ordinal"),
            models.UniqueConstraint(
                fields=["statement", "milestone"], condition=~Q(state="rejected"), name="volume_return_one_counts"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("claimant")) & ~Q(decided_organisation=F("claimant_organisation"))),
                name="volume_return_another",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", decided_on__isnull=True)
                | Q(state__in=["accepted", "rejected"], decided_on__isnull=False, decided_by__isnull=False),
                name="volume_return_decided",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(reason=""), name="volume_return_says_why"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="volume_return_state_idx")]

    def __str__(self) -> str:
        return f"{self.billable} − {self.refundable} of {self.milestone_id}"


class OutcomeAccrual(models.Model):
    """The cost expected at a month's end for what is done and not verified: posted, and taken back on the next day."""

    contract = models.ForeignKey(OutcomeContract, on_delete=models.PROTECT, related_name="accruals", db_index=False)
    month_end = models.DateField()
    pence = models.BigIntegerField()
    entry = models.OneToOneField("invoicing.JournalEntry", on_delete=models.PROTECT, related_name="+")
    reversal = models.OneToOneField("invoicing.JournalEntry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month_end"], name="outcome_accrual_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="outcome_accrual_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} at {self.month_end}"
