"""What we ask a provider to pay back, since no payment takes it off; and what of it is asked for no longer."""

from datetime import date

from django.db import models
from django.db.models import Q

from invoicing.documents.models import Document
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.receivables.models import Allocation


class ClaimBack(models.Model):
    """``pence`` of a provider's credit note, asked for by ``document``, a repayment request that it pays like any bill.

    Of one credit note there may be several: where the bank rejects the payment that took off some of it, that is left again.
    """

    credit = models.ForeignKey(ProviderInvoice, on_delete=models.PROTECT, related_name="claims")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="claim")
    pence = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "claims back"
        constraints = [models.CheckConstraint(condition=Q(pence__gt=0), name="claim_back_positive")]

    def __str__(self) -> str:
        return f"{self.pence} of {self.credit_id}"

    @property
    def due_on(self) -> date:
        """The day by which it is to be paid back."""
        return self.document.due_on or self.document.issued_on

    @property
    def withdrawn(self) -> "ClaimWithdrawal | None":
        """What of it is asked for no longer; None where all was or is to be paid."""
        return getattr(self, "withdrawal", None)


class ClaimWithdrawal(models.Model):
    """``pence`` that a repayment request still asked for and asks for no longer: left of its credit note again.

    ``allocation`` is what settled the request. Neither is ever undone: the money is claimed back anew.
    """

    claim = models.OneToOneField(ClaimBack, on_delete=models.PROTECT, related_name="withdrawal")
    allocation = models.OneToOneField(Allocation, on_delete=models.PROTECT, related_name="+")
    pence = models.BigIntegerField()
    reason = models.CharField(max_length=240)
    withdrawn_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pence__gt=0), name="claim_withdrawal_positive")]

    def __str__(self) -> str:
        return f"{self.pence} of {self.claim_id}"
