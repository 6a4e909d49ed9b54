"""What the API says and asks of support plans."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.support.models import SupportPlan, SupportReview
from subscriptions.support.services.planning import MOST_PARTS, PartTerms

WORDS, MOST_YEARS, LATEST = 4_000, 7, 2200
MOST_COST = 10**10


class SupportPlanRow(serializers.Serializer[Any]):
    """A support plan in a list; organisations by their customer number."""

    number = serializers.CharField()
    title = serializers.CharField()
    school = serializers.CharField()
    funder = serializers.CharField()
    state = serializers.ChoiceField(choices=SupportPlan.State.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    cost_pence = serializers.IntegerField(help_text="Before VAT. The plan itself charges nothing.")
    confidential = serializers.BooleanField(help_text="Known to the school's approvers, who pays and organisers alone.")


class SupportPartRow(serializers.Serializer[Any]):
    """What one provider gives."""

    provider = serializers.CharField()
    what = serializers.CharField()
    days = serializers.DecimalField(max_digits=6, decimal_places=2)
    pence = serializers.IntegerField(help_text="Before VAT.")


class SupportReviewRow(serializers.Serializer[Any]):
    """A day on which the plan is looked at, and what was found."""

    id = serializers.IntegerField()
    due_on = serializers.DateField()
    held_on = serializers.DateField(allow_null=True)
    rating = serializers.CharField(allow_blank=True)
    found = serializers.CharField(allow_blank=True)
    next_steps = serializers.CharField(allow_blank=True)


class SupportPlanSerializer(SupportPlanRow):
    """A support plan with its parts and reviews."""

    need = serializers.CharField()
    programme = serializers.CharField()
    drafted_on = serializers.DateField()
    agreed_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    end_reason = serializers.CharField(allow_blank=True)
    follows = serializers.CharField(allow_null=True, help_text="The plan from which it takes over.")
    parts: Any = SupportPartRow(many=True)
    reviews: Any = SupportReviewRow(many=True)


class PartRequest(serializers.Serializer[Any]):
    """Who gives what; the provider by customer number."""

    provider = serializers.SlugField(max_length=12)
    what = serializers.CharField(max_length=200)
    days = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=Decimal(0))
    pence = serializers.IntegerField(min_value=0, max_value=MOST_COST, help_text="Before VAT.")


class PartsRequest(serializers.Serializer[Any]):
    """The parts, and how often the plan is looked at."""

    parts: Any = serializers.ListSerializer(child=PartRequest(), min_length=1, max_length=MOST_PARTS)
    every_weeks = serializers.IntegerField(min_value=1, max_value=52, default=6, help_text="Weeks between reviews.")


class SupportPlanRequest(PartsRequest):
    """A plan for one school. Name no pupil."""

    school = serializers.SlugField(max_length=12, help_text="Customer number.")
    funder = serializers.SlugField(max_length=12, help_text="Customer number of who pays.")
    title = serializers.CharField(max_length=160)
    need = serializers.CharField(max_length=WORDS)
    programme = serializers.CharField(max_length=WORDS)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    confidential = serializers.BooleanField(default=False)


class TakeOverRequest(PartsRequest):
    """Others take over from a day on. ``reason`` is what the school reads."""

    from_day = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class PlanWithdrawRequest(serializers.Serializer[Any]):
    """Why a draft is taken back; the school reads it."""

    reason = serializers.CharField(max_length=300)


class ReviewRequest(serializers.Serializer[Any]):
    """What a review found. Name no pupil."""

    held_on = serializers.DateField()
    rating = serializers.ChoiceField(choices=SupportReview.Rating.choices)
    found = serializers.CharField(max_length=WORDS)
    next_steps = serializers.CharField(max_length=WORDS, allow_blank=True, default="")


_SAME = (
    "number", "title", "state", "valid_from", "valid_to", "cost_pence", "confidential", "need", "programme",
    "drafted_on", "agreed_on", "ended_on", "end_reason",
)  # fmt: skip
_OF_REVIEW = tuple(SupportReviewRow().fields)


def plan_body(plan: SupportPlan) -> dict[str, Any]:
    """In the form of ``SupportPlanSerializer``."""
    return {name: getattr(plan, name) for name in _SAME} | {
        "school": plan.school.number,
        "funder": plan.funder.number,
        "follows": plan.follows.number if plan.follows else None,
        "parts": [
            {"provider": one.provider.number, "what": one.what, "days": one.days, "pence": one.pence}
            for one in plan.parts.select_related("provider").order_by("position")
        ],
        "reviews": [{name: getattr(one, name) for name in _OF_REVIEW} for one in plan.reviews.all()],
    }


def named(number: str) -> Organisation:
    """The organisation of a customer number that a body names."""
    found = Organisation.objects.filter(number=number).first()
    if found is None:
        raise WrongInput(f"There is no organisation {number}. Look its customer number up.")
    return found


def parts_of(given: dict[str, Any]) -> list[PartTerms]:
    """As ``draft_plan`` takes them."""
    return [PartTerms(named(one["provider"]), one["what"], one["days"], one["pence"]) for one in given["parts"]]


def term_of(given: dict[str, Any]) -> Period:
    """The term of a body, within seven years."""
    first, end = given["valid_from"], given["valid_to"]
    if end.year > LATEST or not first < end <= first + timedelta(days=366 * MOST_YEARS):
        raise WrongInput(f"valid_to must be after valid_from, within {MOST_YEARS} years")
    return Period(first, end)
