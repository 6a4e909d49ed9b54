"""A cost that several organisations share over a term: its parts, who takes part, and what each bears of each part."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from invoicing.vat.rules.kinds import SupplyKind
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Every
from subscriptions.membership.models import SUPPLIES
from subscriptions.membership.rules.methods import Method

METHODS_OF_PARTS = (Method.EQUAL, Method.PUPILS, Method.WEIGHTS, Method.LEAD)


class SharedCost(models.Model):
    """What several take together over ``[term_from, term_to)``, by days. Agreed, each has an agreement of its own.

    ``is_open``: each who shares may see the others by name and amount. ``version`` counts what was changed, so that nobody
    decides on figures that they did not see.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"

    code = models.SlugField(max_length=20, unique=True)
    title = models.CharField(max_length=100)
    term_from = models.DateField()
    term_to = models.DateField()
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=False)
    every = models.CharField(max_length=5, choices=[(one.value, one.words) for one in Every])
    supply_kind = models.CharField(max_length=16, choices=SUPPLIES, default=SupplyKind.OTHER.code)
    account_code = models.CharField(max_length=10)
    stream_code = models.CharField(max_length=4)
    cfr_code = models.CharField(max_length=6, blank=True)
    aar_code = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    agreed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(term_to__gt=F("term_from")), name="shared_cost_term"),
            models.CheckConstraint(
                condition=Q(state="draft", agreed_on__isnull=True) | Q(state="agreed", agreed_on__isnull=False),
                name="shared_cost_agreed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SharedParticipant(models.Model):
    """Who takes part, from ``joined_on`` (the first day of the term where empty) to before ``left_on``.

    The pupils are those of record on the first day, with their source and day.
    """

    cost = models.ForeignKey(SharedCost, on_delete=models.CASCADE, related_name="participants", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="shared_costs")
    weight = models.DecimalField(max_digits=16, decimal_places=6, default=Decimal(1))
    pupils = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=40, blank=True)
    counted_on = models.DateField(null=True)
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, null=True, related_name="shared_participant")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cost", "organisation"], name="shared_participant_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="shared_participant_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.cost_id}"


class SharedPart(models.Model):
    """One sum of a shared cost and how it is divided; its position is the slot of its line in each agreement."""

    cost = models.ForeignKey(SharedCost, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    pence = models.BigIntegerField()
    method = models.CharField(max_length=8, choices=[(one.value, one.words) for one in METHODS_OF_PARTS])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cost", "position"], name="shared_part_position"),
            models.CheckConstraint(condition=Q(pence__gt=0), name="shared_part_pence"),
        ]

    def __str__(self) -> str:
        return self.title


class SharedShare(models.Model):
    """What one bears of a part over ``[valid_from, valid_to)``: ``pence`` for the days from ``valid_from`` to the end of the
    term, of which the days up to ``valid_to`` count. All shares of a part are the whole of it at any time."""

    part = models.ForeignKey(SharedPart, on_delete=models.CASCADE, related_name="shares", db_index=False)
    participant = models.ForeignKey(SharedParticipant, on_delete=models.CASCADE, related_name="shares")
    weight = models.DecimalField(max_digits=20, decimal_places=6)
    pence = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    steps = models.JSONField(default=list)

    class Meta:
        constraints = [
            no_overlap(name="shared_share_no_overlap", keys=["part_id", "participant_id"]),
            models.CheckConstraint(condition=Q(pence__gte=0), name="shared_share_pence"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="shared_share_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.pence}"
