"""What customers owe: items to invoice, what is open on documents, money on account, and what settles what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import Document, DocumentLine
from invoicing.ledger.models import Fund, IncomeStream, JournalEntry, LedgerAccount
from marketplace.organisations.models import Organisation


class Charge(models.Model):
    """An item to invoice, pushed down by the floor that delivers it.

    ``source_key`` is opaque and unique; ``facts_hash`` holds the commercial facts so that the same call twice makes
    one charge and a different call with the same key is refused. ``reduced_pence`` is what a reduction took off
    before billing. Once billed it points at its document line. ``label`` is what the buyer knows it by (the
    number of the order), ``recognition`` says when it becomes income, ``instalments`` in how many months it is paid.
    """

    class State(models.TextChoices):
        PENDING = "pending", "To invoice"
        BILLED = "billed", "Invoiced"
        CANCELLED = "cancelled", "Cancelled before invoicing"

    class Recognition(models.TextChoices):
        AT_ONCE = "at_once", "When invoiced"
        OVER_TIME = "over_time", "Month by month over the service"
        ON_DATE = "on_date", "On the day of delivery"
        ON_USE = "on_use", "When used, or when it runs out"
        ON_VERIFICATION = "on_verification", "When verified"

    source_key = models.CharField(max_length=120)
    facts_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    consumer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="charges", db_index=False)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    description = models.CharField(max_length=240)
    label = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price_pence = models.BigIntegerField()
    net_pence = models.BigIntegerField()
    reduced_pence = models.BigIntegerField(default=0)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.ForeignKey(IncomeStream, on_delete=models.PROTECT, related_name="+", db_index=False)
    analysis_code = models.CharField(max_length=60, blank=True)
    cfr_code = models.CharField(max_length=6, blank=True)
    aar_code = models.CharField(max_length=8, blank=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    bill_on = models.DateField()
    purchase_order = models.CharField(max_length=40, blank=True)
    held_reason = models.CharField(max_length=120, blank=True)
    recognition = models.CharField(
        max_length=15, choices=Recognition.choices, default=Recognition.AT_ONCE, db_default=Recognition.AT_ONCE
    )
    instalments = models.PositiveSmallIntegerField(default=1, db_default=1)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    steps = ArrayField(models.CharField(max_length=240), default=list)
    document_line = models.OneToOneField(
        DocumentLine, on_delete=models.PROTECT, null=True, related_name="charge", db_constraint=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["bill_on", "id"], condition=Q(state="pending"), name="charge_pending"),
            # Without those that are invoiced: they are found by their document, and most items are.
            models.Index(fields=["invoice_to", "state"], condition=~Q(state="billed"), name="charge_invoice_to"),
            models.Index(fields=["consumer", "-id"], condition=~Q(state="billed"), name="charge_consumer"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="charge_source_once"),
            models.CheckConstraint(condition=Q(net_pence__gt=0), name="charge_positive"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="charge_quantity_positive"),
            models.CheckConstraint(
                condition=Q(reduced_pence__gte=0, reduced_pence__lte=F("net_pence")), name="charge_reduced_within_net"
            ),
            models.CheckConstraint(
                condition=Q(state="billed", document_line__isnull=False)
                | (~Q(state="billed") & Q(document_line__isnull=True)),
                name="charge_billed_iff_line",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(reduced_pence=F("net_pence")), name="charge_cancelled_whole"
            ),
            models.CheckConstraint(
                condition=Q(service_from__isnull=True, service_to__isnull=True) | Q(service_to__gt=F("service_from")),
                name="charge_service_period",
            ),
            models.CheckConstraint(condition=~Q(supplier=F("invoice_to")), name="charge_two_parties"),
            models.CheckConstraint(condition=Q(instalments__gte=1, instalments__lte=12), name="charge_instalments"),
            models.CheckConstraint(
                condition=Q(fund__isnull=True) | Q(recognition="at_once", instalments=1), name="charge_of_fund_at_once"
            ),
        ]

    def __str__(self) -> str:
        return self.source_key

    @property
    def due_pence(self) -> int:
        """What is still to be invoiced, in pence, before VAT."""
        return self.net_pence - self.reduced_pence


class Reduction(models.Model):
    """Less is owed on a charge: taken off before billing, or due as a credit afterwards."""

    class State(models.TextChoices):
        APPLIED = "applied", "Taken off before invoicing"
        DUE = "due", "Credit due"
        CREDITED = "credited", "Credited"

    source_key = models.CharField(max_length=120, unique=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="reductions")
    state = models.CharField(max_length=8, choices=State.choices)
    pence = models.BigIntegerField()
    reason = models.CharField(max_length=240)
    reduced_on = models.DateField()
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    credit_line = models.ForeignKey(DocumentLine, on_delete=models.PROTECT, null=True, related_name="reductions")

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(state="due"), name="reduction_due")]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="reduction_positive"),
            models.CheckConstraint(
                condition=Q(state="credited", credit_line__isnull=False)
                | (~Q(state="credited") & Q(credit_line__isnull=True)),
                name="reduction_credited_iff_line",
            ),
        ]

    def __str__(self) -> str:
        return self.source_key


class ReceivableItem(models.Model):
    """An amount due on a document on a date. ``outstanding_pence`` moves only by conditional update."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="items", db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="receivable_items", db_constraint=False, db_index=False
    )
    due_on = models.DateField()
    pence = models.BigIntegerField()
    outstanding_pence = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "due_on"], name="receivable_organisation"),
            models.Index(
                fields=["due_on", "organisation"], condition=Q(outstanding_pence__gt=0), name="receivable_open"
            ),
            models.Index(fields=["outstanding_pence"], condition=Q(outstanding_pence__gt=0), name="receivable_amount"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0, outstanding_pence__gte=0, outstanding_pence__lte=F("pence")),
                name="receivable_within_amount",
            )
        ]

    def __str__(self) -> str:
        return f"{self.outstanding_pence} of {self.pence}"


