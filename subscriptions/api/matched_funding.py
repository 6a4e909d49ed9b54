"""Matched funding for programs: schemes with what is left of them, promises within them, what would be promised.

A promise is a contract that pays on outcomes: it is agreed, claimed with evidence, verified and paid as any other, by the
operations of ``/outcome-contracts`` under the promise's contract number.
"""

from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.api.common import pence
from marketplace.core.actors import Role
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from subscriptions.api.support_shapes import named, term_of
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.support.models import MatchedPromise, MatchedScheme
from subscriptions.support.queries import promisable, promises_for, scheme_for, schemes_for
from subscriptions.support.services.matching import open_scheme, promise_match

TAGS = ["matched funding"]
AREA = "outcomes"
_SAME = ("code", "title", "share", "most_pence", "budget_pence", "promised_pence", "valid_from", "valid_to", "evidence")


class MatchedSchemeRow(serializers.Serializer[Any]):
    """A scheme that matches a share of what schools spend; sums in pence."""

    code = serializers.CharField()
    title = serializers.CharField()
    share = serializers.DecimalField(max_digits=5, decimal_places=4, help_text="A fraction: 0.5000 is half.")
    most_pence = serializers.IntegerField(help_text="At most for each school.")
    budget_pence = serializers.IntegerField()
    promised_pence = serializers.IntegerField()
    left_pence = serializers.IntegerField(help_text="May still be promised.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    evidence = serializers.CharField(help_text="What a school shows.")


class MatchedSchemeRequest(serializers.Serializer[Any]):
    """A scheme to open."""

    code = serializers.SlugField(max_length=20)
    title = serializers.CharField(max_length=160)
    share = serializers.DecimalField(max_digits=5, decimal_places=4, min_value=Decimal("0.0001"), max_value=Decimal(1))
    most_pence = pence()
    budget_pence = pence()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    evidence = serializers.CharField(max_length=40, default="receipt")
    account = serializers.SlugField(max_length=10, help_text="Ledger account of expense.")
    stream = serializers.SlugField(max_length=4, help_text="Income stream.")


class MatchedPromiseRow(serializers.Serializer[Any]):
    """What was promised to a school. It claims and is paid under ``contract``."""

    contract = serializers.CharField()
    scheme = serializers.CharField()
    school = serializers.CharField(help_text="Customer number.")
    what = serializers.CharField()
    state = serializers.ChoiceField(choices=OutcomeContract.State.choices, help_text="Of the contract.")
    spend_pence = serializers.IntegerField(help_text="What the school means to spend.")
    pence = serializers.IntegerField(help_text="What was promised.")
    paid_pence = serializers.IntegerField(help_text="On frozen statements.")
    released_pence = serializers.IntegerField(help_text="Given back to the scheme.")


class MatchedPromiseRequest(serializers.Serializer[Any]):
    """What a school means to spend, and by which day it shows that it did."""

    school = serializers.SlugField(max_length=12, help_text="Customer number.")
    what = serializers.CharField(max_length=120)
    spend_pence = pence()
    by = serializers.DateField()
    expected_pence = serializers.IntegerField(
        required=False, min_value=1, max_value=10**13, help_text="As it was shown: less is never promised."
    )
    preview = serializers.BooleanField(default=False, help_text="True works it out and promises nothing.")


class MatchedPromiseSerializer(serializers.Serializer[Any]):
    """What is, or with ``preview`` would be, promised."""

    done = serializers.BooleanField()
    pence = serializers.IntegerField()
    contract = serializers.CharField(allow_null=True, help_text="Offered to the school, which agrees it.")


class MatchedPromiseFilters(FilterSet):
    """By scheme and school."""

    scheme = CharFilter(field_name="scheme__code", max_length=20)
    school = CharFilter(field_name="contract__party__number", max_length=12, help_text="Customer number.")

    class Meta:
        model = MatchedPromise
        fields: list[str] = []


def scheme_body(scheme: MatchedScheme) -> dict[str, Any]:
    """In the form of ``MatchedSchemeRow``."""
    return {name: getattr(scheme, name) for name in _SAME} | {"left_pence": scheme.left_pence}


class MatchedSchemesView(ListView):
    """Schemes that match funding, and opening one."""

    area = AREA
    serializer_class = MatchedSchemeRow
    columns = {**{name: name for name in _SAME}, "left_pence": F("budget_pence") - F("promised_pence")}

    def rows(self) -> QuerySet[MatchedScheme]:
        return schemes_for(self.actor)

    def rows_model(self) -> Any:
        return MatchedScheme.objects

    @extend_schema(operation_id="matched_schemes", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Schemes with what is left to promise, for organisers, finance and the auditor."""
        return self.page()

    @extend_schema(
        operation_id="matched_scheme_open", request=MatchedSchemeRequest, responses={201: MatchedSchemeRow}, tags=TAGS
    )
    def post(self, request: Request) -> Response:
        """Opens a scheme, for a finance manager."""
        if not self.actor.has(Role.FINANCE_MANAGER):
            raise NotFound("There is no such operation.")
        given = self.read(MatchedSchemeRequest)
        made = open_scheme(
            code=given["code"], title=given["title"], share=given["share"], most=Money(given["most_pence"]),
            budget=Money(given["budget_pence"]), term=term_of(given), evidence=given["evidence"],
            account_code=given["account"], stream_code=given["stream"], actor=self.actor,
        )  # fmt: skip
        return Response(scheme_body(made), status=201)


class MatchedSchemeView(ApiView):
    """One scheme."""

    area = AREA

    @extend_schema(operation_id="matched_scheme", responses=MatchedSchemeRow, tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """One scheme with what is promised and left."""
        return Response(scheme_body(scheme_for(self.actor, code)))


class MatchedPromisesView(ListView):
    """Promises."""

    area = AREA
    serializer_class = MatchedPromiseRow
    filterset_class = MatchedPromiseFilters
    columns = {
        **{name: name for name in ("what", "spend_pence", "pence", "released_pence")},
        "contract": "contract__number", "scheme": "scheme__code", "school": "contract__party__number",
        "state": "contract__state", "paid_pence": "contract__settled_pence",
    }  # fmt: skip

    def rows(self) -> QuerySet[MatchedPromise]:
        return promises_for(self.actor)

    @extend_schema(operation_id="matched_promises", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was promised to your school, for its approvers; everything for organisers, finance and the auditor."""
        return self.page()


class MatchedPromiseMakeView(ApiView):
    """Promising within a scheme."""

    area = AREA

    @extend_schema(
        operation_id="matched_promise_make",
        request=MatchedPromiseRequest,
        responses={200: MatchedPromiseSerializer, 201: MatchedPromiseSerializer},
        tags=TAGS,
    )
    def post(self, request: Request, code: str) -> Response:
        """Promises a school the share of what it means to spend, and offers it the contract. With ``preview`` the same
        calculation is told and nothing is promised. For organisers."""
        given, scheme = self.read(MatchedPromiseRequest), scheme_for(self.actor, code)
        self.actor.require(Role.ORGANISER, to="promise matched funding")
        school = named(given["school"])
        if given["preview"]:
            would = promisable(scheme, school, given["spend_pence"])
            return Response({"done": False, "pence": would, "contract": None})
        expected = given.get("expected_pence")
        made = promise_match(
            scheme=scheme, school=school, what=given["what"], spend=Money(given["spend_pence"]), by=given["by"],
            on=timezone.localdate(), actor=self.actor, expected=Money(expected) if expected else None,
        )  # fmt: skip
        return Response({"done": True, "pence": made.pence, "contract": made.contract.number}, status=201)
