from django.db import models
from django.db.models import Q

from marketplace.organisations.models import Person


class CancellationPolicy(models.Model):
    """A cancellation policy of the library: named, in versions, to be applied to offers.

    What holds for an offer is the rule that stands in the offer itself, and for an order what stood there when it was
    placed. A version that was applied (``used``) does not change any more: what is different becomes the next version.
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    rule = models.JSONField()
    used = models.BooleanField(default=False)
    newest = models.BooleanField(default=True)
    added_on = models.DateField()
    added_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="cancellation_policy_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(newest=True), name="cancellation_policy_one_newest"),
            models.CheckConstraint(condition=Q(version__gte=1), name="cancellation_policy_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
