"""Reads over the catalogue: what buyers find. Only published offers are ever shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from rapidfuzz import fuzz, process

from catalogue.models import CourseRun, Offer, SearchWord
from catalogue.searching.facets import count_facets, count_only, dated
from catalogue.searching.order import page_ids
from catalogue.searching.planning import reading_by_index
from catalogue.searching.question import FACETS, Known, Question
from catalogue.searching.words import TEXT_LIMIT, Words, words_of
from marketplace.core.errors import NotFound

__all__ = [
    "FACETS",
    "PAGE_SIZE",
    "SORTS",
    "TEXT_LIMIT",
    "FacetValue",
    "Filters",
    "SearchPage",
    "count_matching",
    "matching",
    "open_runs",
    "published_offer",
    "published_offers",
    "search",
]

PAGE_SIZE = 25
SORTS = ("relevance", "title", "date", "rating", "price")


@dataclass(frozen=True)
class Filters:
    """What the results are narrowed to; empty means not narrowed. ``provider`` is the provider's code."""

    kind: str = ""
    theme: str = ""
    phase: str = ""
    provider: str = ""
    mode: str = ""
    from_date: date | None = None

    def facets(self) -> dict[str, str]:
        """The value of each facet of which one is chosen."""
        return {facet: value for facet in FACETS if (value := getattr(self, facet))}


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet, and how many results choosing it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class SearchPage:
    """One page of results. ``results`` carry ``next_starts_at``; prices are the caller's to work out."""

    results: list[Offer]
    total: int
    page: int
    pages: int
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    did_you_mean: str = ""


def published_offers() -> QuerySet[Offer]:
    return Offer.objects.filter(state=Offer.State.PUBLISHED, provider__published=True)


def published_offer(code: str) -> Offer:
    """The published offer of that code. Raises NotFound for a draft or a withdrawn one."""
    offer = published_offers().select_related("provider__organisation", "sold_by").filter(code=code).first()
    if offer is None:
        raise NotFound("Page not found")
    return offer


def open_runs(offer: Offer, *, after: datetime) -> QuerySet[CourseRun]:
    """Dates that may still be booked, soonest first."""
    return offer.runs.filter(state=CourseRun.State.OPEN, starts_at__gt=after).order_by("starts_at", "pk")


def search(
    *, text: str, on: date, filters: Filters | None = None, sort: str = "relevance", page: int = 1
) -> SearchPage:
    """Published offers that fit, best first, with the counts that each facet value would leave.

    Counts are exact. Those of one facet follow the other filters, not its own. English stemming; the last word also as
    a beginning of words. A wrong sort or a page beyond the last falls back. The number of queries does not depend on
    the number of results.
    """
    chosen = filters or Filters()
    words = words_of(text)
    question = _question(words, chosen, on)
    with reading_by_index(words is not None):
        counted = count_facets(question)
        pages = max(1, -(-counted.total // PAGE_SIZE))
        page = min(max(page, 1), pages)
        ids = counted.total and page_ids(
            question,
            sort=sort,
            today=_first_moment(Filters(), on),
            begin=(page - 1) * PAGE_SIZE,
            count=PAGE_SIZE,
        )
    return SearchPage(
        results=_shown(ids, on) if ids else [],
        total=counted.total,
        page=page,
        pages=pages,
        facets={facet: _values(counted.by_facet[facet], counted.labels, getattr(chosen, facet)) for facet in FACETS},
        did_you_mean=_did_you_mean(text) if words is not None and counted.total == 0 else "",
    )


def matching(*, text: str, on: date, filters: Filters | None = None) -> QuerySet[Offer]:
    """The published offers that fit words and filters, in no order."""
    return _narrow(published_offers(), words_of(text), filters or Filters(), on)


def count_matching(*, text: str, on: date, filters: Filters | None = None) -> int:
    """How many published offers fit words and filters: what ``search`` gives as its total, and nothing besides."""
    words = words_of(text)
    with reading_by_index(words is not None):
        return count_only(_question(words, filters or Filters(), on))


def _question(words: Words | None, filters: Filters, on: date) -> Question:
    return Question(
        words,
        filters.facets(),
        dated=filters.from_date is not None,
        start=_first_moment(filters, on),
        known=Known.read(),
    )


def _first_moment(filters: Filters, on: date) -> datetime:
    """The London midnight from which dates count: that of the filter, or of the day itself."""
    first = max(filters.from_date, on) if filters.from_date else on
    return timezone.make_aware(datetime.combine(first, time.min))


def _narrow(offers: QuerySet[Offer], words: Words | None, filters: Filters, on: date) -> QuerySet[Offer]:
    narrowed = Q()
    if words is not None:
        narrowed &= Q(listed__words=words.all)
    if filters.kind:
        narrowed &= Q(kind=filters.kind)
    if filters.theme:
        narrowed &= Q(themes__contains=[filters.theme])
    if filters.phase:
        narrowed &= Q(phases__contains=[filters.phase])
    if filters.provider:
        narrowed &= Q(provider__code=filters.provider)
    if filters.mode or filters.from_date:
        narrowed &= dated(filters.mode, _first_moment(filters, on))
    return offers.filter(narrowed)


def _shown(ids: list[int], on: date) -> list[Offer]:
    """The offers of one page in the order of the ids."""
    coming = CourseRun.objects.filter(
        offer=OuterRef("pk"), state=CourseRun.State.OPEN, starts_at__gte=_first_moment(Filters(), on)
    )
    next_one = Subquery(coming.order_by("starts_at").values("starts_at")[:1])
    by_id = (
        Offer.objects.select_related("provider__organisation", "sold_by").annotate(next_starts_at=next_one).in_bulk(ids)
    )
    return [by_id[pk] for pk in ids]


def _values(counts: Mapping[str, int], labels: Mapping[str, str], chosen: str) -> list[FacetValue]:
    values = [FacetValue(value, labels.get(value, value), count, value == chosen) for value, count in counts.items()]
    if chosen and chosen not in {value.value for value in values}:
        values.append(FacetValue(chosen, labels.get(chosen, chosen), 0, True))
    return sorted(values, key=lambda value: (-value.count, value.label))


def _did_you_mean(text: str) -> str:
    """The text with each unknown word replaced by the nearest known one; empty where nothing is near."""
    known = list(SearchWord.objects.values_list("word", flat=True))
    words = re.findall(r"[^\W\d_]+", text.lower())[:12]
    changed = False
    said: list[str] = []
    for word in words:
        if word in known:
            said.append(word)
            continue
        near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=70)
        said.append(near[0] if near else word)
        changed = changed or near is not None
    return " ".join(said) if changed else ""
