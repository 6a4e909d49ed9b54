"""Queries of invoices and the reminders that were sent, for programs."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.credit_control.models import InvoiceQuery, Reminder
from invoicing.credit_control.queries import queried_pence, queries_for, query_for, queryable_for, reminders_for
from invoicing.credit_control.services.queries import TEXT_LIMIT, own_lines
from invoicing.services import open_query, resolve_query, write_message
from marketplace.core.actors import INVOICED, Actor
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound, WrongInput
from marketplace.organisations.models import Organisation


class QueryFilters(FilterSet):
    """By state and by invoice."""

    state = ChoiceFilter(choices=InvoiceQuery.State.choices)
    invoice = CharFilter(field_name="document__number", max_length=24, help_text="Invoice number.")

    class Meta:
        model = InvoiceQuery
        fields: list[str] = []


class QueryRow(serializers.Serializer[Any]):
    """One query. ``open`` waits for finance, ``answered`` for whoever asked."""

    number = serializers.CharField()
    invoice = serializers.CharField()
    asked_by = serializers.CharField(help_text="Customer number.")
    state = serializers.ChoiceField(choices=InvoiceQuery.State.choices)
    outcome = serializers.CharField(allow_blank=True, help_text="agreed, credited or withdrawn, once resolved.")
    opened_on = serializers.DateField()
    resolved_on = serializers.DateField(allow_null=True)


class QueryText(serializers.Serializer[Any]):
    """What one side wrote."""

    side = serializers.CharField(help_text="customer or finance.")
    written_at = serializers.DateTimeField()
    text = serializers.CharField()


class QueryBody(QueryRow):
    """A query with its lines and what was written."""

    positions = serializers.ListField(child=serializers.IntegerField(), help_text="Of the lines on the invoice.")
    in_query_pence = serializers.IntegerField(help_text="With VAT, less what is credited.")
    messages = QueryText(many=True)


class NewQuery(serializers.Serializer[Any]):
    """Lines to query; without any, all that the organisation may query. Do not name pupils."""

    positions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=100_000), required=False, max_length=1000
    )
    text = serializers.CharField(max_length=TEXT_LIMIT)
    organisation = serializers.CharField(
        max_length=12, required=False, help_text="Customer number of whoever asks; whoever is invoiced unless said."
    )


class NewText(serializers.Serializer[Any]):
    """What to write."""

    text = serializers.CharField(max_length=TEXT_LIMIT)


class Resolution(serializers.Serializer[Any]):
    """How it ends: agreed or withdrawn by whoever asked, agreed or credited by finance."""

    outcome = serializers.ChoiceField(choices=InvoiceQuery.Outcome.choices)
    text = serializers.CharField(max_length=TEXT_LIMIT, required=False, allow_blank=True)


class QueriesView(ListView):
    """Queries of invoices."""

    area = "invoices"
    serializer_class = QueryRow
    filterset_class = QueryFilters
    columns = {
        "number": "number",
        "invoice": "document__number",
        "asked_by": "organisation__number",
        "state": "state",
        "outcome": "outcome",
        "opened_on": "opened_on",
        "resolved_on": "resolved_on",
    }

    def rows(self) -> QuerySet[InvoiceQuery]:
        return queries_for(self.actor)

    @extend_schema(operation_id="queries", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Queries of your organisations and of invoices to them, or all for finance and the auditor."""
        return self.page()


class QueryView(ApiView):
    """One query."""

    area = "invoices"

    @extend_schema(operation_id="query", responses=QueryBody, tags=["invoices"])
    def get(self, request: Request, number: str) -> Response:
        """A query with its lines and what both sides wrote."""
        return Response(query_body(self.actor, number))


