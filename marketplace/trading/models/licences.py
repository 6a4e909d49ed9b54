"""Who may use which resource, from when to when, and by which order."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from catalogue.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.trading.models.orders import OrderLine


class Licence(models.Model):
    """A resource that a school, or a trust for all its schools, may download on ``starts`` and before ``ends``.

    Without ``ends`` it is kept: a download that was bought once. An organisation holds one licence of an offer at a
    time: ordering it again adds a term to the end. ``revoked_on`` is the day from which it counts no more, since its
    price was credited whole; ``reminded_on`` the day on which its end was announced.
    """

    order_line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="licence")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="licences", db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="licences")
    starts = models.DateField()
    ends = models.DateField(null=True)
    revoked_on = models.DateField(null=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-starts"], name="licence_organisation"),
            models.Index(
                fields=["ends"],
                condition=Q(revoked_on__isnull=True, reminded_on__isnull=True),
                name="licence_to_remind",
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="licence_no_overlap",
                expressions=[
                    (Func(F("organisation_id"), F("organisation_id"), Value("[]"), function="int8range"), "&&"),
                    (Func(F("offer_id"), F("offer_id"), Value("[]"), function="int8range"), "&&"),
                    (
                        Func(F("starts"), F("ends"), Value("[)"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(revoked_on__isnull=True),
            ),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="licence_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} of {self.organisation_id}"