class UnallocatedItem(models.Model):
    """Money on account, not yet (wholly) set against invoices, paid back or carried to another customer.

    Received, credited, carried over from another customer's account, given up by us to write a debt off, confirmed by
    a council in a journal of its own ledger, set off against what we owe the customer as our supplier, or no longer asked
    of a provider by a repayment request.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "Receipt"
        CREDIT_NOTE = "credit_note", "Credit note"
        CARRIED = "carried", "Carried from another customer"
        WRITE_OFF = "write_off", "Written off"
        JOURNAL = "journal", "Council journal"
        NETTED = "netted", "Set off against what we owe"
        WITHDRAWN = "withdrawn", "Request withdrawn"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    source_key = models.CharField(max_length=120, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="unallocated_items")
    received_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    pence = models.BigIntegerField()
    remaining_pence = models.BigIntegerField()
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="on_account")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    reversed_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "received_on"], name="unallocated_organisation"),
            models.Index(fields=["organisation"], condition=Q(remaining_pence__gt=0), name="unallocated_open"),
            models.Index(fields=["received_on"], name="unallocated_received"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pence__gt=0, remaining_pence__gte=0, remaining_pence__lte=F("pence")),
                name="unallocated_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", document__isnull=False)
                | (~Q(kind="credit_note") & Q(document__isnull=True)),
                name="unallocated_document",
            ),
            models.CheckConstraint(
                condition=Q(reversed_on__isnull=True) | Q(remaining_pence=0), name="unallocated_reversed_is_spent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remaining_pence} of {self.pence}"


# What customers pay by: credit notes and debts given up are no money.
MONEY = ["receipt", "carried", "journal", "netted"]


class Allocation(models.Model):
    """Money on account set against a document. Undone by a reversing entry, never deleted."""

    source = models.ForeignKey(UnallocatedItem, on_delete=models.PROTECT, related_name="allocations")
    item = models.ForeignKey(ReceivableItem, on_delete=models.PROTECT, related_name="allocations")
    pence = models.BigIntegerField()
    allocated_on = models.DateField()
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True)
    undone_reason = models.CharField(max_length=240, blank=True)
    undone_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="allocation_positive"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True, undone_entry__isnull=True)
                | Q(undone_on__isnull=False, undone_entry__isnull=False),
                name="allocation_undone_by_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence}"


class Refund(models.Model):
    """Money on account that goes back to whom it belongs to: owed from the day it is made, paid on the day it left.

    ``remaining_pence`` of its source fell by it, so no more can go back than is there.
    """

    source = models.ForeignKey(UnallocatedItem, on_delete=models.PROTECT, related_name="refunds")
    pence = models.BigIntegerField()
    refunded_on = models.DateField()
    reason = models.CharField(max_length=240)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField(null=True)
    paid_reference = models.CharField(max_length=60, blank=True)
    paid_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(paid_on__isnull=True), name="refund_to_pay")]
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True, paid_entry__isnull=True)
                | Q(paid_on__isnull=False, paid_entry__isnull=False),
                name="refund_paid_by_entry",
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(paid_on__gte=F("refunded_on")), name="refund_paid_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence}"


class Carry(models.Model):
    """Money on account of one customer that a recorded choice made another's, such as a closed school's successor's."""

    source = models.ForeignKey(UnallocatedItem, on_delete=models.PROTECT, related_name="carried_away")
    target = models.OneToOneField(UnallocatedItem, on_delete=models.PROTECT, related_name="carried_from")
    pence = models.BigIntegerField()
    reason = models.CharField(max_length=240)

    class Meta:
        verbose_name_plural = "carries"
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="carry_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="carry_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.pence}"
