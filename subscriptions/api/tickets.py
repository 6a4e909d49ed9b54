"""Tickets of the service desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import BUYING, Actor
from marketplace.core.api.binary import TakesFiles, json_or_form
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.core.wording import london_day
from marketplace.organisations.models import Organisation
from subscriptions.desk.models import MissedPromise, Ticket, TicketMessage
from subscriptions.desk.queries import files_by_message, is_desk, messages_of, services_of, ticket_for, tickets_for
from subscriptions.desk.services import open_ticket, reopen_ticket, reply, resolve_ticket
from subscriptions.desk.services.opening import SUBJECT_LIMIT
from subscriptions.desk.services.writing import MOST_FILES, TEXT_LIMIT, Upload

_PRIORITIES = ["P1", "P2", "P3", "P4"]


class TicketFilters(FilterSet):
    """By state, urgency and customer."""

    state = ChoiceFilter(choices=Ticket.State.choices)
    priority = ChoiceFilter(choices=[(one, one) for one in _PRIORITIES])
    organisation = CharFilter(field_name="organisation__number", max_length=12, help_text="Customer number.")

    class Meta:
        model = Ticket
        fields: list[str] = []


class TicketRow(serializers.Serializer[Any]):
    """One ticket. Moments are empty where nothing is promised, the clock stands, or it has not happened."""

    number = serializers.CharField()
    organisation = serializers.CharField(help_text="Customer number.")
    service = serializers.CharField(allow_blank=True, help_text="Empty: no service covers it.")
    subject = serializers.CharField()
    priority = serializers.ChoiceField(choices=_PRIORITIES)
    state = serializers.ChoiceField(choices=Ticket.State.choices)
    opened_at = serializers.DateTimeField()
    response_due_at = serializers.DateTimeField(allow_null=True)
    responded_at = serializers.DateTimeField(allow_null=True)
    fix_due_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)


class TicketFile(serializers.Serializer[Any]):
    """A file that came with it; its content is at `/files/{id}`."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")


class TicketText(serializers.Serializer[Any]):
    """What one side wrote."""

    side = serializers.ChoiceField(choices=TicketMessage.Side.choices)
    internal = serializers.BooleanField(help_text="A note that the school never sees.")
    written_at = serializers.DateTimeField()
    text = serializers.CharField()
    files: Any = TicketFile(many=True)


class TicketMissed(serializers.Serializer[Any]):
    """A promise that was not kept."""

    clock = serializers.ChoiceField(choices=MissedPromise.Clock.choices)
    due_at = serializers.DateTimeField()


class TicketBody(TicketRow):
    """A ticket with what was promised, missed and written."""

    response_minutes = serializers.IntegerField(allow_null=True, help_text="Working minutes.")
    fix_minutes = serializers.IntegerField(allow_null=True, help_text="Working minutes.")
    missed = TicketMissed(many=True)
    messages = TicketText(many=True)


def attached() -> serializers.ListField:
    """Files of a form: PDF, pictures, Word, Excel or text, five at most."""
    return serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), max_length=MOST_FILES, required=False
    )


def uploads(given: dict[str, Any]) -> list[Upload]:
    """As the desk's services take them."""
    return [Upload(one.file, one.name or "") for one in given.get("files", ())]


class NewTicket(serializers.Serializer[Any]):
    """What is asked. Do not name pupils. Without ``agreement`` it is about something that no service covers."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number.")
    agreement = serializers.SlugField(max_length=20, required=False)
    slot = serializers.IntegerField(
        min_value=1, max_value=32_000, required=False, help_text="Of the agreement's line; needed where it has several."
    )
    priority = serializers.ChoiceField(choices=_PRIORITIES)
    subject = serializers.CharField(max_length=SUBJECT_LIMIT)
    text = serializers.CharField(max_length=TEXT_LIMIT)


class NewTicketForm(NewTicket):
    """The same with files."""

    files = attached()


class TicketReply(serializers.Serializer[Any]):
    """What is said; with ``ask`` the desk waits for the school and the clock stands."""

    text = serializers.CharField(max_length=TEXT_LIMIT)
    ask = serializers.BooleanField(default=False)


class TicketReplyForm(TicketReply):
    """The same with files."""

    files = attached()


class TicketWords(serializers.Serializer[Any]):
    """What is said."""

    text = serializers.CharField(max_length=TEXT_LIMIT)


_COLUMNS = {
    "number": "number",
    "organisation": "organisation__number",
    "service": "service",
    "subject": "subject",
    "priority": "priority",
    "state": "state",
    "opened_at": "opened_at",
    "response_due_at": "response_due_at",
    "responded_at": "responded_at",
    "fix_due_at": "fix_due_at",
    "resolved_at": "resolved_at",
}


def ticket_body(actor: Actor, number: str) -> dict[str, Any]:
    """The ticket as it stands; the desk's own notes for the desk alone."""
    found = ticket_for(actor, number)
    said = messages_of(found, actor)
    files = files_by_message(said)
    row: dict[str, Any] = {name: getattr(found, name) for name in _COLUMNS if name != "organisation"}
    return row | {
        "organisation": found.organisation.number,
        "response_minutes": found.response_minutes,
        "fix_minutes": found.fix_minutes,
        "missed": [{"clock": one.clock, "due_at": one.due_at} for one in found.missed.order_by("pk")],
        "messages": [
            {"side": one.side, "internal": one.internal, "written_at": one.written_at, "text": one.text}
            | {"files": [{"id": file.pk, "name": file.name, "size": file.size} for file in files.get(one.pk, ())]}
            for one in said
        ],
    }


