"""The licences that an organisation holds, and what an author earned by what it wrote."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.payables.models import Payable
from marketplace.core.api.views import ApiView, ListView
from marketplace.trading.api.quotes import buying_organisation
from marketplace.trading.licence_queries import licences_of, royalties_of, summed
from marketplace.trading.models import Licence


class LicenceRow(serializers.Serializer[Any]):
    """From ``starts`` to the day before ``ends``; without ``ends`` it is kept."""

    id = serializers.IntegerField()
    offer = serializers.CharField()
    title = serializers.CharField()
    holder = serializers.CharField(help_text="Customer number of the school or trust that holds it.")
    order = serializers.CharField()
    starts = serializers.DateField()
    ends = serializers.DateField(allow_null=True)
    revoked_on = serializers.DateField(allow_null=True, help_text="From this day it opens nothing.")
    renewed = serializers.BooleanField(help_text="Whether the next term is ordered.")


class RoyaltiesSerializer(serializers.Serializer[Any]):
    """Sums over all sales that were not given back whole. Pence before VAT."""

    organisation = serializers.CharField()
    sales = serializers.IntegerField()
    sold_pence = serializers.IntegerField()
    owed_pence = serializers.IntegerField(help_text="Your share of what buyers have paid.")
    waiting_pence = serializers.IntegerField(help_text="Your share of what they have not paid yet.")


class RoyaltyRow(serializers.Serializer[Any]):
    """Your share of one sale. Who bought is not told. Pence before VAT."""

    id = serializers.IntegerField()
    made_on = serializers.DateField()
    description = serializers.CharField()
    offer = serializers.CharField()
    state = serializers.ChoiceField(choices=Payable.State.choices)
    share_pence = serializers.IntegerField(help_text="Less what was given back to the buyer.")
    owed_pence = serializers.IntegerField()
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True, help_text="The day after the last.")


class LicencesView(ListView):
    """An organisation's licences."""

    area = "orders"
    serializer_class = LicenceRow
    columns = {
        "id": "id", "offer": "offer__code", "title": "offer__title", "holder": "organisation__number",
        "order": "order_line__order__number", "starts": "starts", "ends": "ends", "revoked_on": "revoked_on",
        "renewed": "renewed",
    }  # fmt: skip

    def rows(self) -> QuerySet[Licence]:
        organisation = buying_organisation(self, self.kwargs["number"])
        return licences_of(self.actor, [organisation], on=timezone.localdate())

    def rows_model(self) -> Any:
        return Licence.objects

    @extend_schema(operation_id="licences", tags=["resources"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Licences of resources that the organisation or its trust holds, running, to come and ended."""
        return self.page()


class RoyaltiesView(ApiView):
    """What an organisation earned by what it wrote."""

    area = "orders"

    @extend_schema(operation_id="royalties", responses=RoyaltiesSerializer, tags=["resources"])
    def get(self, request: Request, number: str) -> Response:
        """The sums of all sales of what the organisation wrote."""
        organisation = buying_organisation(self, number)
        sums = summed(royalties_of(self.actor, organisation))
        return Response(
            {
                "organisation": organisation.number, "sales": sums.count, "sold_pence": sums.sold,
                "owed_pence": sums.owed, "waiting_pence": sums.waiting,
            }
        )  # fmt: skip


class RoyaltySalesView(ListView):
    """The sales behind an organisation's royalties."""

    area = "orders"
    serializer_class = RoyaltyRow
    columns = {
        "id": "id", "made_on": "made_on", "description": "description", "offer": "analysis_code", "state": "state",
        "share_pence": F("net_pence") - F("reduced_pence"), "owed_pence": "owed_pence",
        "service_from": "service_from", "service_to": "service_to",
    }  # fmt: skip

    def rows(self) -> QuerySet[Payable]:
        return royalties_of(self.actor, buying_organisation(self, self.kwargs["number"]))

    def rows_model(self) -> Any:
        return Payable.objects

    @extend_schema(operation_id="royalty_sales", tags=["resources"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Each sale of what the organisation wrote, and its share of it."""
        return self.page()
