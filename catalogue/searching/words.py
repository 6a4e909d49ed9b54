"""What a person typed into the search box, as the database looks for it."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models.sql import Query

from catalogue.models import ListedOffer

TEXT_LIMIT = 200
_LAST_WORD = re.compile(r"(?P<head>.*?)(?P<word>[^\W_]{2,40})$", re.DOTALL)
_OPERATORS = re.compile(r"[\"-]|\bor\b", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """``all`` is what an offer must fit. ``any`` fits where one of the words stands: what a good title has.

    ``same`` where the two are one, as with a single word.
    """

    all: SearchQuery
    any: SearchQuery
    same: bool


def words_of(text: str) -> Words | None:
    """Quotes, ``or`` and a minus work; the last word also matches as a beginning. None where nothing was typed."""
    text = text.replace("\x00", " ").strip()[:TEXT_LIMIT]
    if not text:
        return None
    match = _LAST_WORD.match(text)
    if match is None or match["head"].endswith("-") or match["head"].count('"') % 2:
        return _one(_websearch(text))
    begins = SearchQuery(f"{match['word']}:*", config="english", search_type="raw")
    head = match["head"].strip()
    if _OPERATORS.search(text):
        return _one(_websearch(text) | (_websearch(head) & begins) if head else _websearch(text) | begins)
    if not head:
        return _one(begins)  # a word is among its own beginnings
    return Words(_websearch(head) & begins, _websearch(" or ".join(head.split())) | begins, same=False)


def _one(query: SearchQuery) -> Words:
    return Words(query, query, same=True)


def _websearch(text: str) -> SearchQuery:
    return SearchQuery(text, config="english", search_type="websearch")


def as_sql(query: SearchQuery) -> tuple[str, list[Any]]:
    """The ``tsquery`` and its parameters."""
    about = Query(ListedOffer)
    sql, given = about.get_compiler(connection=connection).compile(query.resolve_expression(about))
    return sql, list(given)
