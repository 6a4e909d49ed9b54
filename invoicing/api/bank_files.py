"""How a bank's file comes in: in a form, or as the body itself."""

from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser, DataAndFiles

from invoicing.banking.services import Repeats
from marketplace.core.api.numbers import MOST_PENCE
from marketplace.core.errors import WrongInput

KINDS = ("text/csv", "application/xml", "application/octet-stream")
RAW: dict[str, Any] = dict.fromkeys(KINDS, OpenApiTypes.BINARY)


class TooLarge(WrongInput):
    """A file beyond the limit."""

    code = "too_large"
    status = 413


class UploadQuery(serializers.Serializer[Any]):
    """What a person knows of the file that it does not say; in the query where the file is the body."""

    file_name = serializers.CharField(required=False, max_length=200)
    closing_pence = serializers.IntegerField(
        required=False,
        min_value=-MOST_PENCE,
        max_value=MOST_PENCE,
        help_text="Balance at the bank after the file's last line, for a file that states none.",
    )
    repeats = serializers.ChoiceField(
        required=False,
        choices=[(Repeats.SAME.value, "Counted once"), (Repeats.FURTHER.value, "Further payments")],
        help_text="After a refusal that asks: whether lines that may be known are the same.",
    )


class Upload(UploadQuery):
    """The same in a form, with the file."""

    file = serializers.FileField(allow_empty_file=True)

    def validate_file(self, file: Any) -> Any:
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            raise too_large()
        return file


def too_large() -> TooLarge:
    limit = settings.UPLOAD_LIMIT_BYTES // 2**20
    return TooLarge(f"A bank file must be {limit} MB or smaller. Download fewer days at a time. Nothing was imported.")


class WholeFileParser(BaseParser):
    """The body is the file; what a form would say beside it stands in the query."""

    media_type = "*/*"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        kind = (media_type or "").partition(";")[0].strip().lower()
        if kind not in KINDS:
            raise UnsupportedMediaType(kind)
        content = stream.read(settings.UPLOAD_LIMIT_BYTES + 1)
        if len(content) > settings.UPLOAD_LIMIT_BYTES:
            raise too_large()
        query = parser_context["request"].query_params if parser_context else QueryDict()
        files = MultiValueDict({"file": [SimpleUploadedFile("statement", content, kind)]})
        return DataAndFiles(query, files)