class TicketsView(TakesFiles, ListView):
    """Tickets of the caller's schools, or all for the desk."""

    area = "orders"
    serializer_class = TicketRow
    filterset_class = TicketFilters
    columns = _COLUMNS

    def rows(self) -> QuerySet[Ticket]:
        return tickets_for(self.actor)

    @extend_schema(operation_id="tickets", tags=["service desk"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What your schools asked for help with, newest first; all for our service desk."""
        return self.page()

    @extend_schema(
        operation_id="ticket_open", request=json_or_form(NewTicket, NewTicketForm), responses={201: TicketBody},
        tags=["service desk"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Asks for help, in a form also with files. What the service promises for that urgency is frozen on the ticket."""
        given = self.read_either(NewTicket, NewTicketForm)
        organisation = self._asker(given["organisation"])
        now = timezone.now()
        line = None
        if "agreement" in given:
            lines = services_of([organisation], london_day(now)).filter(agreement__number=given["agreement"])
            found = list(lines.filter(slot=given["slot"]) if "slot" in given else lines)
            if not found:
                raise NotFound(f"{organisation.name} has no such service today.")
            if len(found) > 1:
                raise WrongInput("This agreement has several services. Give the slot of the one that it is about.")
            line = found[0]
        made = open_ticket(
            organisation=organisation, line=line, priority=given["priority"], subject=given["subject"],
            text=given["text"], files=uploads(given), at=now, actor=self.actor,
        )  # fmt: skip
        return Response(ticket_body(self.actor, made.number), status=201)

    def _asker(self, number: str) -> Organisation:
        """An organisation of the caller's, or any customer for the desk."""
        rows = Organisation.objects.all()
        if not is_desk(self.actor):
            rows = rows.filter(pk__in=self.actor.organisations(*BUYING))
        found = rows.filter(number=number).first()
        if found is None:
            raise NotFound(f"There is no organisation {number} for which you may ask for help.")
        return found


class TicketView(ApiView):
    """One ticket."""

    area = "orders"

    @extend_schema(operation_id="ticket", responses=TicketBody, tags=["service desk"])
    def get(self, request: Request, number: str) -> Response:
        """A ticket with what was promised, missed and written."""
        return Response(ticket_body(self.actor, number))


class TicketReplyView(TakesFiles):
    """Writing in a ticket."""

    area = "orders"

    @extend_schema(
        operation_id="ticket_reply", request=json_or_form(TicketReply, TicketReplyForm), responses={201: TicketBody},
        tags=["service desk"],
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """What one side says. The desk's first reply is its answer; ``ask`` stops the clock until the school replies."""
        given = self.read_either(TicketReply, TicketReplyForm)
        found = ticket_for(self.actor, number)
        reply(
            ticket=found, text=given["text"], ask=given["ask"], files=uploads(given), at=timezone.now(),
            actor=self.actor,
        )  # fmt: skip
        return Response(ticket_body(self.actor, number), status=201)


class TicketResolveView(ApiView):
    """Putting it right."""

    area = "orders"

    @extend_schema(operation_id="ticket_resolve", request=TicketWords, responses=TicketBody, tags=["service desk"])
    def post(self, request: Request, number: str) -> Response:
        """The desk says that and how it is put right; the clock stands."""
        found = ticket_for(self.actor, number)
        resolve_ticket(ticket=found, text=self.read(TicketWords)["text"], at=timezone.now(), actor=self.actor)
        return Response(ticket_body(self.actor, number))


class TicketReopenView(ApiView):
    """Opening it again."""

    area = "orders"

    @extend_schema(operation_id="ticket_reopen", request=TicketWords, responses=TicketBody, tags=["service desk"])
    def post(self, request: Request, number: str) -> Response:
        """It is not put right after all; for ten working days after it was resolved."""
        found = ticket_for(self.actor, number)
        reopen_ticket(ticket=found, text=self.read(TicketWords)["text"], at=timezone.now(), actor=self.actor)
        return Response(ticket_body(self.actor, number))
