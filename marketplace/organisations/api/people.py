"""People and their roles: who may do what where, for those who keep an organisation's people."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.people_queries import (
    keeps_people,
    kept_organisations,
    may_see_people,
    person_for,
    role_for,
    roles_for,
)
from marketplace.organisations.services.access import (
    EMAIL_LIMIT,
    NAME_LIMIT,
    change_limit,
    end_access,
    give_access,
    rename_person,
)

ROLE_CHOICES = [(role.value, role.words) for role in Role]
MOST_PENCE = 10**13


class RoleFilters(FilterSet):
    """By organisation, role or person."""

    organisation = CharFilter(field_name="organisation__number", max_length=12)
    role = ChoiceFilter(choices=ROLE_CHOICES)
    email = CharFilter(field_name="person__user__email", lookup_expr="iexact", max_length=EMAIL_LIMIT)

    class Meta:
        model = RoleAssignment
        fields: list[str] = []


class RoleRow(serializers.Serializer[Any]):
    """One role of one person at one organisation, with its days."""

    id = serializers.IntegerField()
    person = serializers.IntegerField(help_text="The person's id: the same human being at every organisation.")
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True, help_text="The address they sign in with.")
    organisation = serializers.CharField(help_text="Customer number, such as C-000042.")
    role = serializers.ChoiceField(choices=ROLE_CHOICES)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The first day on which it is not held any more.")
    spending_limit_pence = serializers.IntegerField(
        allow_null=True, help_text="The most for one order, in pence; empty means no limit."
    )


class NewRole(serializers.Serializer[Any]):
    """Who gets which role where."""

    organisation = serializers.CharField(max_length=12, help_text="Customer number, such as C-000042.")
    role = serializers.ChoiceField(choices=ROLE_CHOICES)
    email = serializers.CharField(max_length=EMAIL_LIMIT, help_text="The address they sign in with.")
    name = serializers.CharField(
        max_length=NAME_LIMIT, required=False, allow_blank=True, help_text="Needed where they are new."
    )
    valid_from = serializers.DateField(required=False, help_text="The first day; today if not given.")
    spending_limit_pence = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=MOST_PENCE)


class RoleEnd(serializers.Serializer[Any]):
    """When a role ends."""

    last_day = serializers.DateField(help_text="The last day on which it is held; yesterday ends it now.")


class RoleLimit(serializers.Serializer[Any]):
    """The most for one order."""

    spending_limit_pence = serializers.IntegerField(allow_null=True, min_value=0, max_value=MOST_PENCE)


class PersonName(serializers.Serializer[Any]):
    """What a person is called."""

    name = serializers.CharField(max_length=NAME_LIMIT)


class PersonRole(serializers.Serializer[Any]):
    """A role, without whose it is."""

    id = serializers.IntegerField()
    organisation = serializers.CharField()
    role = serializers.ChoiceField(choices=ROLE_CHOICES)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    spending_limit_pence = serializers.IntegerField(allow_null=True)


class PersonSerializer(serializers.Serializer[Any]):
    """A person with the roles that the caller may see, ended ones too."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    roles = PersonRole(many=True)


def _role(one: RoleAssignment) -> dict[str, Any]:
    return {
        "id": one.pk,
        "organisation": one.organisation.number,
        "role": one.role,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "spending_limit_pence": one.spending_limit_pence,
    }


def _row(one: RoleAssignment) -> dict[str, Any]:
    user = one.person.user
    return {"person": one.person_id, "name": one.person.name, "email": user.email if user else None, **_role(one)}


def _person(found: Person, roles: QuerySet[RoleAssignment]) -> dict[str, Any]:
    user = found.user
    held = [_role(one) for one in roles.filter(person=found).order_by("pk")]
    return {"id": found.pk, "name": found.name, "email": user.email if user else None, "roles": held}


