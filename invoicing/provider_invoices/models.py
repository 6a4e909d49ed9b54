"""What providers invoice us for, whoever wrote the invoice: we in their name (self-billing), or they themselves.

Payables say what was earned, before VAT. A provider invoice puts them on paper with the provider's VAT, and is what is
paid. Each change of a payable (``PayableMove``) stands on exactly one line of one provider invoice or credit note.
"""

from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import Document
from invoicing.ledger.models import JournalEntry
from invoicing.payables.models import Payable, PayableMove
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Organisation


class ProviderInvoice(models.Model):
    """An invoice or credit note of a provider's to us, in pence; amounts of a credit note are positive, its kind says so.

    Self-billed ones are ``document``, issued by us in the provider's own series (VAT Notice 700/62). A provider's own one
    keeps its ``number`` and the uploaded ``file``. ``outstanding_pence`` is what is still to be paid of an agreed invoice,
    or of an agreed credit note what is still to be taken from a payment; it moves by conditional update only.
    ``vat_entry`` posts the provider's VAT: VAT on purchases (or the cost, where it does not come back) → payables.
    """

    class Kind(models.TextChoices):
        SELF_BILLED = "self_billed", "Self-billed invoice"
        SELF_BILLED_CREDIT = "self_billed_credit", "Self-billed credit note"
        OWN = "own", "Provider's own invoice"
        OWN_CREDIT = "own_credit", "Provider's own credit note"

    class State(models.TextChoices):
        RECEIVED = "received", "To check"
        QUERIED = "queried", "In query"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"

    kind = models.CharField(max_length=18, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="provider_invoices", db_index=False
    )
    number = models.CharField(max_length=40)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="provider_invoice")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    dated_on = models.DateField()
    due_on = models.DateField()
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    gross_pence = models.BigIntegerField()
    outstanding_pence = models.BigIntegerField(default=0)
    vat_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["provider", "-id"], name="provider_invoice_provider"),
            models.Index(fields=["state", "due_on"], name="provider_invoice_state"),
            models.Index(
                fields=["due_on", "provider"], condition=Q(outstanding_pence__gt=0), name="provider_invoice_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "number"], condition=~Q(state="refused"), name="provider_invoice_number_once"
            ),
            models.CheckConstraint(
                condition=Q(net_pence__gt=0, vat_pence__gte=0, gross_pence=F("net_pence") + F("vat_pence")),
                name="provider_invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(outstanding_pence__gte=0, outstanding_pence__lte=F("gross_pence"))
                & (Q(state="agreed") | Q(outstanding_pence=0)),
                name="provider_invoice_outstanding",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["self_billed", "self_billed_credit"], document__isnull=False, state="agreed")
                | Q(kind__in=["own", "own_credit"], document__isnull=True),
                name="provider_invoice_self_billed_is_document",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed", vat_pence__gt=0) | Q(vat_entry__isnull=False),
                name="provider_invoice_vat_posted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["queried", "refused"]) | ~Q(reason=""), name="provider_invoice_says_why"
            ),
            models.CheckConstraint(condition=~Q(number=""), name="provider_invoice_has_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_credit(self) -> bool:
        """Whether it takes back rather than asks for money."""
        return self.kind in CREDITS


CREDITS = (ProviderInvoice.Kind.SELF_BILLED_CREDIT, ProviderInvoice.Kind.OWN_CREDIT)
"""The kinds that take back rather than ask for money."""


class ProviderInvoiceLine(models.Model):
    """One amount due, as it stands on an invoice or credit note. Pence, positive; VAT by the document's rate groups."""

    invoice = models.ForeignKey(ProviderInvoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="invoice_lines")
    net_pence = models.BigIntegerField()
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="provider_invoice_line_once"),
            models.CheckConstraint(
                condition=Q(net_pence__gt=0, vat_pence__gte=0), name="provider_invoice_line_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.invoice_id}"


class InvoicedMove(models.Model):
    """Which change of a payable stands on which line: each exactly once."""

    move = models.OneToOneField(PayableMove, on_delete=models.PROTECT, primary_key=True, related_name="invoiced")
    line = models.ForeignKey(ProviderInvoiceLine, on_delete=models.PROTECT, related_name="moves")

    def __str__(self) -> str:
        return str(self.move_id)
