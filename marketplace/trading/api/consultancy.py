"""Requests to consultants: a school's need, the quotes for it, and accepting one."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.numbers import row_id
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.trading.api.consultancy_bookings import EngagementBody, Ir35Field, body_of, ir35_of
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.queries import quote_for, quotes_for, quotes_of, request_for, requests_for
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest
from marketplace.trading.engagements.services.accepting import accept_quote
from marketplace.trading.engagements.services.approving import ask_booking_approval
from marketplace.trading.engagements.services.asking import Need, ask_consultants, withdraw_request
from marketplace.trading.engagements.services.quoting import Answer, answer_request, decline_request
from providers.queries import consultant_for


class RequestFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=ConsultantRequest.State.choices)

    class Meta:
        model = ConsultantRequest
        fields: list[str] = []


class QuoteFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=ConsultantQuote.State.choices)

    class Meta:
        model = ConsultantQuote
        fields: list[str] = []


class QuoteRow(serializers.Serializer[Any]):
    """One consultant's part in a request. Pence; ``gross_pence`` is the whole cost with travel and VAT."""

    id = serializers.IntegerField()
    request = serializers.CharField()
    title = serializers.CharField()
    school = serializers.CharField()
    consultant = serializers.CharField()
    state = serializers.ChoiceField(choices=ConsultantQuote.State.choices)
    quantity = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    net_pence = serializers.IntegerField()
    travel_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    valid_until = serializers.DateField(allow_null=True)
    answer_by = serializers.DateField()
    reason = serializers.CharField(allow_blank=True)


class RequestRow(serializers.Serializer[Any]):
    """One request. ``wanted_to`` is the first day that is too late."""

    number = serializers.CharField()
    school = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=ConsultantRequest.State.choices)
    unit = serializers.ChoiceField(choices=Engagement.Unit.choices)
    quantity = serializers.DecimalField(max_digits=7, decimal_places=2)
    wanted_from = serializers.DateField()
    wanted_to = serializers.DateField()
    answer_by = serializers.DateField()


class RequestBody(RequestRow):
    """A request with its quotes."""

    purpose = serializers.CharField()
    quotes = QuoteRow(many=True)


class AskBody(serializers.Serializer[Any]):
    """A need. Name no pupils."""

    school = serializers.CharField(max_length=24)
    consultants = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=4)
    title = serializers.CharField(max_length=120)
    purpose = serializers.CharField(max_length=1000)
    theme = serializers.CharField(max_length=40, allow_blank=True, default="")
    unit = serializers.ChoiceField(choices=Engagement.Unit.choices)
    quantity = serializers.DecimalField(max_digits=7, decimal_places=2)
    wanted_from = serializers.DateField()
    wanted_to = serializers.DateField()
    mode = serializers.ChoiceField(choices=ConsultantRequest.Mode.choices, default="at_school")
    budget_pence = serializers.IntegerField(min_value=1, max_value=10**11, allow_null=True, default=None)
    answer_by = serializers.DateField()


class AnswerBody(serializers.Serializer[Any]):
    """A quote. ``miles`` are those of one visit, there and back."""

    quantity = serializers.DecimalField(max_digits=7, decimal_places=2)
    visits = serializers.IntegerField(min_value=1, max_value=200)
    miles = serializers.IntegerField(min_value=0, max_value=2000, default=0)
    first_days = serializers.ListField(child=serializers.DateField(), max_length=10, default=list)
    words = serializers.CharField(max_length=600, allow_blank=True, default="")
    valid_until = serializers.DateField()


class DeclineBody(serializers.Serializer[Any]):
    """Why not, for the school to read."""

    reason = serializers.CharField(max_length=240)


class AcceptBody(serializers.Serializer[Any]):
    """Which quote, the sum with VAT that was seen, and how the consultant is paid for tax."""

    quote = row_id()
    expected_pence = serializers.IntegerField(min_value=0, max_value=10**12)
    purchase_order = serializers.CharField(max_length=20, allow_blank=True, default="")
    off_payroll = Ir35Field()


class QuoteApprovalBody(serializers.Serializer[Any]):
    """The order under which the quote waits; it is decided like any other."""

    order = serializers.CharField()
    total_pence = serializers.IntegerField(help_text="The whole cost with VAT.")
    kept_until = serializers.DateField(help_text="The last day on which it may be approved.")


_QUOTE = {
    "id": "id", "request": "request__number", "title": "request__title", "school": "request__school__number",
    "consultant": "consultant__code", "state": "state", "quantity": "quantity", "net_pence": "net_pence",
    "travel_pence": "travel_pence", "vat_pence": "vat_pence", "gross_pence": "gross_pence",
    "valid_until": "valid_until", "answer_by": "request__answer_by", "reason": "reason",
}  # fmt: skip


def _quote(quote: ConsultantQuote) -> dict[str, Any]:
    return {
        "request": quote.request.number, "title": quote.request.title, "school": quote.request.school.number,
        "consultant": quote.consultant.code, "answer_by": quote.request.answer_by,
        **{name: getattr(quote, name) for name in ("id", "state", "quantity", "net_pence", "travel_pence", "vat_pence",
                                                   "gross_pence", "valid_until", "reason")},
    }  # fmt: skip