class InvoiceQueriesView(ApiView):
    """Queries of one invoice."""

    area = "invoices"

    @extend_schema(operation_id="query_open", request=NewQuery, responses={201: QueryBody}, tags=["invoices"])
    def post(self, request: Request, number: str) -> Response:
        """Queries lines of an invoice to you, or those of somebody else's invoice that you receive.

        What is in query is not reminded of; the rest of the invoice is due as it was.
        """
        given = self.read(NewQuery)
        organisation = asker(self.actor, number, given.get("organisation", ""))
        document = queryable_for(self.actor, organisation, number)
        ids = dict(own_lines(document, organisation).values_list("position", "pk"))
        wanted = set(given.get("positions", []))
        if unknown := sorted(wanted - set(ids)):
            raise WrongInput(f"{number} has no line {unknown[0]} that is yours to query. Nothing was sent.")
        query = open_query(
            document=document, organisation=organisation, line_ids=[ids[position] for position in sorted(wanted)],
            text=given["text"], at=timezone.now(), actor=self.actor,
        )  # fmt: skip
        return Response(query_body(self.actor, query.number), status=201)


class QueryMessagesView(ApiView):
    """What is written in a query."""

    area = "invoices"

    @extend_schema(operation_id="query_write", request=NewText, responses={201: QueryBody}, tags=["invoices"])
    def post(self, request: Request, number: str) -> Response:
        """Writes in a query: finance answers, whoever asked asks again."""
        query = query_for(self.actor, number)
        write_message(query=query, text=self.read(NewText)["text"], at=timezone.now(), actor=self.actor)
        return Response(query_body(self.actor, number), status=201)


class QueryResolveView(ApiView):
    """The end of a query."""

    area = "invoices"

    @extend_schema(operation_id="query_resolve", request=Resolution, responses=QueryBody, tags=["invoices"])
    def post(self, request: Request, number: str) -> Response:
        """Resolves a query: what was in query is treated like the rest of the invoice again."""
        query, given = query_for(self.actor, number), self.read(Resolution)
        resolve_query(
            query=query, outcome=given["outcome"], text=given.get("text", ""), at=timezone.now(), actor=self.actor
        )
        return Response(query_body(self.actor, number))


def asker(actor: Actor, number: str, organisation: str) -> Organisation:
    """For whom a program asks: the one named, else whoever is invoiced where that is one's own, else one's only one."""
    own = Organisation.objects.filter(pk__in=actor.organisations(*INVOICED))
    if organisation:
        found = own.filter(number=organisation).first()
    else:
        found = own.filter(documents__number=number).first() or (own[0] if own.count() == 1 else None)
    if found is None:
        raise NotFound(f"There is no invoice {number}.")
    return found


def query_body(actor: Actor, number: str) -> dict[str, Any]:
    """The answer for one query."""
    query = query_for(actor, number)
    return {
        "number": query.number,
        "invoice": query.document.number,
        "asked_by": query.organisation.number,
        "state": query.state,
        "outcome": query.outcome,
        "opened_on": query.opened_on,
        "resolved_on": query.resolved_on,
        "positions": [one.line.position for one in query.lines.all()],
        "in_query_pence": queried_pence([query]).get(query.pk, 0),
        "messages": [
            {"side": one.side, "written_at": one.written_at, "text": one.text}
            for one in sorted(query.messages.all(), key=lambda message: message.pk)
        ],
    }


class ReminderFilters(FilterSet):
    """By customer."""

    customer = CharFilter(field_name="organisation__number", max_length=12, help_text="Customer number.")

    class Meta:
        model = Reminder
        fields: list[str] = []


class ReminderRow(serializers.Serializer[Any]):
    """One reminder as it was sent."""

    id = serializers.IntegerField()
    customer = serializers.CharField(help_text="Customer number.")
    sent_on = serializers.DateField()
    level = serializers.CharField()
    sent_by = serializers.CharField(help_text="email or letter.")
    pence = serializers.IntegerField(help_text="What it asks for.")
    in_query_pence = serializers.IntegerField(help_text="What was in query then and is not asked for.")


class RemindersView(ListView):
    """Payment reminders that were sent."""

    area = "invoices"
    serializer_class = ReminderRow
    filterset_class = ReminderFilters
    columns = {
        "id": "id",
        "customer": "organisation__number",
        "sent_on": "sent_on",
        "level": "level__name",
        "sent_by": "channel",
        "pence": "pence",
        "in_query_pence": "in_query_pence",
    }

    def rows(self) -> QuerySet[Reminder]:
        return reminders_for(self.actor)

    @extend_schema(operation_id="reminders", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Reminders to your organisations, or all for finance and the auditor."""
        return self.page()
