"""Evidence on an amount of an outcome contract: what lies on it, and one more piece, as a file, a link or figures."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.binary import TakesFiles, json_or_form, uploaded
from subscriptions.api.outcome_contracts import TAGS, OutcomeEvidenceView
from subscriptions.api.outcome_shapes import EvidenceRow, evidence_bodies
from subscriptions.outcomes.queries import item_for
from subscriptions.outcomes.services.evidence import OTHER, Shown, add_evidence


class _Evidence(serializers.Serializer[Any]):
    """What it is. Name no pupils."""

    label: Any = serializers.CharField(max_length=160)
    type = serializers.CharField(
        max_length=40, default=OTHER, help_text='One of the evidence types of the measure, or "other".'
    )


class EvidenceRequest(_Evidence):
    """A link, or figures by their names, such as ``{"schools": "6"}``: one of them. Name no pupils."""

    link = serializers.CharField(max_length=400, allow_blank=True, default="")
    facts = serializers.DictField(child=serializers.CharField(max_length=40), default=dict)


class EvidenceUpload(_Evidence):
    """A file. Name no pupils."""

    file = serializers.FileField(allow_empty_file=True)


class EvidenceOfItemView(TakesFiles, OutcomeEvidenceView):
    """The evidence on an amount."""

    @extend_schema(
        operation_id="outcome_evidence_add",
        request=json_or_form(EvidenceRequest, EvidenceUpload),
        responses={201: EvidenceRow}, tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request, number: str, code: str) -> Response:
        """Adds a file of at most 10 MB, a link, or figures to an amount that is not claimed or was sent back. By who claims."""
        item = item_for(self.actor, number, code)
        given = self.read_either(EvidenceRequest, EvidenceUpload)
        upload, name = uploaded(given, "file")
        given.pop("file", None)
        shown = Shown(**given, upload=upload, name=name)
        made = add_evidence(item=item, shown=shown, on=timezone.localdate(), actor=self.actor)
        [body] = [one for one in evidence_bodies(item) if one["id"] == made.pk]
        return Response(body, status=201)
