"""Every refusal of the API has one shape: ``{"code", "message", "detail"}``."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from marketplace.core.errors import DomainError

_CODES: dict[type[Exception], tuple[str, str]] = {
    exceptions.NotAuthenticated: ("not_signed_in", "Send a token: Authorization: Bearer …"),
    exceptions.AuthenticationFailed: ("token_refused", ""),
    exceptions.PermissionDenied: ("not_allowed", ""),
    exceptions.NotFound: ("not_found", "There is nothing here that you may see."),
    exceptions.MethodNotAllowed: ("method_not_allowed", ""),
    exceptions.NotAcceptable: ("not_acceptable", "This API answers in JSON."),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", ""),
    exceptions.ParseError: ("wrong_input", "The body cannot be read as JSON."),
}


class ErrorSerializer(serializers.Serializer[Any]):
    """A refusal: nothing was changed. ``code`` is for programs, ``message`` for people."""

    code = serializers.CharField(help_text="Names the rule; stays the same when the words change.")
    message = serializers.CharField(help_text="What happened, why, and what to do.")
    detail = serializers.ListField(child=serializers.CharField(), help_text="One sentence for each thing to mend.")


def answer(code: str, message: str, status: int, detail: list[str] | None = None) -> Response:
    return Response({"code": code, "message": message, "detail": detail or []}, status=status)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What nobody meant to raise goes on, to be logged as a fault of ours."""
    set_rollback()
    if isinstance(error, DomainError):
        return answer(error.code, error.message, error.status, error.detail)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RecursionError):  # JSON nested deeper than anything that is meant
        error = exceptions.ParseError()
    elif isinstance(error, RequestDataTooBig):
        return answer("too_large", "The request is too large. Send fewer rows at a time.", 413)
    if isinstance(error, exceptions.ValidationError):
        sentences = list(_sentences(error.detail))
        return answer(
            "wrong_input", sentences[0] if len(sentences) == 1 else "Some values must be mended.", 400, sentences
        )
    if not isinstance(error, exceptions.APIException):
        return None
    code, words = _CODES.get(type(error), ("refused", ""))
    response = answer(code, words or str(error.detail), error.status_code)
    if wanted := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = wanted
    return response


def _sentences(detail: Any, where: str = "") -> Iterator[str]:
    """``{"lines": [{"quantity": ["…"]}]}`` as ``lines 1, quantity: …``."""
    if isinstance(detail, dict):
        for name, value in detail.items():
            name = "" if name in ("non_field_errors", "__all__") else str(name)
            yield from _sentences(value, ", ".join(part for part in (where, name) if part))
    elif isinstance(detail, list):
        for number, value in enumerate(detail, start=1):
            nested = isinstance(value, dict | list)
            yield from _sentences(value, f"{where} {number}".strip() if nested else where)
    else:
        yield f"{where}: {detail}" if where else str(detail)
