"""Evidence on an amount of an outcome contract: what lies on it, and one more piece, as a file, a link or figures."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

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


class EvidenceOfItemView(OutcomeEvidenceView):
    """The evidence on an amount."""

    parser_classes = [JSONParser, MultiPartParser]

    def most_bytes(self) -> int:
        """A form says a little more than its file."""
        return settings.UPLOAD_LIMIT_BYTES + super().most_bytes()

    @extend_schema(
        operation_id="outcome_evidence_add",
        request={"application/json": EvidenceRequest, "multipart/form-data": EvidenceUpload},
        responses={201: EvidenceRow}, tags=TAGS,
    )  # fmt: skip
    def post(self, request: Request, number: str, code: str) -> Response:
        """Adds a file of at most 10 MB, a link, or figures to an amount that is not claimed or was sent back. By who claims."""
        item = item_for(self.actor, number, code)
        shown = self._shown(request)
        made = add_evidence(item=item, shown=shown, on=timezone.localdate(), actor=self.actor)
        [body] = [one for one in evidence_bodies(item) if one["id"] == made.pk]
        return Response(body, status=201)

    def _shown(self, request: Request) -> Shown:
        if not (request.content_type or "").startswith("multipart/"):
            return Shown(**self.read(EvidenceRequest))
        given = self.read(EvidenceUpload)
        return Shown(label=given["label"], type=given["type"], upload=given["file"].file, name=given["file"].name or "")
