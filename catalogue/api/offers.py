"""Published offers and their dates."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRun, Offer
from catalogue.queries import Filters, matching, open_runs, published_offer
from marketplace.core.api.views import ApiView, ListView

TEXT_LIMIT = 200


class OfferFilters(FilterSet):
    """The filters of the catalogue's page; ``text`` is searched as a person types it."""

    text = CharFilter(method="unchanged", max_length=TEXT_LIMIT)
    kind = ChoiceFilter(choices=Offer.Kind.choices, method="unchanged")
    theme = CharFilter(method="unchanged", max_length=40)
    phase = CharFilter(method="unchanged", max_length=24)
    provider = CharFilter(method="unchanged", max_length=40, help_text="The provider's code.")
    mode = ChoiceFilter(choices=CourseRun.Mode.choices, method="unchanged")
    from_date = DateFilter(method="unchanged", help_text="With a date to book on or after this day.")

    class Meta:
        model = Offer
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Offer]) -> QuerySet[Offer]:
        """All at once, by the search that the page uses."""
        given = {name: value for name, value in self.form.cleaned_data.items() if value}
        text = given.pop("text", "")
        return matching(text=text, on=timezone.localdate(), filters=Filters(**given))

    def unchanged(self, queryset: QuerySet[Offer], name: str, value: Any) -> QuerySet[Offer]:
        return queryset


class OfferRow(serializers.Serializer[Any]):
    """One offer in a list."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Offer.Kind.choices)
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    provider = serializers.CharField(help_text="The provider's code.")
    provider_name = serializers.CharField()
    sold_by = serializers.CharField(allow_null=True, help_text="The legal supplier where it is not the partnership.")
    themes = serializers.ListField(child=serializers.CharField())
    phases = serializers.ListField(child=serializers.CharField())


class RunSerializer(serializers.Serializer[Any]):
    """A date that can be booked."""

    code = serializers.CharField()
    mode = serializers.ChoiceField(choices=CourseRun.Mode.choices)
    venue = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    places_left = serializers.IntegerField(min_value=0)


class LevelRow(serializers.Serializer[Any]):
    """A level to choose: its code is the fact ``level`` of a quote and of a basket's line."""

    code = serializers.CharField()
    title = serializers.CharField()
    included = serializers.CharField(allow_blank=True)


class OfferSerializer(OfferRow):
    """An offer with what a buyer asks about it."""

    description = serializers.CharField(allow_blank=True)
    cfr_code = serializers.CharField()
    aar_code = serializers.CharField(allow_blank=True)
    vat_category = serializers.ChoiceField(
        choices=Offer.VatCategory.choices,
        allow_blank=True,
        help_text="Empty where the VAT rules decide: ask for a quote.",
    )
    vat_reason = serializers.CharField(allow_blank=True)
    roles = serializers.ListField(child=serializers.CharField())
    evidence = serializers.ChoiceField(choices=Offer.Evidence.choices)
    evidence_url = serializers.CharField(allow_blank=True)
    signposted_url = serializers.CharField(allow_blank=True, help_text="Where an event of others is booked.")
    levels: Any = LevelRow(many=True)
    term_months = serializers.IntegerField(allow_null=True, help_text="What one price pays for; empty for a course.")
    runs = RunSerializer(many=True)


class OffersView(ListView):
    """What is published."""

    area = "catalogue"
    serializer_class = OfferRow
    filterset_class = OfferFilters
    columns = {
        "code": "code",
        "kind": "kind",
        "title": "title",
        "summary": "summary",
        "provider": "provider__code",
        "provider_name": "provider__organisation__name",
        "sold_by": "sold_by__name",
        "themes": "themes",
        "phases": "phases",
    }

    def rows(self) -> QuerySet[Offer]:
        return matching(text="", on=timezone.localdate())

    @extend_schema(operation_id="offers", tags=["catalogue"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Published offers, latest first, narrowed as on the catalogue's page."""
        return self.page()


class OfferView(ApiView):
    """One published offer."""

    area = "catalogue"

    @extend_schema(operation_id="offer", responses=OfferSerializer, tags=["catalogue"])
    def get(self, request: Request, code: str) -> Response:
        """One offer with the dates that can be booked. What it costs you is a quote."""
        offer = published_offer(code)
        runs = open_runs(offer, after=timezone.now())
        same = ("code", "kind", "title", "summary", "themes", "phases", "description", "cfr_code", "aar_code",
                "vat_category", "vat_reason", "term_months", "roles", "evidence", "evidence_url", "signposted_url")  # fmt: skip
        return Response(
            {
                **{name: getattr(offer, name) for name in same},
                "levels": list(offer.levels.values("code", "title", "included")),
                "provider": offer.provider.code,
                "provider_name": offer.provider.organisation.name,
                "sold_by": offer.sold_by.name if offer.sold_by else None,
                "runs": [
                    {
                        "code": run.code,
                        "mode": run.mode,
                        "venue": run.venue,
                        "starts_at": run.starts_at,
                        "ends_at": run.ends_at,
                        "places_left": run.places_left,
                    }
                    for run in runs
                ],
            }
        )