_REQUEST = {
    "number": "number", "school": "school__number", "title": "title", "state": "state", "unit": "unit",
    "quantity": "quantity", "wanted_from": "wanted_from", "wanted_to": "wanted_to", "answer_by": "answer_by",
}  # fmt: skip


def _request(found: ConsultantRequest) -> dict[str, Any]:
    return {
        "school": found.school.number, "purpose": found.purpose, "quotes": [_quote(one) for one in quotes_of(found)],
        **{name: getattr(found, name) for name in _REQUEST if name != "school"},
    }  # fmt: skip


class ConsultantRequestsView(ListView):
    """Requests of the caller's schools."""

    area = "orders"
    serializer_class = RequestRow
    filterset_class = RequestFilters
    columns = _REQUEST

    def rows(self) -> QuerySet[ConsultantRequest]:
        return requests_for(self.actor)

    @extend_schema(operation_id="consultant_requests", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What schools asked consultants for, newest first."""
        return self.page()

    @extend_schema(
        operation_id="consultant_request_send", request=AskBody, responses={201: RequestBody}, tags=["consultants"]
    )
    def post(self, request: Request) -> Response:
        """Sends a need to one consultant or up to four. Nothing is ordered by it."""
        given = self.read(AskBody)
        school = Organisation.objects.filter(pk__in=self.actor.organisations(), number=given.pop("school")).first()
        if school is None:
            raise NotFound("There is no such school.")
        consultants = [consultant_for(self.actor, code) for code in given.pop("consultants")]
        answer_by, budget = given.pop("answer_by"), given.pop("budget_pence")
        need = Need(**given, budget=Money(budget) if budget else None)
        made = ask_consultants(
            school=school, consultants=consultants, need=need, answer_by=answer_by, on=timezone.localdate(),
            actor=self.actor,
        )  # fmt: skip
        return Response(_request(made), status=201)


class ConsultantRequestView(ApiView):
    """One request."""

    area = "orders"

    @extend_schema(operation_id="consultant_request", responses=RequestBody, tags=["consultants"])
    def get(self, request: Request, number: str) -> Response:
        """The request with its quotes, the given ones by their whole cost."""
        return Response(_request(request_for(self.actor, number)))


class ConsultantAcceptView(ApiView):
    """Accepting a quote."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_quote_accept",
        request=AcceptBody,
        responses={201: EngagementBody},
        tags=["consultants"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Agrees the booking at the quoted price; the others who were asked are told."""
        return Response(body_of(accept_quote(**_chosen(self, number))), status=201)


class ConsultantApprovalView(ApiView):
    """Sending a quote to a second person."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_quote_ask_approval",
        request=AcceptBody,
        responses={201: QuoteApprovalBody},
        tags=["consultants"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Sends a quote above your limit for approval: nothing is booked before it is given."""
        order = ask_booking_approval(**_chosen(self, number))
        body = {"order": order.number, "total_pence": order.total_pence, "kept_until": order.approval.kept_until}
        return Response(body, status=201)


def _chosen(view: ApiView, number: str) -> dict[str, Any]:
    """What both verbs take: one quote of the caller's request, as it was read from the body."""
    given = view.read(AcceptBody)
    quote = next((one for one in quotes_of(request_for(view.actor, number)) if one.pk == given["quote"]), None)
    if quote is None:
        raise NotFound("There is no such quote.")
    return {
        "quote": quote, "expected_pence": given["expected_pence"], "ir35": ir35_of(given["off_payroll"]),
        "purchase_order": given["purchase_order"], "on": timezone.localdate(), "actor": view.actor,
    }  # fmt: skip


class ConsultantWithdrawalView(ApiView):
    """Taking a request back."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_request_withdraw", request=None, responses=RequestBody, tags=["consultants"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Takes the request back; whoever was asked is told."""
        found = request_for(self.actor, number)
        return Response(_request(withdraw_request(request=found, on=timezone.localdate(), actor=self.actor)))


class ConsultantQuotesView(ListView):
    """What the caller's provider was asked."""

    area = "orders"
    serializer_class = QuoteRow
    filterset_class = QuoteFilters
    columns = _QUOTE

    def rows(self) -> QuerySet[ConsultantQuote]:
        return quotes_for(self.actor)

    @extend_schema(operation_id="consultant_quotes", tags=["consultants"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Requests to the caller's consultants with what was answered, newest first."""
        return self.page()


class ConsultantAnswerView(ApiView):
    """Quoting for a request."""

    area = "orders"

    @extend_schema(operation_id="consultant_quote_give", request=AnswerBody, responses=QuoteRow, tags=["consultants"])
    def post(self, request: Request, pk: int) -> Response:
        """Quotes at the agreed rate: work, travel, and VAT as the school will be invoiced."""
        quote = quote_for(self.actor, pk)
        answer = Answer(**self.read(AnswerBody))
        return Response(_quote(answer_request(quote=quote, answer=answer, on=timezone.localdate(), actor=self.actor)))


class ConsultantDeclineView(ApiView):
    """Saying no to a request."""

    area = "orders"

    @extend_schema(
        operation_id="consultant_quote_decline", request=DeclineBody, responses=QuoteRow, tags=["consultants"]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Declines with a reason that the school reads; a quote given before is taken back."""
        quote = quote_for(self.actor, pk)
        given = self.read(DeclineBody)
        return Response(_quote(decline_request(quote=quote, on=timezone.localdate(), actor=self.actor, **given)))
