from django.db import models
from django.db.models import F, Q

from catalogue.models import CourseRun, Offer, OfferVersion, Price
from marketplace.organisations.models import Organisation, Person
from marketplace.trading.models.baskets import Basket


class Order(models.Model):
    """What was agreed when it was placed, or what will be once it is approved.

    Amounts are pence; VAT is worked out per rate over the whole order. ``placed_on`` is the day of ordering, also where
    the approval came later. Nothing is charged before an order is placed. ``invoice_on`` is the day before which the
    buyer does not want the invoice; without one it comes as soon as possible.
    """

    class State(models.TextChoices):
        AWAITING_APPROVAL = "awaiting_approval", "With approver"
        PLACED = "placed", "Placed"
        DECLINED = "declined", "Not approved"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Ran out"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=20, unique=True)
    basket = models.OneToOneField(Basket, on_delete=models.PROTECT, related_name="order")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="orders")
    placed_by_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")
    placed_on = models.DateField()
    purchase_order = models.CharField(max_length=20, blank=True)
    invoice_on = models.DateField(null=True)
    invoice_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=17, choices=State.choices, default=State.PLACED)
    net_pence = models.BigIntegerField()
    vat_pence = models.BigIntegerField()
    total_pence = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="order_organisation")]
        constraints = [
            models.CheckConstraint(
                condition=Q(net_pence__gte=0, vat_pence__gte=0, total_pence=F("net_pence") + F("vat_pence")),
                name="order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(invoice_on__isnull=True) | Q(invoice_on__gte=F("placed_on")), name="order_invoiced_after"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line as it was quoted: price row, steps, VAT treatment and cancellation policy are frozen here.

    ``included`` of the ``quantity`` came from a subscription. ``unit_price_pence`` × ``charged_quantity`` is the net.
    Where that is 0, and while nobody has approved, nothing is charged and ``charge_source_key`` is empty. A term
    without dates begins on the day of the approval. ``instalments`` says in how many monthly payments it is paid.
    ``offer_version`` is the offer as it was published when it was ordered; lines of offers without versions have none.
    ``term`` is how a service is agreed (``subscriptions.slas.rules.terms``); its agreement is made from it.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="order_lines")
    offer_version = models.ForeignKey(
        OfferVersion, on_delete=models.PROTECT, null=True, related_name="order_lines", db_index=False
    )
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, null=True, related_name="order_lines")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="order_lines")
    description = models.CharField(max_length=240)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    included = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    net_pence = models.BigIntegerField()
    unit_price_pence = models.BigIntegerField()
    charged_quantity = models.DecimalField(max_digits=12, decimal_places=3)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat_reason = models.CharField(max_length=240, blank=True)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="order_lines")
    cancellation = models.JSONField()
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    place_source_key = models.CharField(max_length=120, blank=True)
    charge_source_key = models.CharField(max_length=120, blank=True)
    instalments = models.PositiveSmallIntegerField(default=1, db_default=1)
    term = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["school", "-id"], name="order_line_school"),
            models.Index(fields=["charge_source_key"], name="order_line_charge", condition=~Q(charge_source_key="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(net_pence__gte=0), name="order_line_not_negative"),
            models.CheckConstraint(condition=Q(included__lte=F("quantity")), name="order_line_included_within"),
            models.CheckConstraint(
                condition=Q(net_pence=F("unit_price_pence") * F("charged_quantity")),
                name="order_line_unit_times_quantity",
            ),
            models.CheckConstraint(
                condition=Q(run__isnull=True, place_source_key="") | (Q(run__isnull=False) & ~Q(place_source_key="")),
                name="order_line_places_iff_run",
            ),
            models.CheckConstraint(
                condition=Q(instalments=1) | Q(instalments__gte=2, instalments__lte=12, run__isnull=True),
                name="order_line_instalments",
            ),
        ]

    def __str__(self) -> str:
        return self.description
