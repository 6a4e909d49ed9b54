"""A school's applications to lead a hub: written, with other schools, sent, taken back."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.binary import TakesFiles, uploaded
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.api.hubs.shapes import (
    AREA,
    MOST_PENCE,
    TAGS,
    HubApplicationRow,
    HubApplicationSerializer,
    application_body,
)
from subscriptions.hubs.models import HubApplication, HubPartner
from subscriptions.hubs.queries import (
    APPLYING,
    application_for,
    applications_for,
    call_for,
    partnerships_for,
    school_applications,
)
from subscriptions.hubs.services.applying import (
    Offer,
    attach_paper,
    save_application,
    start_application,
    submit_application,
    take_paper_off,
    withdraw_application,
)
from subscriptions.hubs.services.partnering import answer_partner, drop_partner, name_partner

ANSWERS = [(one.value, one.label) for one in HubPartner.Answer if one != HubPartner.Answer.ASKED]


class HubApplicationStart(serializers.Serializer[Any]):
    """To which call a school of yours applies."""

    call = serializers.CharField(max_length=20)
    school = serializers.CharField(max_length=12, help_text="Customer number.")


class HubOffer(serializers.Serializer[Any]):
    """What the school would do; a draft may lack anything. Name no pupils."""

    title = serializers.CharField(max_length=160, allow_blank=True, default="")
    plan = serializers.CharField(max_length=4000, allow_blank=True, default="")
    reach = serializers.CharField(max_length=4000, allow_blank=True, default="")
    people = serializers.CharField(max_length=4000, allow_blank=True, default="", help_text="Roles, not names.")
    schools_planned = serializers.IntegerField(min_value=1, max_value=500, allow_null=True, default=None)
    asked_pence = serializers.IntegerField(
        min_value=1, max_value=MOST_PENCE, allow_null=True, default=None,
        help_text="Over the whole term, where it is not what the call pays.",
    )  # fmt: skip


class HubPartnerRequest(serializers.Serializer[Any]):
    """A school that is asked to apply with yours, and what it would do."""

    school = serializers.CharField(max_length=12, help_text="Customer number.")
    part = serializers.CharField(max_length=200, allow_blank=True, default="")


class HubPartnerAnswer(serializers.Serializer[Any]):
    """What the school answers; ``words`` are why it declines."""

    answer = serializers.ChoiceField(choices=ANSWERS)
    words = serializers.CharField(max_length=200, allow_blank=True, default="")


class HubApplicationStep(serializers.Serializer[Any]):
    """Whether it is sent or taken back."""

    do = serializers.ChoiceField(choices=[("send", "Send"), ("withdraw", "Withdraw")])


class HubApplicationFilters(FilterSet):
    """By call and state."""

    call = CharFilter(field_name="call__number", max_length=20)
    state = ChoiceFilter(choices=HubApplication.State.choices)

    class Meta:
        model = HubApplication
        fields: list[str] = []


_SAME = ("number", "state", "title", "submitted_at", "decided_on")


class HubApplicationsView(ListView):
    """Applications."""

    area = AREA
    serializer_class = HubApplicationRow
    filterset_class = HubApplicationFilters
    columns = {**{name: name for name in _SAME}, "call": "call__number", "lead": "lead__number"}

    def rows(self) -> QuerySet[HubApplication]:
        return applications_for(self.actor)

    @extend_schema(operation_id="hub_applications", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those of your schools; what was sent is open to the partnership once the call is closed, and to members of its
        panel once they declared their interests. Never one in which you have an interest."""
        return self.page()

    @extend_schema(
        operation_id="hub_application_start", request=HubApplicationStart, responses={201: HubApplicationSerializer},
        tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Begins a draft for a school of yours; one that stands already is answered."""
        if not self.actor.has(*APPLYING):
            raise NotFound("There is nothing here that you may see.")
        given = self.read(HubApplicationStart)
        call = call_for(self.actor, given["call"])
        own = Organisation.objects.filter(pk__in=self.actor.organisations(*APPLYING), number=given["school"]).first()
        if own is None:
            raise NotFound("None of your schools has this customer number.")
        made = start_application(call=call, lead=own, at=timezone.now(), actor=self.actor)
        return Response(application_body(made, self.actor), status=201)


class _ApplicationApi(ApiView):
    """What the operations on one's own application share."""

    area = AREA

    def own(self, number: str) -> HubApplication:
        found = school_applications(self.actor).filter(number=number).first()
        if found is None:
            raise NotFound("There is no such application.")
        return found

    def told(self, found: HubApplication) -> Response:
        found.refresh_from_db()
        return Response(application_body(found, self.actor))


class HubApplicationView(_ApplicationApi):
    """One application."""

    @extend_schema(operation_id="hub_application", responses=HubApplicationSerializer, tags=TAGS)
    def get(self, request: Request, number: str) -> Response:
        """One application with its schools and the names of its files."""
        return Response(application_body(application_for(self.actor, number), self.actor))

    @extend_schema(
        operation_id="hub_application_write", request=HubOffer, responses=HubApplicationSerializer, tags=TAGS
    )
    def put(self, request: Request, number: str) -> Response:
        """Everything that a draft says, said anew. Its files stay."""
        found, given = self.own(number), self.read(HubOffer)
        asked = given.pop("asked_pence")
        offer = Offer(**given, asked=Money(asked) if asked else None)
        return self.told(save_application(application=found, offer=offer, at=timezone.now(), actor=self.actor))


class HubPaper(serializers.Serializer[Any]):
    """A file. Name no pupils."""

    file = serializers.FileField(allow_empty_file=True)


class HubPapersView(TakesFiles, _ApplicationApi):
    """Files of a draft."""

    @extend_schema(
        operation_id="hub_application_file_add", request={"multipart/form-data": HubPaper},
        responses={201: HubApplicationSerializer}, tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """Adds a file of at most 10 MB to a draft: five at most. What kind it is, its content says."""
        found = self.own(number)
        upload, name = uploaded(self.read(HubPaper), "file")
        attach_paper(application=found, upload=upload or b"", file_name=name, actor=self.actor)
        found.refresh_from_db()
        return Response(application_body(found, self.actor), status=201)


class HubPaperRemovalView(_ApplicationApi):
    """Taking a file off."""

    @extend_schema(
        operation_id="hub_application_file_take_off", request=None, responses=HubApplicationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Takes a file off a draft for good."""
        found = self.own(number)
        take_paper_off(application=found, file_id=pk, actor=self.actor)
        return self.told(found)


class HubApplicationStepView(_ApplicationApi):
    """Sending it, or taking it back."""

    @extend_schema(
        operation_id="hub_application_step", request=HubApplicationStep, responses=HubApplicationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Sends a draft before the deadline, once every partner has confirmed; or withdraws what is not decided."""
        found = self.own(number)
        if self.read(HubApplicationStep)["do"] == "send":
            submit_application(application=found, at=timezone.now(), actor=self.actor)
        else:
            withdraw_application(application=found, on=timezone.localdate(), actor=self.actor)
        return self.told(found)


class HubPartnersView(_ApplicationApi):
    """Schools that apply together."""

    @extend_schema(
        operation_id="hub_partner_name", request=HubPartnerRequest, responses=HubApplicationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str) -> Response:
        """Asks a school to apply with yours. It reads the draft, and answers in its own name."""
        found, given = self.own(number), self.read(HubPartnerRequest)
        school = Organisation.objects.filter(number=given["school"], kind=Organisation.Kind.SCHOOL).first()
        if school is None:
            raise WrongInput("No school has this customer number.")
        name_partner(application=found, school=school, part=given["part"], actor=self.actor)
        return self.told(found)


class HubPartnerRemovalView(_ApplicationApi):
    """Taking a school off."""

    @extend_schema(operation_id="hub_partner_drop", request=None, responses=HubApplicationSerializer, tags=TAGS)
    def post(self, request: Request, number: str, school: str) -> Response:
        """The school does not apply with yours after all."""
        found = self.own(number)
        one = found.partners.filter(organisation__number=school).select_related("organisation").first()
        if one is None:
            raise NotFound("This school is no partner of the application.")
        drop_partner(application=found, school=one.organisation, actor=self.actor)
        return self.told(found)


class HubPartnerAnswerView(_ApplicationApi):
    """What a school answers."""

    @extend_schema(
        operation_id="hub_partner_answer", request=HubPartnerAnswer, responses=HubApplicationSerializer, tags=TAGS
    )
    def post(self, request: Request, number: str, school: str) -> Response:
        """Your school confirms that it applies with the lead, or declines; until the application is sent."""
        asked = partnerships_for(self.actor).filter(application__number=number, organisation__number=school)
        partner = asked.first()
        if partner is None:
            raise NotFound("Your school is not asked to apply with this application.")
        given = self.read(HubPartnerAnswer)
        confirms = given["answer"] == HubPartner.Answer.CONFIRMED
        answer_partner(partner=partner, confirms=confirms, words=given["words"], at=timezone.now(), actor=self.actor)
        return self.told(partner.application)
