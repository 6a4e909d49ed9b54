"""The places that subscriptions include: a school reads its own, finance reads all, a finance manager grants."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.queries import customer_for, require_finance_reader
from marketplace.core.api.views import ApiView
from marketplace.trading.api.quotes import buying_organisation
from subscriptions.allowances.rules.units import Unit
from subscriptions.models import Allowance
from subscriptions.queries import allowances_of
from subscriptions.services import grant_allowance

UNITS = [(one.value, one.words) for one in Unit]


class AllowanceSerializer(serializers.Serializer[Any]):
    """Places, half days or downloads that a subscription includes, both days included."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=UNITS)
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    granted = serializers.IntegerField()
    taken = serializers.IntegerField(help_text="Kept for bookings or used.")
    lapsed = serializers.IntegerField()
    left = serializers.IntegerField()


class GrantRequest(serializers.Serializer[Any]):
    """What is granted. The same name and days again are the same grant."""

    name = serializers.CharField(max_length=60)
    places = serializers.IntegerField(min_value=1, max_value=10_000, help_text="Consultant days as half days.")
    unit = serializers.ChoiceField(choices=UNITS, default="place")
    carry_most = serializers.IntegerField(
        min_value=0, max_value=10_000, default=0, help_text="How many of those left may go into the next allowance."
    )
    first_day = serializers.DateField()
    last_day = serializers.DateField()


def _body(one: Allowance) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "unit": one.unit,
        "first_day": one.valid_from.isoformat(),
        "last_day": (one.valid_to - timedelta(days=1)).isoformat(),
        "granted": one.granted,
        "taken": one.taken,
        "lapsed": one.expired,
        "left": one.left,
    }


class OwnAllowancesView(ApiView):
    """Included places of an organisation for which the caller buys."""

    area = "orders"

    @extend_schema(operation_id="own_allowances", responses=AllowanceSerializer(many=True), tags=["orders"])
    def get(self, request: Request, number: str) -> Response:
        """The included places of an organisation for which you buy, the latest first."""
        return Response([_body(one) for one in allowances_of(buying_organisation(self, number))])


class CustomerAllowancesView(ApiView):
    """Included places of a customer."""

    area = "payments"

    @extend_schema(operation_id="customer_allowances", responses=AllowanceSerializer(many=True), tags=["payments"])
    def get(self, request: Request, number: str) -> Response:
        """The included places of a customer. For finance and the auditor."""
        require_finance_reader(self.actor)
        return Response([_body(one) for one in allowances_of(customer_for(self.actor, number))])

    @extend_schema(
        operation_id="customer_allowance_grant",
        request=GrantRequest,
        responses={201: AllowanceSerializer},
        tags=["payments"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Grants included places. Finance managers only; the same name and days with another number is refused."""
        require_finance_reader(self.actor)
        customer, given = customer_for(self.actor, number), self.read(GrantRequest)
        first, end = given["first_day"], given["last_day"] + timedelta(days=1)
        what = given["name"] if given["unit"] == Unit.PLACE else f"{given['name']}:{given['unit']}"
        made = grant_allowance(
            source_key=f"by-hand:{customer.number}:{what}:{first}:{end}",
            organisation=customer,
            name=given["name"],
            places=given["places"],
            unit=given["unit"],
            carry_most=given["carry_most"],
            on=timezone.localdate(),
            valid_from=first,
            valid_to=end,
            actor=self.actor,
        )
        return Response(_body(made), status=201)
