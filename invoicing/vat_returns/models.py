"""VAT returns: one for each period, what stands in each, and the entries whose VAT is in it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from invoicing.ledger.models import JournalEntry
from invoicing.vat_returns.rules import Sums, key_of, period_words
from marketplace.organisations.models import Person

_NETS = ["sales_vat_pence", "purchases_vat_pence", "sales_net_pence", "purchases_net_pence"]
_NO_SUMS = {f"{name}__isnull": True for name in _NETS}
_SUMS = {f"{name}__isnull": False for name in _NETS}


class VatReturn(models.Model):
    """The return from ``start`` up to but not including ``end``, both first days of months.

    Prepared by one person, its sums are worked out anew whenever it is looked at; locked by another, they stand. What
    belongs to its period and is posted afterwards is a correction in the next one.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "Prepared"
        LOCKED = "locked", "Locked"
        SENT = "sent", "Sent to HMRC"
        WITHDRAWN = "withdrawn", "Withdrawn"

    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARED)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    locked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True)
    sales_vat_pence = models.BigIntegerField(null=True)
    purchases_vat_pence = models.BigIntegerField(null=True)
    sales_net_pence = models.BigIntegerField(null=True)
    purchases_net_pence = models.BigIntegerField(null=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True)
    receipt = models.CharField(max_length=60, blank=True, help_text="What HMRC answered: the form bundle number.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end"), start__day=1, end__day=1), name="vat_return_of_whole_months"
            ),
            ExclusionConstraint(
                name="vat_returns_do_not_overlap",
                expressions=[(Func("start", "end", function="daterange"), RangeOperators.OVERLAPS)],
                condition=~Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "withdrawn"], locked_by__isnull=True, locked_at__isnull=True, **_NO_SUMS)
                | (
                    Q(state__in=["locked", "sent"], locked_at__isnull=False, locked_by__isnull=False, **_SUMS)
                    & ~Q(locked_by=F("prepared_by"))
                ),
                name="vat_return_locked_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_on__isnull=False) & ~Q(receipt="")
                | ~Q(state="sent") & Q(sent_on__isnull=True, receipt=""),
                name="vat_return_sent_with_receipt",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return period_words(self.start, self.end)

    @property
    def key(self) -> str:
        """Its last month, such as "2026-10"."""
        return key_of(self.end)

    @property
    def sums(self) -> Sums | None:
        """The sums as they were locked, in pence; None before."""
        if self.locked_at is None:
            return None
        return Sums(*(int(getattr(self, name)) for name in _NETS))


class VatReturnEntry(models.Model):
    """An entry whose VAT stands in a locked return: in one for ever."""

    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="+")
    vat_return = models.ForeignKey(VatReturn, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        verbose_name_plural = "VAT return entries"

    def __str__(self) -> str:
        return f"entry {self.entry_id}"


class VatReturnPart(models.Model):
    """Net pence of box 6 by VAT category and reason, or of box 7 by what was bought for, as a return was locked.

    ``late_pence`` of ``pence`` belong to periods before; ``counts`` says whether it stands in the box.
    """

    vat_return = models.ForeignKey(VatReturn, on_delete=models.PROTECT, related_name="parts")
    box = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)
    counts = models.BooleanField()
    pence = models.BigIntegerField()
    late_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(box__in=[6, 7]), name="vat_return_part_of_a_net"),
            models.UniqueConstraint(
                fields=["vat_return", "box", "category", "reason", "counts"], name="vat_return_part_once"
            ),
        ]

    def __str__(self) -> str:
        return f"box {self.box}: {self.category} {self.pence}"
