"""Packages of a council's contract: for which schools, how much of what, and what they drew of it."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalogue.models import Offer
from marketplace.core.money import round_half_up
from marketplace.organisations.models import Organisation, Person
from subscriptions.commissions.models.contracts import Block, CouncilContract


class Package(models.Model):
    """So many units of something for some schools over ``[valid_from, valid_to)``, paid by the contract.

    ``allocation`` units are there, ``drawn`` of them are taken; a unit is worth ``price_pence`` before VAT. Eligible are the
    schools of a list, or those that a rule finds (``phases``, ``billing_classes``; empty: any) in the council's area. One
    school may draw ``each_most`` units, where it is said. A ``confidential`` package is for schools that cause concern: it is
    always a list, and only the commissioner and the organisers know of it.
    """

    class By(models.TextChoices):
        LIST = "list", "A list"
        RULE = "rule", "A rule"

    council = models.ForeignKey(CouncilContract, on_delete=models.PROTECT, related_name="packages", db_index=False)
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)
    what = models.TextField(blank=True)
    unit = models.CharField(max_length=30)
    block = models.CharField(max_length=13, choices=Block.choices)
    price_pence = models.BigIntegerField()
    allocation = models.DecimalField(max_digits=10, decimal_places=2)
    drawn = models.DecimalField(default=0, max_digits=10, decimal_places=2)
    each_most = models.DecimalField(null=True, max_digits=10, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField()
    by = models.CharField(max_length=4, choices=By.choices)
    phases = ArrayField(models.CharField(max_length=2), default=list)
    billing_classes = ArrayField(models.CharField(max_length=24), default=list)
    confidential = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["council", "code"], name="package_code"),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="package_dates"),
            models.CheckConstraint(
                condition=Q(price_pence__gte=0, allocation__gt=0, drawn__gte=0, drawn__lte=F("allocation")),
                name="package_within_allocation",
            ),
            models.CheckConstraint(condition=Q(each_most__isnull=True) | Q(each_most__gt=0), name="package_each_most"),
            models.CheckConstraint(condition=Q(confidential=False) | Q(by="list"), name="package_confidential_list"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> Decimal:
        """Units that may still be drawn."""
        return self.allocation - self.drawn

    def worth(self, units: Decimal) -> int:
        """What so many units cost, in pence before VAT, rounded once half up."""
        return round_half_up(units * self.price_pence)


class PackageSchool(models.Model):
    """A school on a package's list from a day on, until another where it was taken off. Draws so many units at most, where
    that is said."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="schools", db_index=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="funded_packages")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["package", "school"], condition=Q(valid_to__isnull=True), name="package_school_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="package_school_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.package_id}"


class PackageOffer(models.Model):
    """An offer of which the contract pays ``share`` (1 is all) for the package's schools: one unit for each of it."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="offers", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="funded_by")
    share = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "offer"], name="package_offer_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="package_offer_share"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} by {self.package_id}"


class PackageDraw(models.Model):
    """What one source takes of a package for a school, kept once. ``pence`` is its worth before VAT at that time."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="draws", db_index=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=120, help_text="What it was for; no person's name.")
    on = models.DateField()
    units = models.DecimalField(max_digits=10, decimal_places=2)
    released = models.DecimalField(default=0, max_digits=10, decimal_places=2)
    price_pence = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["package", "school", "on"], name="package_draw_school")]
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gt=0, released__gte=0, released__lte=F("units")), name="package_draw_within"
            ),
        ]

    def __str__(self) -> str:
        return self.source_key

    @property
    def kept(self) -> Decimal:
        """Units that it takes in the end."""
        return self.units - self.released

    @property
    def pence(self) -> int:
        """What they are worth before VAT."""
        return round_half_up(self.kept * self.price_pence)


class PackageMovement(models.Model):
    """Units drawn or given back: written with the draw and never changed."""

    class Kind(models.TextChoices):
        DRAWN = "drawn", "Drawn"
        RELEASED = "released", "Given back"

    draw = models.ForeignKey(PackageDraw, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    units = models.DecimalField(max_digits=10, decimal_places=2)
    on = models.DateField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="package_movement_positive"),
            models.UniqueConstraint(fields=["draw"], condition=Q(kind="drawn"), name="package_movement_drawn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.units}"
