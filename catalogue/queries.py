"""Reads over the catalogue: what buyers find. Only published offers are ever shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, Exists, F, Func, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from rapidfuzz import fuzz, process

from catalogue.models import CourseRun, Offer, SearchWord
from marketplace.core.errors import NotFound

PAGE_SIZE = 25
TEXT_LIMIT = 200
SORTS = ("relevance", "title", "date")
FACETS = ("kind", "theme", "phase", "provider", "mode")

_LABELS: dict[str, dict[str, str]] = {
    "kind": {str(value): str(label) for value, label in Offer.Kind.choices},
    "mode": {str(value): str(label) for value, label in CourseRun.Mode.choices},
}
_LAST_WORD = re.compile(r"(?P<head>.*?)(?P<word>[^\W_]{2,40})$", re.DOTALL)


@dataclass(frozen=True)
class Filters:
    """What the results are narrowed to; empty means not narrowed. ``provider`` is the provider's code."""

    kind: str = ""
    theme: str = ""
    phase: str = ""
    provider: str = ""
    mode: str = ""
    from_date: date | None = None

    def without(self, facet: str) -> "Filters":
        return Filters(**{**self.__dict__, facet: ""})


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
    offer = published_offers().select_related("provider__organisation").filter(code=code).first()
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

    Counts of one facet follow the other filters, not its own. English stemming; the last word also as a
    beginning of words. A wrong sort or a page beyond the last falls back. The number of queries does not
    depend on the number of results.
    """
    chosen = filters or Filters()
    query = _text_query(text)
    found = _narrow(published_offers(), query, chosen, on)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    begin = (page - 1) * PAGE_SIZE
    ordered = _ordered(found, query, sort, on).select_related("provider__organisation").defer("search")
    return SearchPage(
        results=list(ordered[begin : begin + PAGE_SIZE]),
        total=total,
        page=page,
        pages=pages,
        facets={facet: _facet(facet, query, chosen, on) for facet in FACETS},
        did_you_mean=_did_you_mean(text) if query is not None and total == 0 else "",
    )


def _text_query(text: str) -> SearchQuery | None:
    """What a person typed: quotes, ``or`` and a minus work; the last word also matches as a beginning."""
    text = text.replace("\x00", " ").strip()[:TEXT_LIMIT]
    if not text:
        return None
    whole = SearchQuery(text, config="english", search_type="websearch")
    match = _LAST_WORD.match(text)
    if match is None or match["head"].endswith("-") or match["head"].count('"') % 2:
        return whole
    begins = SearchQuery(f"{match['word']}:*", config="english", search_type="raw")
    head = match["head"].strip()
    if not head:
        return whole | begins
    return whole | (SearchQuery(head, config="english", search_type="websearch") & begins)


def _first_moment(filters: Filters, on: date) -> datetime:
    """The London midnight from which dates count: that of the filter, or of the day itself."""
    first = max(filters.from_date, on) if filters.from_date else on
    return timezone.make_aware(datetime.combine(first, time.min))


def _runs_from(filters: Filters, on: date) -> QuerySet[CourseRun]:
    start = _first_moment(filters, on)
    return CourseRun.objects.filter(offer=OuterRef("pk"), state=CourseRun.State.OPEN, starts_at__gte=start)


def _narrow(offers: QuerySet[Offer], query: SearchQuery | None, filters: Filters, on: date) -> QuerySet[Offer]:
    narrowed = Q()
    if query is not None:
        narrowed &= Q(search=query)
    if filters.kind:
        narrowed &= Q(kind=filters.kind)
    if filters.theme:
        narrowed &= Q(themes__contains=[filters.theme])
    if filters.phase:
        narrowed &= Q(phases__contains=[filters.phase])
    if filters.provider:
        narrowed &= Q(provider__code=filters.provider)
    if filters.mode or filters.from_date:
        runs = _runs_from(filters, on)
        narrowed &= Q(Exists(runs.filter(mode=filters.mode) if filters.mode else runs))
    return offers.filter(narrowed)


def _ordered(offers: QuerySet[Offer], query: SearchQuery | None, sort: str, on: date) -> QuerySet[Offer]:
    start = _first_moment(Filters(), on)
    coming = Q(runs__state=CourseRun.State.OPEN, runs__starts_at__gte=start)
    offers = offers.annotate(next_starts_at=Min("runs__starts_at", filter=coming))
    if sort == "date":
        return offers.order_by(F("next_starts_at").asc(nulls_last=True), "title", "pk")
    if sort == "relevance" and query is not None:
        return offers.annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "title", "pk")
    return offers.order_by("title", "pk")


def _facet(facet: str, query: SearchQuery | None, filters: Filters, on: date) -> list[FacetValue]:
    offers = _narrow(published_offers(), query, filters.without(facet), on)
    labels = _LABELS.get(facet, {})
    rows: Iterable[tuple[str, int]]
    if facet == "kind":
        rows = offers.values_list("kind").annotate(count=Count("pk"))
    elif facet == "provider":
        codes = ("provider__code", "provider__organisation__name")
        named = list(offers.values_list(*codes).annotate(count=Count("pk")))
        labels = {code: name for code, name, _ in named}
        rows = [(code, count) for code, _, count in named]
    elif facet == "mode":
        runs = CourseRun.objects.filter(offer__in=offers.values("pk"), state=CourseRun.State.OPEN)
        coming = runs.filter(starts_at__gte=_first_moment(filters, on))
        rows = coming.values_list("mode").annotate(count=Count("offer", distinct=True))
    else:
        each = Func(F({"theme": "themes", "phase": "phases"}[facet]), function="unnest")
        rows = offers.annotate(value=each).values_list("value").annotate(count=Count("pk"))
    return _values(list(rows), labels, getattr(filters, facet))


def _values(rows: list[tuple[str, int]], labels: dict[str, str], chosen: str) -> list[FacetValue]:
    values = [FacetValue(value, labels.get(value, value), count, value == chosen) for value, count in rows]
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
