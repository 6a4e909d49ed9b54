"""Manual journals: postings that a person decides on, checked by another."""

from django.db import models
from django.db.models import F, Q

from invoicing.journals.models.two_people import TwoPeople, two_people
from invoicing.ledger.models import Fund, IncomeStream, JournalEntry, LedgerAccount


class ManualJournal(TwoPeople):
    """A posting by hand, with its reason; ``entry`` once approved, ``reversal`` once taken back on its day.

    An accrual always reverses on the first day of the month after it.
    """

    class Kind(models.TextChoices):
        JOURNAL = "journal", "Journal"
        ACCRUAL = "accrual", "Accrual"

    kind = models.CharField(max_length=7, choices=Kind.choices)
    on = models.DateField()
    reason = models.CharField(max_length=200)
    auto_reverse_on = models.DateField(null=True)
    pence = models.BigIntegerField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="manual_journal")
    reversal = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            *two_people("journal"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="journal_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="journal_says_why"),
            models.CheckConstraint(
                condition=Q(auto_reverse_on__isnull=True) | Q(auto_reverse_on__gt=F("on")),
                name="journal_reverses_later",
            ),
            models.CheckConstraint(
                condition=~Q(kind="accrual") | Q(auto_reverse_on__isnull=False), name="journal_accrual_reverses"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", entry__isnull=False) | (~Q(state="approved") & Q(entry__isnull=True)),
                name="journal_posted_iff_approved",
            ),
            models.CheckConstraint(
                condition=Q(reversal__isnull=True) | Q(entry__isnull=False, auto_reverse_on__isnull=False),
                name="journal_reversed_if_posted",
            ),
        ]
        indexes = [
            models.Index(fields=["-on", "-id"], name="journal_on"),
            models.Index(fields=["id"], condition=Q(state="submitted"), name="journal_to_approve"),
            models.Index(
                fields=["auto_reverse_on"],
                condition=Q(auto_reverse_on__isnull=False, entry__isnull=False, reversal__isnull=True),
                name="journal_to_reverse",
            ),
        ]


class ManualJournalLine(models.Model):
    """One amount from the credited account to the debited one; the stream is of its income or expense leg."""

    journal = models.ForeignKey(ManualJournal, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    debit_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    pence = models.BigIntegerField()
    stream = models.ForeignKey(IncomeStream, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    analysis_code = models.CharField(max_length=60, blank=True)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "position"], name="journal_line_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="journal_line_positive"),
            models.CheckConstraint(condition=~Q(debit_account=F("credit_account")), name="journal_line_sides_differ"),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.journal_id}"
