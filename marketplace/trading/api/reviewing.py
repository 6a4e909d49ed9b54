"""Visits as schools rated them, and the register of secondments and support in kind, for programs."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ListView
from marketplace.trading.engagements.review_models import SupportEntry
from marketplace.trading.engagements.review_queries import support_for
from marketplace.trading.engagements.visit_models import Visit
from marketplace.trading.engagements.visit_queries import visit_reviews_for


class VisitReviewFilters(FilterSet):
    """By consultant and rating."""

    consultant = CharFilter(field_name="date__engagement__consultant__code", max_length=60)
    rating = NumberFilter(field_name="rating", min_value=1, max_value=5)

    class Meta:
        model = Visit
        fields: list[str] = []


class VisitReviewRow(serializers.Serializer[Any]):
    """A visit that its school rated or queried."""

    booking = serializers.CharField()
    number = serializers.IntegerField(help_text="The visit's number within the booking.")
    school = serializers.CharField(help_text="Customer number of the school.")
    consultant = serializers.CharField(help_text="The consultant's code.")
    theme = serializers.CharField(allow_blank=True)
    rating = serializers.IntegerField(allow_null=True, help_text="1 to 5, where the school gave one.")
    query_reason = serializers.CharField(allow_blank=True)
    decided_on = serializers.DateField(allow_null=True)


class VisitReviewsView(ListView):
    """Visits with what their schools said."""

    area = "orders"
    serializer_class = VisitReviewRow
    filterset_class = VisitReviewFilters
    columns = {
        "booking": "date__engagement__number", "number": "date__ordinal", "school": "date__engagement__school__number",
        "consultant": "date__engagement__consultant__code", "theme": "date__engagement__theme", "rating": "rating",
        "query_reason": "query_reason", "decided_on": "decided_on",
    }  # fmt: skip

    def rows(self) -> QuerySet[Visit]:
        return visit_reviews_for(self.actor).order_by("-pk")

    @extend_schema(operation_id="visit_reviews", tags=["visits"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those of your schools, or all for organisers, finance and the auditor. Never for providers."""
        return self.page()


class SupportFilters(FilterSet):
    """By kind, giver and receiver."""

    kind = ChoiceFilter(choices=SupportEntry.Kind.choices)
    giver = CharFilter(field_name="giver__number", max_length=12)
    receiver = CharFilter(field_name="receiver__number", max_length=12)

    class Meta:
        model = SupportEntry
        fields: list[str] = []


class SupportRow(serializers.Serializer[Any]):
    """Somebody lent, or something given, over ``[valid_from, valid_to)``; pence before VAT."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=SupportEntry.Kind.choices)
    what = serializers.CharField()
    giver = serializers.CharField()
    receiver = serializers.CharField()
    days_a_week = serializers.DecimalField(max_digits=3, decimal_places=2, allow_null=True)
    year_pence = serializers.IntegerField(help_text="What it would cost a year.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The first day on which it is over.")
    paid = serializers.BooleanField(help_text="Whether it was charged; otherwise it is given free.")


class SupportView(ListView):
    """The register of support."""

    area = "orders"
    serializer_class = SupportRow
    filterset_class = SupportFilters
    columns = {
        **{
            name: name
            for name in ("number", "kind", "what", "days_a_week", "year_pence", "valid_from", "valid_to", "paid")
        },
        "giver": "giver__number",
        "receiver": "receiver__number",
    }

    def rows(self) -> QuerySet[SupportEntry]:
        return support_for(self.actor).order_by("-pk")

    @extend_schema(operation_id="support", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The whole register, newest first, for organisers, finance and the auditor."""
        return self.page()
