from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from marketplace.core.constraints import no_overlap


class Organisation(models.Model):
    """Anyone who buys, sells or pays: one legal or organisational body, for ever.

    ``number`` is the customer number printed on paper. ``name`` is the current name; what it was called on a past
    date stands in its identities.
    """

    class Kind(models.TextChoices):
        PARTNERSHIP = "partnership", "Partnership"
        SCHOOL = "school", "School"
        TRUST = "trust", "Trust"
        AUTHORITY = "authority", "Local authority"
        PROVIDER = "provider", "Provider"
        OTHER = "other", "Other customer"

    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=200)
    notify_email = models.EmailField(blank=True, help_text="One shared address for notices, such as office@.")
    name_search = models.GeneratedField(
        expression=SearchVector("name", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        indexes = [
            models.Index(fields=["kind", "name"], name="organisation_kind_name"),
            GinIndex(fields=["name_search"], name="organisation_name_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="partnership"), name="one_partnership"),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """How an organisation was named and addressed from one date to another (half-open)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="identities")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    locality = models.CharField(max_length=200, blank=True)
    address3 = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=100, blank=True)
    county = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, default="GB")
    vat_number = models.CharField(max_length=20, blank=True)
    company_number = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            no_overlap(name="identity_no_overlap", keys=["organisation_id"]),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="identity_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.valid_from}"

    @property
    def address_lines(self) -> list[str]:
        lines = [self.street, self.locality, self.address3, self.town, self.county, self.postcode]
        return [line for line in lines if line]
