"""Orders: placed from the basket at the price that was seen."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.receivables.charges import PURCHASE_ORDER_LIMIT
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.trading.api.quotes import StepSerializer, buying_organisation
from marketplace.trading.models import Basket, Booking, Order
from marketplace.trading.queries import basket_of, lines_for, order_for, orders_for, own_pence, sees_names
from marketplace.trading.services import Paying, place_order, set_purchase_order


class OrderFilters(FilterSet):
    """By organisation, state and day."""

    organisation = CharFilter(field_name="organisation__number", max_length=12)
    state = ChoiceFilter(choices=Order.State.choices)
    placed_from = DateFilter(field_name="placed_on", lookup_expr="gte")
    placed_before = DateFilter(field_name="placed_on", lookup_expr="lt")

    class Meta:
        model = Order
        fields: list[str] = []


class OrderRow(serializers.Serializer[Any]):
    """One order in a list."""

    number = serializers.CharField()
    organisation = serializers.CharField()
    invoice_to = serializers.CharField()
    placed_on = serializers.DateField()
    state = serializers.ChoiceField(choices=Order.State.choices)
    purchase_order = serializers.CharField(allow_blank=True)
    invoice_on = serializers.DateField(
        allow_null=True, help_text="The day that the buyer chose; empty: as soon as possible."
    )
    net_pence = serializers.IntegerField(allow_null=True, help_text="Empty where you see a part of the order only.")
    vat_pence = serializers.IntegerField(allow_null=True)
    total_pence = serializers.IntegerField(allow_null=True)


class BookingBrief(serializers.Serializer[Any]):
    """A place of a line. Names are told to whoever ordered or receives it, and to nobody else."""

    id = serializers.IntegerField()
    delegate_name = serializers.CharField(allow_blank=True)
    included = serializers.BooleanField()
    net_pence = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Booking.State.choices)


class OrderLineSerializer(serializers.Serializer[Any]):
    """A line as it was quoted when it was ordered."""

    id = serializers.IntegerField()
    own_code = serializers.CharField(allow_blank=True, help_text="The school's own code for it, in place of ours.")
    offer = serializers.CharField()
    run = serializers.CharField(allow_null=True)
    receiver = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.CharField()
    included = serializers.IntegerField()
    net_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.CharField()
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True, help_text="The day after the last.")
    instalments = serializers.IntegerField(help_text="In how many monthly payments it is paid.")
    steps = StepSerializer(many=True)
    bookings = BookingBrief(many=True)


class OrderSerializer(OrderRow):
    """An order with the lines that the caller may see."""

    lines = OrderLineSerializer(many=True)


class NewOrder(serializers.Serializer[Any]):
    """The basket to order. ``expected_pence`` is the total with VAT that you saw: another price orders nothing."""

    organisation = serializers.SlugField(max_length=12)
    expected_pence = serializers.IntegerField(min_value=0, max_value=10**13)
    purchase_order = serializers.CharField(max_length=PURCHASE_ORDER_LIMIT, allow_blank=True, default="")
    invoice_on = serializers.DateField(
        allow_null=True,
        default=None,
        help_text="From when it is to be invoiced: not before today, at most 14 days after the first of it is supplied "
        "and a year ahead. Empty: as soon as possible.",
    )
    in_instalments = serializers.BooleanField(
        default=False, help_text="Whether what may be paid in monthly instalments is paid so."
    )
    purse = serializers.SlugField(
        max_length=20, allow_blank=True, default="", help_text="The cluster's purse that pays it; its lead is invoiced."
    )


class PurchaseOrder(serializers.Serializer[Any]):
    """The number that stands on the invoices still to come."""

    purchase_order = serializers.CharField(max_length=PURCHASE_ORDER_LIMIT, allow_blank=True)


def filled_basket(view: ApiView, number: str) -> Basket:
    """The actor's open basket for an organisation by its customer number, or NotFound."""
    basket = basket_of(view.actor, buying_organisation(view, number))
    if basket is None:
        raise NotFound("Your basket is empty. Add something first.")
    return basket


