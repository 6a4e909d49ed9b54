"""The register of members, and what they contribute to a budget of a year."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from invoicing.vat.rules.kinds import SupplyKind
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation, Person
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Every, Prorate
from subscriptions.membership.rules.methods import Method
from subscriptions.tiers.models import CLASSES

SUPPLIES = [
    (kind.code, kind.words)
    for kind in (SupplyKind.OTHER, SupplyKind.CONSULTANCY, SupplyKind.TRAINING, SupplyKind.GRANT)
]
"""What members get for their money decides the VAT; nothing in return is a grant."""

METHODS_OF_ROUNDS = (Method.EQUAL, Method.PUPILS, Method.BANDS, Method.FORMULA)


class MemberClass(models.Model):
    """A class of members: how many votes one of it has, and at which prices it buys."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    votes = models.DecimalField(max_digits=6, decimal_places=2)
    price_class = models.PositiveSmallIntegerField(choices=[(int(one), one.words) for one in CLASSES])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(votes__gte=0), name="member_class_votes"),
            models.CheckConstraint(
                condition=Q(price_class__in=[int(one) for one in CLASSES]), name="member_class_prices"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MemberEntry(models.Model):
    """An organisation in the register over ``[valid_from, valid_to)``; ``voter`` casts its votes, where one is named."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="member_entries", db_index=False
    )
    member_class = models.ForeignKey(MemberClass, on_delete=models.PROTECT, related_name="entries")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    voter = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    left_because = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-valid_from"], name="member_entry_organisation")]
        constraints = [
            no_overlap(name="member_entry_no_overlap", keys=["organisation_id"]),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="member_entry_dates"
            ),
            models.CheckConstraint(
                condition=Q(left_because="") | Q(valid_to__isnull=False), name="member_entry_left_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


class ContributionRound(models.Model):
    """A budget that members pay together over ``[term_from, term_to)``, divided to the penny.

    Each first pays ``nominal_pence``; the rest of the budget is divided by ``method`` and ``terms``. ``drawn`` counts how
    often the shares were worked out, so that nobody agrees to figures that they did not see. Agreed, it stays.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        AGREED = "agreed", "Agreed"

    code = models.SlugField(max_length=20, unique=True)
    title = models.CharField(max_length=120)
    term_from = models.DateField()
    term_to = models.DateField()
    budget_pence = models.BigIntegerField()
    nominal_pence = models.BigIntegerField(default=0)
    method = models.CharField(max_length=8, choices=[(one.value, one.words) for one in METHODS_OF_ROUNDS])
    terms = models.JSONField(default=dict)
    member_class = models.ForeignKey(MemberClass, on_delete=models.PROTECT, null=True, related_name="rounds")
    joining = models.CharField(max_length=6, choices=[(one.value, one.words) for one in Prorate])
    every = models.CharField(max_length=5, choices=[(one.value, one.words) for one in Every])
    supply_kind = models.CharField(max_length=16, choices=SUPPLIES, default=SupplyKind.OTHER.code)
    account_code = models.CharField(max_length=10)
    stream_code = models.CharField(max_length=4)
    cfr_code = models.CharField(max_length=6, blank=True)
    aar_code = models.CharField(max_length=8, blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    drawn = models.PositiveIntegerField(default=0)
    agreed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(term_to__gt=F("term_from")), name="contribution_round_term"),
            models.CheckConstraint(
                condition=Q(budget_pence__gt=0, nominal_pence__gte=0), name="contribution_round_pence"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", agreed_on__isnull=True) | Q(state="agreed", agreed_on__isnull=False),
                name="contribution_round_agreed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ContributionShare(models.Model):
    """What one member pays in a round: the nominal fee and its part of the rest, with the working.

    ``joined_on`` is empty for those among whom the budget is divided; who joins later pays beside them and changes
    nothing for them. ``pence`` is for the whole term even then.
    """

    round = models.ForeignKey(ContributionRound, on_delete=models.CASCADE, related_name="shares", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contributions")
    pupils = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=40, blank=True)
    counted_on = models.DateField(null=True)
    phase = models.CharField(max_length=24, blank=True)
    weight = models.DecimalField(max_digits=20, decimal_places=6, default=Decimal(0))
    nominal_pence = models.BigIntegerField(default=0)
    pence = models.BigIntegerField()
    steps = models.JSONField(default=list)
    joined_on = models.DateField(null=True)
    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, null=True, related_name="contribution_share")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="contribution_share_once"),
            models.CheckConstraint(condition=Q(pence__gte=0, nominal_pence__gte=0), name="contribution_share_pence"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.pence}"

    @property
    def whole_pence(self) -> int:
        """Nominal fee and contribution for the whole term."""
        return self.nominal_pence + self.pence
