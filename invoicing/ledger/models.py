"""The double-entry ledger: accounts, entries, and movements from one side to the other."""

from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import F, Func, Q

from marketplace.organisations.models import Organisation


class CurrentXactId(Func):
    function = "pg_current_xact_id"
    template = "%(function)s()"
    arity = 0

    def __init__(self) -> None:
        super().__init__(output_field=TransactionIdField())


class TransactionIdField(models.Field):
    """PostgreSQL's 64-bit transaction id (xid8)."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class LedgerAccount(models.Model):
    """An account of the chart. On a control account every movement names a party; elsewhere none does."""

    class Type(models.TextChoices):
        ASSET = "asset", "Asset"
        LIABILITY = "liability", "Liability"
        EQUITY = "equity", "Equity"
        INCOME = "income", "Income"
        EXPENSE = "expense", "Expense"

    code = models.CharField(max_length=10, primary_key=True)
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=Type.choices)
    control = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "control"], name="ledger_account_control")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IncomeStream(models.Model):
    """Where income comes from; ``source`` is one of the five sources of partnership funding."""

    class Source(models.TextChoices):
        COUNCIL = "council", "Council contracts"
        SCHOOLS = "schools", "Schools' subscriptions and traded services"
        OTHER_BODIES = "other_bodies", "Contracts from other bodies"
        GRANTS = "grants", "Grants"
        OTHER = "other", "Other"

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=12, choices=Source.choices)

    def __str__(self) -> str:
        return self.name


class Fund(models.Model):
    """Money for one purpose only: restricted by who gave it, or set aside by the partnership from its general reserve.

    Half-open dates: ``ends_on`` is the first day on which nothing may be spent from it any more. Its balance is what its
    movements say and never below nought; nothing is posted to it after it was closed.
    """

    class Kind(models.TextChoices):
        RESTRICTED = "restricted", "Restricted by its funder"
        DESIGNATED = "designated", "Set aside by us"

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    purpose = models.CharField(max_length=240)
    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(purpose=""), name="fund_has_purpose"),
            models.CheckConstraint(
                condition=Q(kind="restricted") | Q(funder__isnull=True), name="fund_own_has_no_funder"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="fund_dates"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("starts_on")), name="fund_closed_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LedgerParty(models.Model):
    """An organisation that the books name. Written by the guards when the books first name it, and kept for ever.

    Movements, documents, lines and open items refer to organisations through this list: one real foreign key for
    each organisation instead of one check for each row (decision 11).
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        verbose_name_plural = "ledger parties"

    def __str__(self) -> str:
        return str(self.organisation_id)


class JournalEntry(models.Model):
    """One posting with its reason. Written whole in one transaction and never again.

    ``written_xid`` and ``written_at`` are the writing transaction's own; the movement's guard demands them.
    """

    kind = models.CharField(max_length=30, help_text="Code that says why: invoice, credit_note, receipt, ...")
    source_key = models.CharField(max_length=120)
    issued_on = models.DateField()
    tax_point = models.DateField()
    posted_on = models.DateField()
    narrative = models.CharField(max_length=240)
    actor_person_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=60, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 over the entry and its movements.")
    written_xid = TransactionIdField(db_default=CurrentXactId(), editable=False)
    written_at = models.DateTimeField(db_default=TransactionNow(), editable=False)

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [models.Index(fields=["posted_on", "id"], name="entry_posted_on")]
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="entry_source_once"),
            models.CheckConstraint(condition=Q(posted_on__gte=F("tax_point")), name="entry_not_before_tax_point"),
            models.CheckConstraint(condition=~Q(source_key=""), name="entry_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Movement(models.Model):
    """One amount from the credited side to the debited side: always positive, always balanced.

    The ``…_control`` columns repeat the accounts' flag, held true by the guard ``invoicing_movement_with_entry``, so
    that the CHECK can demand a party exactly where the account is a control account. That guard holds every reference
    of a movement, for all rows of a statement at once (decision 11).
    """

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="movements", db_constraint=False)
    debit_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    debit_control = models.BooleanField()
    debit_party = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    credit_account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credit_control = models.BooleanField()
    credit_party = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    pence = models.BigIntegerField()
    stream = models.ForeignKey(
        IncomeStream, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    analysis_code = models.CharField(max_length=60, blank=True)
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, null=True, related_name="movements", db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="movement_pence_positive"),
            models.CheckConstraint(
                condition=Q(debit_control=True, debit_party__isnull=False)
                | Q(debit_control=False, debit_party__isnull=True),
                name="movement_debit_party",
            ),
            models.CheckConstraint(
                condition=Q(credit_control=True, credit_party__isnull=False)
                | Q(credit_control=False, credit_party__isnull=True),
                name="movement_credit_party",
            ),
            models.CheckConstraint(
                condition=~Q(debit_account=F("credit_account"))
                | (Q(debit_party__isnull=False) & ~Q(debit_party=F("credit_party"))),
                name="movement_sides_differ",
            ),
        ]
        indexes = [
            models.Index(fields=["debit_account", "debit_party"], name="movement_debit"),
            models.Index(fields=["credit_account", "credit_party"], name="movement_credit"),
            models.Index(fields=["fund"], condition=Q(fund__isnull=False), name="movement_fund"),
        ]

    def __str__(self) -> str:
        return f"{self.debit_account_id} from {self.credit_account_id}"
