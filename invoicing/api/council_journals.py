"""Council journals: what a council's maintained schools owe, for its payments officer's program to post and confirm."""

import csv
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.documents import InvoiceFileView
from invoicing.council_journals.models import CouncilJournal
from invoicing.council_journals.queries import FILE_HEADER, council_journal_for, council_journals_for, file_lines
from invoicing.services import confirm_council_journal
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import WrongInput
from marketplace.core.money import plain_pounds
from marketplace.core.text import safe_cell


class CouncilJournalFilters(FilterSet):
    """By state."""

    state = ChoiceFilter(choices=CouncilJournal.State.choices)

    class Meta:
        model = CouncilJournal
        fields: list[str] = []


class CouncilJournalRow(serializers.Serializer[Any]):
    """A journal by which a council settles its maintained schools' invoices. Amounts are whole pence."""

    number = serializers.CharField()
    council = serializers.CharField(help_text="The council's customer number.")
    state = serializers.ChoiceField(choices=CouncilJournal.State.choices)
    prepared_on = serializers.DateField()
    sent_on = serializers.DateField(allow_null=True)
    confirmed_on = serializers.DateField(allow_null=True)
    council_reference = serializers.CharField(allow_blank=True)
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    confirmed_pence = serializers.IntegerField(
        allow_null=True, help_text="What it settled: less than gross where something was paid otherwise before."
    )
    received_pence = serializers.IntegerField()


class CouncilJournalLineSerializer(serializers.Serializer[Any]):
    """What one school's cost centre is charged under one CFR code of one invoice."""

    customer = serializers.CharField()
    school = serializers.CharField()
    establishment = serializers.CharField(allow_blank=True)
    cost_centre = serializers.CharField()
    cfr_code = serializers.CharField(allow_blank=True)
    invoice = serializers.CharField()
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    settled_pence = serializers.IntegerField(allow_null=True)


class CouncilJournalSerializer(CouncilJournalRow):
    """A council journal with its lines."""

    lines: Any = CouncilJournalLineSerializer(many=True)


class ConfirmCouncilJournal(serializers.Serializer[Any]):
    """Where and when the council posted it."""

    reference = serializers.CharField(max_length=60, help_text="The journal's number in the council's ledger.")
    on = serializers.DateField(required=False, help_text="Today unless said; never in the future.")


_SAME = (
    "number", "state", "prepared_on", "sent_on", "confirmed_on", "council_reference", "net_pence", "vat_pence",
    "gross_pence", "confirmed_pence", "received_pence",
)  # fmt: skip
_LINE = tuple(CouncilJournalLineSerializer().fields)


def journal_body(row: CouncilJournal) -> dict[str, Any]:
    """A council journal as the API tells it."""
    return {
        **{name: getattr(row, name) for name in _SAME},
        "council": row.authority.number,
        "lines": [{name: getattr(line, name) for name in _LINE} for line in file_lines(row)],
    }


class CouncilJournalsView(ListView):
    """Council journals."""

    area = "invoices"
    serializer_class = CouncilJournalRow
    filterset_class = CouncilJournalFilters
    columns = {**{name: name for name in _SAME}, "council": "authority__number"}

    def rows(self) -> QuerySet[CouncilJournal]:
        return council_journals_for(self.actor)

    @extend_schema(operation_id="council_journals", tags=["invoices"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Council journals, newest first. A council payments officer sees those sent to their council."""
        return self.page()


class CouncilJournalView(ApiView):
    """One council journal."""

    area = "invoices"

    @extend_schema(operation_id="council_journal", responses=CouncilJournalSerializer, tags=["invoices"])
    def get(self, request: Request, number: str) -> Response:
        """One council journal with its lines."""
        return Response(journal_body(council_journal_for(self.actor, number)))


class CouncilJournalFileView(InvoiceFileView):
    """The file of a council journal."""

    @extend_schema(
        operation_id="council_journal_file", responses={(200, "text/csv"): OpenApiTypes.BINARY}, tags=["invoices"]
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """The journal as CSV: a row for each cost centre and CFR code of an invoice, in pounds."""
        return file_answer(council_journal_for(self.actor, number))


def file_answer(journal: CouncilJournal) -> HttpResponse:
    """The file for the council's ledger; no spreadsheet runs any cell of it as a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{journal.number}.csv"'
    writer = csv.writer(response)
    writer.writerow(FILE_HEADER)
    for line in file_lines(journal):
        words = (
            line.customer, line.school, line.establishment, line.cost_centre, line.cfr_code, line.invoice
        )  # fmt: skip
        amounts = [plain_pounds(pence) for pence in (line.net_pence, line.vat_pence, line.gross_pence)]
        settled = "" if line.settled_pence is None else plain_pounds(line.settled_pence)
        writer.writerow([journal.number, *(safe_cell(word) for word in words), *amounts, settled])
    return response


class CouncilJournalConfirmView(ApiView):
    """Confirming a council journal."""

    area = "invoices"

    @extend_schema(
        operation_id="council_journal_confirm", request=ConfirmCouncilJournal, responses=CouncilJournalSerializer,
        tags=["invoices"],
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """Records that the council posted a sent journal, and settles its invoices. For the council and finance.

        What was paid or credited since it was sent drops out: ``confirmed_pence`` says what it settled.
        """
        found = council_journal_for(self.actor, number)
        given, today = self.read(ConfirmCouncilJournal), timezone.localdate()
        on = given.get("on") or today
        if on > today:
            raise WrongInput("on must be today or in the past")
        confirm_council_journal(journal=found, reference=given["reference"], on=on, actor=self.actor)
        return Response(journal_body(council_journal_for(self.actor, number)))
