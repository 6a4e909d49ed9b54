"""Organisations that are in no register, and schemes of delegation, for programs. Administrators alone."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import Actor, Role
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.models import ApprovalRule, Organisation, Person
from marketplace.organisations.services.by_hand import BY_HAND, add_by_hand, change_identity
from marketplace.organisations.services.delegation import KEEPS_DAYS, end_approval_rule, set_approval_rule
from marketplace.organisations.services.registry import Address

TAGS = ["organisations"]
WHO = [(Role.APPROVER.value, "any approver"), (Role.TRUST_FINANCE.value, "any of the trust's finance")]
MOST_PENCE = 10**13


class IdentitySerializer(serializers.Serializer[Any]):
    """Name, address and numbers from today on."""

    name = serializers.CharField(max_length=200)
    street = serializers.CharField(max_length=200, allow_blank=True, default="")
    locality = serializers.CharField(max_length=200, allow_blank=True, default="")
    town = serializers.CharField(max_length=100, allow_blank=True, default="")
    county = serializers.CharField(max_length=100, allow_blank=True, default="")
    postcode = serializers.CharField(max_length=12, allow_blank=True, default="")
    vat_number = serializers.CharField(max_length=20, allow_blank=True, default="")
    company_number = serializers.CharField(max_length=20, allow_blank=True, default="")


class NewOrganisation(IdentitySerializer):
    """A provider or another customer."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in BY_HAND])
    notify_email = serializers.EmailField(required=False, allow_blank=True)


class OrganisationNamed(serializers.Serializer[Any]):
    """An organisation with the number it got."""

    number = serializers.CharField(help_text="Customer number, such as C-000042.")
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    name = serializers.CharField()


class ApprovalStep(serializers.Serializer[Any]):
    """One step of a scheme of delegation: orders of this sum or more need this approver."""

    from_pence = serializers.IntegerField(help_text="The whole term's total with VAT.")
    role = serializers.CharField(allow_blank=True)
    person = serializers.IntegerField(allow_null=True)
    email = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    keeps_days = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class NewApprovalStep(serializers.Serializer[Any]):
    """A step: give one of role, person, or email with title."""

    from_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE)
    role = serializers.ChoiceField(choices=WHO, required=False)
    person = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PENCE)
    email = serializers.EmailField(required=False)
    title = serializers.CharField(max_length=80, required=False)
    keeps_days = serializers.IntegerField(min_value=1, max_value=60, default=KEEPS_DAYS)
    valid_from = serializers.DateField(required=False, help_text="Today if not given, and never earlier.")


class ApprovalStepEnd(serializers.Serializer[Any]):
    """Which step ends today."""

    from_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE)


class ApprovalStepsEnded(serializers.Serializer[Any]):
    """How many steps ended."""

    ended = serializers.IntegerField()


def _named(one: Organisation) -> dict[str, str]:
    return {"number": one.number, "kind": one.kind, "name": one.name}


def _split(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of an address as the verbs take them."""
    parts = ("street", "locality", "town", "county", "postcode")
    return {name: value for name, value in given.items() if name not in parts} | {
        "address": Address(**{name: given[name] for name in parts})
    }


def require_administrator(actor: Actor) -> None:
    """Raises NotFound for everybody else."""
    if not actor.has(Role.ADMINISTRATOR):
        raise NotFound("There is no operation here for you.")


def kept_organisation(actor: Actor, number: str) -> Organisation:
    """An organisation by its number, for an administrator."""
    require_administrator(actor)
    found = Organisation.objects.filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no organisation {number}.")
    return found


def add_organisation_from(view: ApiView) -> Response:
    """The POST beside the list of organisations."""
    require_administrator(view.actor)
    given = _split(view.read(NewOrganisation))
    kind = Organisation.Kind(given.pop("kind"))
    return Response(_named(add_by_hand(kind=kind, on=timezone.localdate(), actor=view.actor, **given)), status=201)


class IdentityView(ApiView):
    """The name and address of an organisation that is in no register."""

    area = "organisations"

    @extend_schema(
        operation_id="organisation_identity", request=IdentitySerializer, responses=OrganisationNamed, tags=TAGS
    )
    def put(self, request: Request, number: str) -> Response:
        """Another name or address from today on; documents that were issued keep what they say."""
        found = kept_organisation(self.actor, number)
        given = _split(self.read(IdentitySerializer))
        change_identity(organisation=found, on=timezone.localdate(), actor=self.actor, **given)
        return Response(_named(found))


class StepsView(ApiView):
    """The scheme of delegation of an organisation."""

    area = "organisations"

    @extend_schema(operation_id="approval_steps", responses=ApprovalStep(many=True), tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """The steps that stand or are to begin, by their sum."""
        found = kept_organisation(self.actor, number)
        rules = ApprovalRule.objects.filter(organisation=found).exclude(valid_to__lte=timezone.localdate())
        return Response([_step(rule) for rule in rules.order_by("from_pence", "valid_from")])

    @extend_schema(operation_id="approval_step_add", request=NewApprovalStep, responses={201: ApprovalStep}, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Adds a step; the one at the same sum ends the day before."""
        found, on = kept_organisation(self.actor, number), timezone.localdate()
        given = self.read(NewApprovalStep)
        start = given.pop("valid_from", on)
        if start < on:
            raise WrongInput("The first day must be today or later")
        role, person = given.pop("role", None), given.pop("person", None)
        there = Person.objects.filter(pk=person, roles__organisation=found).first() if person else None
        if person and there is None:
            raise WrongInput(f"This person has no role at {found.name}")
        rule = set_approval_rule(
            organisation=found,
            valid_from=start,
            role=Role(role) if role else None,
            person=there,
            actor=self.actor,
            **given,
        )
        return Response(_step(rule), status=201)


class StepsEndView(ApiView):
    """The end of a step."""

    area = "organisations"

    @extend_schema(operation_id="approval_step_end", request=ApprovalStepEnd, responses=ApprovalStepsEnded, tags=TAGS)
    def post(self, request: Request, number: str) -> Response:
        """Ends the step at a sum today. Orders already sent for approval keep their approver."""
        found = kept_organisation(self.actor, number)
        pence = self.read(ApprovalStepEnd)["from_pence"]
        ended = end_approval_rule(organisation=found, from_pence=pence, on=timezone.localdate(), actor=self.actor)
        return Response({"ended": ended})


def _step(rule: ApprovalRule) -> dict[str, Any]:
    return {
        "from_pence": rule.from_pence, "role": rule.approver_role, "person": rule.approver_person_id,
        "email": rule.approver_email, "title": rule.approver_title, "keeps_days": rule.keeps_days,
        "valid_from": rule.valid_from, "valid_to": rule.valid_to,
    }  # fmt: skip
