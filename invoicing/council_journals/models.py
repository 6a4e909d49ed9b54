"""Council journals: what maintained schools owe, settled by a journal in their council's own ledger."""

from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import JournalEntry, LedgerAccount
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from marketplace.organisations.models import Organisation


class CouncilJournal(models.Model):
    """One file of what a council's maintained schools owe, for the council to post in its ledger.

    Its items and amounts are those of the day it was prepared and never change. ``confirmed_pence`` is what it
    settled: less than its gross where something was paid or credited before the council confirmed it.
    ``received_pence`` is how much of that the council has paid over.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent to the council"
        CONFIRMED = "confirmed", "Confirmed by the council"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=24, unique=True)
    authority = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="council_journals", db_index=False
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    prepared_on = models.DateField()
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    gross_pence = models.BigIntegerField()
    sent_on = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    council_reference = models.CharField(max_length=60, blank=True)
    confirmed_pence = models.BigIntegerField(null=True)
    received_pence = models.BigIntegerField(default=0, db_default=0)
    on_account = models.OneToOneField(UnallocatedItem, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-prepared_on", "-id"], name="council_journal_prepared"),
            models.Index(fields=["authority", "-prepared_on", "-id"], name="council_journal_authority"),
            models.Index(fields=["id"], condition=Q(state__in=["draft", "sent"]), name="council_journal_live"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_pence=F("net_pence") + F("vat_pence"), net_pence__gt=0, vat_pence__gte=0),
                name="council_journal_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sent_on__isnull=True)
                | Q(state__in=["sent", "confirmed"], sent_on__isnull=False, sent_on__gte=F("prepared_on"))
                | Q(state="withdrawn"),
                name="council_journal_sent_on",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="confirmed", confirmed_on__isnull=False, confirmed_on__gte=F("sent_on"))
                    & Q(confirmed_pence__isnull=False, confirmed_pence__gt=0, confirmed_pence__lte=F("gross_pence"))
                    & Q(on_account__isnull=False)
                    & ~Q(council_reference="")
                )
                | (
                    ~Q(state="confirmed")
                    & Q(confirmed_on__isnull=True, confirmed_pence__isnull=True, on_account__isnull=True)
                ),
                name="council_journal_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(received_pence=0)
                | Q(received_pence__gt=0, confirmed_pence__isnull=False, received_pence__lte=F("confirmed_pence")),
                name="council_journal_received_within",
            ),
            models.CheckConstraint(
                condition=(Q(state="withdrawn", withdrawn_on__isnull=False) & ~Q(withdrawn_reason=""))
                | (~Q(state="withdrawn") & Q(withdrawn_on__isnull=True)),
                name="council_journal_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left_pence(self) -> int:
        """Pence that the council has confirmed and not paid over yet."""
        return (self.confirmed_pence or 0) - self.received_pence

    @property
    def dropped_pence(self) -> int:
        """Pence that were paid or credited otherwise before the council confirmed the journal."""
        return 0 if self.confirmed_pence is None else self.gross_pence - self.confirmed_pence


class CouncilJournalItem(models.Model):
    """An open invoice on a council journal: ``pence`` of it, charged to the school's cost centre.

    ``live`` while its journal is a draft or sent: an item is on one live journal at most. ``settled_pence`` is what the
    confirmation settled of it.
    """

    journal = models.ForeignKey(CouncilJournal, on_delete=models.PROTECT, related_name="items", db_index=False)
    item = models.ForeignKey(ReceivableItem, on_delete=models.PROTECT, related_name="council_journals")
    cost_centre = models.CharField(max_length=20)
    pence = models.BigIntegerField()
    live = models.BooleanField(default=True)
    settled_pence = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "item"], name="council_journal_item_once"),
            models.UniqueConstraint(fields=["item"], condition=Q(live=True), name="council_journal_item_live_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="council_journal_item_positive"),
            models.CheckConstraint(condition=~Q(cost_centre=""), name="council_journal_item_cost_centre"),
            models.CheckConstraint(
                condition=Q(settled_pence__isnull=True)
                | Q(live=False, settled_pence__gte=0, settled_pence__lte=F("pence")),
                name="council_journal_item_settled_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.item_id}"


class CouncilJournalLine(models.Model):
    """The part of an item under one CFR code, with the VAT that the council recovers (VAT Act 1994, s33)."""

    part = models.ForeignKey(CouncilJournalItem, on_delete=models.PROTECT, related_name="lines", db_index=False)
    cfr_code = models.CharField(max_length=6, blank=True)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    gross_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "cfr_code"], name="council_journal_line_once"),
            models.CheckConstraint(
                condition=Q(gross_pence=F("net_pence") + F("vat_pence"), net_pence__gte=0, vat_pence__gte=0)
                & Q(gross_pence__gt=0),
                name="council_journal_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cfr_code} {self.gross_pence}"


class CouncilJournalReceipt(models.Model):
    """Money that the council paid over for a confirmed journal. Undone by a reversing entry, never deleted."""

    journal = models.ForeignKey(CouncilJournal, on_delete=models.PROTECT, related_name="receipts")
    pence = models.BigIntegerField()
    received_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    bank_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True)
    undone_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="council_journal_receipt_positive"),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True, undone_entry__isnull=True)
                | Q(undone_on__isnull=False, undone_entry__isnull=False),
                name="council_journal_receipt_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pence} for {self.journal_id}"
