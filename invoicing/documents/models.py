"""Invoices and credit notes: a draft, then issued and frozen."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import IncomeStream, JournalEntry, LedgerAccount
from marketplace.organisations.models import Organisation

_ISSUED = Q(state="issued")
# Of an instalment: some of its VAT has neither fallen due nor been credited before it did.
VAT_WAITS = Q(vat_pence__gt=F("reached_vat_pence") + F("cancelled_vat_pence"))


class Document(models.Model):
    """An invoice or a credit note; or an invoice of earlier books that was taken over with what was still to be paid.

    Self-billed ones are a provider's to the partnership, written by the partnership: the provider is their ``supplier``.
    They have no receivable and no ``entry`` of their own: what was earned is posted with its payable, its VAT beside.
    A repayment request asks a provider for what its credit note gave back and no payment will take off: no VAT invoice.

    A draft has no number. Issuing gives the number, the snapshots of both parties and the content hash; from then on
    nothing of it changes. What is owed on it stands beside it, in receivable items.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        OPENING = "opening", "Earlier invoice"
        SELF_BILLED = "self_billed", "Self-billed invoice"
        SELF_BILLED_CREDIT = "self_billed_credit", "Self-billed credit note"
        CLAIM_BACK = "claim_back", "Repayment request"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ISSUED = "issued", "Issued"

    kind = models.CharField(max_length=18, choices=Kind.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    number = models.CharField(max_length=24, null=True)  # noqa: DJ001  null until issued, since unique
    supplier = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="documents", db_constraint=False, db_index=False
    )
    issued_on = models.DateField()
    tax_point = models.DateField()
    due_on = models.DateField(null=True)
    purchase_order = models.CharField(max_length=40, blank=True)
    payer_reference_name = models.CharField(max_length=40, default="Purchase order")
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    gross_pence = models.BigIntegerField()
    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    credits = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="credit_notes",
        help_text="The invoice credited.",
        db_index=False,
    )
    reason = models.CharField(max_length=240, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="document", db_constraint=False
    )

    SALES = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.OPENING, Kind.CLAIM_BACK)
    SELF_BILLING = (Kind.SELF_BILLED, Kind.SELF_BILLED_CREDIT)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-issued_on", "-id"], name="document_customer", condition=_ISSUED),
            models.Index(fields=["kind", "-issued_on", "-id"], name="document_kind", condition=_ISSUED),
            models.Index(fields=["-issued_on", "-id"], name="document_issued", condition=_ISSUED),
            models.Index(fields=["credits"], name="document_credits", condition=Q(credits__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="document_number_once", condition=Q(number__isnull=False)),
            models.CheckConstraint(
                condition=Q(number__isnull=True, state="draft") | Q(number__isnull=False, state="issued"),
                name="document_number_iff_issued",
            ),
            models.CheckConstraint(condition=Q(gross_pence=F("net_pence") + F("vat_pence")), name="document_adds_up"),
            models.CheckConstraint(condition=Q(net_pence__gt=0, vat_pence__gte=0), name="document_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=["credit_note", "self_billed_credit"], credits__isnull=False)
                | Q(kind__in=["invoice", "opening", "self_billed", "claim_back"], credits__isnull=True),
                name="credit_note_names_invoice",
            ),
            models.CheckConstraint(condition=~Q(supplier=F("customer")), name="document_two_parties"),
        ]

    def __str__(self) -> str:
        return self.number or f"Draft {self.pk}"


class VatGroup(models.Model):
    """The VAT of one category and rate of a document. Its VAT is authoritative; the lines' shares add up to it."""

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="vat_groups", db_constraint=False, db_index=False
    )
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    reason = models.CharField(max_length=240, blank=True)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "category", "rate"], name="vat_group_once"),
            models.CheckConstraint(
                condition=Q(category="S", rate__gt=0) | Q(category__in=["Z", "E", "O", "AE"], rate=0, vat_pence=0),
                name="vat_group_category",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rate}"


class DocumentLine(models.Model):
    """A line. ``vat_pence`` is its share of the group's VAT by largest remainder."""

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="lines", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    description = models.CharField(max_length=240)
    consumer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    consumer_name = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price_pence = models.BigIntegerField()
    net_pence = models.BigIntegerField()
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    vat_pence = models.BigIntegerField()
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    stream = models.ForeignKey(
        IncomeStream, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    analysis_code = models.CharField(max_length=60, blank=True)
    cfr_code = models.CharField(max_length=6, blank=True)
    aar_code = models.CharField(max_length=8, blank=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    purchase_order = models.CharField(max_length=40, blank=True)
    working = ArrayField(models.CharField(max_length=240), default=list)
    credits_line = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="credited_by",
        help_text="The line credited.",
        db_index=False,
    )

    class Meta:
        indexes = [models.Index(fields=["credits_line"], name="line_credits", condition=Q(credits_line__isnull=False))]
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="line_position_once"),
            models.CheckConstraint(condition=Q(net_pence__gt=0, vat_pence__gte=0), name="line_positive"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.description}"


class Instalment(models.Model):
    """One payment of an invoice that is paid in instalments, for one VAT category and rate.

    Its VAT falls due on its own tax point: its due date, or its payment where that comes first (VAT Regulations 1995,
    SI 1995/2518, reg. 90(2)). Until then it waits in the account of VAT on future instalments: ``vat_pence`` less
    ``reached_vat_pence`` (fallen due) and ``cancelled_vat_pence`` (credited before it did). ``position`` counts the
    payments of the invoice from 1.
    """

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="instalments", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    reached_vat_pence = models.BigIntegerField(default=0, db_default=0)
    cancelled_vat_pence = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "position", "category", "rate"], name="instalment_once"),
            models.CheckConstraint(condition=Q(net_pence__gte=0, vat_pence__gte=0), name="instalment_not_negative"),
            models.CheckConstraint(
                condition=Q(
                    reached_vat_pence__gte=0,
                    cancelled_vat_pence__gte=0,
                    vat_pence__gte=F("reached_vat_pence") + F("cancelled_vat_pence"),
                ),
                name="instalment_vat_within",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=VAT_WAITS,
                name="instalment_vat_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.document_id}"


class LineCredit(models.Model):
    """How much of an invoice line has been credited: moved only by conditional update, never above the line."""

    line = models.OneToOneField(DocumentLine, on_delete=models.PROTECT, primary_key=True, related_name="credit")
    net_pence = models.BigIntegerField()
    credited_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(credited_pence__gte=0, credited_pence__lte=F("net_pence")), name="line_credit_within_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.credited_pence} of {self.net_pence}"


class VatGroupCredit(models.Model):
    """Net and VAT credited of one VAT group: credits never exceed what was invoiced at a rate."""

    group = models.OneToOneField(VatGroup, on_delete=models.PROTECT, primary_key=True, related_name="credit")
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    credited_net_pence = models.BigIntegerField(default=0)
    credited_vat_pence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    credited_net_pence__gte=0,
                    credited_net_pence__lte=F("net_pence"),
                    credited_vat_pence__gte=0,
                    credited_vat_pence__lte=F("vat_pence"),
                ),
                name="group_credit_within_group",
            )
        ]

    def __str__(self) -> str:
        return f"{self.credited_net_pence} of {self.net_pence}"


class DocumentFile(models.Model):
    """A rendering of an issued document, kept with its hash. Made again only if the file is lost."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        UBL = "ubl", "E-invoice (UBL)"

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=Format.choices)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "format"], name="document_file_once")]

    def __str__(self) -> str:
        return f"{self.format} of {self.document_id}"
