"""The two kinds of operation: one thing (``ApiView``) and a list of rows (``ListView``)."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import generics
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from marketplace.core.actors import Actor
from marketplace.core.api import idempotency
from marketplace.core.api.authentication import SAFE, actor_of
from marketplace.core.api.schema import Described
from marketplace.core.errors import WrongInput

_ID = re.compile(r"[0-9]{1,18}")


class ApiView(APIView):
    """One operation or several on one address.

    ``area`` is what a token's scope must name. A write is done once per ``Idempotency-Key``, in one transaction with
    its kept answer, but for the fields of ``told_once``; ``calculates`` marks a POST that changes nothing, which needs neither a key nor a write scope.
    """

    area: ClassVar[str] = ""
    calculates: ClassVar[bool] = False
    told_once: ClassVar[tuple[str, ...]] = ()
    schema = Described()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        handler: Callable[..., Response] | None = getattr(self, method, None)
        if request.method in SAFE or handler is None or method not in self.http_method_names:
            return
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most_bytes():
            raise RequestDataTooBig
        refuse_unstorable(request.data)
        if not self.calculates:
            setattr(
                self,
                method,
                lambda *a, **k: idempotency.once(request, partial(handler, *a, **k), told_once=self.told_once),
            )

    def most_bytes(self) -> int:
        """How large a body may be; more is refused unread."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)

    @property
    def actor(self) -> Actor:
        """Who acts today, with the roles that the token reaches."""
        if not hasattr(self, "_actor"):
            self._actor = actor_of(self.request)
        return self._actor

    def read(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """The body, checked; a ValidationError names each field that must be mended."""
        checked = serializer(data=self.request.data)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)


class Cursor(CursorPagination):
    """Pages that stay right while rows are added: ``next`` and ``previous`` are addresses, followed as they are."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"

    def decode_cursor(self, request: Request) -> Any:
        """Where the caller stands. What no page of ours has ever named is not found."""
        cursor = super().decode_cursor(request)
        position = cursor.position if cursor else None
        if position is not None and not _ID.fullmatch(str(position)):
            raise NotFound
        return cursor


class StrictFilters(DjangoFilterBackend):
    """Only the filters that a list names: an unknown one is refused, so that a typing mistake never shows everything."""

    OWN = ("cursor", "page_size", "format")

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        known = set(view.filterset_class.base_filters) if getattr(view, "filterset_class", None) else set()
        unknown = sorted(set(request.query_params) - known - set(self.OWN))
        if unknown:
            words = f"You may filter by: {', '.join(sorted(known))}." if known else "This list has no filters."
            raise WrongInput(f"There is no filter called {unknown[0][:40]}. {words}")
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


class ListView(ApiView, generics.GenericAPIView[Any]):
    """Rows read by ``values()``: ``columns`` maps each name of the answer to where it lies in the database.

    A column may be an expression. ``serializer_class`` describes one row; ``shape`` may finish the rows of a page, with
    one further query for all of them where it must.
    """

    columns: ClassVar[Mapping[str, Any]] = {}
    filter_backends = (StrictFilters,)
    filterset_class: ClassVar[type[FilterSet] | None] = None
    pagination_class = Cursor
    schema = Described()

    def rows(self) -> QuerySet[Any]:
        """What the actor may see; every subclass says it by a query of its package."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.rows_model().none()
        return self.rows()

    def rows_model(self) -> Any:
        """Only for the description: filters are read from their own declarations."""
        model = getattr(getattr(self.filterset_class, "_meta", None), "model", None)
        return model.objects if model else _Nothing

    def shape(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return rows

    def page(self) -> Response:
        found = self.filter_queryset(self.get_queryset())
        paths = {name: where for name, where in self.columns.items() if isinstance(where, str)}
        worked_out = {f"_{name}": where for name, where in self.columns.items() if name not in paths}
        rows = found.values("id", *paths.values(), **worked_out)
        page = self.paginate_queryset(rows) or []
        sources = [(name, paths.get(name, f"_{name}")) for name in self.columns]
        return self.get_paginated_response(self.shape([{n: row[where] for n, where in sources} for row in page]))

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.page()


@csrf_exempt  # there is nothing to protect, and the refusal must be one of the API's own
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """The answer to an address of the API that leads nowhere."""
    refusal = {"code": "not_found", "message": f"There is no operation at {request.path[:200]}.", "detail": []}
    return HttpResponse(orjson.dumps(refusal), content_type="application/json", status=404)


class _Nothing:
    @staticmethod
    def none() -> Any:
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _strings(name)
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


def refuse_unstorable(data: Any) -> None:
    """Text that no database keeps (a NUL, half a character) is refused before anything reads it."""
    if not isinstance(data, Mapping):
        raise ParseError()
    for text in _strings(data):
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise WrongInput("The body holds a character that cannot be kept. Leave it out.")