def read_order(view: ApiView) -> tuple[str, dict[str, Any]]:
    """Whose basket is to be ordered, by customer number, and the arguments of ordering it."""
    given = view.read(NewOrder)
    paying = Paying(
        invoice_on=given.pop("invoice_on"), in_instalments=given.pop("in_instalments"), purse=given.pop("purse")
    )
    return given.pop("organisation"), {**given, "paying": paying}


def order_body(view: ApiView, order: Order) -> dict[str, Any]:
    """An order as the API tells it to this actor."""
    whole, named = order.pk in own_pence(view.actor, [order]), sees_names(view.actor)
    return {
        "number": order.number,
        "organisation": order.organisation.number,
        "invoice_to": order.invoice_to.number,
        "placed_on": order.placed_on,
        "state": order.state,
        "purchase_order": order.purchase_order,
        "invoice_on": order.invoice_on,
        "net_pence": order.net_pence if whole else None,
        "vat_pence": order.vat_pence if whole else None,
        "total_pence": order.total_pence if whole else None,
        "lines": [
            {
                "id": line.pk,
                "own_code": line.own_code.code if hasattr(line, "own_code") else "",
                "offer": line.offer.code,
                "run": line.run.code if line.run else None,
                "receiver": line.school.number,
                "description": line.description,
                "quantity": f"{line.quantity.normalize():f}",
                "included": line.included,
                "net_pence": line.net_pence,
                "vat_category": line.vat_category,
                "vat_rate": str(line.vat_rate),
                "service_from": line.service_from,
                "service_to": line.service_to,
                "instalments": line.instalments,
                "steps": [{"text": step["text"], "pence": step.get("pence")} for step in line.steps],
                "bookings": [
                    {
                        "id": booking.pk,
                        "delegate_name": booking.delegate_name if named else "",
                        "included": booking.included,
                        "net_pence": booking.net_pence,
                        "state": booking.state,
                    }
                    for booking in line.bookings.all()
                ],
            }
            for line in lines_for(view.actor, order)
        ],
    }


class OrdersView(ListView):
    """Orders of the caller's organisations."""

    area = "orders"
    serializer_class = OrderRow
    filterset_class = OrderFilters
    columns = {
        "number": "number",
        "organisation": "organisation__number",
        "invoice_to": "invoice_to__number",
        "placed_on": "placed_on",
        "state": "state",
        "purchase_order": "purchase_order",
        "invoice_on": "invoice_on",
        "net_pence": "net_pence",
        "vat_pence": "vat_pence",
        "total_pence": "total_pence",
    }

    def rows(self) -> QuerySet[Order]:
        return orders_for(self.actor)

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = list(Order.objects.filter(number__in=[row["number"] for row in rows]))
        seen = own_pence(self.actor, found)
        whole = {order.number for order in found if order.pk in seen}
        hidden = dict.fromkeys(("net_pence", "vat_pence", "total_pence"))
        return [row if row["number"] in whole else {**row, **hidden} for row in rows]

    @extend_schema(operation_id="orders", tags=["orders"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Orders placed for your organisations, or with something for them; newest first."""
        return self.page()

    @extend_schema(operation_id="order_place", request=NewOrder, responses={201: OrderSerializer}, tags=["orders"])
    def post(self, request: Request) -> Response:
        """Orders your basket, all or nothing. Another price, places gone or over your limit: nothing is ordered."""
        organisation, given = read_order(self)
        basket = filled_basket(self, organisation)
        order = place_order(basket=basket, on=timezone.localdate(), actor=self.actor, **given)
        return Response(order_body(self, order), status=201)


class OrderView(ApiView):
    """One order."""

    area = "orders"

    @extend_schema(operation_id="order", responses=OrderSerializer, tags=["orders"])
    def get(self, request: Request, number: str) -> Response:
        """One order with the lines that you may see, each with the working of its price."""
        return Response(order_body(self, order_for(self.actor, number)))


class OrderPurchaseOrderView(ApiView):
    """The purchase order of an order."""

    area = "orders"

    @extend_schema(
        operation_id="order_purchase_order", request=PurchaseOrder, responses=OrderSerializer, tags=["orders"]
    )
    def put(self, request: Request, number: str) -> Response:
        """Gives or changes the purchase order of what is not invoiced yet."""
        given = self.read(PurchaseOrder)
        order = set_purchase_order(order=order_for(self.actor, number), actor=self.actor, **given)
        return Response(order_body(self, order))
