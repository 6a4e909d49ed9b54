"""Manual journals and the opening position: prepared by one program or person, approved by another person."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import ReasonRequest, pence, reason_of
from invoicing.journals.models import ManualJournal, OpeningPlaces
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import journal_for, journals_for, openings_for
from invoicing.journals.rules.lines import MOST_LINES, JournalLine
from invoicing.services import approve_journal, prepare_journal, send_back_journal, submit_journal
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound


class JournalFilters(FilterSet):
    """By state, kind and day."""

    state = ChoiceFilter(choices=TwoPeople.State.choices)
    kind = ChoiceFilter(choices=ManualJournal.Kind.choices)
    on_from = DateFilter(field_name="on", lookup_expr="gte")
    on_before = DateFilter(field_name="on", lookup_expr="lt")

    class Meta:
        model = ManualJournal
        fields: list[str] = []


class JournalRow(serializers.Serializer[Any]):
    """A posting by hand, prepared by one person and approved by another."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=ManualJournal.Kind.choices)
    state = serializers.ChoiceField(choices=TwoPeople.State.choices)
    version = serializers.IntegerField(help_text="Counts the changes; an approval names the one that was read.")
    on = serializers.DateField()
    reason = serializers.CharField()
    take_back_on = serializers.DateField(allow_null=True, help_text="The day on which it reverses by itself.")
    pence = serializers.IntegerField()
    prepared_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    entry = serializers.IntegerField(allow_null=True)
    reversal = serializers.IntegerField(allow_null=True)


class JournalLineSerializer(serializers.Serializer[Any]):
    """``pence`` from the credited account to the debited one."""

    debit_account = serializers.SlugField(max_length=10)
    credit_account = serializers.SlugField(max_length=10)
    pence = pence()
    stream = serializers.CharField(
        max_length=4, required=False, allow_blank=True, default="",
        help_text="Income stream; needed where an income account is on the line.",
    )  # fmt: skip
    analysis_code = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    fund = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default="",
        help_text="Code of the fund that gets or spends it.",
    )  # fmt: skip


class JournalSerializer(JournalRow):
    """A journal with its lines."""

    sent_back_reason = serializers.CharField(allow_blank=True)
    lines: Any = JournalLineSerializer(many=True)


class NewJournal(serializers.Serializer[Any]):
    """A journal to hand in. An accrual takes itself back on the first of the next month."""

    kind = serializers.ChoiceField(choices=ManualJournal.Kind.choices)
    on = serializers.DateField()
    reason = serializers.CharField(max_length=200)
    take_back_on = serializers.DateField(required=False, allow_null=True, default=None)
    lines: Any = serializers.ListSerializer(child=JournalLineSerializer(), allow_empty=False, max_length=MOST_LINES)


