"""Clusters' purses: for their members, and for finance and the auditor."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from subscriptions.purses.models import Purse
from subscriptions.purses.queries import members_of, purse_for, purses_for, standings_of, statement_of

TAGS = ["shared costs"]


class PurseRow(serializers.Serializer[Any]):
    """A purse into which several pay, and from which their orders are paid."""

    code = serializers.CharField()
    name = serializers.CharField()
    lead = serializers.CharField(help_text="Customer number. It is invoiced for what is drawn.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")


class PurseMemberRow(serializers.Serializer[Any]):
    """A member, in pence with VAT."""

    organisation = serializers.CharField()
    agreed_pence = serializers.IntegerField(help_text="What it agreed to pay in.")
    paid_pence = serializers.IntegerField()
    drawn_pence = serializers.IntegerField()
    may_draw = serializers.BooleanField()
    most_pence = serializers.IntegerField(allow_null=True, help_text="Empty: all that is left.")


class PurseLineRow(serializers.Serializer[Any]):
    """A line of the statement; below nought where it was drawn."""

    on = serializers.DateField()
    who = serializers.CharField()
    text = serializers.CharField()
    pence = serializers.IntegerField()
    left_pence = serializers.IntegerField()


class PurseSerializer(PurseRow):
    """A purse with its members and its statement."""

    paid_pence = serializers.IntegerField()
    drawn_pence = serializers.IntegerField(help_text="By orders, those that are not invoiced yet too.")
    left_pence = serializers.IntegerField()
    members: Any = PurseMemberRow(many=True)
    statement: Any = PurseLineRow(many=True)


_SAME = ("code", "name", "valid_from", "valid_to")


def purse_body(found: Purse) -> dict[str, Any]:
    """In the form of ``PurseSerializer``."""
    [standing] = standings_of([found])
    own = ("agreed_pence", "paid_pence", "drawn_pence", "may_draw", "most_pence")
    return {name: getattr(found, name) for name in _SAME} | {
        "lead": found.lead.number,
        "paid_pence": standing.paid_pence,
        "drawn_pence": standing.drawn_pence,
        "left_pence": standing.left_pence,
        "members": [
            {"organisation": one.organisation.number} | {name: getattr(one, name) for name in own}
            for one in members_of(found)
        ],
        "statement": [
            {"on": one.on, "who": one.who, "text": one.text, "pence": one.pence, "left_pence": one.left_pence}
            for one in statement_of(found)
        ],
    }


class PurseFilters(FilterSet):
    """By the lead's customer number."""

    lead = CharFilter(field_name="lead__number", max_length=12)

    class Meta:
        model = Purse
        fields: list[str] = []


class PursesView(ListView):
    """Purses."""

    area = "orders"
    serializer_class = PurseRow
    filterset_class = PurseFilters
    columns = {**{name: name for name in _SAME}, "lead": "lead__number"}

    def rows(self) -> QuerySet[Purse]:
        return purses_for(self.actor)

    @extend_schema(operation_id="purses", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Purses of your organisations; all of them for finance and the auditor."""
        return self.page()


class PurseView(ApiView):
    """One purse."""

    area = "orders"

    @extend_schema(operation_id="purse", responses=PurseSerializer, tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """One purse with its members and its statement."""
        return Response(purse_body(purse_for(self.actor, code)))
