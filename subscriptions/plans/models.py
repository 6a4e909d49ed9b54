"""Subscription levels: what each includes and costs, in versions that are frozen once a school has one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from marketplace.core.constraints import no_overlap
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.plans.rules.billing import BILLINGS
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.tiers.models import CLASSES

SUPPLIES = Offer.SupplyKind


class Plan(models.Model):
    """A subscription level that schools can take, such as Gold. ``position`` is its place in the comparison.

    Withdrawn, nobody takes it any more; who has it keeps it to the end of the term.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    code = models.SlugField(max_length=30, unique=True)
    title = models.CharField(max_length=60)
    summary = models.CharField(max_length=600, blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """What a level costs a year and includes for subscriptions that begin in ``[valid_from, valid_to)``.

    ``rule`` is a price rule (``docs/price-rules.md``) of the price of one whole year before VAT. One supply follows
    ``benefit``, its principal benefit; where ``apportionment`` has parts (kind of supply, weight of 100), the price is
    several supplies, each with its own VAT. ``price_class`` is what subscribers buy at. ``year_from`` ("MM-DD") is the day
    on which every year of it begins. ``billings`` are the payments a school may choose ("year:advance").

    A draft is written freely. Once somebody has it it is ``used``: a trigger then lets only its open end be set, once.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    rule = models.JSONField()
    benefit = models.CharField(max_length=11, choices=SUPPLIES.choices, default=SUPPLIES.OTHER)
    apportionment = models.JSONField(default=list)
    price_class = models.PositiveSmallIntegerField(
        null=True, choices=[(int(one), one.words) for one in CLASSES], help_text="The price class of its subscribers."
    )
    year_from = models.CharField(max_length=5, default="09-01")
    billings = ArrayField(models.CharField(max_length=14, choices=BILLINGS), default=list)
    prorate = models.CharField(max_length=6, choices=[(one.value, one.words) for one in Prorate])
    notice_weeks = models.PositiveSmallIntegerField(default=0)
    account_code = models.CharField(max_length=10)
    stream_code = models.CharField(max_length=4)
    cfr_code = models.CharField(max_length=6, blank=True)
    aar_code = models.CharField(max_length=8, blank=True)
    used = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number"),
            no_overlap(name="plan_version_no_overlap", keys=["plan_id"], condition=Q(state="published")),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="plan_version_dates"
            ),
            models.CheckConstraint(
                condition=Q(price_class__isnull=True) | Q(price_class__in=[int(one) for one in CLASSES]),
                name="plan_version_class",
            ),
            models.CheckConstraint(condition=Q(billings__len__gt=0), name="plan_version_billed_somehow"),
            models.CheckConstraint(condition=Q(used=False) | Q(state="published"), name="plan_version_used_published"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"

    @property
    def class_words(self) -> str:
        """ "member", or nothing where it changes no price class."""
        return PriceClass(self.price_class).words if self.price_class else ""


class Entitlement(models.Model):
    """One thing that a version includes for a year. Consultant days are counted in half days.

    ``carry_most`` is how much of what is left may go into the next year.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="entitlements", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=17, choices=[(one.value, one.words) for one in Kind])
    quantity = models.PositiveIntegerField(default=0)
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    theme = models.CharField(max_length=40, blank=True)
    network = models.CharField(max_length=120, blank=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+")
    carry_most = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["version_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="entitlement_position"),
            models.CheckConstraint(
                condition=Q(kind__in=["places", "consultant_days", "downloads"], quantity__gt=0)
                | Q(Q(kind="percent_off_theme", percent__gt=0, percent__lte=100) & ~Q(theme=""))
                | Q(Q(kind="network") & ~Q(network=""))
                | Q(kind="group_deal", offer__isnull=False),
                name="entitlement_says_what",
            ),
            models.CheckConstraint(condition=Q(carry_most__lte=F("quantity")), name="entitlement_carries_its_own"),
        ]

    def __str__(self) -> str:
        return self.included.words

    @property
    def included(self) -> Included:
        deal = self.offer.title if self.offer is not None else ""
        return Included(
            kind=Kind(self.kind), quantity=self.quantity, percent=self.percent, theme=self.theme, network=self.network,
            deal=deal, carry_most=self.carry_most,
        )  # fmt: skip
