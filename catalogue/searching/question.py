"""What is looked for, as SQL over the published offers: counts and order ask the same question of the same table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from catalogue.models import CourseRun, TagSet
from catalogue.searching.words import Words, as_sql
from providers.models import Provider

FACETS = ("kind", "theme", "phase", "provider", "mode")
MODES = [str(mode) for mode in CourseRun.Mode.values]
Sql = tuple[str, list[Any]]


@dataclass(frozen=True)
class Known:
    """What the numbers in the table stand for: some hundred providers and sets, however many offers there are."""

    codes: dict[int, str]
    names: dict[str, str]
    hidden: list[int]
    sets: dict[int, list[str]]

    @classmethod
    def read(cls) -> "Known":
        """Two queries."""
        providers = list(Provider.objects.values_list("pk", "code", "organisation__name", "published"))
        return cls(
            codes={pk: code for pk, code, _, _ in providers},
            names={code: name for _, code, name, _ in providers},
            hidden=[pk for pk, _, _, published in providers if not published],
            sets=dict(TagSet.objects.values_list("pk", "tags")),
        )


@dataclass(frozen=True)
class Question:
    """``chosen`` has the value of each chosen facet. Dates count from ``start`` on.

    ``dated`` where an offer must have an open date from then on, of whichever mode.
    """

    words: Words | None
    chosen: Mapping[str, str]
    dated: bool
    start: datetime
    known: Known

    def source(self) -> Sql:
        """FROM and WHERE without the chosen facets; the table is ``l``."""
        where = ["l.provider_id <> ALL (%s::bigint[])"]
        given: list[Any] = [self.known.hidden]
        if self.dated:
            where.append(f"({' OR '.join(f'l.last_{mode} >= %s' for mode in MODES)})")
            given += [self.start] * len(MODES)
        if self.words is not None:
            sql, words = as_sql(self.words.all)
            where.append(f"l.words @@ ({sql})")
            given += words
        return f"FROM catalogue_listedoffer l WHERE {' AND '.join(where)}", given

    def found(self) -> Sql:
        """FROM and WHERE of all that is found."""
        source, given = self.source()
        tests = [self.test(facet) for facet in self.chosen]
        return " AND ".join([source, *(sql for sql, _ in tests)]), [*given, *flat(tests)]

    def test(self, facet: str) -> Sql:
        """Whether an offer has the chosen value of a facet: true or false, never unknown."""
        value = self.chosen[facet]
        if facet == "kind":
            return "l.kind = %s", [value]
        if facet == "provider":
            return "l.provider_id = ANY (%s::bigint[])", [
                [pk for pk, code in self.known.codes.items() if code == value]
            ]
        if facet == "mode":
            # A mode that there is not: nothing can be found.
            return (f"coalesce(l.last_{value} >= %s, false)", [self.start]) if value in MODES else ("false", [])
        return f"l.{facet}s_id = ANY (%s::bigint[])", [[pk for pk, tags in self.known.sets.items() if value in tags]]


def flat(parts: Iterable[Sql]) -> list[Any]:
    """The parameters of several pieces in a row."""
    return [value for _, given in parts for value in given]


def fetch(sql: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
