"""The register of members, and the contributions that they agreed. For finance and the auditor."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_for
from subscriptions.membership.models import METHODS_OF_ROUNDS
from subscriptions.models import ContributionRound, ContributionShare, MemberEntry
from subscriptions.queries import class_for, members_on, round_for, rounds_for, shares_in
from subscriptions.services import agree_round, enter_member

TAGS = ["members"]
STATES = ContributionRound.State.choices


class OnDay(serializers.Serializer[Any]):
    """As on which day, today unless said; of which class."""

    on = serializers.DateField(required=False)
    member_class = serializers.SlugField(required=False, max_length=20)


class MemberRow(serializers.Serializer[Any]):
    """An entry in the register, over half-open dates."""

    id = serializers.IntegerField()
    organisation = serializers.CharField(help_text="Customer number.")
    name = serializers.CharField()
    member_class = serializers.CharField()
    votes = serializers.CharField(help_text="A decimal number.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="The first day on which it is no member any more.")
    voter = serializers.CharField(allow_null=True, help_text="Who casts its votes.")


class MemberPage(serializers.Serializer[Any]):
    """The register as on a day."""

    on = serializers.DateField()
    votes = serializers.CharField(help_text="All votes together.")
    members: Any = MemberRow(many=True)


class NewMember(serializers.Serializer[Any]):
    """Who becomes a member of which class, from when to when."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number or URN.")
    member_class = serializers.SlugField(max_length=20)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)


def organisation_of(view: ApiView, number: str) -> Organisation:
    """By its customer number or URN, or NotFound."""
    here = organisations_for(view.actor)
    found = here.filter(number=number).first() or here.filter(school__urn=number).first()
    if found is None:
        raise NotFound(f"There is no organisation {number}.")
    return found


def member_body(entry: MemberEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "organisation": entry.organisation.number,
        "name": entry.organisation.name,
        "member_class": entry.member_class.code,
        "votes": f"{entry.member_class.votes.normalize():f}",
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "voter": entry.voter.name if entry.voter else None,
    }


class MembersView(ApiView):
    """The register of members."""

    area = "organisations"

    @extend_schema(operation_id="members", parameters=[OnDay], responses=MemberPage, tags=TAGS)
    def get(self, request: Request) -> Response:
        """Every member on a day with its class and votes. For finance and the auditor."""
        asked = OnDay(data=request.query_params)
        asked.is_valid(raise_exception=True)
        on = asked.validated_data.get("on") or timezone.localdate()
        found = members_on(self.actor, on, member_class=asked.validated_data.get("member_class", ""))
        rows = [(member_body(one), one.member_class.votes) for one in found]
        votes = f"{sum(votes for _, votes in rows):f}"
        return Response({"on": on, "votes": votes, "members": [body for body, _ in rows]})

    @extend_schema(operation_id="member_enter", request=NewMember, responses={201: MemberRow}, tags=TAGS)
    def post(self, request: Request) -> Response:
        """Enters a member and sets its price class over the same days. By a finance manager."""
        given = self.read(NewMember)
        made = enter_member(
            organisation=organisation_of(self, given["organisation"]),
            member_class=class_for(self.actor, given["member_class"]),
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            actor=self.actor,
        )
        return Response(member_body(made), status=201)


class ContributionRow(serializers.Serializer[Any]):
    """A contribution round."""

    code = serializers.CharField()
    title = serializers.CharField()
    term_from = serializers.DateField()
    term_to = serializers.DateField(help_text="The day after the last.")
    budget_pence = serializers.IntegerField()
    nominal_pence = serializers.IntegerField()
    method = serializers.ChoiceField(choices=[one.value for one in METHODS_OF_ROUNDS])
    state = serializers.ChoiceField(choices=STATES)


class ContributionShareRow(serializers.Serializer[Any]):
    """What one member pays for the whole term, before VAT, and how that was worked out."""

    organisation = serializers.CharField()
    pupils = serializers.IntegerField(allow_null=True)
    pupils_source = serializers.CharField(allow_blank=True)
    pupils_counted_on = serializers.DateField(allow_null=True)
    nominal_pence = serializers.IntegerField()
    pence = serializers.IntegerField()
    joined_on = serializers.DateField(allow_null=True)
    agreement = serializers.CharField(allow_null=True)
    steps = serializers.ListField(child=serializers.CharField())


class ContributionSerializer(ContributionRow):
    """A round with its shares. ``drawn`` says which working this is."""

    drawn = serializers.IntegerField()
    shares: Any = ContributionShareRow(many=True)


class Drawn(serializers.Serializer[Any]):
    """Which working of the shares was looked at."""

    drawn = serializers.IntegerField(min_value=1, max_value=1_000_000)


_SAME = ("code", "title", "term_from", "term_to", "budget_pence", "nominal_pence", "method", "state")


def _share(one: ContributionShare) -> dict[str, Any]:
    return {
        "organisation": one.organisation.number,
        "pupils": one.pupils,
        "pupils_source": one.source,
        "pupils_counted_on": one.counted_on,
        "nominal_pence": one.nominal_pence,
        "pence": one.pence,
        "joined_on": one.joined_on,
        "agreement": one.agreement.number if one.agreement else None,
        "steps": one.steps,
    }


def contribution_body(found: ContributionRound) -> dict[str, Any]:
    shares = [_share(one) for one in shares_in(found)]
    return {name: getattr(found, name) for name in _SAME} | {"drawn": found.drawn, "shares": shares}


class ContributionFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=STATES)

    class Meta:
        model = ContributionRound
        fields: list[str] = []


class ContributionsView(ListView):
    """Contribution rounds."""

    area = "orders"
    serializer_class = ContributionRow
    filterset_class = ContributionFilters
    columns = {name: name for name in _SAME}

    def rows(self) -> QuerySet[ContributionRound]:
        return rounds_for(self.actor)

    @extend_schema(operation_id="contributions", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Contribution rounds, drafts and agreed ones. For finance and the auditor."""
        return self.page()


class ContributionView(ApiView):
    """One contribution round."""

    area = "orders"

    @extend_schema(operation_id="contribution", responses=ContributionSerializer, tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """One round with what each member pays and the working."""
        return Response(contribution_body(round_for(self.actor, code)))


class ContributionAgreementView(ApiView):
    """Agreeing a contribution round."""

    area = "orders"

    @extend_schema(operation_id="contribution_agree", request=Drawn, responses={200: ContributionSerializer}, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """Makes the agreement of each member, once; refused where the shares are not those looked at. By a finance
        manager."""
        found = round_for(self.actor, code)
        agree_round(round=found, drawn=self.read(Drawn)["drawn"], on=timezone.localdate(), actor=self.actor)
        return Response(contribution_body(round_for(self.actor, code)))
