"""Asking somebody else to pay a part of a school's invoice. The school stays the customer and owes its whole invoice."""

from django.db import models
from django.db.models import F, Q

from invoicing.documents.models import Document
from marketplace.organisations.models import Organisation, Person


class PaymentRequest(models.Model):
    """``pence`` of an invoice, with its VAT, that ``funder`` was asked to pay: no VAT invoice and no posting.

    How much of it came is read from what the funder's money was set against (``asked.requests_with_figures``), so that
    there is nothing to keep in step. ``reference`` is the funder's own, such as its purchase order. ``withdrawn`` asks
    for nothing any more.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WITHDRAWN = "withdrawn", "Withdrawn"

    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="payment_requests")
    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payment_requests")
    pence = models.BigIntegerField()
    requested_on = models.DateField()
    reason = models.CharField(max_length=240)
    reference = models.CharField(max_length=40, blank=True)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "funder"], condition=Q(state="open"), name="payment_request_open_once"
            ),
            models.CheckConstraint(condition=Q(pence__gt=0) & ~Q(reason=""), name="payment_request_positive"),
            models.CheckConstraint(
                condition=(Q(state="withdrawn", withdrawn_on__gte=F("requested_on")) & ~Q(withdrawn_reason=""))
                | Q(state="open", withdrawn_on__isnull=True, withdrawn_reason=""),
                name="payment_request_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number
