"""The counts beside the results: for every value of every facet, how many offers choosing it would leave.

One pass over the published offers that the words find counts everything. A chosen facet counts what would be found
without it, so the pass takes the offers that fail at most one of the filters, and counts each for those facets that it
does not fail elsewhere. Values that go together often (kind, how it is held, provider) are counted as one combination
and added up here, and so are the sets of themes and of phases, which costs a third of unfolding them.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from catalogue.models import CourseRun, Offer
from catalogue.searching.question import FACETS, MODES, Question, Sql, fetch, flat

_LABELS = {str(value): str(label) for value, label in [*Offer.Kind.choices, *CourseRun.Mode.choices]}
# By the number that a row has: a bit for each mode in which the offer can be attended.
_HELD = [[mode for place, mode in enumerate(MODES) if bits >> place & 1] for bits in range(1 << len(MODES))]


@dataclass(frozen=True)
class Counted:
    """``by_facet`` has the counts of each facet by value, ``labels`` the words for values that are no words."""

    total: int
    by_facet: dict[str, dict[str, int]]
    labels: dict[str, str]


def dated(mode: str, start: datetime) -> Q:
    """Offers with an open date of a mode (of any, where none is given) that begins at ``start`` or later."""
    found = Q()
    for each in [mode] if mode in MODES else MODES if not mode else []:
        found |= Q(**{f"last_{each}__gte": start})
    return found or Q(pk__in=[])


def count_facets(question: Question) -> Counted:
    """Exact counts by one query. A mode counts an offer with an open date of it from the question's ``start`` on."""
    known = question.known
    place = {facet: number for number, facet in enumerate(question.chosen, start=1)}
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    total = 0
    for kind, held, provider, themes, phases, *counted in fetch(*_grouped(question)):
        values: dict[str, list[str]]
        if themes is not None:
            values = {"theme": known.sets[themes]}
            total += counted[0]  # every offer has one set of themes
        elif phases is not None:
            values = {"phase": known.sets[phases]}
        else:
            values = {"kind": [kind], "mode": _HELD[held], "provider": [known.codes[provider]]}
        for facet, names in values.items():
            if count := counted[place.get(facet, 0)]:
                for name in names:
                    counts[facet][name] += count
    return Counted(total, {facet: dict(found) for facet, found in counts.items()}, _LABELS | known.names)


def count_only(question: Question) -> int:
    """How many offers are found, and nothing besides: the least that a search could do."""
    where, given = question.found()
    return int(fetch(f"SELECT count(*) {where}", given)[0][0])


def _grouped(question: Question) -> Sql:
    """One row for each combination of values in each group: how many are found, then how many without each facet."""
    chosen = list(question.chosen)
    tests = [question.test(facet) for facet in chosen]
    held = " + ".join(f"CASE WHEN l.last_{mode} >= %s THEN {1 << place} ELSE 0 END" for place, mode in enumerate(MODES))
    fits = "".join(f", {sql} AS fits_{facet}" for facet, (sql, _) in zip(chosen, tests, strict=True))
    nearly = " + ".join(f"fits_{facet}::int" for facet in chosen) or "0"
    counted = [_count(chosen), *(_count([other for other in chosen if other != facet]) for facet in chosen)]
    source, given = question.source()
    sql = (
        f"SELECT kind, held, provider_id, themes_id, phases_id, {', '.join(counted)} FROM ("
        f"SELECT l.kind, {held} AS held, l.provider_id, l.themes_id, l.phases_id{fits} {source}) offers"
        f" WHERE {nearly} >= {len(chosen) - 1}"
        " GROUP BY GROUPING SETS ((kind, held, provider_id), (themes_id), (phases_id))"
    )
    parameters: list[Any] = [question.start] * len(MODES)
    return sql, [*parameters, *flat(tests), *given]


def _count(facets: list[str]) -> str:
    return f"count(*) FILTER (WHERE {' AND '.join(f'fits_{facet}' for facet in facets)})" if facets else "count(*)"
