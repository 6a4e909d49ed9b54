"""What the partnership owes to those who earned it: pushed down once, owed at once or when a customer has paid."""

from django.db import models
from django.db.models import F, Q

from invoicing.ledger.models import IncomeStream, JournalEntry, LedgerAccount
from marketplace.organisations.models import Organisation


class Payable(models.Model):
    """An amount due to a provider, pushed down by the floor on which it was earned. Pence before VAT.

    ``source_key`` is opaque and unique; ``facts_hash`` holds the commercial facts, so that the same call twice makes one
    payable and another call with the same key is refused. ``reduced_pence`` is what is owed less since, ``owed_pence``
    what is posted: all of what is left, or, where ``release_on_payment_of`` names an item to invoice, the share of it that
    its customer's money has reached. The provider's VAT is posted with its own invoice, never before (SI 1995/2518,
    reg. 29(2)); its treatment stands here for that day.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a customer to pay"
        OWED = "owed", "Owed"
        CANCELLED = "cancelled", "Cancelled"

    source_key = models.CharField(max_length=120, unique=True)
    facts_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices)
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payables", db_index=False)
    description = models.CharField(max_length=240)
    net_pence = models.BigIntegerField()
    reduced_pence = models.BigIntegerField(default=0)
    owed_pence = models.BigIntegerField(default=0)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.ForeignKey(IncomeStream, on_delete=models.PROTECT, related_name="+", db_index=False)
    analysis_code = models.CharField(max_length=60, blank=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    made_on = models.DateField()
    release_on_payment_of = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["provider", "-id"], name="payable_provider"),
            models.Index(fields=["state", "-id"], name="payable_state"),
            models.Index(fields=["release_on_payment_of"], condition=Q(state="waiting"), name="payable_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(net_pence__gt=0) & ~Q(source_key=""), name="payable_positive"),
            models.CheckConstraint(
                condition=Q(
                    reduced_pence__gte=0, owed_pence__gte=0, owed_pence__lte=F("net_pence") - F("reduced_pence")
                ),
                name="payable_within_net",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", reduced_pence=F("net_pence"), owed_pence=0)
                | Q(state="owed", owed_pence__gt=0)
                | (Q(state="waiting", owed_pence=0, reduced_pence__lt=F("net_pence")) & ~Q(release_on_payment_of="")),
                name="payable_state_as_owed",
            ),
            models.CheckConstraint(
                condition=~Q(release_on_payment_of="") | Q(owed_pence=F("net_pence") - F("reduced_pence")),
                name="payable_owed_at_once",
            ),
            models.CheckConstraint(
                condition=Q(service_from__isnull=True, service_to__isnull=True) | Q(service_to__gt=F("service_from")),
                name="payable_service_period",
            ),
        ]

    def __str__(self) -> str:
        return self.source_key

    @property
    def due_pence(self) -> int:
        """What is left of it, posted or not, in pence before VAT."""
        return self.net_pence - self.reduced_pence

    @property
    def waiting_pence(self) -> int:
        """What of it waits for a customer's money still."""
        return self.due_pence - self.owed_pence


class PayableMove(models.Model):
    """What became owed of a payable with one entry, or (below nought) was taken back by one."""

    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="moves")
    pence = models.BigIntegerField()
    made_on = models.DateField()
    reason = models.CharField(max_length=240)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(pence=0) & ~Q(reason=""), name="payable_move_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.pence} of {self.payable_id}"


class PayableReduction(models.Model):
    """Less is owed of a payable: said by who pushed it, or (``by_credit``) because its customer's item was credited."""

    source_key = models.CharField(max_length=120, unique=True)
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="reductions")
    pence = models.BigIntegerField()
    reason = models.CharField(max_length=240)
    reduced_on = models.DateField()
    by_credit = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pence__gt=0), name="payable_reduction_positive")]

    def __str__(self) -> str:
        return self.source_key
