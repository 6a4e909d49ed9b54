"""Prices that the partnership lowers from a fund of its own. The fund itself is a dimension of the ledger."""

from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import Fund, JournalEntry
from invoicing.receivables.models import Charge, Reduction


class FundSupport(models.Model):
    """A fund pays ``share`` of an item to invoice: its price fell by ``pence`` and the fund was spent by as much.

    ``returned_entry`` gives the money back to the fund once nothing of the item is owed any more.
    """

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="fund_support")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="supports")
    share = models.DecimalField(max_digits=5, decimal_places=4)
    pence = models.BigIntegerField()
    supported_on = models.DateField()
    reduction = models.OneToOneField(Reduction, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")
    returned_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pence__gt=0), name="fund_support_positive"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lt=1), name="fund_support_share"),
            models.CheckConstraint(condition=~Q(returned_entry=F("entry")), name="fund_support_two_entries"),
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.charge_id}"
