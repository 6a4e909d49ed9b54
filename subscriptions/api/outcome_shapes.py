"""How contracts that pay on outcomes look to programs: pence before VAT, half-open dates, figures as text."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from subscriptions.outcomes.models import (
    ContractVersion,
    Evidence,
    Measure,
    OutcomeContract,
    OutcomeItem,
    Statement,
    StatementLine,
    Submission,
)
from subscriptions.outcomes.queries import evidence_of, files_by_evidence, items_of, statements_of
from subscriptions.outcomes.rules.variation import Preview
from subscriptions.outcomes.services.stating import work_out

CODE = r"^[-a-zA-Z0-9_]{1,40}$"
PLACES = Decimal("1E-10")
FIGURE: dict[str, Any] = {"max_digits": 14, "decimal_places": 4, "min_value": 0}


class OutcomeContractRow(serializers.Serializer[Any]):
    """A contract. ``settled_pence`` is what frozen statements came to."""

    number = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=OutcomeContract.Kind.choices)
    side = serializers.ChoiceField(choices=OutcomeContract.Side.choices, help_text="Who pays.")
    party = serializers.CharField(help_text="Customer number of the other party.")
    state = serializers.ChoiceField(choices=OutcomeContract.State.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="The day after the last.")
    value_pence = serializers.IntegerField()
    settled_pence = serializers.IntegerField()


class OutcomeMeasureRow(serializers.Serializer[Any]):
    """Something to be shown."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Measure.Kind.choices)
    name = serializers.CharField()
    definition = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    baseline = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    target = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    tolerance = serializers.DecimalField(max_digits=14, decimal_places=4)
    weight = serializers.DecimalField(max_digits=7, decimal_places=4)
    due_on = serializers.DateField()
    partial: Any = serializers.ChoiceField(choices=Measure.Partial.choices)
    evidence_types = serializers.ListField(child=serializers.CharField())


class OutcomeItemRow(serializers.Serializer[Any]):
    """One amount. ``earned_pence`` is nought until somebody else verified it."""

    code = serializers.CharField()
    name = serializers.CharField()
    measure = serializers.CharField(allow_null=True, help_text="Empty: it is paid on time.")
    gate = serializers.ChoiceField(choices=OutcomeItem.Gate.choices)
    state = serializers.ChoiceField(choices=OutcomeItem.State.choices)
    pence = serializers.IntegerField()
    earned_pence = serializers.IntegerField()
    settled_pence = serializers.IntegerField()
    service_from = serializers.DateField()
    service_to = serializers.DateField(help_text="The day after the last.")
    claimed_from = serializers.DateField()
    due_on = serializers.DateField()
    statement = serializers.IntegerField(allow_null=True, help_text="The number of its statement.")
    reason = serializers.CharField(allow_blank=True)


class OutcomeStatementRow(serializers.Serializer[Any]):
    """A statement; its total stands once it is frozen."""

    ordinal = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Statement.State.choices)
    service_from = serializers.DateField()
    cut_off = serializers.DateField(help_text="Its last day.")
    pay_on = serializers.DateField()
    total_pence = serializers.IntegerField()
    closing = serializers.BooleanField()


class VariationRow(serializers.Serializer[Any]):
    """The terms from a day on. ``approved_…_on`` says which side has approved."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ContractVersion.State.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="By these terms the contract ends before this day.")
    value_pence = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    notice_given_on = serializers.DateField(allow_null=True)
    proposed_on = serializers.DateField()
    proposed_for = serializers.ChoiceField(choices=ContractVersion.For.choices, help_text="Which side proposed it.")
    approved_ours_on = serializers.DateField(allow_null=True)
    approved_theirs_on = serializers.DateField(allow_null=True)
    changes = serializers.ListField(child=serializers.DictField())


class VariationPeriodRow(serializers.Serializer[Any]):
    """What is paid for one period before and after."""

    service_from = serializers.DateField()
    service_to = serializers.DateField(help_text="The day after the last.")
    before_pence = serializers.IntegerField()
    after_pence = serializers.IntegerField()
    before_at_risk_pence = serializers.IntegerField()
    after_at_risk_pence = serializers.IntegerField()


class VariationSerializer(VariationRow):
    """A variation; while it waits, what it would change by period."""

    periods: Any = VariationPeriodRow(many=True)


class OutcomeContractSerializer(OutcomeContractRow):
    """A contract with all its parts."""

    measures: Any = OutcomeMeasureRow(many=True)
    items: Any = OutcomeItemRow(many=True)
    statements: Any = OutcomeStatementRow(many=True)
    versions: Any = VariationRow(many=True)


class StatementLineRow(serializers.Serializer[Any]):
    """One figure; below nought where it takes back or retains. ``exact`` is unrounded, in pounds."""

    kind = serializers.ChoiceField(choices=StatementLine.Kind.choices)
    label: Any = serializers.CharField()
    exact = serializers.DecimalField(max_digits=22, decimal_places=10)
    pence = serializers.IntegerField()


class OutcomeStatementSerializer(OutcomeStatementRow):
    """A statement with its lines: as frozen, or as they would be frozen now."""

    lines: Any = StatementLineRow(many=True)


class EvidenceRow(serializers.Serializer[Any]):
    """What shows that a measure is met."""

    id = serializers.IntegerField()
    form = serializers.ChoiceField(choices=Evidence.Form.choices)
    type = serializers.CharField()
    label: Any = serializers.CharField()
    link = serializers.CharField(allow_blank=True)
    facts = serializers.DictField()
    added_on = serializers.DateField()
    claim = serializers.IntegerField(allow_null=True, help_text="With which claim it was sent.")
    file = serializers.IntegerField(allow_null=True, help_text="Its content is at `/files/{id}`.")


class ClaimSerializer(serializers.Serializer[Any]):
    """A claim that an amount's measure is met, and what somebody else decided."""

    contract = serializers.CharField()
    item = serializers.CharField()
    ordinal = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Submission.State.choices)
    claimed = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    accepted = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    words = serializers.CharField(allow_blank=True)
    submitted_on = serializers.DateField()
    decide_by = serializers.DateField()
    decided_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


