from django.db import models
from django.db.models import Q

from catalogue.models import CourseRun, Offer
from marketplace.organisations.models import Organisation, Person


class Basket(models.Model):
    """What one person is about to order for one organisation: a school, or a trust for its schools.

    One that is ``apart`` is filled and ordered in one step (places of a waiting list, a move to another date): it is never
    the open basket of anybody.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ORDERED = "ordered", "Ordered"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="baskets")
    owner_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="baskets")
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    apart = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "owner_person"],
                condition=Q(state="open", apart=False),
                name="one_open_basket",
            )
        ]

    def __str__(self) -> str:
        return f"Basket {self.pk}"


class BasketLine(models.Model):
    """One offer (for a course, one date of it) for one school. ``facts`` are those that the buyer stated.

    ``delegates``, ``emails`` and ``needs`` are of the people who come, in their order; they are personal and erasable.
    ``use_included`` is how many of the places are to come from a subscription: as many as it has left unless said.
    ``quoted_pence`` is the net that was shown when the line was last changed; the order quotes anew.
    """

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    delegates = models.JSONField(default=list, blank=True)
    emails = models.JSONField(default=list, blank=True, db_default=[])
    needs = models.JSONField(default=list, blank=True, db_default=[])
    use_included = models.PositiveSmallIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    service_from = models.DateField(null=True, blank=True)
    quoted_pence = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["basket", "offer", "run", "school"], nulls_distinct=False, name="basket_line_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="basket_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.offer_id}"
