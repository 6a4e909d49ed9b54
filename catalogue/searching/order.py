"""The order of results, and which of them stand on one page.

Best match: first offers whose title says one of the words, then the others; within each by PostgreSQL's rank of all the
words (a word in the title weighs ten times one in the description), then by title. Ranking reads every word of an
offer, so it is done for the first kind alone until a page reaches beyond them; the second is not even read before.
"""

from datetime import datetime

from catalogue.searching.question import Question, Sql, fetch
from catalogue.searching.words import Words, as_sql

_SOONEST = (
    "(SELECT min(r.starts_at) FROM catalogue_courserun r"
    " WHERE r.offer_id = l.offer_id AND r.state = 'open' AND r.starts_at >= %s)"
)


def page_ids(question: Question, *, sort: str, today: datetime, begin: int, count: int) -> list[int]:
    """The ids of ``count`` offers from place ``begin`` on; one query. ``today`` is when dates to come begin."""
    if sort == "relevance" and question.words is not None:
        sql, given = _best(question, question.words)
    else:
        found, given = question.found()
        sql = f"SELECT l.offer_id {found} ORDER BY l.title, l.offer_id"
        if sort == "date":
            sql = f"SELECT l.offer_id {found} ORDER BY {_SOONEST} NULLS LAST, l.title, l.offer_id"
            given = [*given, today]
    return [pk for (pk,) in fetch(f"{sql} LIMIT %s OFFSET %s", [*given, count, begin])]


def _best(question: Question, words: Words) -> Sql:
    """Both kinds, each in order, one behind the other: PostgreSQL begins the second only when the first has run out."""
    found, given = question.found()
    every, of_every = as_sql(words.all)
    some, of_some = as_sql(words.any)
    order = f"ORDER BY ts_rank(l.words, {every}) DESC, l.title, l.offer_id"
    parts = [f"(SELECT l.offer_id {found} AND {no}l.title_words @@ ({some}) {order})" for no in ("", "NOT ")]
    return " UNION ALL ".join(parts), [*given, *of_some, *of_every] * 2
