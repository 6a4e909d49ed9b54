"""Subscription levels for programs: what they cost an organisation, taking one, and moving to another."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.actors import BUYING, FINANCE, FINANCE_READERS
from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.organisations.models import Organisation
from subscriptions.api.agreement_changes import ChangeSerializer, change_body
from subscriptions.api.agreements import AgreementSerializer, agreement_body, agreement_for
from subscriptions.models import PlanVersion
from subscriptions.plans.queries import versions_on
from subscriptions.plans.rules.billing import BILLINGS
from subscriptions.plans.rules.includes import Kind
from subscriptions.plans.services import (
    PlanPricing,
    change_level,
    preview_level,
    preview_subscription,
    subscribe,
)

CODES = [(code, words) for code, words in BILLINGS]
_WHOLE = "The whole term with VAT as it was shown; where it is another sum, nothing is agreed."


class IncludedRow(serializers.Serializer[Any]):
    """One thing that a level includes. ``quantity`` counts places, downloads or half days."""

    kind = serializers.ChoiceField(choices=[(one.value, one.words) for one in Kind])
    words = serializers.CharField()
    quantity = serializers.IntegerField()
    percent = serializers.CharField()


class LevelPrice(serializers.Serializer[Any]):
    """A whole year, worked out. The steps' pence add up to the net."""

    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    steps = serializers.ListField(child=serializers.CharField())


class SubscriptionLevelSerializer(serializers.Serializer[Any]):
    """A level that can be taken on the day. ``price`` is that of the organisation asked for, empty where none was."""

    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    billings = serializers.ListField(child=serializers.CharField())
    notice_weeks = serializers.IntegerField()
    includes = IncludedRow(many=True)
    price = LevelPrice(allow_null=True)
    why_no_price = serializers.CharField(allow_blank=True)


class LevelsSerializer(serializers.Serializer[Any]):
    """The levels in their order."""

    on = serializers.DateField()
    levels = SubscriptionLevelSerializer(many=True)


class SubscriptionRequest(serializers.Serializer[Any]):
    """Which level for whom, from which day to the end of its year."""

    organisation = serializers.SlugField(max_length=12, help_text="Customer number.")
    level = serializers.SlugField(max_length=30)
    starts = serializers.DateField()
    billing = serializers.ChoiceField(
        choices=CODES, required=False, help_text="The level's first way to pay unless said."
    )
    preview = serializers.BooleanField(default=False, help_text="True works it out and does nothing.")
    prepare = serializers.BooleanField(default=False, help_text="True offers it to the organisation's approvers.")
    paper = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="For finance: the organisation's signed paper.",
    )
    purchase_order = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    expected_pence = serializers.IntegerField(required=False, min_value=0, max_value=10**12, help_text=_WHOLE)


class LevelPaymentRow(serializers.Serializer[Any]):
    """One payment, for days."""

    on = serializers.DateField()
    starts = serializers.DateField()
    ends = serializers.DateField(help_text="The day after the last.")
    net_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()


class SubscriptionSerializer(serializers.Serializer[Any]):
    """What taking a level comes to over the term; ``agreement`` once it was done."""

    done = serializers.BooleanField(help_text="False for a preview: nothing was agreed.")
    net_pence = serializers.IntegerField()
    vat_pence = serializers.IntegerField()
    gross_pence = serializers.IntegerField()
    steps = serializers.ListField(child=serializers.CharField())
    payments = LevelPaymentRow(many=True)
    agreement = AgreementSerializer(allow_null=True)


class LevelChangeRequest(serializers.Serializer[Any]):
    """Another level from a day on."""

    level = serializers.SlugField(max_length=30)
    on = serializers.DateField(help_text="The first day of the new level.")
    preview = serializers.BooleanField(default=False, help_text="True works it out and does nothing.")
    expected_pence = serializers.IntegerField(
        required=False, min_value=-(10**12), max_value=10**12, help_text="What is to pay now with VAT, as it was shown."
    )


def level_on(code: str, on: date) -> PlanVersion:
    """The version of a level that can be taken on a day, or NotFound."""
    found = next((one for one in versions_on(on) if one.plan.code == code), None)
    if found is None:
        raise NotFound(f"There is no level {code} that can be taken on {on:%-d %B %Y}.")
    return found


def _organisation(view: ApiView, number: str) -> Organisation:
    """One for which the caller buys, or any for finance; or NotFound."""
    found = Organisation.objects.filter(number=number)
    if not view.actor.has(*FINANCE_READERS):
        found = found.filter(pk__in=view.actor.organisations(*BUYING))
    one = found.first()
    if one is None:
        raise NotFound(f"There is no organisation {number} for which you may buy.")
    return one


