"""Providers' invoices: written by us in a provider's name, or sent by it. For finance, the auditor and the provider."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import ReasonRequest, pence, reason_of, require_finance
from invoicing.api.second_person import Done, done_or_prepared
from invoicing.provider_invoices.claiming_back import claim_back
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.provider_invoices.queries import claim_for, provider_invoice_for, provider_invoices_for
from invoicing.provider_invoices.receiving import receive_invoice
from invoicing.provider_invoices.receiving_ubl import receive_ubl
from invoicing.provider_invoices.withdrawing_claims import owed_on, prepare_claim_withdrawal, withdraw_claim
from invoicing.second_person.limits import alone
from invoicing.second_person.models import Action
from marketplace.core.actors import FINANCE, Role
from marketplace.core.api.numbers import MOST_PENCE, row_id
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.file_kinds import XML, ending_of
from marketplace.organisations.models import Organisation


class ProviderInvoiceFilters(FilterSet):
    """By provider, kind and state."""

    provider = CharFilter(field_name="provider__number", max_length=12)
    state = ChoiceFilter(choices=ProviderInvoice.State.choices)

    class Meta:
        model = ProviderInvoice
        fields: list[str] = []


class ProviderInvoiceRow(serializers.Serializer[Any]):
    """What a provider invoices us for, in pence. Amounts of a credit note are positive: its kind says so."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=ProviderInvoice.Kind.choices)
    state = serializers.ChoiceField(choices=ProviderInvoice.State.choices)
    provider = serializers.CharField(help_text="Customer number of whose invoice it is.")
    dated_on = serializers.DateField()
    due_on = serializers.DateField(help_text="The day on which it is paid, or taken from a payment.")
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    outstanding_pence = serializers.IntegerField(help_text="Still to be paid, or of a credit note to be taken.")


class ProviderInvoiceLineRow(serializers.Serializer[Any]):
    """One amount due as it stands on the invoice."""

    position = serializers.IntegerField()
    description = serializers.CharField()
    source_key = serializers.CharField(help_text="The source of the amount due.")
    net_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.DecimalField(max_digits=5, decimal_places=4)
    vat_pence = serializers.IntegerField()


class ProviderInvoiceWhole(ProviderInvoiceRow):
    """One of them with its lines."""

    credits = serializers.CharField(allow_blank=True, help_text="The number of the invoice that it credits.")
    reason = serializers.CharField(allow_blank=True, help_text="What was asked or said about it last.")
    lines = ProviderInvoiceLineRow(many=True)


_SAME = (
    "id", "number", "kind", "state", "dated_on", "due_on", "net_pence", "vat_pence", "gross_pence", "outstanding_pence",
)  # fmt: skip


