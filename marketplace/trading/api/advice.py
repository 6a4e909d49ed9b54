"""Which subscription level would have cost a customer least."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import query_of
from invoicing.queries import customer_for
from marketplace.core.actors import BUYING, FINANCE_READERS
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.advice import PERIODS, level_advice, period_of
from subscriptions.adviser.rules import Advice, Outcome


class AdviceQuery(serializers.Serializer[Any]):
    """Over which purchases."""

    period = serializers.ChoiceField(choices=list(PERIODS.items()), default="twelve_months")


class LevelLineSerializer(serializers.Serializer[Any]):
    """One purchase under a level."""

    on = serializers.DateField()
    what = serializers.CharField()
    unit = serializers.CharField(allow_blank=True, help_text="place, half_day, download; empty: nothing includes it.")
    units = serializers.IntegerField()
    included = serializers.IntegerField()
    pence = serializers.IntegerField(help_text="What would still have been paid for it.")


class LevelOutcomeSerializer(serializers.Serializer[Any]):
    """One level. Pence before VAT; a saving below nought is dearer."""

    code = serializers.CharField(allow_blank=True, help_text="Empty: without a level.")
    name = serializers.CharField()
    price_pence = serializers.IntegerField(help_text="For a year.")
    rest_pence = serializers.IntegerField()
    total_pence = serializers.IntegerField()
    saving_pence = serializers.IntegerField()
    working = serializers.ListField(child=serializers.CharField())
    lines = LevelLineSerializer(many=True)


class LevelAdviceSerializer(serializers.Serializer[Any]):
    """The levels, the cheapest first. Without purchases there is no finding."""

    organisation = serializers.CharField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    purchases = serializers.IntegerField()
    paid_pence = serializers.IntegerField(help_text="For these purchases, and for a level in these months.")
    finding = serializers.CharField(allow_blank=True)
    levels = LevelOutcomeSerializer(many=True)


def _outcome(one: Outcome) -> dict[str, Any]:
    return {
        "code": one.level.code,
        "name": one.level.name,
        "price_pence": one.level.price_pence,
        "rest_pence": one.rest_pence,
        "total_pence": one.total_pence,
        "saving_pence": one.saving_pence,
        "working": list(one.sentences),
        "lines": [
            {
                "on": line.bought.on,
                "what": line.bought.what,
                "unit": line.bought.unit,
                "units": line.bought.units,
                "included": line.included,
                "pence": line.pence,
            }
            for line in one.lines
        ],
    }


def _body(organisation: Organisation, period: Period, advice: Advice) -> dict[str, Any]:
    return {
        "organisation": organisation.number,
        "first_day": period.start,
        "last_day": period.last_day,
        "purchases": len(advice.bought),
        "paid_pence": advice.paid_pence,
        "finding": advice.finding,
        "levels": [_outcome(one) for one in advice.outcomes],
    }


class LevelAdviceView(ApiView):
    """Advice for an organisation."""

    area = "orders"

    @extend_schema(
        operation_id="level_advice", parameters=[AdviceQuery], responses=LevelAdviceSerializer, tags=["orders"]
    )
    def get(self, request: Request, number: str) -> Response:
        """What each level would have cost for what was bought, with the working. For its buyers, finance, the auditor."""
        organisation, on = self._organisation(number), timezone.localdate()
        period = period_of(query_of(request, AdviceQuery)["period"], on)
        return Response(_body(organisation, period, level_advice(organisation=organisation, period=period, on=on)))

    def _organisation(self, number: str) -> Organisation:
        if self.actor.has(*FINANCE_READERS):
            return customer_for(self.actor, number)
        own = Organisation.objects.filter(pk__in=self.actor.organisations(*BUYING), number=number).first()
        if own is None:
            raise NotFound(f"There is no organisation {number} for which you may buy.")
        return own
