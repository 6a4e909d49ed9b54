"""A council's contract beside its outcome contract: on what statute it rests, from which block each line is paid, its end."""

from django.db import models
from django.db.models import Q

from marketplace.organisations.models import Person
from subscriptions.outcomes.models import OutcomeContract


class Block(models.TextChoices):
    """From which part of a council's money a line is paid (the blocks of the dedicated schools grant, and beside it)."""

    DEDELEGATED = "dedelegated", "De-delegated"
    HIGH_NEEDS = "high_needs", "High needs block"
    CENTRAL = "central", "Central school services block"
    PUBLIC_HEALTH = "public_health", "Public health grant"
    COUNCIL = "council", "Council's own budget"


class CouncilContract(models.Model):
    """What a council, or another commissioner, buys of the partnership: one for an outcome contract on the side ``earns``.

    Money, measures and statements stand in the outcome contract. ``notice_days`` before a variation or an early end;
    a quarterly return is due ``return_days`` after its quarter.
    """

    contract = models.OneToOneField(OutcomeContract, on_delete=models.PROTECT, related_name="council")
    statutory_basis = models.CharField(max_length=240)
    notice_days = models.PositiveSmallIntegerField(default=90)
    return_days = models.PositiveSmallIntegerField(default=21)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(statutory_basis=""), name="council_contract_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}"


class FundingLine(models.Model):
    """So many pence before VAT of one block for one financial year, which begins on ``year_from`` (1 April)."""

    council = models.ForeignKey(CouncilContract, on_delete=models.PROTECT, related_name="lines", db_index=False)
    year_from = models.DateField()
    block = models.CharField(max_length=13, choices=Block.choices)
    pence = models.BigIntegerField()

    class Meta:
        ordering = ["year_from", "block"]
        constraints = [
            models.UniqueConstraint(fields=["council", "year_from", "block"], name="funding_line_once"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="funding_line_positive"),
            models.CheckConstraint(condition=Q(year_from__month=4, year_from__day=1), name="funding_line_year"),
        ]

    def __str__(self) -> str:
        return f"{self.get_block_display()} from {self.year_from}"


class HandoverStep(models.Model):
    """One thing to hand over before a contract ends: data, papers, open cases, people. Done on a day by somebody."""

    council = models.ForeignKey(CouncilContract, on_delete=models.PROTECT, related_name="handover", db_index=False)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["council", "position"], name="handover_step_position"),
            models.CheckConstraint(condition=~Q(text=""), name="handover_step_said"),
        ]

    def __str__(self) -> str:
        return self.text
