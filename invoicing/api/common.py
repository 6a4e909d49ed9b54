"""What the operations of invoicing share: amounts, days asked for, and who may write."""

from decimal import Decimal
from typing import Any

from django import forms
from django_filters import Filter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from marketplace.core.actors import Actor, Role
from marketplace.core.api.numbers import MOST_PENCE
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line

REASON_LIMIT = 200


@extend_schema_field(OpenApiTypes.INT64)
class PenceFilter(Filter):
    """Exactly so many whole pence; below nought is money out."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=-MOST_PENCE, max_value=MOST_PENCE, **kwargs)


def pence(**more: Any) -> serializers.IntegerField:
    """An amount that a body asks for, more than nothing."""
    return serializers.IntegerField(min_value=1, max_value=MOST_PENCE, **more)


class ReasonRequest(serializers.Serializer[Any]):
    """Why something is taken back. It stays in the ledger beside the reversal."""

    reason = serializers.CharField(max_length=REASON_LIMIT)


def reason_of(given: dict[str, Any]) -> str:
    """The reason as one line; a control character in it is refused."""
    return clean_line(given["reason"], what="Reason", limit=REASON_LIMIT)


class OnQuery(serializers.Serializer[Any]):
    """A day; today unless said."""

    on = serializers.DateField(required=False)


def query_of(request: Request, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The query, checked; an unknown name is refused, so that a typing mistake never answers another question."""
    checked = serializer(data=request.query_params)
    unknown = sorted(set(request.query_params) - set(checked.fields))
    if unknown:
        raise WrongInput(
            f"There is no parameter called {unknown[0][:40]}. You may give: {', '.join(sorted(checked.fields))}."
        )
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def require_finance(actor: Actor, *, to: str) -> None:
    """Raises NotAllowed unless the actor is a finance officer or manager."""
    actor.require(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, to=to)


def plain(number: Decimal) -> str:
    """A quantity without the zeros that say nothing: 3.000 → 3."""
    return f"{number.normalize():f}"
