from django.db import models
from django.db.models import F, Q

from catalogue.models import CourseRun, Offer, Price
from marketplace.organisations.models import Organisation, Person
from marketplace.trading.models.baskets import Basket


class Order(models.Model):
    """What was agreed when it was placed. Amounts are pence; VAT is worked out per rate over the whole order."""

    class State(models.TextChoices):
        PLACED = "placed", "Placed"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=20, unique=True)
    basket = models.OneToOneField(Basket, on_delete=models.PROTECT, related_name="order")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="orders")
    placed_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")
    placed_on = models.DateField()
    purchase_order = models.CharField(max_length=20, blank=True)
    invoice_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLACED)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    total_pence = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="order_organisation")]
        constraints = [
            models.CheckConstraint(
                condition=Q(net_pence__gte=0, vat_pence__gte=0, total_pence=F("net_pence") + F("vat_pence")),
                name="order_adds_up",
            )
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line as it was quoted: price row, steps, VAT treatment and cancellation policy are frozen here.

    ``included`` of the ``quantity`` came from a subscription. Where ``net_pence`` is 0 nothing was charged and
    ``charge_source_key`` is empty.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="order_lines")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, null=True, related_name="order_lines")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="order_lines")
    description = models.CharField(max_length=240)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    included = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    net_pence = models.BigIntegerField()
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="order_lines")
    cancellation = models.JSONField()
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    place_source_key = models.CharField(max_length=120, blank=True)
    charge_source_key = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["school", "-id"], name="order_line_school")]
        constraints = [
            models.CheckConstraint(condition=Q(net_pence__gte=0), name="order_line_not_negative"),
            models.CheckConstraint(condition=Q(included__lte=F("quantity")), name="order_line_included_within"),
            models.CheckConstraint(
                condition=Q(run__isnull=True, place_source_key="") | (Q(run__isnull=False) & ~Q(place_source_key="")),
                name="order_line_places_iff_run",
            ),
        ]

    def __str__(self) -> str:
        return self.description
