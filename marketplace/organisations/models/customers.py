from django.db import models

from marketplace.organisations.models.organisations import Organisation


class CustomerTerms(models.Model):
    """How a customer is invoiced and pays. A customer without a row has the defaults of the fields."""

    class Settlement(models.TextChoices):
        INVOICE = "invoice", "Bank transfer against an invoice"
        COUNCIL_JOURNAL = "council_journal", "Journal in the council's ledger"

    class PurchaseOrderRule(models.TextChoices):
        OPTIONAL = "optional", "Welcome, not needed"
        REQUIRED = "required", "Needed before an invoice is sent"

    class Grouping(models.TextChoices):
        PURCHASE_ORDER = "purchase_order", "One invoice for each purchase order"
        ORDER = "order", "One invoice for each order"
        SCHOOL = "school", "One invoice for each school"
        TOGETHER = "together", "One invoice for all, with a section for each school"

    class Rhythm(models.TextChoices):
        AS_DUE = "as_due", "As items fall due"
        MONTHLY = "monthly", "Once a month, on its last day"

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="terms")
    settlement = models.CharField(max_length=16, choices=Settlement.choices, default=Settlement.INVOICE)
    purchase_order_rule = models.CharField(
        max_length=10, choices=PurchaseOrderRule.choices, default=PurchaseOrderRule.OPTIONAL
    )
    payer_reference_name = models.CharField(max_length=40, default="Purchase order")
    cost_centre = models.CharField(
        max_length=20, blank=True, default="", db_default="",
        help_text="Where the council's ledger charges the school, as the council writes it.",
    )  # fmt: skip
    payment_days = models.PositiveSmallIntegerField(default=30)
    invoice_grouping = models.CharField(max_length=14, choices=Grouping.choices, default=Grouping.PURCHASE_ORDER)
    invoice_rhythm = models.CharField(max_length=7, choices=Rhythm.choices, default=Rhythm.AS_DUE)
    invoice_to = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="pays_for",
        help_text="Another organisation that is invoiced instead, such as the trust or the lead school.",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment_days__gte=0, payment_days__lte=120), name="payment_days_sensible"
            ),
            models.CheckConstraint(condition=~models.Q(invoice_to=models.F("organisation")), name="invoice_to_another"),
        ]

    def __str__(self) -> str:
        return f"Terms of {self.organisation_id}"
