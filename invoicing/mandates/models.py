"""Under which terms the partnership sells in the name of another supplier."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation

MOST = Decimal("0.5")


class SalesMandate(models.Model):
    """From ``valid_from`` on (half-open) the partnership sells as this supplier's agent and issues its invoices.

    ``fee_rate`` is the partnership's fee as a share of what is sold, before VAT. A row changes only by getting an end.
    The number series of the supplier's invoices and credit notes belong to the supplier and outlast each mandate.
    """

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sales_mandates")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    fee_rate = models.DecimalField(max_digits=5, decimal_places=4)
    evidence = models.CharField(max_length=240, help_text="Where the signed agreement is.")

    class Meta:
        constraints = [
            no_overlap(name="sales_mandate_no_overlap", keys=["supplier_id"]),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="sales_mandate_dates"
            ),
            models.CheckConstraint(condition=Q(fee_rate__gte=0, fee_rate__lte=MOST), name="sales_mandate_fee"),
            models.CheckConstraint(condition=~Q(evidence=""), name="sales_mandate_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} from {self.valid_from}"
