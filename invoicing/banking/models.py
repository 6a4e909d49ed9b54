"""The bank as its files tell it: accounts, statements, lines, and how each line was explained."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from invoicing.banking.rules.layouts import LAYOUTS
from invoicing.ledger.models import JournalEntry, LedgerAccount
from invoicing.receivables.models import Allocation, UnallocatedItem


class BankAccount(models.Model):
    """A bank account of the partnership: which ledger account it is and which file its bank gives. Files of CAMT.053 are
    taken beside that.

    Sort code and account number are digits only. Where they are set, a file of another account is refused.
    """

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=100)
    ledger_account = models.OneToOneField(LedgerAccount, on_delete=models.PROTECT, related_name="bank_account")
    layout = models.CharField(max_length=20, choices=LAYOUTS)
    sort_code = models.CharField(max_length=6, blank=True)
    account_number = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sort_code__regex=r"^([0-9]{6})?$"), name="bank_sort_code_digits"),
            models.CheckConstraint(
                condition=Q(account_number__regex=r"^([0-9]{8})?$"), name="bank_account_number_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankStatement(models.Model):
    """One imported file that brought something new. ``first_on`` and ``last_on`` are the days of its first and last line,
    ``layout`` the form it was in.

    All amounts are signed pence. ``new`` lines belong to this statement, ``duplicate`` ones came with an earlier file;
    the sums of both, ``new_pence`` and ``duplicate_pence``, lead from opening to closing.
    """

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    layout = models.CharField(max_length=20, choices=LAYOUTS, default="lloyds")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    opening_pence = models.BigIntegerField()
    closing_pence = models.BigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    read = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    duplicate = models.PositiveIntegerField()
    new_pence = models.BigIntegerField()
    duplicate_pence = models.BigIntegerField()
    warnings = ArrayField(models.CharField(max_length=400), default=list)
    imported_at = models.DateTimeField(db_default=Now(), editable=False)
    imported_by_person_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "last_on", "id"], name="bank_statement_dates")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closing_pence=F("opening_pence") + F("new_pence") + F("duplicate_pence")),
                name="bank_statement_ties",
            ),
            models.CheckConstraint(
                condition=Q(read=F("accepted"), accepted=F("new") + F("duplicate"), new__gt=0),
                name="bank_statement_counts",
            ),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="bank_statement_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.last_on}"


class BankLine(models.Model):
    """One transaction at the bank, once for ever: ``pence`` is signed, money in above zero.

    ``position`` counts within its statement, oldest first. ``fingerprint`` is explained in rules/reading.py.
    """

    class State(models.TextChoices):
        UNMATCHED = "unmatched", "Unmatched"
        MATCHED = "matched", "Matched"
        UNIDENTIFIED = "unidentified", "Unidentified receipt"
        IGNORED = "ignored", "Not for the ledger"

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    on = models.DateField()
    kind = models.CharField(max_length=20, blank=True)
    description = models.CharField(max_length=500, blank=True)
    pence = models.BigIntegerField()
    balance_pence = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNMATCHED)
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "on", "id"], name="bank_line_dates"),
            models.Index(fields=["account", "on"], condition=Q(state="unmatched"), name="bank_line_unmatched"),
            models.Index(fields=["account", "on"], condition=Q(state="unidentified"), name="bank_line_unidentified"),
            models.Index(fields=["account", "on"], condition=Q(state="ignored"), name="bank_line_ignored"),
            models.Index(fields=["account", "pence"], name="bank_line_amount"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "fingerprint"], name="bank_line_once"),
            models.UniqueConstraint(fields=["statement", "position"], name="bank_line_position_once"),
            models.CheckConstraint(condition=~Q(pence=0), name="bank_line_not_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.description}"


class BankMatch(models.Model):
    """How a line was explained, by whom and why. Undone by reversal, never deleted; at most one is live for a line.

    A receipt match has its receipt, a posting to another account or to unidentified receipts its journal entry, a line
    kept out of the ledger neither. A receipt that was unidentified first names that match in ``identifies``.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Receipt from a customer"
        UNIDENTIFIED = "unidentified", "Unidentified receipt"
        OTHER = "other", "Posted to another account"
        IGNORED = "ignored", "Not for the ledger"

    class State(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        IDENTIFIED = "identified", "Identified later"
        UNDONE = "undone", "Undone"

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CONFIRMED)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, default=Decimal("1.00"))
    reason = models.CharField(max_length=600)
    receipt = models.OneToOneField(UnallocatedItem, on_delete=models.PROTECT, null=True, related_name="bank_match")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="bank_match")
    set_off = models.ManyToManyField(
        Allocation, related_name="+", help_text="Credit notes set off beside the receipt; undone with the match."
    )
    identifies = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="identified_by")
    confirmed_by_person_id = models.BigIntegerField(null=True)
    confirmed_by_label = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(db_default=Now(), editable=False)
    undone_by_person_id = models.BigIntegerField(null=True)
    undone_by_label = models.CharField(max_length=60, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name_plural = "bank matches"
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="confirmed"), name="bank_match_one_live_per_line"
            ),
            models.CheckConstraint(
                condition=Q(kind="receipt", receipt__isnull=False, entry__isnull=True)
                | Q(kind__in=["unidentified", "other"], receipt__isnull=True, entry__isnull=False)
                | Q(kind="ignored", receipt__isnull=True, entry__isnull=True),
                name="bank_match_has_its_posting",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="bank_match_confidence_fraction"
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False) | (~Q(state="undone") & Q(undone_at__isnull=True)),
                name="bank_match_undone_with_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of line {self.line_id}"
