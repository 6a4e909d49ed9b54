"""What was collected for a supplier and is paid over to it, less our fee."""

from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import Document
from invoicing.ledger.models import JournalEntry, LedgerAccount
from marketplace.organisations.models import Organisation, Person


class AgencySettlement(models.Model):
    """One payment over to a supplier: what its customers have paid, less what we took too much, less our fee.

    Prepared by one person and approved by another; frozen from its making. ``collected_pence`` is the sum of its lines,
    ``fee_net_pence`` and ``fee_vat_pence`` are those of our fee invoice. ``pence`` is what leaves the bank.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "Waiting for approval"
        APPROVED = "approved", "Approved, to pay"
        PAID = "paid", "Paid"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=24, unique=True)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agency_settlements")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARED)
    made_on = models.DateField()
    collected_pence = models.BigIntegerField()
    fee_net_pence = models.BigIntegerField()
    fee_vat_pence = models.BigIntegerField()
    pence = models.BigIntegerField()
    fee_invoice = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=240, blank=True)
    fee_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(null=True)
    paid_from = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, null=True, related_name="+")
    paid_reference = models.CharField(max_length=60, blank=True)
    paid_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="agency_settlement_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(state="prepared"), name="agency_settlement_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(collected_pence=F("pence") + F("fee_net_pence") + F("fee_vat_pence")),
                name="agency_settlement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(pence__gt=0, fee_net_pence__gte=0, fee_vat_pence__gte=0), name="agency_settlement_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "paid"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("prepared_by"))),
                name="agency_settlement_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_on__isnull=False, paid_entry__isnull=False, paid_from__isnull=False)
                | (~Q(state="paid") & Q(paid_on__isnull=True, paid_entry__isnull=True)),
                name="agency_settlement_paid_by_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "paid"])
                | Q(fee_net_pence=0, fee_invoice__isnull=True, fee_entry__isnull=True)
                | Q(fee_net_pence__gt=0, fee_invoice__isnull=False, fee_entry__isnull=False),
                name="agency_settlement_fee_invoiced",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def fee_pence(self) -> int:
        """Our fee with its VAT."""
        return self.fee_net_pence + self.fee_vat_pence


class AgencySettlementLine(models.Model):
    """What of one of the supplier's invoices is paid over, in pence with VAT: below nought where too much was before.

    ``fee_pence`` is our fee on it, before VAT; below nought where it was taken before.
    """

    settlement = models.ForeignKey(AgencySettlement, on_delete=models.PROTECT, related_name="lines")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="agency_settlement_lines")
    pence = models.BigIntegerField()
    fee_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "document"], name="agency_line_once"),
            models.CheckConstraint(condition=~Q(pence=0, fee_pence=0), name="agency_line_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.document_id}"
