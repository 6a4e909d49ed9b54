"""The order of results, and which of them stand on one page.

Best match: first offers whose title says one of the words, then the others; within each by PostgreSQL's rank of all the
words (a word in the title weighs ten times one in the description), then by title. Ranking reads every word of an
offer, so it is done for the first kind alone until a page reaches beyond them; the second is not even read before.
"""

from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery

from catalogue.models import CourseRun, Offer
from catalogue.searching.words import Words


def page_ids(
    narrowed: QuerySet[Offer], *, words: Words | None, sort: str, start: datetime, begin: int, count: int
) -> list[int]:
    """The ids of ``count`` offers from place ``begin`` on; one query. ``start`` is when dates to come begin.

    ``narrowed`` are the offers that fit the filters; of these, those that fit the words are meant.
    """
    if sort == "relevance" and words is not None:
        return _best(narrowed, words, begin, count)
    found = narrowed if words is None else narrowed.filter(search=words.all)
    if sort == "date":
        coming = CourseRun.objects.filter(offer=OuterRef("pk"), state=CourseRun.State.OPEN, starts_at__gte=start)
        soonest = Subquery(coming.order_by("starts_at").values("starts_at")[:1])
        ordered = found.annotate(soonest=soonest).order_by(F("soonest").asc(nulls_last=True), "title", "pk")
        return list(ordered.values_list("pk", flat=True)[begin : begin + count])
    return list(found.order_by("title", "pk").values_list("pk", flat=True)[begin : begin + count])


def _best(narrowed: QuerySet[Offer], words: Words, begin: int, count: int) -> list[int]:
    """Both kinds, each in order, one behind the other: PostgreSQL begins the second only when the first has run out."""
    titled = narrowed.filter(title_words=words.any)
    if not words.same:
        titled = titled.filter(search=words.all)  # one word in the title is a word of the offer: needs no second look
    parts: list[str] = []
    given: list[Any] = []
    for part in (titled, narrowed.filter(search=words.all).exclude(title_words=words.any)):
        ranked = part.annotate(rank=SearchRank(F("search"), words.all)).order_by("-rank", "title", "pk")
        sql, params = ranked.values_list("pk", flat=True).query.sql_with_params()
        parts.append(f"({sql})")
        given += params
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} LIMIT %s OFFSET %s", [*given, count, begin])
        return [row[0] for row in cursor.fetchall()]
