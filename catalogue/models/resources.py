"""Resources: in which form they are sold, for whom they count, who wrote them, and their files."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from catalogue.models.offers import Offer
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Organisation


class Resource(models.Model):
    """What an offer of the kind resource is beyond its text and its price.

    A licence runs for the offer's term and is renewed; a download is bought once and kept; what is printed is sent.
    ``royalty`` is the share, 0 to 1, of each sale before VAT that its author earns once the buyer has paid; an order keeps
    the share of its own day.
    """

    class Form(models.TextChoices):
        DOWNLOAD = "download", "Download, bought once"
        PRINTED = "printed", "Printed, sent by post"
        LICENCE = "licence", "Licence for a term, renewed"

    class Scope(models.TextChoices):
        SCHOOL = "school", "The school that orders it"
        TRUST = "trust", "Every school of its trust"

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, primary_key=True, related_name="resource")
    form = models.CharField(max_length=8, choices=Form.choices)
    scope = models.CharField(max_length=6, choices=Scope.choices, default=Scope.SCHOOL)
    author = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="written_resources")
    royalty = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(0))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=True, royalty=0) | Q(author__isnull=False, royalty__gt=0, royalty__lte=1),
                name="resource_royalty_has_author",
            ),
        ]

    def __str__(self) -> str:
        return str(self.offer_id)

    @property
    def downloads(self) -> bool:
        """Whether a buyer gets files."""
        return self.form != self.Form.PRINTED


class ResourceFile(models.Model):
    """One version of one file of a resource. A new version takes the place of the one before, which is kept."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="files")
    title = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "title", "version"], name="resource_file_version_once"),
            models.UniqueConstraint(
                fields=["resource", "title"], condition=Q(ended_on__isnull=True), name="resource_file_one_current"
            ),
            models.CheckConstraint(condition=Q(version__gte=1) & ~Q(title=""), name="resource_file_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
