"""What an invoice and a credit note look like to programs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rest_framework import serializers

from invoicing.api.common import plain
from invoicing.documents.models import Document
from invoicing.documents.snapshot import Party
from invoicing.receivables.left_to_credit import left_to_credit
from invoicing.receivables.models import Allocation, ReceivableItem, UnallocatedItem
from invoicing.receivables.payment_plan import PlannedPart, payment_plan
from invoicing.receivables.standing import Standing, standing_of


class _DocumentRow(serializers.Serializer[Any]):
    number = serializers.CharField()
    customer = serializers.CharField(help_text="Customer number of whoever it was issued to.")
    issued_on = serializers.DateField()
    purchase_order = serializers.CharField(allow_blank=True)
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()


class InvoiceRow(_DocumentRow):
    """One invoice in a list."""

    due_on = serializers.DateField(allow_null=True)
    outstanding_pence = serializers.IntegerField(help_text="What is left to pay.")
    state = serializers.ChoiceField(
        choices=list(Standing), help_text="How it stands today. part_written_off: the rest was paid or credited."
    )


class CreditNoteRow(_DocumentRow):
    """One credit note in a list."""

    invoice = serializers.CharField(help_text="Number of the invoice credited.")
    reason = serializers.CharField(allow_blank=True)
    remaining_pence = serializers.IntegerField(help_text="What is left of it on account.")


class PartySerializer(serializers.Serializer[Any]):
    """Seller or customer as they were on the day of issue."""

    number = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    address = serializers.ListField(child=serializers.CharField(allow_blank=True))
    country = serializers.CharField()
    vat_number = serializers.CharField(allow_blank=True)
    company_number = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)


class DocumentLineSerializer(serializers.Serializer[Any]):
    """A line as it was issued. ``vat_pence`` is its share of the group's VAT."""

    position = serializers.IntegerField()
    description = serializers.CharField()
    receiver = serializers.CharField(help_text="Customer number of whoever received it.")
    receiver_name = serializers.CharField()
    quantity = serializers.CharField()
    unit_price_pence = serializers.IntegerField()
    net_pence = serializers.IntegerField()
    vat_category = serializers.CharField()
    vat_rate = serializers.CharField()
    vat_pence = serializers.IntegerField()
    cfr_code = serializers.CharField(allow_blank=True)
    aar_code = serializers.CharField(allow_blank=True)
    service_from = serializers.DateField(allow_null=True)
    service_to = serializers.DateField(allow_null=True, help_text="The day after the last.")
    purchase_order = serializers.CharField(allow_blank=True)
    working = serializers.ListField(
        child=serializers.CharField(allow_blank=True), help_text="How the price came about."
    )


class InvoiceLineSerializer(DocumentLineSerializer):
    """A line of an invoice."""

    left_to_credit_pence = serializers.IntegerField(help_text="Before VAT.")


class VatGroupSerializer(serializers.Serializer[Any]):
    """The VAT of one category and rate; its VAT is authoritative."""

    category = serializers.CharField()
    rate = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()


class InstalmentVatSerializer(serializers.Serializer[Any]):
    """What a payment holds of one VAT category and rate."""

    category = serializers.CharField()
    rate = serializers.CharField()
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    reached_vat_pence = serializers.IntegerField(help_text="VAT whose tax point has come.")


class InstalmentSerializer(serializers.Serializer[Any]):
    """An amount due on a day. ``vat`` is told of an invoice in instalments: the VAT of each has its own tax point."""

    due_on = serializers.DateField()
    pence = serializers.IntegerField()
    outstanding_pence = serializers.IntegerField()
    vat = InstalmentVatSerializer(many=True)


class SettlementSerializer(serializers.Serializer[Any]):
    """What was set against the document and stands."""

    allocation = serializers.IntegerField()
    payment = serializers.IntegerField(help_text="The receipt or credit note on account.")
    invoice = serializers.CharField()
    credit_note = serializers.CharField(allow_null=True, help_text="Its number, where a credit note settled it.")
    allocated_on = serializers.DateField()
    pence = serializers.IntegerField()


class InvoiceSerializer(InvoiceRow):
    """An invoice as it was issued, and how it stands."""

    tax_point = serializers.DateField()
    purchase_order_name = serializers.CharField(help_text="What the customer calls its purchase orders.")
    seller = PartySerializer()
    buyer = PartySerializer()
    lines = InvoiceLineSerializer(many=True)
    vat = VatGroupSerializer(many=True)
    instalments = InstalmentSerializer(many=True)
    settled_by = SettlementSerializer(many=True)
    credit_notes = serializers.ListField(child=serializers.CharField())


