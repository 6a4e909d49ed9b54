"""Overheads bought in: suppliers' invoices with the VAT that comes back, and what is still to be paid on them."""

from django.db import models
from django.db.models import F, Q

from invoicing.journals.models.two_people import TwoPeople, two_people
from invoicing.ledger.models import Fund, JournalEntry, LedgerAccount
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation


class Purchase(TwoPeople):
    """A supplier's invoice for overheads. ``outstanding_pence`` is nought until approved, then moves by payment only.

    ``opening`` marks one that was taken over unpaid with the opening position: it has no lines, its cost and VAT are
    in the old books. A cancelled one keeps its posting and the reversal of it.
    """

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="purchases")
    supplier_number = models.CharField(max_length=40, help_text="The number on the supplier's invoice.")
    dated_on = models.DateField()
    due_on = models.DateField()
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    gross_pence = models.BigIntegerField()
    outstanding_pence = models.BigIntegerField(default=0)
    opening = models.BooleanField(default=False)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="purchase")

    class Meta:
        constraints = [
            *two_people("purchase"),
            models.UniqueConstraint(
                fields=["supplier", "supplier_number"],
                condition=~Q(state="cancelled"),
                name="purchase_supplier_number_once",
            ),
            models.CheckConstraint(condition=~Q(supplier_number=""), name="purchase_has_number"),
            models.CheckConstraint(condition=Q(due_on__gte=F("dated_on")), name="purchase_due_after_date"),
            models.CheckConstraint(
                condition=Q(net_pence__gt=0, vat_pence__gte=0, gross_pence=F("net_pence") + F("vat_pence")),
                name="purchase_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(outstanding_pence__gte=0, outstanding_pence__lte=F("gross_pence"))
                & (Q(state="approved") | Q(outstanding_pence=0)),
                name="purchase_outstanding_within",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", entry__isnull=False)
                | Q(state="cancelled")
                | Q(state__in=["draft", "submitted", "sent_back"], entry__isnull=True),
                name="purchase_posted_iff_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["-dated_on", "-id"], name="purchase_dated"),
            models.Index(fields=["due_on"], condition=Q(outstanding_pence__gt=0), name="purchase_unpaid"),
            models.Index(fields=["id"], condition=Q(state="submitted"), name="purchase_to_approve"),
        ]


class PurchaseLine(models.Model):
    """A line: what it cost, the VAT that the supplier charged, and how much of that comes back.

    ``tag`` says what the purchase is used for, which decides the VAT that a partly exempt body recovers (VAT Notice
    706): all when for taxable supplies, none when for exempt ones or outside business, a share when for both.
    """

    class Tag(models.TextChoices):
        TAXABLE = "taxable", "For taxable sales"
        EXEMPT = "exempt", "For exempt sales"
        RESIDUAL = "residual", "For both"
        NON_BUSINESS = "non_business", "Outside business"

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=200)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    net_pence = models.BigIntegerField()
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_pence = models.BigIntegerField()
    tag = models.CharField(max_length=12, choices=Tag.choices)
    recovery_rate = models.DecimalField(max_digits=5, decimal_places=4)
    recovered_pence = models.BigIntegerField()
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purchase", "position"], name="purchase_line_once"),
            models.CheckConstraint(condition=Q(net_pence__gt=0, vat_pence__gte=0), name="purchase_line_positive"),
            models.CheckConstraint(condition=Q(vat_rate__gt=0) | Q(vat_pence=0), name="purchase_line_vat_has_rate"),
            models.CheckConstraint(
                condition=Q(recovered_pence__gte=0, recovered_pence__lte=F("vat_pence")),
                name="purchase_line_recovered_within",
            ),
            models.CheckConstraint(
                condition=Q(tag="taxable", recovered_pence=F("vat_pence"))
                | Q(tag="residual")
                | Q(tag__in=["exempt", "non_business"], recovered_pence=0),
                name="purchase_line_recovered_by_tag",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.purchase_id}"


class PurchasePayment(models.Model):
    """Money paid to a supplier on a purchase. Undone by a reversing entry, never deleted."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="payments")
    pence = models.BigIntegerField()
    paid_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True)
    undone_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="purchase_payment_positive"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True, undone_entry__isnull=True)
                | Q(undone_on__isnull=False, undone_entry__isnull=False),
                name="purchase_payment_undone_by_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} on {self.paid_on}"


class RecoveryRate(models.Model):
    """The share of VAT on purchases for both taxable and exempt sales that comes back, from a day on (half-open)."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        constraints = [
            no_overlap(name="recovery_rate_no_overlap", keys=[]),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="recovery_rate_share"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="recovery_rate_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate} from {self.valid_from}"
