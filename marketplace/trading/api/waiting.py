"""Waiting lists: joining, leaving, taking what is offered or declining it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRun
from marketplace.core.actors import Actor
from marketplace.core.api.numbers import pence_seen
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.api.quotes import buying_organisation
from marketplace.trading.models import WaitingEntry
from marketplace.trading.services import accept_offer, decline_offer, join_waiting, leave_waiting, offered_check
from marketplace.trading.services.waiting import MOST_SEATS, open_offer
from marketplace.trading.waiting_queries import entries_for, entry_for, standings_of


class WaitingFilters(FilterSet):
    """By date, school and state."""

    run = CharFilter(field_name="run__code", max_length=60)
    school = CharFilter(field_name="school__number", max_length=12)
    state = ChoiceFilter(choices=WaitingEntry.State.choices)

    class Meta:
        model = WaitingEntry
        fields: list[str] = []


class WaitingRow(serializers.Serializer[Any]):
    """One entry of a waiting list."""

    id = serializers.IntegerField()
    run = serializers.CharField()
    organisation = serializers.CharField()
    school = serializers.CharField()
    asked = serializers.IntegerField()
    seats = serializers.IntegerField(help_text="How many are still wanted.")
    together = serializers.BooleanField(help_text="All at once; else as they come.")
    joined_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=WaitingEntry.State.choices)


class OfferedSerializer(serializers.Serializer[Any]):
    """What is offered now."""

    places = serializers.IntegerField()
    until = serializers.DateTimeField()
    gross_pence = serializers.IntegerField(allow_null=True, help_text="What taking them costs today, with VAT.")
    problems = serializers.ListField(child=serializers.CharField())


class WaitingSerializer(WaitingRow):
    """One entry with its position and what is offered to it."""

    position = serializers.IntegerField(allow_null=True, help_text="1 is asked first; none off the list.")
    waiting = serializers.IntegerField(allow_null=True, help_text="How many schools stand on the list.")
    offer = OfferedSerializer(allow_null=True)


class JoinRequest(serializers.Serializer[Any]):
    """For which date, how many, and how."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number of the one who will order.")
    receiver = serializers.SlugField(
        max_length=12, required=False, help_text="The school that receives; else the same."
    )
    run = serializers.SlugField(max_length=60)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS)
    together = serializers.BooleanField()
    facts = serializers.DictField(required=False, help_text="What you state for the price.")


class TakeRequest(serializers.Serializer[Any]):
    """What you saw."""

    expected_pence = pence_seen(help_text="The ``gross_pence`` of the offer.")
    purchase_order = serializers.CharField(max_length=20, required=False, allow_blank=True)


class TakenSerializer(serializers.Serializer[Any]):
    """The order that was made."""

    order = serializers.CharField()
    state = serializers.CharField(help_text="Placed, or with whoever approves it.")


_COLUMNS = {
    "id": "id",
    "run": "run__code",
    "organisation": "organisation__number",
    "school": "school__number",
    "asked": "asked",
    "seats": "seats",
    "together": "together",
    "joined_at": "joined_at",
    "state": "state",
}


def waiting_body(actor: Actor, entry: WaitingEntry) -> dict[str, Any]:
    """The entry as it stands; the price only for who may take the offer."""
    standing, offer = standings_of([entry]).get(entry.pk), open_offer(entry)
    offered: dict[str, Any] | None = None
    if offer is not None:
        offered = {"places": offer.places, "until": offer.until, "gross_pence": None, "problems": []}
        if entry.organisation_id in actor.organisations() and not actor.system:
            check = offered_check(entry=entry, on=timezone.localdate(), actor=actor)
            offered |= {"gross_pence": check.total.gross.pence, "problems": check.problems}
    return {
        "id": entry.pk,
        "run": entry.run.code,
        "organisation": entry.organisation.number,
        "school": entry.school.number,
        "asked": entry.asked,
        "seats": entry.seats,
        "together": entry.together,
        "joined_at": entry.joined_at,
        "state": entry.state,
        "position": standing.position if standing else None,
        "waiting": standing.count if standing else None,
        "offer": offered,
    }


class WaitingListView(ListView):
    """Entries of the caller's schools."""

    area = "orders"
    serializer_class = WaitingRow
    filterset_class = WaitingFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[WaitingEntry]:
        return entries_for(self.actor)

    @extend_schema(operation_id="waiting_entries", tags=["waiting"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What your schools wait for and waited for, latest first."""
        return self.page()

    @extend_schema(
        operation_id="waiting_join", request=JoinRequest, responses={201: WaitingSerializer}, tags=["waiting"]
    )
    def post(self, request: Request) -> Response:
        """Puts a school at the end of a date's list. Refused (409) where as many places are free as are wanted."""
        given = self.read(JoinRequest)
        organisation = buying_organisation(self, given["organisation"])
        receiver = given.get("receiver")
        school = Organisation.objects.filter(number=receiver).first() if receiver else organisation
        run = CourseRun.objects.select_related("offer").filter(code=given["run"]).first()
        if school is None or run is None:
            raise NotFound(f"There is no {'date ' + given['run'] if school else f'organisation {receiver}'}.")
        entry = join_waiting(
            run=run, organisation=organisation, school=school, seats=given["seats"], together=given["together"],
            facts=given.get("facts"), at=timezone.now(), actor=self.actor,
        )  # fmt: skip
        return Response(waiting_body(self.actor, entry_for(self.actor, entry.pk)), status=201)


class WaitingEntryView(ApiView):
    """One entry."""

    area = "orders"

    @extend_schema(operation_id="waiting_entry", responses=WaitingSerializer, tags=["waiting"])
    def get(self, request: Request, pk: int) -> Response:
        """One entry, its position, and what is offered to it at what price."""
        return Response(waiting_body(self.actor, entry_for(self.actor, pk)))


class WaitingLeaveView(ApiView):
    """Leaving the list."""

    area = "orders"

    @extend_schema(operation_id="waiting_leave", request=None, responses=WaitingSerializer, tags=["waiting"])
    def post(self, request: Request, pk: int) -> Response:
        """Takes the school off the list; what was offered to it goes to the next."""
        leave_waiting(entry=entry_for(self.actor, pk), on=timezone.localdate(), actor=self.actor)
        return Response(waiting_body(self.actor, entry_for(self.actor, pk)))


class WaitingDeclineView(ApiView):
    """Saying no."""

    area = "orders"

    @extend_schema(operation_id="waiting_decline", request=None, responses=WaitingSerializer, tags=["waiting"])
    def post(self, request: Request, pk: int) -> Response:
        """Declines what is offered; it goes to the next."""
        decline_offer(entry=entry_for(self.actor, pk), on=timezone.localdate(), actor=self.actor)
        return Response(waiting_body(self.actor, entry_for(self.actor, pk)))


class WaitingAcceptView(ApiView):
    """Taking what is offered."""

    area = "orders"

    @extend_schema(
        operation_id="waiting_accept", request=TakeRequest, responses={201: TakenSerializer}, tags=["waiting"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Orders the offered places; what you may not place alone goes to whoever approves it."""
        given = self.read(TakeRequest)
        order = accept_offer(entry=entry_for(self.actor, pk), at=timezone.now(), actor=self.actor, **given)
        return Response({"order": order.number, "state": order.state}, status=201)
