"""Organisations: the caller's own, or all for the partnership's staff."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.organisations.api.by_hand import NewOrganisation, OrganisationNamed, add_organisation_from
from marketplace.organisations.models import Identity, Organisation
from marketplace.organisations.queries import identity_on, organisations_for, pupil_count_on
from marketplace.organisations.services.registry import terms_of


class OrganisationFilters(FilterSet):
    """By kind, or by the school's number in the register."""

    kind = ChoiceFilter(choices=Organisation.Kind.choices)
    urn = CharFilter(field_name="school__urn", max_length=8)

    class Meta:
        model = Organisation
        fields: list[str] = []


class OrganisationRow(serializers.Serializer[Any]):
    """One organisation in a list."""

    number = serializers.CharField(help_text="Customer number, such as C-000042.")
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    name = serializers.CharField()
    urn = serializers.CharField(allow_null=True, help_text="The school's number in the register; for schools only.")


class PupilsSerializer(serializers.Serializer[Any]):
    """The latest count of pupils, and who counted."""

    pupils = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the body, not a source
    counted_on = serializers.DateField()


class OrganisationSerializer(serializers.Serializer[Any]):
    """An organisation as it is today."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    name = serializers.CharField()
    urn = serializers.CharField(allow_null=True)
    address = serializers.ListField(child=serializers.CharField())
    vat_number = serializers.CharField(allow_blank=True)
    company_number = serializers.CharField(allow_blank=True)
    pupils = PupilsSerializer(allow_null=True)
    invoice_to = serializers.CharField(help_text="Customer number of whoever is invoiced.")
    payment_days = serializers.IntegerField()
    purchase_order_required = serializers.BooleanField()
    payer_reference_name = serializers.CharField()


class OrganisationsView(ListView):
    """The organisations that the caller may see."""

    area = "organisations"
    serializer_class = OrganisationRow
    filterset_class = OrganisationFilters
    columns = {"number": "number", "kind": "kind", "name": "name", "urn": "school__urn"}

    def rows(self) -> QuerySet[Organisation]:
        return organisations_for(self.actor)

    @extend_schema(operation_id="organisations", tags=["organisations"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The organisations that you may see: your own, or all for the partnership's staff."""
        return self.page()

    @extend_schema(
        operation_id="organisation_add",
        request=NewOrganisation,
        responses={201: OrganisationNamed},
        tags=["organisations"],
    )
    def post(self, request: Request) -> Response:
        """Adds a provider or another customer that no register holds. Administrators only."""
        return add_organisation_from(self)


class OrganisationView(ApiView):
    """One organisation."""

    area = "organisations"

    @extend_schema(operation_id="organisation", responses=OrganisationSerializer, tags=["organisations"])
    def get(self, request: Request, number: str) -> Response:
        """One organisation as it is today: address, how it is invoiced, pupils."""
        found = own_organisation(self.actor, number)
        today = timezone.localdate()
        school = getattr(found, "school", None)
        count = pupil_count_on(school, today) if school else None
        identity = _identity(found)
        terms = terms_of(found)
        return Response(
            {
                "number": found.number,
                "kind": found.kind,
                "name": found.name,
                "urn": school.urn if school else None,
                "address": identity.address_lines if identity else [],
                "vat_number": identity.vat_number if identity else "",
                "company_number": identity.company_number if identity else "",
                "pupils": count and {"pupils": count.pupils, "source": count.source, "counted_on": count.counted_on},
                "invoice_to": (terms.invoice_to or found).number,
                "payment_days": terms.payment_days,
                "purchase_order_required": terms.purchase_order_rule == terms.PurchaseOrderRule.REQUIRED,
                "payer_reference_name": terms.payer_reference_name,
            }
        )


def own_organisation(actor: Any, number: str) -> Organisation:
    """An organisation that the actor may see, by its customer number, or NotFound."""
    found = organisations_for(actor).select_related("school").filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no organisation {number}.")
    return found


def _identity(organisation: Organisation) -> Identity | None:
    try:
        return identity_on(organisation, timezone.localdate())
    except NotFound:
        return None