class LevelsView(ApiView):
    """Subscription levels."""

    area = "catalogue"

    @extend_schema(
        operation_id="subscription_levels",
        parameters=[
            OpenApiParameter("organisation", str, description="Customer number: prices are then worked out for it."),
            OpenApiParameter("on", date, description="The day; today unless said."),
        ],
        responses={200: LevelsSerializer},
        tags=["subscriptions"],
    )
    def get(self, request: Request) -> Response:
        """What can be taken on a day, in order, each with what it includes and what a year costs an organisation of yours."""
        on, number = self._day(request), request.query_params.get("organisation", "")
        pricing = PlanPricing(organisation=_organisation(self, number[:12]), on=on) if number else None
        return Response({"on": on, "levels": [_level(one, pricing) for one in versions_on(on)]})

    def _day(self, request: Request) -> date:
        text = request.query_params.get("on", "")
        try:
            return date.fromisoformat(text) if text else timezone.localdate()
        except ValueError:
            raise WrongInput("on must be a day like 2026-09-01") from None


def _level(version: PlanVersion, pricing: PlanPricing | None) -> dict[str, Any]:
    price, why = None, ""
    if pricing is not None:
        try:
            worked = pricing.price(version)
            price = _price(worked.taxed, [step.sentence for step in [*worked.steps, *worked.vat_steps]])
        except DomainError as refusal:
            why = refusal.message
    return {
        "code": version.plan.code,
        "title": version.plan.title,
        "summary": version.plan.summary,
        "version": version.number,
        "billings": version.billings,
        "notice_weeks": version.notice_weeks,
        "includes": [
            {"kind": one.kind, "words": one.included.words, "quantity": one.quantity, "percent": str(one.percent)}
            for one in version.entitlements.all()
        ],
        "price": price,
        "why_no_price": why,
    }


def _price(taxed: Any, steps: list[str]) -> dict[str, Any]:
    return {
        "net_pence": taxed.net.pence,
        "vat_pence": taxed.vat.pence,
        "gross_pence": taxed.gross.pence,
        "steps": steps,
    }


class SubscriptionsView(ApiView):
    """Taking a level."""

    area = "orders"

    @extend_schema(
        operation_id="subscribe",
        request=SubscriptionRequest,
        responses={200: SubscriptionSerializer, 201: SubscriptionSerializer},
        tags=["subscriptions"],
    )
    def post(self, request: Request) -> Response:
        """Takes a level to the end of its year, within your limit; ``prepare`` leaves it to an approver. Finance offers it,
        or has it run on the organisation's signed paper. With ``preview`` it is worked out and nothing is agreed."""
        asked = self.read(SubscriptionRequest)
        organisation = _organisation(self, asked["organisation"])
        given = {"organisation": organisation, "starts": asked["starts"], "billing": asked.get("billing", "")}
        given["version"] = level_on(asked["level"], asked["starts"])
        shown = preview_subscription(**given)
        made = None
        if not asked["preview"]:
            made = subscribe(
                **given,
                on=timezone.localdate(),
                actor=self.actor,
                expected_pence=asked.get("expected_pence"),
                purchase_order=asked["purchase_order"],
                prepare=asked["prepare"],
                on_paper=asked["paper"] if self.actor.has(*FINANCE) else "",
            )
        body = _price(shown.whole, [step.sentence for step in [*shown.year.steps, *shown.year.vat_steps]]) | {
            "done": made is not None,
            "payments": [
                {"on": on, "starts": days.start, "ends": days.end, "net_pence": sum_.net.pence, "gross_pence": sum_.gross.pence}
                for on, days, sum_ in shown.payments()
            ],
            "agreement": agreement_body(made) if made else None,
        }  # fmt: skip
        return Response(body, status=201 if made else 200)


class SubscriptionChangeView(ApiView):
    """Moving to another level."""

    area = "orders"

    @extend_schema(
        operation_id="subscription_change",
        request=LevelChangeRequest,
        responses={200: ChangeSerializer},
        tags=["subscriptions"],
    )
    def post(self, request: Request, number: str) -> Response:
        """Another level to the end of the term: what was charged for the days given up pays for what follows, and what
        the levels include is added or taken off. With ``preview`` it is worked out and not done."""
        found, asked = agreement_for(self, number), self.read(LevelChangeRequest)
        version, today = level_on(asked["level"], asked["on"]), timezone.localdate()
        if asked["preview"]:
            shown = preview_level(agreement=found, version=version, on=asked["on"], today=today)
        else:
            shown = change_level(
                agreement=found,
                version=version,
                on=asked["on"],
                today=today,
                actor=self.actor,
                expected_pence=asked.get("expected_pence"),
            )
            found = agreement_for(self, number)
        return Response(change_body(found, shown.change, done=not asked["preview"]))
