"""How services are agreed for a term, what they promise, and terms of service: read."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import Offer
from catalogue.queries import published_offer
from marketplace.core.api.views import ApiView
from subscriptions.models import ServiceTerms
from subscriptions.slas.queries import facts_of, promise_table_on, terms_for


class PromiseRow(serializers.Serializer[Any]):
    """One priority: minutes of working hours, and what comes back of the month's share of the price."""

    level = serializers.CharField(allow_blank=True, help_text="Empty: every level.")
    priority = serializers.CharField()
    response_minutes = serializers.IntegerField()
    fix_minutes = serializers.IntegerField()
    credit_percent = serializers.CharField()


class ServiceTermsBody(serializers.Serializer[Any]):
    """How an offer is agreed today. Starts of years are "MM-DD", empty where a year begins with the service."""

    offer = serializers.CharField()
    term_months = serializers.IntegerField(allow_null=True, help_text="What one price pays for.")
    years = serializers.ListField(child=serializers.IntegerField(), help_text="Lengths to choose from; empty: any.")
    maintained_starts = serializers.CharField(allow_blank=True)
    academy_starts = serializers.CharField(allow_blank=True)
    prorate = serializers.CharField(help_text="months, days or full.")
    part_year = serializers.CharField(help_text="first of the years agreed, or before them.")
    frozen_years = serializers.IntegerField()
    uplift = serializers.CharField(help_text="Per cent a year after the frozen years.")
    notice_weeks = serializers.IntegerField()
    renewal = serializers.CharField()
    credit = serializers.CharField(help_text="What comes back at an early end: months, days or none.")
    terms_code = serializers.CharField()
    promises = PromiseRow(many=True)


class TermsBody(serializers.Serializer[Any]):
    """One version of terms of service, as plain paragraphs."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    published_on = serializers.DateField(allow_null=True)
    paragraphs = serializers.ListField(child=serializers.CharField())


def _body(offer: Offer) -> dict[str, Any]:
    terms = ServiceTerms.objects.filter(offer=offer).first() or ServiceTerms(
        offer=offer, years=[], prorate="months", part_year="first", notice_weeks=0, credit="months"
    )
    names = ("maintained_starts", "academy_starts", "prorate", "part_year", "frozen_years", "notice_weeks", "renewal",
             "credit", "terms_code")  # fmt: skip
    return {name: getattr(terms, name) for name in names} | {
        "offer": offer.code,
        "term_months": offer.term_months,
        "years": terms.years,
        "uplift": str(terms.uplift),
        "promises": _promises(offer),
    }


def _promises(offer: Offer) -> list[dict[str, Any]]:
    """Of every level that has its own, and of all."""
    found = []
    for level in ["", *offer.levels.values_list("code", flat=True)]:
        table = promise_table_on(offer.pk, level, timezone.localdate())
        if table is not None and table.level == level:
            found += [
                {**vars(one), "level": level, "credit_percent": str(one.credit_percent)} for one in facts_of(table)
            ]
    return found


class ServiceTermsView(ApiView):
    """How one offer is agreed."""

    area = "catalogue"

    @extend_schema(operation_id="service_terms", responses={200: ServiceTermsBody}, tags=["catalogue"])
    def get(self, request: Request, code: str) -> Response:
        """Among how many years one chooses, when a year starts, what changes its price, notice, and what is promised."""
        return Response(_body(published_offer(code)))


class TermsOfServiceView(ApiView):
    """One version of terms of service."""

    area = "catalogue"

    @extend_schema(operation_id="terms_of_service", responses={200: TermsBody}, tags=["catalogue"])
    def get(self, request: Request, code: str, version: int) -> Response:
        """A published version, to read before it is accepted."""
        found = terms_for(self.actor, code, version)
        return Response(
            {
                "code": found.code,
                "version": found.version,
                "title": found.title,
                "published_on": found.published_on,
                "paragraphs": found.paragraphs,
            }
        )
