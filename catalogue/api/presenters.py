"""Who presents course dates, for programs."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRunPresenter
from catalogue.presenter_queries import presenters_for
from marketplace.core.api.views import ListView


class PresenterFilters(FilterSet):
    """By course date and consultant."""

    course_date = CharFilter(field_name="run__code", max_length=40)
    consultant = CharFilter(field_name="consultant__code", max_length=60)

    class Meta:
        model = CourseRunPresenter
        fields: list[str] = []


class PresenterRow(serializers.Serializer[Any]):
    """One consultant who presents one course date, at all of its meetings."""

    course_date = serializers.CharField(help_text="The date's code.")
    offer = serializers.CharField(help_text="The offer's code.")
    starts_at = serializers.DateTimeField()
    consultant = serializers.CharField(help_text="The consultant's code.")
    name = serializers.CharField()
    provider = serializers.CharField(help_text="The provider's code.")


class PresentersView(ListView):
    """Presenters of course dates."""

    area = "catalogue"
    serializer_class = PresenterRow
    filterset_class = PresenterFilters
    columns = {
        "course_date": "run__code", "offer": "run__offer__code", "starts_at": "run__starts_at",
        "consultant": "consultant__code", "name": "consultant__name", "provider": "consultant__provider__code",
    }  # fmt: skip

    def rows(self) -> QuerySet[CourseRunPresenter]:
        return presenters_for(self.actor)

    @extend_schema(operation_id="presenters", tags=["course-dates"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All for organisers; what they or their provider's consultants present for others. Newest first."""
        return self.page()