class CreditNoteSerializer(CreditNoteRow):
    """A credit note as it was issued, and how it stands."""

    tax_point = serializers.DateField()
    purchase_order_name = serializers.CharField()
    seller = PartySerializer()
    buyer = PartySerializer()
    lines = DocumentLineSerializer(many=True)
    vat = VatGroupSerializer(many=True)
    settles = SettlementSerializer(many=True)


def invoice_body(invoice: Document, on: date) -> dict[str, Any]:
    """An invoice as the API tells it on a day; it comes from ``with_figures``."""
    left = left_to_credit(invoice)
    lines = invoice.lines.select_related("consumer").order_by("position")
    items = list(invoice.items.order_by("due_on", "pk"))
    settled = Allocation.objects.filter(item__document=invoice, undone_on__isnull=True)
    return {
        **_body(invoice),
        "due_on": invoice.due_on,
        "outstanding_pence": sum(item.outstanding_pence for item in items),
        "state": standing_of(invoice, on).value,
        "lines": [_line(line) | {"left_to_credit_pence": left[line.pk]} for line in lines],
        "instalments": _instalments(invoice, items),
        "settled_by": settlements(settled),
        "credit_notes": list(invoice.credit_notes.order_by("pk").values_list("number", flat=True)),
    }


def _instalments(invoice: Document, items: Sequence[ReceivableItem]) -> list[dict[str, Any]]:
    """The payments of its plan, or what is due at once."""
    if plan := payment_plan(invoice):
        return [
            {
                "due_on": payment.due_on,
                "pence": payment.gross_pence,
                "outstanding_pence": payment.outstanding_pence,
                "vat": [_part(part) for part in payment.parts],
            }
            for payment in plan
        ]
    return [
        {"due_on": item.due_on, "pence": item.pence, "outstanding_pence": item.outstanding_pence, "vat": []}
        for item in items
    ]


def _part(part: PlannedPart) -> dict[str, Any]:
    same = ("category", "net_pence", "vat_pence", "reached_vat_pence")
    return {**{name: getattr(part, name) for name in same}, "rate": str(part.rate)}


def credit_note_body(note: Document) -> dict[str, Any]:
    """A credit note as the API tells it."""
    left = UnallocatedItem.objects.filter(document=note).values_list("remaining_pence", flat=True).first()
    used = Allocation.objects.filter(source__document=note, undone_on__isnull=True)
    return {
        **_body(note),
        "invoice": note.credits.number if note.credits else "",
        "reason": note.reason,
        "remaining_pence": left or 0,
        "lines": [_line(line) for line in note.lines.select_related("consumer").order_by("position")],
        "settles": settlements(used),
    }


def settlements(allocations: Any) -> list[dict[str, Any]]:
    """Allocations in the order in which they were made."""
    rows = allocations.select_related("source__document", "item__document").order_by("pk")
    return [
        {
            "allocation": row.pk,
            "payment": row.source_id,
            "invoice": row.item.document.number,
            "credit_note": row.source.document.number if row.source.document else None,
            "allocated_on": row.allocated_on,
            "pence": row.pence,
        }
        for row in rows
    ]


def _body(document: Document) -> dict[str, Any]:
    groups = document.vat_groups.order_by("category", "rate")
    same = ("number", "issued_on", "tax_point", "purchase_order", "net_pence", "vat_pence", "gross_pence")
    return {
        **{name: getattr(document, name) for name in same},
        "customer": document.customer.number,
        "purchase_order_name": document.payer_reference_name,
        "seller": Party(**document.seller).as_json(),
        "buyer": Party(**document.buyer).as_json(),
        "vat": [
            {
                "category": group.category,
                "rate": str(group.rate),
                "reason": group.reason,
                "net_pence": group.net_pence,
                "vat_pence": group.vat_pence,
            }
            for group in groups
        ],
    }


_LINE = ("position", "description", "unit_price_pence", "net_pence", "vat_category", "vat_pence", "cfr_code",
         "aar_code", "service_from", "service_to", "purchase_order", "working")  # fmt: skip


def _line(line: Any) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in _LINE},
        "receiver": line.consumer.number,
        "receiver_name": line.consumer_name,
        "quantity": plain(line.quantity),
        "vat_rate": str(line.vat_rate),
    }
