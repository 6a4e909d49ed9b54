"""The order of results, and which of them stand on one page.

Ratings of fewer than five people order nothing: they would tell what is kept back. Prices are those worked out for sorting.

Best match: first offers whose title says one of the words, then the others; within each by PostgreSQL's rank of all the
words (a word in the title weighs ten times one in the description), then by title. Ranking reads every word of an
offer, so it is done for the first kind alone until a page reaches beyond them; the second is not even read before.
"""

from datetime import datetime

from catalogue.models.finding import FEWEST_RATINGS
from catalogue.searching.question import Question, Sql, fetch
from catalogue.searching.words import Words, as_sql

_SOONEST = (
    "(SELECT min(r.starts_at) FROM catalogue_courserun r"
    " WHERE r.offer_id = l.offer_id AND r.state = 'open' AND r.starts_at >= %s)"
)

_RATED = (
    "(SELECT round(r.points::numeric / r.people, 1) FROM catalogue_offerrating r"
    " WHERE r.offer_id = l.offer_id AND r.people >= %s)"
)
_LIST_PRICE = "(SELECT p.pence FROM catalogue_listprice p WHERE p.offer_id = l.offer_id)"


def page_ids(question: Question, *, sort: str, today: datetime, begin: int, count: int) -> list[int]:
    """The ids of ``count`` offers from place ``begin`` on; one query. ``today`` is when dates to come begin."""
    if sort == "relevance" and question.words is not None:
        sql, given = _best(question, question.words)
    else:
        found, given = question.found()
        first, of_first = _first(sort, today)
        sql, given = f"SELECT l.offer_id {found} ORDER BY {first}l.title, l.offer_id", [*given, *of_first]
    return [pk for (pk,) in fetch(f"{sql} LIMIT %s OFFSET %s", [*given, count, begin])]


def _first(sort: str, today: datetime) -> Sql:
    """What comes before the title in the order."""
    if sort == "date":
        return f"{_SOONEST} NULLS LAST, ", [today]
    if sort == "rating":
        return f"{_RATED} DESC NULLS LAST, ", [FEWEST_RATINGS]
    if sort == "price":
        return f"{_LIST_PRICE} NULLS LAST, ", []
    return "", []


def _best(question: Question, words: Words) -> Sql:
    """Both kinds, each in order, one behind the other: PostgreSQL begins the second only when the first has run out."""
    found, given = question.found()
    every, of_every = as_sql(words.all)
    some, of_some = as_sql(words.any)
    order = f"ORDER BY ts_rank(l.words, {every}) DESC, l.title, l.offer_id"
    parts = [f"(SELECT l.offer_id {found} AND {no}l.title_words @@ ({some}) {order})" for no in ("", "NOT ")]
    return " UNION ALL ".join(parts), [*given, *of_some, *of_every] * 2
