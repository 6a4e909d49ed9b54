"""What a subscription includes and how much of it is used: movements of their own, never lines of £0."""

from django.db import models
from django.db.models import F, Q

from marketplace.organisations.models import Organisation


class Allowance(models.Model):
    """Places that an organisation may book without a charge, from one day to another (half-open).

    ``taken`` are those reserved or used. It moves only by conditional update, and is what its movements add up to.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="allowances")
    name = models.CharField(max_length=60, help_text="What the school calls it: the subscription level.")
    granted = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0, help_text="Places that were left when it ended.")
    valid_from = models.DateField()
    valid_to = models.DateField()
    source_key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "valid_to"], name="allowance_organisation")]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="allowance_dates"),
            models.CheckConstraint(
                condition=Q(granted__gt=0, taken__gte=0, expired__gte=0) & Q(granted__gte=F("taken") + F("expired")),
                name="allowance_within_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.valid_from}"

    @property
    def left(self) -> int:
        return self.granted - self.taken - self.expired


class AllowanceUse(models.Model):
    """Places of an allowance kept for a source above, once per source.

    ``released`` of them came back; ``consumed`` says that what they were for has been, so that none comes back any more.
    """

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="uses")
    source_key = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=160, help_text="What for, as the statement of use says it; no person's name.")
    on = models.DateField()
    places = models.PositiveIntegerField()
    released = models.PositiveIntegerField(default=0)
    consumed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["allowance", "on"], name="allowance_use_on")]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gt=0, released__gte=0, released__lte=F("places")), name="allowance_use_within"
            )
        ]

    def __str__(self) -> str:
        return self.label