class RolesView(ListView):
    """Roles that the caller may see, and giving one."""

    area = "organisations"
    serializer_class = RoleRow
    filterset_class = RoleFilters
    columns = {
        "id": "pk",
        "person": "person_id",
        "name": "person__name",
        "email": "person__user__email",
        "organisation": "organisation__number",
        "role": "role",
        "valid_from": "valid_from",
        "valid_to": "valid_to",
        "spending_limit_pence": "spending_limit_pence",
    }

    def rows(self) -> QuerySet[RoleAssignment]:
        if not may_see_people(self.actor):
            raise NotFound("There is no operation here for you.")
        return roles_for(self.actor)

    @extend_schema(operation_id="roles", tags=["people"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who may do what: at your own organisation, or everywhere for administrator and auditor; newest first."""
        return self.page()

    @extend_schema(operation_id="role_give", request=NewRole, responses={201: RoleRow}, tags=["people"])
    def post(self, request: Request) -> Response:
        """Gives somebody a role. Who is new gets a sign-in and an e-mail about setting a password."""
        given = self.read(NewRole)
        today = timezone.localdate()
        made = give_access(
            organisation=self._place(given["organisation"]),
            role=Role(given["role"]),
            email=given["email"],
            name=given.get("name", ""),
            valid_from=given.get("valid_from", today),
            on=today,
            actor=self.actor,
            spending_limit_pence=given.get("spending_limit_pence"),
        )
        return Response(_row(made.assignment), status=201)

    def _place(self, number: str) -> Organisation:
        if not may_see_people(self.actor):
            raise NotFound("There is no operation here for you.")
        _require_keeper(self)
        found = kept_organisations(self.actor).filter(number=number).first()
        if found is None:
            raise NotFound(f"There is no organisation {number}.")
        return found


class RoleView(ApiView):
    """One role."""

    area = "organisations"

    @extend_schema(operation_id="role", responses=RoleRow, tags=["people"])
    def get(self, request: Request, pk: int) -> Response:
        """One role with its days."""
        return Response(_row(role_for(self.actor, pk)))

    @extend_schema(operation_id="role_limit", request=RoleLimit, responses=RoleRow, tags=["people"])
    def patch(self, request: Request, pk: int) -> Response:
        """Another limit from today on: the role ends and goes on as one of its own, with the id of the answer."""
        one = _changeable(self, pk)
        given = self.read(RoleLimit)
        made = change_limit(
            assignment=one,
            spending_limit_pence=given["spending_limit_pence"],
            on=timezone.localdate(),
            actor=self.actor,
        )
        return Response(_row(made))


class RoleEndView(ApiView):
    """The end of a role."""

    area = "organisations"

    @extend_schema(operation_id="role_end", request=RoleEnd, responses=RoleRow, tags=["people"])
    def post(self, request: Request, pk: int) -> Response:
        """Ends a role after its last day. Nobody ends their own."""
        one = _changeable(self, pk)
        last = self.read(RoleEnd)["last_day"]
        return Response(_row(end_access(assignment=one, last_day=last, on=timezone.localdate(), actor=self.actor)))


class PersonView(ApiView):
    """One person."""

    area = "organisations"

    @extend_schema(operation_id="person", responses=PersonSerializer, tags=["people"])
    def get(self, request: Request, pk: int) -> Response:
        """One person with the roles that you may see, ended ones too."""
        return Response(_person(person_for(self.actor, pk), roles_for(self.actor)))

    @extend_schema(operation_id="person_rename", request=PersonName, responses=PersonSerializer, tags=["people"])
    def patch(self, request: Request, pk: int) -> Response:
        """Changes a person's name. Administrators only."""
        found = person_for(self.actor, pk)
        self.actor.require(Role.ADMINISTRATOR, to="change a person's name")
        rename_person(person=found, name=self.read(PersonName)["name"], actor=self.actor)
        return Response(_person(found, roles_for(self.actor)))


def _changeable(view: ApiView, pk: int) -> RoleAssignment:
    """A role that the caller sees and keeps; who sees it only is refused."""
    one = role_for(view.actor, pk)
    _require_keeper(view)
    return one


def _require_keeper(view: ApiView) -> None:
    if not keeps_people(view.actor):
        raise NotAllowed("You may look at people here but not change what they may do. Ask an administrator to do it.")