class NewProviderInvoice(serializers.Serializer[Any]):
    """A provider's own paper. A UBL file says all by itself; a PDF needs its number, day, net and VAT beside it."""

    provider = serializers.CharField(max_length=12, help_text="Number of the provider.")
    file = serializers.FileField(help_text="PDF, or UBL whose name ends in .xml, at most 10 MB.")
    number = serializers.CharField(max_length=40, required=False)
    dated_on = serializers.DateField(required=False)
    net_pence = pence(required=False)
    vat_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, required=False)
    credits = row_id(required=False, help_text="Id of the agreed invoice of its own that a credit note takes back.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not is_ubl(given) and (missing := [name for name in _BESIDE_A_PDF if name not in given]):
            raise serializers.ValidationError(dict.fromkeys(missing, "Needed beside a PDF."))
        return given


_BESIDE_A_PDF = ("number", "dated_on", "net_pence", "vat_pence")


def is_ubl(given: dict[str, Any]) -> bool:
    """Whether the file is sent as an e-invoice: its name says so, and its content is read as one then."""
    return ending_of(given["file"].name or "") in XML.endings


class ProviderInvoicesView(ListView):
    """Providers' invoices."""

    area = "ledger"
    parser_classes = [MultiPartParser, JSONParser]
    serializer_class = ProviderInvoiceRow
    filterset_class = ProviderInvoiceFilters
    columns = {**{name: name for name in _SAME}, "provider": "provider__number"}

    def rows(self) -> QuerySet[ProviderInvoice]:
        return provider_invoices_for(self.actor)

    @extend_schema(operation_id="provider_invoices", tags=["ledger"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Providers' invoices and credit notes: all for finance and the auditor, its own for a provider."""
        return self.page()

    def most_bytes(self) -> int:
        """A form says a little more than its file."""
        return settings.UPLOAD_LIMIT_BYTES + super().most_bytes()

    @extend_schema(
        operation_id="provider_invoice_send", request={"multipart/form-data": NewProviderInvoice},
        responses={201: ProviderInvoiceWhole}, tags=["ledger"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Sends a provider's own invoice or credit note. By the provider's staff or finance.

        Each line of a UBL file is put against what is owed; where one is for nothing owed, the answer says of each line why.
        """
        provider = self._provider(request)
        given = self.read(NewProviderInvoice)
        file, today = given["file"], timezone.localdate()
        if is_ubl(given):
            made = receive_ubl(
                provider=provider, upload=file.read(), file_name=file.name, on=today, actor=self.actor
            )  # fmt: skip
        else:
            credits = provider_invoice_for(self.actor, given["credits"]) if "credits" in given else None
            made = receive_invoice(
                provider=provider, upload=file.read(), file_name=file.name, on=today, actor=self.actor, credits=credits,
                **{name: given[name] for name in _BESIDE_A_PDF},
            )  # fmt: skip
        return Response(_whole(provider_invoice_for(self.actor, made.pk)), status=201)

    def _provider(self, request: Request) -> Organisation:
        """Whose paper it is; whoever may not send for it is told nothing of it, and the auditor that it is for others."""
        provider_invoices_for(self.actor)  # NotFound for an outsider
        data: Any = request.data
        number = str(data.get("provider", ""))[:12] if hasattr(data, "get") else ""
        found = Organisation.objects.filter(number=number).first()
        if self.actor.has(*FINANCE):
            if found is None:
                raise WrongInput(f"No organisation has the number {number}.")
            return found
        if self.actor.has(Role.AUDITOR):
            raise NotAllowed("Only finance staff and the provider itself send its invoices.")
        if found is None or found.pk not in self.actor.organisations(Role.PROVIDER):
            raise NotFound("There is no such provider.")
        return found


class ProviderInvoiceView(ApiView):
    """One provider's invoice with its lines."""

    area = "ledger"

    @extend_schema(operation_id="provider_invoice", tags=["ledger"], responses=ProviderInvoiceWhole)
    def get(self, request: Request, id: int) -> Response:
        """One invoice or credit note of a provider's: for finance, the auditor and the provider."""
        return Response(_whole(provider_invoice_for(self.actor, id)))


def _whole(found: ProviderInvoice) -> dict[str, Any]:
    lines = found.lines.select_related("payable").order_by("position")
    return {
        **{name: getattr(found, name) for name in _SAME},
        "provider": found.provider.number,
        "credits": found.credits.number if found.credits else "",
        "reason": found.reason,
        "lines": [
            {
                "position": line.position, "description": line.payable.description,
                "source_key": line.payable.source_key, "net_pence": line.net_pence,
                "vat_category": line.vat_category, "vat_rate": str(line.vat_rate), "vat_pence": line.vat_pence,
            }
            for line in lines
        ],
    }  # fmt: skip


class ClaimRow(serializers.Serializer[Any]):
    """A repayment request for what is left of a credit note: it is owed and paid like an invoice."""

    number = serializers.CharField()
    pence = serializers.IntegerField()
    due_on = serializers.DateField()


class WithdrawRequest(ReasonRequest):
    """Which repayment request is withdrawn, and why; the provider reads it."""

    number = serializers.SlugField(max_length=24, help_text="Number of the repayment request (RPR-…).")


class ProviderInvoiceWithdrawView(ApiView):
    """Withdrawing a repayment request before it is paid."""

    area = "ledger"

    @extend_schema(
        operation_id="provider_invoice_withdraw_claim", request=WithdrawRequest, responses={201: Done}, tags=["ledger"]
    )
    def post(self, request: Request, id: int) -> Response:
        """What is unpaid of it is taken from the provider's next payment again; above what one person may withdraw it
        waits for a second. Finance only."""
        found = provider_invoice_for(self.actor, id)
        require_finance(self.actor, to="withdraw repayment requests")
        given = self.read(WithdrawRequest)
        claim, today, reason = claim_for(found, given["number"]), timezone.localdate(), reason_of(given)
        if not alone(action=Action.WITHDRAWAL, pence=owed_on(claim), on=today):
            return done_or_prepared(prepare_claim_withdrawal(claim=claim, reason=reason, actor=self.actor))
        withdraw_claim(claim=claim, reason=reason, on=today, actor=self.actor)
        return done_or_prepared(None)


class ProviderInvoiceClaimView(ApiView):
    """Claiming back what a credit note gave back and no payment takes off."""

    area = "ledger"

    @extend_schema(
        operation_id="provider_invoice_claim_back", request=ReasonRequest, responses={201: ClaimRow}, tags=["ledger"]
    )
    def post(self, request: Request, id: int) -> Response:
        """Asks the provider to pay back all that is left of its credit note, within 30 days. Finance only."""
        found = provider_invoice_for(self.actor, id)
        require_finance(self.actor, to="claim money back from providers")
        reason = reason_of(self.read(ReasonRequest))
        made = claim_back(credit=found, reason=reason, on=timezone.localdate(), actor=self.actor)
        return Response({"number": made.document.number, "pence": made.pence, "due_on": made.due_on}, status=201)