class ApproveJournal(serializers.Serializer[Any]):
    """``version`` is the one that you read: a journal changed meanwhile is not approved."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class SendBackJournal(ReasonRequest, ApproveJournal):
    """Why it is not approved, for whoever prepared it."""


_SAME = ("number", "kind", "state", "version", "on", "reason", "pence")


def journal_body(row: ManualJournal) -> dict[str, Any]:
    """A journal as the API tells it."""
    return {
        **{name: getattr(row, name) for name in _SAME},
        "take_back_on": row.auto_reverse_on,
        "prepared_by": row.prepared_by.name,
        "approved_by": row.approved_by.name if row.approved_by else None,
        "entry": row.entry_id,
        "reversal": row.reversal_id,
        "sent_back_reason": row.sent_back_reason,
        "lines": [
            {
                "debit_account": line.debit_account_id, "credit_account": line.credit_account_id,
                "pence": line.pence, "stream": line.stream_id or "", "analysis_code": line.analysis_code,
                "fund": line.fund.code if line.fund else "",
            }
            for line in row.lines.select_related("fund").order_by("position")
        ],
    }  # fmt: skip


class JournalsView(ListView):
    """Manual journals."""

    area = "ledger"
    serializer_class = JournalRow
    filterset_class = JournalFilters
    columns = {
        **{name: name for name in _SAME},
        "take_back_on": "auto_reverse_on",
        "prepared_by": "prepared_by__name",
        "approved_by": "approved_by__name",
        "entry": "entry_id",
        "reversal": "reversal_id",
    }

    def rows(self) -> QuerySet[ManualJournal]:
        return journals_for(self.actor)

    @extend_schema(operation_id="journals", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Manual journals, newest first. For finance and the auditor."""
        return self.page()

    @extend_schema(
        operation_id="journal_propose", request=NewJournal, responses={201: JournalSerializer}, tags=["ledger"]
    )
    def post(self, request: Request) -> Response:
        """Hands a journal in for approval; nothing is posted yet. Finance only.

        Lines on receivables, money on account, deferred income, payables or a bank account are refused: they move by
        invoices, receipts, purchases and statements.
        """
        journals_for(self.actor)
        given = self.read(NewJournal)
        lines = [
            JournalLine(
                one["debit_account"],
                one["credit_account"],
                one["pence"],
                one["stream"],
                one["analysis_code"],
                one["fund"],
            )
            for one in given["lines"]
        ]
        made = prepare_journal(
            kind=ManualJournal.Kind(given["kind"]), on=given["on"], reason=given["reason"], lines=lines,
            auto_reverse_on=given["take_back_on"], today=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(journal_body(submit_journal(journal=made, actor=self.actor)), status=201)


class JournalView(ApiView):
    """One manual journal."""

    area = "ledger"

    @extend_schema(operation_id="journal", responses=JournalSerializer, tags=["ledger"])
    def get(self, request: Request, number: str) -> Response:
        """One manual journal with its lines."""
        return Response(journal_body(journal_for(self.actor, number)))


class JournalApproveView(ApiView):
    """Approving a journal."""

    area = "ledger"

    @extend_schema(operation_id="journal_approve", request=ApproveJournal, responses=JournalSerializer, tags=["ledger"])
    def post(self, request: Request, number: str) -> Response:
        """Approves and posts a journal. For a finance manager who did not prepare it."""
        found = journal_for(self.actor, number)
        approve_journal(journal=found, version=self.read(ApproveJournal)["version"], actor=self.actor)
        return Response(journal_body(journal_for(self.actor, number)))


class JournalSendBackView(ApiView):
    """Sending a journal back."""

    area = "ledger"

    @extend_schema(
        operation_id="journal_send_back", request=SendBackJournal, responses=JournalSerializer, tags=["ledger"]
    )
    def post(self, request: Request, number: str) -> Response:
        """Gives a journal back to whoever prepared it, with a reason. For a finance manager who did not prepare it."""
        found = journal_for(self.actor, number)
        given = self.read(SendBackJournal)
        send_back_journal(journal=found, version=given["version"], reason=reason_of(given), actor=self.actor)
        return Response(journal_body(journal_for(self.actor, number)))


class OpeningSerializer(serializers.Serializer[Any]):
    """The opening position, where it stands."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=TwoPeople.State.choices)
    on = serializers.DateField(help_text="The last day of the books kept before.")
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    prepared_by = serializers.CharField()
    approved_by = serializers.CharField(allow_null=True)
    sent_back_reason = serializers.CharField(allow_blank=True)
    places_left = serializers.IntegerField(help_text="Places taken over as a note.")


class OpeningView(ApiView):
    """The opening position."""

    area = "ledger"

    @extend_schema(operation_id="opening_position", responses=OpeningSerializer, tags=["ledger"])
    def get(self, request: Request) -> Response:
        """The opening position handed in last and where it stands; 404 while there is none."""
        found = openings_for(self.actor).first()
        if found is None:
            raise NotFound("No opening position was handed in yet.")
        places = OpeningPlaces.objects.filter(position=found).values_list("count", flat=True)
        names = ("number", "state", "on", "file_name", "sha256", "sent_back_reason")
        return Response(
            {
                **{name: getattr(found, name) for name in names},
                "prepared_by": found.prepared_by.name,
                "approved_by": found.approved_by.name if found.approved_by else None,
                "places_left": sum(places),
            }
        )
