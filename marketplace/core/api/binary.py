"""Operations that answer a file, and such as take files beside a body."""

from typing import Any, BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from marketplace.core.api.rendering import JSONRenderer
from marketplace.core.api.views import ApiView


class AnyKind(BaseContentNegotiation):
    """A file comes as what it is, whatever was asked for; refusals come in JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return JSONRenderer(), JSONRenderer.media_type


class FileView(ApiView):
    """An operation that answers a file."""

    content_negotiation_class = AnyKind


def file_answer(content: bytes, *, kind: str, name: str) -> HttpResponse:
    """A file to be saved, never to be shown: what it holds is nobody's word but that of who sent it.

    A name beyond ASCII is given twice, plainly and whole (RFC 6266).
    """
    response = HttpResponse(content, content_type=kind)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    whole = "" if plain == name else f"; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"{whole}'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


class TakesFiles(ApiView):
    """An operation that takes JSON, or a form (``multipart/form-data``) with files of at most 10 MB each."""

    parser_classes = [JSONParser, MultiPartParser]

    def most_bytes(self) -> int:
        """A form says a little more than its files."""
        return settings.UPLOAD_LIMIT_BYTES + super().most_bytes()

    def read_either(self, plain: type[Serializer[Any]], form: type[Serializer[Any]]) -> dict[str, Any]:
        """The body, checked as what it is."""
        return self.read(form if (self.request.content_type or "").startswith("multipart/") else plain)


def json_or_form(plain: type[Serializer[Any]], form: type[Serializer[Any]]) -> Any:
    """Both bodies of such an operation, for its description."""
    return {"application/json": plain, "multipart/form-data": form}


def uploaded(given: dict[str, Any], name: str) -> tuple[BinaryIO | None, str]:
    """A file of a checked body with its name; None and nothing where there is none."""
    found = given.get(name)
    return (found.file, found.name or "") if found else (None, "")
