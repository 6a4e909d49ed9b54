"""How calls for hubs and what is sent in answer look to programs: pence, half-open dates, moments with a zone."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rest_framework import serializers

from marketplace.core.actors import Actor
from marketplace.core.files import files_of
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.hubs.models import HubApplication, HubCall, HubPartner
from subscriptions.hubs.papers import APPLICATION
from subscriptions.hubs.queries import READING, CriterionPoints, Scored, school_applications
from subscriptions.hubs.rules.template import Template, Wanted
from subscriptions.hubs.services.calls import CallTerms, CriterionTerms

TAGS = ["hubs"]
AREA = "outcomes"
MOST_PENCE = 10**11
LAST_YEAR = 2100
SHARE: dict[str, Any] = {"max_digits": 3, "decimal_places": 2, "min_value": 0, "max_value": 1}
WEIGHT: dict[str, Any] = {"max_digits": 7, "decimal_places": 4, "min_value": Decimal("0.0001")}


class HubCallRow(serializers.Serializer[Any]):
    """A call; applications are taken in ``[opens_at, closes_at)``."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=HubCall.Kind.choices)
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=HubCall.State.choices)
    monthly_pence = serializers.IntegerField(help_text="What an award usually pays a month.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()


class CriterionRow(serializers.Serializer[Any]):
    """One thing that the panel looks at."""

    name = serializers.CharField(max_length=120)
    weight = serializers.DecimalField(**WEIGHT)
    most_points = serializers.IntegerField(min_value=1, max_value=100, default=5)
    words = serializers.CharField(max_length=500, allow_blank=True, default="")


class WantedRow(serializers.Serializer[Any]):
    """One thing that is to be shown; the target is in its unit."""

    code = serializers.RegexField(r"^[-a-z0-9_]{1,20}$")
    name = serializers.CharField(max_length=120)
    weight = serializers.DecimalField(**WEIGHT)
    unit = serializers.CharField(max_length=40, allow_blank=True, default="")
    target = serializers.DecimalField(max_digits=14, decimal_places=4, min_value=0, allow_null=True, default=None)


class PanelMemberRow(serializers.Serializer[Any]):
    """Somebody on the panel."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    declared_on = serializers.DateField(allow_null=True)


class HubCallSerializer(HubCallRow):
    """A whole call. The budget and the panel are told to the partnership alone."""

    priorities = serializers.CharField()
    needs = serializers.CharField(allow_blank=True)
    outputs = serializers.DecimalField(help_text="The share that hangs on outputs.", **SHARE)
    outcomes = serializers.DecimalField(help_text="The share that hangs on outcomes.", **SHARE)
    output_measures: Any = WantedRow(many=True)
    outcome_measures: Any = WantedRow(many=True)
    criteria: Any = CriterionRow(many=True)
    quorum = serializers.IntegerField()
    cancel_reason = serializers.CharField(allow_blank=True)
    budget_pence = serializers.IntegerField(allow_null=True)
    awarded_pence = serializers.IntegerField(allow_null=True)
    panel: Any = PanelMemberRow(many=True, allow_null=True)


class HubCallRequest(serializers.Serializer[Any]):
    """All that a call says. ``outputs`` and ``outcomes`` are shares of the value; what is left is paid on time."""

    kind = serializers.ChoiceField(choices=HubCall.Kind.choices)
    title = serializers.CharField(max_length=160)
    priorities = serializers.CharField(max_length=4000)
    needs = serializers.CharField(max_length=4000, allow_blank=True, default="")
    monthly_pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)
    budget_pence = serializers.IntegerField(min_value=1, max_value=MOST_PENCE)
    valid_from = serializers.DateField(help_text="The first day of a month.")
    months = serializers.IntegerField(min_value=1, max_value=60)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    outputs = serializers.DecimalField(**SHARE)
    outcomes = serializers.DecimalField(**SHARE)
    output_measures: Any = serializers.ListSerializer(child=WantedRow(), max_length=20, default=list)
    outcome_measures: Any = serializers.ListSerializer(child=WantedRow(), max_length=20, default=list)
    criteria: Any = serializers.ListSerializer(child=CriterionRow(), min_length=1, max_length=20)
    quorum = serializers.IntegerField(min_value=1, max_value=20, default=2)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("valid_from", "opens_at", "closes_at"):
            in_reach(name, attrs[name])
        return attrs


def in_reach(name: str, moment: date | datetime) -> None:
    """Refuses what no calendar of a partnership reaches."""
    if not 2000 <= moment.year <= LAST_YEAR:
        raise serializers.ValidationError({name: f"Must be from 2000 to {LAST_YEAR}."})


def terms_of(given: dict[str, Any]) -> CallTerms:
    """A checked ``HubCallRequest`` as the verbs take it."""
    first = given["valid_from"]
    same = ("kind", "title", "priorities", "needs", "opens_at", "closes_at", "quorum")
    return CallTerms(
        **{name: given[name] for name in same},
        monthly=Money(given["monthly_pence"]),
        budget=Money(given["budget_pence"]),
        term=Period(first, add_months(first, given["months"])),
        template=Template(
            given["outputs"], given["outcomes"],
            output_measures=tuple(Wanted(**one) for one in given["output_measures"]),
            outcome_measures=tuple(Wanted(**one) for one in given["outcome_measures"]),
        ),
        criteria=tuple(CriterionTerms(**one) for one in given["criteria"]),
    )  # fmt: skip


_OF_CALL = tuple(HubCallRow().fields)
_OF_CRITERION = ("name", "weight", "most_points", "words")
_MEASURES = ("output_measures", "outcome_measures")


def call_body(call: HubCall, actor: Actor) -> dict[str, Any]:
    """In the form of ``HubCallSerializer``, as far as the actor is told."""
    ours = actor.system or actor.has(*READING)
    members = call.members.filter(left_on=None).select_related("person").order_by("person__name", "pk") if ours else []
    return {name: getattr(call, name) for name in (*_OF_CALL, "priorities", "needs", "quorum", "cancel_reason")} | {
        "outputs": call.terms["outputs"],
        "outcomes": call.terms["outcomes"],
        **{name: [{key: one[key] for key in WantedRow().fields} for one in call.terms[name]] for name in _MEASURES},
        "criteria": [{name: getattr(one, name) for name in _OF_CRITERION} for one in call.criteria.all()],
        "budget_pence": call.budget_pence if ours else None,
        "awarded_pence": call.awarded_pence if ours else None,
        "panel": [{"id": one.pk, "name": one.person.name, "declared_on": one.declared_on} for one in members] if ours else None,
    }  # fmt: skip


class HubApplicationRow(serializers.Serializer[Any]):
    """An application: a draft is its schools' own; what was sent is sealed until the call closes."""

    number = serializers.CharField()
    call = serializers.CharField()
    lead = serializers.CharField(help_text="Customer number of the school that leads it.")
    state = serializers.ChoiceField(choices=HubApplication.State.choices)
    title = serializers.CharField(allow_blank=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_on = serializers.DateField(allow_null=True)


class HubPartnerRow(serializers.Serializer[Any]):
    """A school that applies with the lead, its part, and what it answered."""

    school = serializers.CharField(help_text="Customer number.")
    name = serializers.CharField()
    part = serializers.CharField(allow_blank=True)
    answer = serializers.ChoiceField(choices=HubPartner.Answer.choices)
    words = serializers.CharField(allow_blank=True)


class HubFileRow(serializers.Serializer[Any]):
    """A file of an application; its content is at `/files/{id}`."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField()


class HubApplicationSerializer(HubApplicationRow):
    """A whole application. Feedback and contract are told to its schools and the partnership."""

    plan = serializers.CharField(allow_blank=True)
    reach = serializers.CharField(allow_blank=True)
    people = serializers.CharField(allow_blank=True)
    schools_planned = serializers.IntegerField(allow_null=True)
    asked_pence = serializers.IntegerField(allow_null=True)
    partners: Any = HubPartnerRow(many=True)
    files: Any = HubFileRow(many=True)
    feedback = serializers.CharField(allow_null=True, allow_blank=True)
    contract = serializers.CharField(allow_null=True)


_OF_APPLICATION = (
    "number", "state", "title", "submitted_at", "decided_on", "plan", "reach", "people", "schools_planned", "asked_pence",
)  # fmt: skip


def application_body(found: HubApplication, actor: Actor) -> dict[str, Any]:
    """In the form of ``HubApplicationSerializer``. The caller has checked that the actor may read it."""
    told = actor.has(*READING) or school_applications(actor).filter(pk=found.pk).exists()
    partners = found.partners.select_related("organisation").order_by("organisation__name", "pk")
    return {name: getattr(found, name) for name in _OF_APPLICATION} | {
        "call": found.call.number,
        "lead": found.lead.number,
        "partners": [
            {
                "school": one.organisation.number, "name": one.organisation.name, "part": one.part,
                "answer": one.answer, "words": one.words,
            }
            for one in partners
        ],
        "files": [
            {"id": one.pk, "name": one.name, "size": one.size} for one in files_of(APPLICATION, found.number)
        ],
        "feedback": found.feedback if told else None,
        "contract": found.contract.number if told and found.contract else None,
    }  # fmt: skip


class RankedPointsRow(serializers.Serializer[Any]):
    """What counts for one criterion: the mean, or what was agreed; with the lowest and the highest that was given."""

    criterion = serializers.CharField()
    counts = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True)
    agreed = serializers.BooleanField()
    lowest = serializers.IntegerField(allow_null=True)
    highest = serializers.IntegerField(allow_null=True)


class RankedRow(serializers.Serializer[Any]):
    """An application with its place; no place while points are missing."""

    application = serializers.CharField()
    lead = serializers.CharField()
    state = serializers.ChoiceField(choices=HubApplication.State.choices)
    place = serializers.IntegerField(allow_null=True)
    tied = serializers.BooleanField()
    total = serializers.DecimalField(max_digits=7, decimal_places=2, allow_null=True, help_text="Of 100.")
    points: Any = RankedPointsRow(many=True)


def _places(figure: Fraction | None) -> str | None:
    return None if figure is None else f"{Decimal(figure.numerator) / Decimal(figure.denominator):.2f}"


def ranked_body(one: Scored, criteria: list[str]) -> dict[str, Any]:
    """In the form of ``RankedRow``."""
    return {
        "application": one.application.number, "lead": one.application.lead.number, "state": one.application.state,
        "place": one.ranked.place, "tied": one.ranked.tied, "total": _places(one.ranked.total),
        "points": [_points(each, name) for each, name in zip(one.points, criteria, strict=True)],
    }  # fmt: skip


def _points(points: CriterionPoints, name: str) -> dict[str, Any]:
    spread = points.spread
    return {
        "criterion": name, "counts": _places(points.counted), "agreed": points.agreed is not None,
        "lowest": spread.lowest if spread else None, "highest": spread.highest if spread else None,
    }  # fmt: skip
