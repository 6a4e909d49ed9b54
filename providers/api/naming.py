"""Naming providers and their consultants, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from providers.calendar.leaving import end_consultant
from providers.models import Consultant, Provider
from providers.profiles.adding import add_consultant, add_provider
from providers.profiles.changing import (
    BIOGRAPHY_LIMIT,
    change_profile,
    keeps_consultants,
    spare_code,
)

TAGS = ["consultants"]


class NewProvider(serializers.Serializer[Any]):
    """An organisation that is to sell here."""

    organisation = serializers.CharField(max_length=12, help_text="Customer number, such as C-000042.")
    code = serializers.SlugField(max_length=40)
    summary = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ProviderNamed(serializers.Serializer[Any]):
    """A provider."""

    code = serializers.CharField()
    organisation = serializers.CharField(help_text="Customer number.")
    name = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)


class Profile(serializers.Serializer[Any]):
    """What the directory says of a consultant."""

    name = serializers.CharField(max_length=120)
    summary = serializers.CharField(max_length=300, allow_blank=True, default="")
    biography = serializers.CharField(max_length=BIOGRAPHY_LIMIT, allow_blank=True, default="")
    themes = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, default=list)
    phases = serializers.ListField(child=serializers.CharField(max_length=24), max_length=10, default=list)
    published = serializers.BooleanField(default=False)
    signs_in = serializers.EmailField(
        required=False, allow_null=True, help_text="Of somebody with the role consultant at the provider."
    )


class NewConsultant(Profile):
    """Somebody who is to work in schools for a provider."""

    provider = serializers.CharField(max_length=40, help_text="The provider's code.")
    joined_on = serializers.DateField(required=False, help_text="Today if not given.")


class ConsultantNamed(serializers.Serializer[Any]):
    """A consultant as their provider sees them."""

    code = serializers.CharField()
    provider = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    biography = serializers.CharField(allow_blank=True)
    themes = serializers.ListField(child=serializers.CharField())
    phases = serializers.ListField(child=serializers.CharField())
    published = serializers.BooleanField()
    joined_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True, help_text="The first day on which they no longer work there.")


class LastDay(serializers.Serializer[Any]):
    """When somebody leaves."""

    last_day = serializers.DateField()


def _body(one: Consultant) -> dict[str, Any]:
    same = ("code", "name", "summary", "biography", "themes", "phases", "published", "joined_on", "left_on")
    return {name: getattr(one, name) for name in same} | {"provider": one.provider.code}


def _signs_in(provider: Provider, email: str | None) -> Person | None:
    """Who has that address and is a consultant there. Raises WrongInput."""
    if not email:
        return None
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(organisation=provider.organisation, role=Role.CONSULTANT)
    found = Person.objects.filter(user__email__iexact=email, pk__in=held.exclude(valid_to__lte=today).values("person"))
    if (one := found.first()) is None:
        raise WrongInput(
            f"Nobody with that address is consultant of {provider.organisation.name}. Give the role first."
        )
    return one


class ProvidersView(ApiView):
    """Naming a provider."""

    area = "organisations"

    @extend_schema(operation_id="provider_add", request=NewProvider, responses={201: ProviderNamed}, tags=TAGS)
    def post(self, request: Request) -> Response:
        """Lets an organisation sell here. Organisers and administrators."""
        if not self.actor.has(Role.ORGANISER, Role.ADMINISTRATOR):
            raise NotFound("There is no operation here for you.")
        given = self.read(NewProvider)
        place = Organisation.objects.filter(number=given["organisation"]).first()
        if place is None:
            raise NotFound(f"There is no organisation {given['organisation']}.")
        made = add_provider(
            organisation=place, code=given["code"].lower(), summary=given.get("summary", ""), actor=self.actor
        )
        body = {"code": made.code, "organisation": place.number, "name": place.name, "summary": made.summary}
        return Response(body, status=201)


def name_consultant(view: ApiView) -> Response:
    """Adds a consultant: the POST beside the list of consultants."""
    given = view.read(NewConsultant)
    provider = Provider.objects.select_related("organisation").filter(code=given.pop("provider")).first()
    if provider is None or not keeps_consultants(view.actor, provider):
        raise NotFound("There is no such provider.")
    person = _signs_in(provider, given.pop("signs_in", None))
    made = add_consultant(
        provider=provider, code=spare_code(given["name"]), person=person, actor=view.actor,
        joined_on=given.pop("joined_on", None) or timezone.localdate(), **given,
    )  # fmt: skip
    return Response(_body(made), status=201)


def own_consultant(view: ApiView, code: str) -> Consultant:
    """A consultant whom the caller names, or NotFound."""
    found = Consultant.objects.select_related("provider__organisation").filter(code=code).first()
    if found is None or not keeps_consultants(view.actor, found.provider):
        raise NotFound("There is no such consultant.")
    return found


class ConsultantProfileView(ApiView):
    """What the directory says of one."""

    area = "catalogue"

    @extend_schema(operation_id="consultant_profile", request=Profile, responses=ConsultantNamed, tags=TAGS)
    def put(self, request: Request, code: str) -> Response:
        """Says anew what the directory says. Their provider's staff, organisers and administrators."""
        one = own_consultant(self, code)
        given = self.read(Profile)
        person = _signs_in(one.provider, given.pop("signs_in", None)) if "signs_in" in given else one.person
        return Response(_body(change_profile(consultant=one, person=person, actor=self.actor, **given)))


class ConsultantEndView(ApiView):
    """The last day of one."""

    area = "catalogue"

    @extend_schema(operation_id="consultant_end", request=LastDay, responses=ConsultantNamed, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """The last day on which they work for the provider; refused while they are booked afterwards."""
        one = own_consultant(self, code)
        last = self.read(LastDay)["last_day"]
        return Response(_body(end_consultant(consultant=one, last_day=last, on=timezone.localdate(), actor=self.actor)))
