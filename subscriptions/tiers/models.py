from django.db import models

from catalogue.rules.classes import PriceClass
from marketplace.core.constraints import no_overlap
from marketplace.organisations.models import Organisation

CLASSES = PriceClass.of_buyers()


class Membership(models.Model):
    """The price class an organisation buys at, from one date to another (half-open)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    price_class = models.PositiveSmallIntegerField(choices=[(int(one), one.words) for one in CLASSES])
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            no_overlap(name="membership_no_overlap", keys=["organisation_id"]),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="membership_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(price_class__in=[int(one) for one in CLASSES]), name="membership_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{PriceClass(self.price_class).words} from {self.valid_from}"
