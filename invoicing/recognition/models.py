"""What is invoiced and not yet income: a deferral for a line, and the parts in which it becomes income."""

from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import DocumentLine
from invoicing.ledger.models import IncomeStream, JournalEntry, LedgerAccount
from marketplace.organisations.models import Organisation


class Deferral(models.Model):
    """An invoice line whose income comes later. ``open_pence`` is what still stands in deferred income.

    It repeats what the release needs of its line (held true by a guard) and begins on ``since``, the invoice's tax point.
    ``source_key`` is the item's that was invoiced. One without a line was taken over from the books kept before; ``since``
    is then the day of the opening position. Frozen, but for ``open_pence``, which only falls.
    """

    class Pattern(models.TextChoices):
        OVER_TIME = "over_time", "Month by month"
        ON_DATE = "on_date", "On the day of delivery"
        ON_USE = "on_use", "When used, or when it runs out"
        ON_VERIFICATION = "on_verification", "When verified"

    line = models.OneToOneField(
        DocumentLine, on_delete=models.PROTECT, null=True, related_name="deferral", db_constraint=False
    )
    source_key = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    pattern = models.CharField(max_length=15, choices=Pattern.choices)
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    stream = models.ForeignKey(
        IncomeStream, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    analysis_code = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    pence = models.BigIntegerField()
    open_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="deferral_source_once"),
            models.CheckConstraint(
                condition=Q(pence__gt=0, open_pence__gte=0, open_pence__lte=F("pence")), name="deferral_within_amount"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(pattern="on_use"), name="deferral_only_use_runs_out"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(open_pence__gt=0), name="deferral_open"),
            models.Index(
                fields=["expires_on", "id"],
                condition=Q(open_pence__gt=0, expires_on__isnull=False),
                name="deferral_runs_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.open_pence} of {self.pence}"


class DeferralPart(models.Model):
    """One part of a deferral: waits for its day, or is income by its entry.

    ``cancelled_pence`` was credited while it waited, ``reversed_pence`` after it had become income. A use or a
    verification is a part that is income at once; ``source_key`` says of what.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "To come"
        RELEASED = "released", "Income"

    deferral = models.ForeignKey(Deferral, on_delete=models.PROTECT, related_name="parts", db_constraint=False)
    income_on = models.DateField()
    pence = models.BigIntegerField()
    cancelled_pence = models.BigIntegerField(default=0, db_default=0)
    reversed_pence = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_default=State.WAITING)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, related_name="released_parts")
    source_key = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_key"], condition=~Q(source_key=""), name="part_source_once"),
            models.CheckConstraint(
                condition=Q(
                    pence__gt=0,
                    cancelled_pence__gte=0,
                    reversed_pence__gte=0,
                    pence__gte=F("cancelled_pence") + F("reversed_pence"),
                ),
                name="part_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="released", entry__isnull=False)
                | Q(state="waiting", entry__isnull=True, reversed_pence=0),
                name="part_released_iff_entry",
            ),
        ]
        indexes = [
            models.Index(
                fields=["income_on", "id"],
                condition=Q(state="waiting", pence__gt=F("cancelled_pence")),
                name="part_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pence} on {self.income_on}"

    @property
    def left_pence(self) -> int:
        """What no credit has taken back."""
        return self.pence - self.cancelled_pence - self.reversed_pence
