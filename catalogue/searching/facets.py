"""The counts beside the results: for every value of every facet, how many offers choosing it would leave.

All facets of which nothing is chosen are counted in one pass over the results. A chosen facet has a pass of its own,
over what would be found without it. Values that go together often (kind, how it is held, provider) are counted as one
combination and added up here, and so are the lists of themes and of phases, which costs a third of unfolding them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from catalogue.models import CourseRun, Offer
from providers.models import Provider

FACETS = ("kind", "theme", "phase", "provider", "mode")
_MODES = [str(mode) for mode in CourseRun.Mode.values]
# Columns that one pass groups by, each tuple by itself.
_TOGETHER = ("kind", "held", "provider")
_GROUPS = (_TOGETHER, ("themes",), ("phases",))
_GROUP_OF = {"kind": _TOGETHER, "mode": _TOGETHER, "provider": _TOGETHER, "theme": ("themes",), "phase": ("phases",)}


@dataclass(frozen=True)
class Counted:
    """``by_facet`` has the counts of each facet by value, ``labels`` the words for values that are no words."""

    total: int
    by_facet: dict[str, dict[str, int]]
    labels: dict[str, str]


def dated(mode: str, start: datetime) -> Q:
    """Offers with an open date of a mode (of any, where none is given) that begins at ``start`` or later."""
    found = Q()
    for each in [mode] if mode in _MODES else _MODES if not mode else []:
        found |= Q(**{f"last_{each}__gte": start})
    return found or Q(pk__in=[])


def count_facets(*, found: QuerySet[Offer], without: Mapping[str, QuerySet[Offer]], start: datetime) -> Counted:
    """Counts over ``found``; ``without`` has, for each chosen facet, what is found when it is not chosen.

    A mode counts an offer that has an open date of it from ``start`` on. One query, one more for each chosen facet and
    one for the providers' names.
    """
    rows = _groups(found, _GROUPS, start)
    by_facet = {facet: _of(facet, rows) for facet in FACETS}
    for facet, offers in without.items():
        by_facet[facet] = _of(facet, _groups(offers, (_GROUP_OF[facet],), start))
    total = sum(row["count"] for row in rows if row["kind"] is not None)
    codes, names = _providers(by_facet["provider"])
    by_facet["provider"] = {codes[pk]: count for pk, count in by_facet["provider"].items()}
    return Counted(total, by_facet, _LABELS | names)


_LABELS = {str(value): str(label) for value, label in [*Offer.Kind.choices, *CourseRun.Mode.choices]}


def _groups(offers: QuerySet[Offer], groups: tuple[tuple[str, ...], ...], start: datetime) -> list[dict[str, Any]]:
    """One row for each combination of values in each group, with ``count``; columns of other groups are None."""
    columns: dict[str, Any] = {"held": _held(start), "provider": F("provider_id")}
    wanted = [column for group in groups for column in group]
    added = {f"f_{column}": columns.get(column, F(column)) for column in wanted}
    try:
        inner, given = offers.order_by().values(**added).query.sql_with_params()
    except EmptyResultSet:  # a mode that there is not: nothing can be found
        return []
    sets = ", ".join(f"({', '.join(f'f_{column}' for column in group)})" for group in groups)
    names = ", ".join(f"f_{column}" for column in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names}, count(*) FROM ({inner}) offers GROUP BY GROUPING SETS ({sets})",
            given,
        )
        rows = cursor.fetchall()
    empty = dict.fromkeys(("kind", "held", "provider", "themes", "phases"))
    return [empty | dict(zip([*wanted, "count"], row, strict=True)) for row in rows]


def _held(start: datetime) -> Any:
    """How an offer can be attended from ``start`` on, as one number: a bit for each mode."""
    bits = [
        Case(
            When(**{f"last_{mode}__gte": start}, then=Value(1 << place)), default=Value(0), output_field=IntegerField()
        )
        for place, mode in enumerate(_MODES)
    ]
    return sum(bits[1:], start=bits[0])


def _of(facet: str, rows: list[dict[str, Any]]) -> dict[Any, int]:
    counts: Counter[Any] = Counter()
    column = {"mode": "held", "theme": "themes", "phase": "phases"}.get(facet, facet)
    for row in rows:
        value = row[column]
        if value is None:
            continue
        if facet == "mode":
            values = [mode for place, mode in enumerate(_MODES) if value >> place & 1]
        else:
            values = value if isinstance(value, list) else [value]
        for each in values:
            counts[each] += row["count"]
    return dict(counts)


def _providers(ids: Mapping[int, int]) -> tuple[dict[int, str], dict[str, str]]:
    """The codes of providers by id, and their names by code."""
    rows = list(Provider.objects.filter(pk__in=ids).values_list("pk", "code", "organisation__name"))
    return {pk: code for pk, code, _ in rows}, {code: name for _, code, name in rows}
