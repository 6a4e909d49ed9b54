"""Self-billing agreements: for how long we write a provider's invoices, and on what VAT facts that rests."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from marketplace.core.constraints import no_overlap
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Organisation, Person


class SelfBillingAgreement(models.Model):
    """That we write a provider's invoices over dates (half-open), of at most twelve months (VAT Notice 700/62, s2).

    Offered by a finance manager, in force once the provider ``signed``: on its own page (``signed_by``) or on paper
    (``file``). ``vat_number`` is that on which it rests, of the ``vat_holder``: a maintained school's is its council's.
    Ended early, ``valid_to`` is the first day on which we write none, and ``reason`` says why.
    """

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="self_billing_agreements", db_index=False
    )
    number = models.CharField(max_length=24, unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    vat_registered = models.BooleanField()
    vat_number = models.CharField(max_length=20, blank=True)
    vat_holder = models.CharField(max_length=200, blank=True)
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    offered_on = models.DateField()
    signed_on = models.DateField(null=True)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    signed_name = models.CharField(max_length=120, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["provider", "-valid_from"], name="self_billing_provider"),
            models.Index(fields=["-id"], name="self_billing_newest"),
            models.Index(fields=["valid_to"], name="self_billing_ends"),
        ]
        constraints = [
            no_overlap(name="self_billing_no_overlap", keys=["provider_id"]),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from"), valid_to__lte=F("valid_from") + timedelta(days=366)),
                name="self_billing_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(vat_registered=True) & ~Q(vat_number="") | Q(vat_registered=False, vat_number=""),
                name="self_billing_number_iff_registered",
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True, signed_name="") | (Q(signed_on__isnull=False) & ~Q(signed_name="")),
                name="self_billing_signed_by_name",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, reason="") | (Q(ended_on__isnull=False) & ~Q(reason="")),
                name="self_billing_end_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number
