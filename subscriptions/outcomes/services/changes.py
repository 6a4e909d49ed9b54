"""The changes of a variation as plain facts: what ``ContractVersion.changes`` keeps, and how it is read again.

Each is an object with ``kind``: ``left_out`` (an amount's code), ``measure``, ``amount``, ``statement``, ``band`` or ``milestone`` (its
terms, dates and figures as text).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.services.terms import BandTerms, ItemTerms, MeasureTerms, MilestoneTerms, StatementTerms

Facts = list[dict[str, Any]]
PLAIN = ("code", "kind", "name", "definition", "unit", "decide_days", "partial", "counts")
KINDS = ("left_out", "measure", "amount", "statement", "band", "milestone")
FIGURES = ("baseline", "target", "tolerance", "weight")


@dataclass(frozen=True)
class Changes:
    """What a variation leaves out (codes of amounts) and adds. Bands and milestones take the place of all that there are."""

    left_out: Sequence[str] = ()
    measures: Sequence[MeasureTerms] = ()
    items: Sequence[ItemTerms] = ()
    statements: Sequence[StatementTerms] = ()
    bands: Sequence[BandTerms] = ()
    milestones: Sequence[MilestoneTerms] = ()


def to_facts(changes: Changes) -> Facts:
    """In the order in which both sides read them: what goes, what is to be shown, what it pays, and when."""
    return [
        *({"kind": "left_out", "code": code} for code in changes.left_out),
        *({"kind": "measure", "terms": _measure_facts(one)} for one in changes.measures),
        *({"kind": "amount", "terms": _item_facts(one)} for one in changes.items),
        *({"kind": "statement", "terms": _statement_facts(one)} for one in changes.statements),
        *({"kind": "band", "terms": _price_facts(one)} for one in changes.bands),
        *({"kind": "milestone", "terms": _price_facts(one)} for one in changes.milestones),
    ]


def from_facts(facts: Iterable[Mapping[str, Any]]) -> Changes:
    """The changes again, each term as it was agreed."""
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for fact in facts:
        found[fact["kind"]].append(fact["code"] if fact["kind"] == "left_out" else fact["terms"])
    wanted = {terms["verifier"] for terms in found["measure"] if terms["verifier"] is not None}
    verifiers = Organisation.objects.in_bulk(wanted)
    return Changes(
        left_out=found["left_out"],
        measures=[_measure(terms, verifiers) for terms in found["measure"]],
        items=[_item(terms) for terms in found["amount"]],
        statements=[
            StatementTerms(**{name: date.fromisoformat(day) for name, day in terms.items()})
            for terms in found["statement"]
        ],
        bands=[BandTerms(**{**terms, "service": Decimal(terms["service"])}) for terms in found["band"]],
        milestones=[MilestoneTerms(**{**terms, "share": Decimal(terms["share"])}) for terms in found["milestone"]],
    )


def _measure_facts(one: MeasureTerms) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in PLAIN},
        **{name: None if getattr(one, name) is None else str(getattr(one, name)) for name in FIGURES},
        "due_on": one.due_on.isoformat(),
        "evidence_types": list(one.evidence_types),
        "steps": [[str(a), str(b)] for a, b in one.steps],
        "verifier": None if one.verifier is None else one.verifier.pk,
    }


def _measure(terms: Mapping[str, Any], verifiers: Mapping[int, Organisation]) -> MeasureTerms:
    figures = {name: None if terms[name] is None else Decimal(terms[name]) for name in FIGURES}
    return MeasureTerms(
        **{name: terms[name] for name in PLAIN},
        baseline=figures["baseline"],
        target=figures["target"],
        tolerance=figures["tolerance"] or Decimal(0),
        weight=figures["weight"] or Decimal(1),
        due_on=date.fromisoformat(terms["due_on"]),
        evidence_types=tuple(terms["evidence_types"]),
        steps=tuple((Decimal(a), Decimal(b)) for a, b in terms["steps"]),
        verifier=None if terms["verifier"] is None else verifiers[terms["verifier"]],
    )


def _item_facts(one: ItemTerms) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "pence": one.pence, "measure": one.measure,
        "service_from": one.service.start.isoformat(), "service_to": one.service.end.isoformat(),
        "claimed_from": one.claimed_from.isoformat(), "due_on": one.due_on.isoformat(),
    }  # fmt: skip


def _item(terms: Mapping[str, Any]) -> ItemTerms:
    return ItemTerms(
        code=terms["code"], name=terms["name"], pence=terms["pence"], measure=terms["measure"],
        service=Period(date.fromisoformat(terms["service_from"]), date.fromisoformat(terms["service_to"])),
        claimed_from=date.fromisoformat(terms["claimed_from"]), due_on=date.fromisoformat(terms["due_on"]),
    )  # fmt: skip


def _statement_facts(one: StatementTerms) -> dict[str, str]:
    return {name: getattr(one, name).isoformat() for name in ("service_from", "cut_off", "pay_on")}


def _price_facts(one: BandTerms | MilestoneTerms) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(one).items()}
