"""Which invoices the partnership issued in the name of another supplier, under which mandate."""

from django.db import models

from invoicing.documents.models import Document
from invoicing.mandates.models import SalesMandate
from marketplace.organisations.models import Organisation


class AgencySale(models.Model):
    """An invoice that is the supplier's: written with it, never changed. The mandate says what our fee is."""

    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, primary_key=True, related_name="agency_sale", db_constraint=False
    )
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(SalesMandate, on_delete=models.PROTECT, related_name="sales")

    def __str__(self) -> str:
        return str(self.document_id)


def mandate_of(invoice: Document) -> int | None:
    """The mandate under which an invoice was issued in its supplier's name; None for the partnership's own."""
    return AgencySale.objects.filter(pk=invoice.pk).values_list("mandate_id", flat=True).first()
