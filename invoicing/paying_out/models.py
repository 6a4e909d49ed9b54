"""Payment batches with their lines, what each line pays, and each sending of the file; who may release from outside."""

from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import JournalEntry, LedgerAccount
from invoicing.payees.models import PayeeAccount
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.core.signed_links import SignedLink
from marketplace.organisations.models import Organisation, Person


class PaymentBatch(models.Model):
    """Payments that leave together on a working day. Pence; frozen with ``content_hash`` once approved.

    Prepared, approved and released by three people. ``bank_account`` is the ledger account of the bank that pays; its
    digits stand here as they were, so that a file can be read again later.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "To approve"
        APPROVED = "approved", "To release"
        SENT = "sent", "Sent"
        UNKNOWN = "unknown", "Not known"
        CONFIRMED = "confirmed", "Confirmed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARED)
    pay_on = models.DateField()
    bank_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_name = models.CharField(max_length=70)
    from_sort_code = models.CharField(max_length=6)
    from_account_number = models.CharField(max_length=8)
    count = models.PositiveIntegerField()
    pence = models.BigIntegerField()
    content_hash = models.CharField(max_length=64, blank=True)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    prepared_on = models.DateField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    approved_on = models.DateField(null=True)
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    released_on = models.DateField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name_plural = "payment batches"
        indexes = [models.Index(fields=["state", "-id"], name="payment_batch_state")]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, pence__gt=0), name="payment_batch_pays"),
            models.CheckConstraint(
                condition=Q(from_sort_code__regex=r"^[0-9]{6}$", from_account_number__regex=r"^[0-9]{8}$"),
                name="payment_batch_from_digits",
            ),
            models.CheckConstraint(
                condition=(Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")))
                & (Q(released_by__isnull=True) | ~Q(released_by=F("prepared_by")) & ~Q(released_by=F("approved_by"))),
                name="payment_batch_three_people",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", approved_by__isnull=True, content_hash="")
                | Q(state="withdrawn")
                | (Q(state__in=["approved", "sent", "unknown", "confirmed"], approved_by__isnull=False) & ~Q(content_hash="")),
                name="payment_batch_frozen_when_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "unknown", "confirmed"]) | Q(released_by__isnull=False),
                name="payment_batch_released_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="withdrawn") | ~Q(reason=""), name="payment_batch_says_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class PaymentBatchLine(models.Model):
    """One payment to one provider, into one version of its account. ``paid_entry`` is the bank's, ``back_entry`` posts
    what came back or was rejected."""

    class State(models.TextChoices):
        TO_PAY = "to_pay", "To pay"
        SENT = "sent", "On its way"
        PAID = "paid", "Paid"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payment_lines", db_index=False)
    payee_account = models.ForeignKey(PayeeAccount, on_delete=models.PROTECT, related_name="lines")
    pence = models.BigIntegerField()
    reference = models.CharField(max_length=18)
    state = models.CharField(max_length=9, choices=State.choices, default=State.TO_PAY)
    paid_entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, related_name="paid_lines")
    back_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["provider", "-id"], name="payment_line_provider"),
            models.Index(fields=["pence"], condition=Q(state="sent"), name="payment_line_on_its_way"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="payment_line_position_once"),
            models.UniqueConstraint(fields=["batch", "provider"], name="payment_line_once_a_provider"),
            models.CheckConstraint(condition=Q(pence__gt=0) & ~Q(reference=""), name="payment_line_positive"),
            models.CheckConstraint(
                condition=Q(state="paid", paid_entry__isnull=False, back_entry__isnull=True)
                | (Q(state="rejected", back_entry__isnull=False, paid_entry__isnull=True) & ~Q(reason=""))
                | Q(state__in=["to_pay", "sent", "withdrawn"], paid_entry__isnull=True, back_entry__isnull=True),
                name="payment_line_has_its_posting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.batch_id}"


class PaymentBatchPart(models.Model):
    """What of a provider's invoice a line pays, or (below nought) which credit it takes off.

    At most one part of an invoice is under way at any time (invariant 14). What failed is given back.
    """

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "Under way"
        PAID = "paid", "Paid"
        GIVEN_BACK = "given_back", "Given back"

    line = models.ForeignKey(PaymentBatchLine, on_delete=models.PROTECT, related_name="parts")
    provider_invoice = models.ForeignKey(ProviderInvoice, on_delete=models.PROTECT, related_name="payment_parts")
    pence = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNDER_WAY)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_invoice"], condition=Q(state="under_way"), name="payment_part_one_under_way"
            ),
            models.UniqueConstraint(fields=["line", "provider_invoice"], name="payment_part_once_a_line"),
            models.CheckConstraint(condition=~Q(pence=0), name="payment_part_not_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.provider_invoice_id}"


class PaymentSending(models.Model):
    """One sending of a batch's file to the bank: kept with its bytes and their SHA-256. ``command_key`` is used once.

    ``entry`` posts payables → payments on their way. While it is not known whether the bank took it, and after it did,
    nothing is sent again (invariant 21).
    """

    class State(models.TextChoices):
        SENT = "sent", "Sent"
        UNKNOWN = "unknown", "Not known"
        FAILED = "failed", "Failed"
        CONFIRMED = "confirmed", "Confirmed"

    class Form(models.TextChoices):
        STANDARD_18 = "standard18", "Bacs Standard 18"
        PAIN_001 = "pain001", "ISO 20022 pain.001"
        CSV = "csv", "Plain CSV"

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="sendings")
    ordinal = models.PositiveIntegerField()
    command_key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SENT)
    form = models.CharField(max_length=10, choices=Form.choices)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    sent_on = models.DateField()
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "ordinal"], name="payment_sending_ordinal_once"),
            models.UniqueConstraint(
                fields=["batch"], condition=~Q(state="failed"), name="payment_sending_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "confirmed"]) | ~Q(reason=""), name="payment_sending_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.command_key


class ReleaserAppointment(models.Model):
    """Somebody outside finance whom a small team names to release payment batches, between dates (half-open)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField()
    appointed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="releaser_period"),
            models.CheckConstraint(condition=~Q(appointed_by=F("person")), name="releaser_not_by_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} from {self.valid_from}"


class ReleaseRequest(models.Model):
    """Somebody without a login who is asked by link to release one approved batch, or not to. One open request a batch.

    ``form`` is the form of the file that is written. ``content_hash`` is what they were asked about. Once ``answered_at``
    it never changes; ``reason`` says why they did not release it.
    """

    class Answer(models.TextChoices):
        RELEASED = "released", "Released"
        DECLINED = "declined", "Not released"
        WITHDRAWN = "withdrawn", "Asked no longer"

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="release_requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    form = models.CharField(max_length=10, choices=PaymentSending.Form.choices)
    content_hash = models.CharField(max_length=64)
    answer = models.CharField(max_length=9, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch"], condition=Q(answer=""), name="release_request_one_open"),
            models.CheckConstraint(condition=~Q(asked_by=F("person")), name="release_request_not_oneself"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="release_request_answered_once",
            ),
            models.CheckConstraint(condition=~Q(answer="declined") | ~Q(reason=""), name="release_request_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} by {self.person_id}"


class ReleaseLink(SignedLink):
    """A link to answer a request once, for seven days. Only the digest of its token is kept."""

    request = models.ForeignKey(ReleaseRequest, on_delete=models.PROTECT, related_name="links")

    def __str__(self) -> str:
        return f"Link {self.pk} of {self.request_id}"
