"""What the platform counts of itself: pushed down once each, and gathered so that most of a return is filled in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from marketplace.core.actors import Actor
from marketplace.core.bulk import insert_once
from marketplace.core.errors import NotAllowed
from marketplace.core.text import clean_line
from subscriptions.outcomes.models import Measure, MeasuredFact, OutcomeItem

ATTENDED, EVALUATIONS = "attended", "evaluations"
COUNTED = {ATTENDED: ("attended", "register"), EVALUATIONS: ("evaluations", "course date")}
"""What measures may count: the word behind the figure, and what one source of it is called."""


@dataclass(frozen=True)
class Part:
    """One source of a figure: what it is called, of which day, and what it adds in the measure's unit."""

    label: str
    on: date
    value: Decimal


@dataclass(frozen=True)
class Filled:
    """A figure with its parts, which add up to it. ``words``: "41 attended, from your 3 registers"."""

    value: Decimal
    words: str
    parts: tuple[Part, ...]


@transaction.atomic
def record_measure(
    *, source_key: str, measure: Measure, on: date, value: Decimal, label: str, actor: Actor
) -> MeasuredFact | None:
    """Keeps a fact that the platform counted, once for each ``source_key``; None where it is there already.

    A key is ``kind:source:revision``: a later revision holds what the figure changed by, so that what was counted before
    stays as it was. Only the platform itself may, never a person.
    """
    if not actor.system:
        raise NotAllowed("The platform counts by itself. Add what it does not know as evidence.")
    label = clean_line(label, what="Label", limit=160)
    fact = MeasuredFact(source_key=source_key, measure=measure, on=on, value=value, label=label)
    return fact if insert_once(fact) else None


def filled_in(item: OutcomeItem) -> Filled | None:
    """What was counted for the item's measure on the days of its service; None where nothing is counted for it.

    The sources of one figure stand together, however often one was counted anew.
    """
    measure = item.measure
    if measure is None or not measure.counts:
        return None
    facts = MeasuredFact.objects.filter(measure=measure, on__gte=item.service_from, on__lt=item.service_to)
    parts = _parts(list(facts.order_by("on", "pk")))
    value = sum((part.value for part in parts), Decimal(0))
    return Filled(value, count_words(measure.counts, value, len(parts)), tuple(parts))


def count_words(counts: str, value: Decimal, sources: int) -> str:
    """ "41 attended, from your 3 registers"."""
    what, source = COUNTED.get(counts, (counts, "record"))
    shown = figure_words(value)
    if not sources:
        return f"{shown} {what}: no {source} yet"
    return f"{shown} {what}, from your {source}" if sources == 1 else f"{shown} {what}, from your {sources} {source}s"


def figure_words(value: Decimal) -> str:
    """Without noughts behind the point: 41, 82.5."""
    return f"{value.normalize():,f}" if value else "0"


def _parts(facts: list[MeasuredFact]) -> list[Part]:
    by_source: dict[str, list[MeasuredFact]] = {}
    for fact in facts:
        by_source.setdefault(fact.source_key.rpartition(":")[0], []).append(fact)
    found = [
        Part(same[-1].label, same[-1].on, sum((one.value for one in same), Decimal(0))) for same in by_source.values()
    ]
    return [part for part in found if part.value]
