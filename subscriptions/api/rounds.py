"""The same services for many schools, by a program of a finance manager: looked at, then contracted as a job."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.queries import require_finance_reader
from marketplace.core.actors import Role
from marketplace.core.api.jobs import JobSerializer, job_body
from marketplace.core.api.views import ApiView
from marketplace.core.errors import WrongInput
from marketplace.organisations.models.schools import BillingClass
from subscriptions.agreements.rules.forms import Every
from subscriptions.queries import class_for, members_of_class, offers_called, schools_listed, schools_of_authority
from subscriptions.rounds.choosing import MOST_SCHOOLS
from subscriptions.rounds.planning import KEY, MOST_WEEKS, TITLE, TO, Plan, School
from subscriptions.services import preview_round, round_for_schools, start_round

MOST_OFFERS = 50
_KINDS = {"maintained": BillingClass.MAINTAINED, "academies": BillingClass.ACADEMY}


class RoundRequest(serializers.Serializer[Any]):
    """A round. The schools are named in one way: ``urns``, ``member_class``, or ``authority`` with ``schools``."""

    key = serializers.SlugField(max_length=KEY, help_text="A school is contracted once for each key.")
    title = serializers.CharField(max_length=TITLE)
    offers = serializers.ListField(child=serializers.SlugField(max_length=60), min_length=1, max_length=MOST_OFFERS)
    first_day = serializers.DateField(help_text="Of the year; prices, pupils and members are those of this day.")
    every = serializers.ChoiceField(choices=[(one.value, one.words) for one in Every], default="year")
    notice_weeks = serializers.IntegerField(min_value=0, max_value=MOST_WEEKS, default=0)
    urns = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{1,8}$"), required=False, max_length=MOST_SCHOOLS, default=list
    )
    member_class = serializers.SlugField(required=False, max_length=20, default="")
    authority = serializers.RegexField(r"^[0-9]{3}$", required=False, default="", help_text="Code of three digits.")
    schools = serializers.ChoiceField(choices=sorted(_KINDS), default="maintained", help_text="Of the authority.")
    preview = serializers.BooleanField(default=False, help_text="True works it out and does nothing.")
    expected_pence = serializers.IntegerField(
        required=False, min_value=0, max_value=10**14, help_text="A year before VAT, as the preview showed it."
    )


class PricedSchool(serializers.Serializer[Any]):
    """What a year costs one school before VAT."""

    number = serializers.CharField()
    name = serializers.CharField()
    pence = serializers.IntegerField()


class UnpricedSchool(serializers.Serializer[Any]):
    """Why a school cannot be priced."""

    number = serializers.CharField()
    name = serializers.CharField()
    why = serializers.CharField()


class RoundPreview(serializers.Serializer[Any]):
    """What a round comes to: of ``schools``, ``already`` have its agreement and ``priced`` would get one."""

    schools = serializers.IntegerField()
    already = serializers.IntegerField()
    priced = serializers.IntegerField()
    net_pence = serializers.IntegerField(help_text="A year before VAT; send it back as expected_pence.")
    first = PricedSchool(many=True, help_text="The first ten by name.")
    left_out = UnpricedSchool(many=True)


def _schools(given: dict[str, Any], actor: Any) -> list[int]:
    named = [name for name in ("urns", "member_class", "authority") if given[name]]
    if len(named) != 1:
        raise WrongInput("Name the schools in one way: urns, member_class or authority.")
    if given["urns"]:
        return schools_listed(" ".join(given["urns"]))
    if given["member_class"]:
        return members_of_class(class_for(actor, given["member_class"]).code, given["first_day"])
    return schools_of_authority(given["authority"], _KINDS[given["schools"]])


def _plan(given: dict[str, Any], actor: Any) -> Plan:
    return round_for_schools(
        key=given["key"],
        title=given["title"],
        offers=offers_called(given["offers"]),
        first_day=given["first_day"],
        organisations=_schools(given, actor),
        on=timezone.localdate(),
        every=Every(given["every"]),
        notice_weeks=given["notice_weeks"],
    )


def _row(school: School, last: str) -> dict[str, Any]:
    return {name: getattr(school, name) for name in ("number", "name", last)}


class RoundsView(ApiView):
    """Contracting the same services for many schools."""

    area = "orders"

    @extend_schema(
        operation_id="agreement_round",
        request=RoundRequest,
        responses={200: RoundPreview, 202: JobSerializer},
        tags=["agreements"],
    )
    def post(self, request: Request) -> Response:
        """Contracts services for a year with many schools, by a finance manager; the answer is a job. A preview has the sums."""
        given = self.read(RoundRequest)
        require_finance_reader(self.actor)
        self.actor.require(Role.FINANCE_MANAGER, to=TO)
        plan = _plan(given, self.actor)
        if not given["preview"]:
            job = start_round(plan=plan, expected_pence=given.get("expected_pence"), actor=self.actor)
            return Response(job_body(job), status=202)
        shown = preview_round(plan=plan, actor=self.actor)
        return Response(
            {name: getattr(shown, name) for name in ("schools", "already", "priced", "net_pence")}
            | {"first": [_row(one, "pence") for one in shown.first]}
            | {"left_out": [_row(one, "why") for one in shown.refused]}
        )
