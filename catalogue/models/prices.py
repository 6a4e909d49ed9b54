from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from catalogue.models.offers import Offer
from catalogue.models.runs import CourseRun
from catalogue.rules.classes import PriceClass
from marketplace.core.constraints import no_overlap


class Price(models.Model):
    """A row of the price list: for one offer (or one of its runs) and one price class, over dates
    (half-open).

    The class ``ANY`` (0) is for everybody without a row of their own class. Once a price was used it is
    ``pinned``: a trigger then lets only its open end be set, once.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="prices")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, null=True, blank=True, related_name="prices")
    run_key = models.GeneratedField(
        expression=Coalesce("run_id", models.Value(0, output_field=models.BigIntegerField())),
        output_field=models.BigIntegerField(),
        db_persist=True,
        help_text="The run, or 0 for all runs: a key of the exclusion constraint must not be empty.",
    )
    price_class = models.PositiveSmallIntegerField(choices=PriceClass.choices())
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    rule = models.JSONField()
    pinned = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["offer", "valid_from"], name="price_offer_from")]
        constraints = [
            no_overlap(name="price_no_overlap", keys=["offer_id", "run_key", "price_class"]),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="price_dates"
            ),
            models.CheckConstraint(condition=Q(price_class__lte=5), name="price_class_known"),
        ]

    def __str__(self) -> str:
        return f"{PriceClass(self.price_class).words} from {self.valid_from}"