_CONTRACT = ("number", "title", "kind", "side", "state", "valid_from", "valid_to", "value_pence", "settled_pence")
_STATEMENT = ("ordinal", "state", "service_from", "cut_off", "pay_on", "total_pence", "closing")
_CLAIM = ("ordinal", "state", "claimed", "accepted", "words", "submitted_on", "decide_by", "decided_on", "reason")
_VERSION = (
    "number", "state", "valid_from", "valid_to", "value_pence", "reason", "notice_given_on", "proposed_on", "proposed_for",
    "approved_ours_on", "approved_theirs_on", "changes",
)  # fmt: skip
_ITEM = (
    "code", "name", "gate", "state", "pence", "earned_pence", "settled_pence", "service_from", "service_to",
    "claimed_from", "due_on", "reason",
)  # fmt: skip
_MEASURE = (
    "code", "kind", "name", "definition", "unit", "baseline", "target", "tolerance", "weight", "due_on", "partial",
    "evidence_types",
)  # fmt: skip
_EVIDENCE = ("id", "form", "type", "label", "link", "facts", "added_on")


def contract_body(found: OutcomeContract) -> dict[str, Any]:
    """In the form of ``OutcomeContractSerializer``."""
    measures = Measure.objects.filter(contract=found).order_by("due_on", "pk")
    return _of(found, _CONTRACT) | {
        "party": found.party.number,
        "measures": list(measures.values(*_MEASURE)),
        "items": [item_body(one) for one in items_of(found)],
        "statements": list(statements_of(found).values(*_STATEMENT)),
        "versions": list(ContractVersion.objects.filter(contract=found).order_by("-number").values(*_VERSION)),
    }


def item_body(one: OutcomeItem) -> dict[str, Any]:
    """In the form of ``OutcomeItemRow``."""
    return _of(one, _ITEM) | {
        "measure": one.measure.code if one.measure else None,
        "statement": one.statement.ordinal if one.statement else None,
    }


def statement_body(found: Statement) -> dict[str, Any]:
    """In the form of ``OutcomeStatementSerializer``; an open one is worked out as freezing it would."""
    if found.state == Statement.State.OPEN:
        worked = work_out(found)
        lines = [
            {"kind": one.kind, "label": one.label, "exact": one.exact.quantize(PLACES), "pence": one.pence}
            for one in worked.lines
        ]
        return _of(found, _STATEMENT) | {"total_pence": worked.total, "lines": lines}
    kept = StatementLine.objects.filter(statement=found).order_by("position")
    return _of(found, _STATEMENT) | {"lines": list(kept.values("kind", "label", "exact", "pence"))}


def claim_body(one: Submission) -> dict[str, Any]:
    """In the form of ``ClaimSerializer``."""
    return _of(one, _CLAIM) | {"contract": one.item.contract.number, "item": one.item.code}


def evidence_bodies(item: OutcomeItem) -> list[dict[str, Any]]:
    """In the form of ``EvidenceRow``."""
    found = list(evidence_of(item))
    files = files_by_evidence(found)
    return [
        _of(one, _EVIDENCE)
        | {
            "claim": one.submission.ordinal if one.submission else None,
            "file": files[one.pk].pk if one.pk in files else None,
        }
        for one in found
    ]


def version_body(one: ContractVersion, preview: Preview | None) -> dict[str, Any]:
    """In the form of ``VariationSerializer``."""
    return _of(one, _VERSION) | {"periods": period_bodies(preview) if preview else []}


def period_bodies(preview: Preview) -> list[dict[str, Any]]:
    """In the form of ``VariationPeriodRow``."""
    return [
        {
            "service_from": one.service.start, "service_to": one.service.end, "before_pence": one.before,
            "after_pence": one.after, "before_at_risk_pence": one.before_at_risk,
            "after_at_risk_pence": one.after_at_risk,
        }
        for one in preview.periods
    ]  # fmt: skip


def _of(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
