"""Consultants, whether they may deliver on a day, and applications, for programs."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from providers.accreditation.services.applying import TEXT_LIMIT
from providers.api.naming import ConsultantNamed, NewConsultant, name_consultant
from providers.models import Application, Consultant
from providers.queries import application_for, applications_for, consultant_for, consultants_for, standing_on
from providers.services import decide_application

TAGS = ["consultants"]


class ConsultantFilters(FilterSet):
    """By provider and theme."""

    provider = CharFilter(field_name="provider__code", max_length=40)
    theme = CharFilter(field_name="themes", lookup_expr="icontains", max_length=40)

    class Meta:
        model = Consultant
        fields: list[str] = []


class ConsultantRow(serializers.Serializer[Any]):
    """One consultant in a list."""

    code = serializers.CharField()
    name = serializers.CharField()
    grade = serializers.CharField()
    provider = serializers.CharField(help_text="The provider's code.")
    summary = serializers.CharField(allow_blank=True)
    themes = serializers.ListField(child=serializers.CharField())
    phases = serializers.ListField(child=serializers.CharField())


class StandingSerializer(serializers.Serializer[Any]):
    """Whether somebody may deliver on a day."""

    on = serializers.DateField()
    accredited = serializers.BooleanField()
    until = serializers.DateField(allow_null=True, help_text="The first day on which they may no longer deliver.")


class ConsultantSerializer(ConsultantRow):
    """A consultant with how they stand on a day."""

    biography = serializers.CharField(allow_blank=True)
    standing = StandingSerializer()


class OnDay(serializers.Serializer[Any]):
    """For which day; today where none is given."""

    on = serializers.DateField(required=False)


class ApplicationFilters(FilterSet):
    """By consultant and state."""

    consultant = CharFilter(field_name="consultant__code", max_length=60)
    state = ChoiceFilter(choices=Application.State.choices)

    class Meta:
        model = Application
        fields: list[str] = []


class ApplicationRow(serializers.Serializer[Any]):
    """An application for accreditation. What referees wrote is on the page alone."""

    number = serializers.CharField()
    consultant = serializers.CharField(help_text="The consultant's code.")
    provider = serializers.CharField(help_text="The provider's code.")
    state = serializers.ChoiceField(choices=Application.State.choices)
    submitted_on = serializers.DateField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)


class Decision(serializers.Serializer[Any]):
    """The panel's decision."""

    accredit = serializers.BooleanField()
    reason = serializers.CharField(
        max_length=TEXT_LIMIT, allow_blank=True, default="", help_text="Needed where it is not accredited."
    )


class ConsultantsView(ListView):
    """Consultants that the caller may see."""

    area = "catalogue"
    serializer_class = ConsultantRow
    filterset_class = ConsultantFilters
    columns = {
        "code": "code", "name": "name", "grade": "grade", "provider": "provider__code", "summary": "summary",
        "themes": "themes", "phases": "phases",
    }  # fmt: skip

    def rows(self) -> QuerySet[Consultant]:
        return consultants_for(self.actor)

    @extend_schema(operation_id="consultants", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The published ones; a provider and a consultant see their own too, the partnership's staff all."""
        return self.page()

    @extend_schema(operation_id="consultant_add", request=NewConsultant, responses={201: ConsultantNamed}, tags=TAGS)
    def post(self, request: Request) -> Response:
        """Adds somebody who works for a provider. Its own staff, organisers and administrators."""
        return name_consultant(self)


class ConsultantView(ApiView):
    """One consultant."""

    area = "catalogue"

    @extend_schema(operation_id="consultant", parameters=[OnDay], responses=ConsultantSerializer, tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """One consultant, and whether they may deliver on the day asked about."""
        found = consultant_for(self.actor, code)
        asked = OnDay(data=request.query_params)
        asked.is_valid(raise_exception=True)
        on = asked.validated_data.get("on") or timezone.localdate()
        stands = standing_on(found, on)
        same = ("code", "name", "grade", "summary", "themes", "phases", "biography")
        body = {name: getattr(found, name) for name in same} | {
            "provider": found.provider.code,
            "standing": {"on": on, "accredited": stands.accredited, "until": stands.until},
        }
        return Response(ConsultantSerializer(body).data)


class ApplicationsView(ListView):
    """Applications for accreditation."""

    area = "catalogue"
    serializer_class = ApplicationRow
    filterset_class = ApplicationFilters
    columns = {
        "number": "number", "consultant": "consultant__code", "provider": "consultant__provider__code",
        "state": "state", "submitted_on": "submitted_on", "decided_on": "decided_on",
    }  # fmt: skip

    def rows(self) -> QuerySet[Application]:
        return applications_for(self.actor)

    @extend_schema(operation_id="applications", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A provider's and a consultant's own; all that were submitted for organisers and the panel."""
        return self.page()


class ApplicationDecisionView(ApiView):
    """Deciding on an application."""

    area = "catalogue"

    @extend_schema(operation_id="application_decide", request=Decision, responses=ApplicationRow, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Organisers and the panel decide; whoever has an interest is refused. The provider then signs, or may appeal."""
        application = application_for(self.actor, number)
        given = Decision(data=request.data)
        given.is_valid(raise_exception=True)
        made = decide_application(
            application=application, accredit=given.validated_data["accredit"], on=timezone.localdate(),
            reason=given.validated_data["reason"], actor=self.actor,
        )  # fmt: skip
        body = {name: getattr(made, name) for name in ("number", "state", "submitted_on", "decided_on")}
        firm = {"consultant": made.consultant.code, "provider": made.consultant.provider.code}
        return Response(ApplicationRow(body | firm).data)
