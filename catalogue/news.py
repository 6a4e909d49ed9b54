"""What is new of a kept search: offers that were published and dates that were added since it was told last."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from catalogue.models import CourseRun, Offer, SavedSearch
from catalogue.queries import matching
from catalogue.queries_of_finding import filters_of
from marketplace.core.models import Event

MOST_TOLD = 20
_PUBLISHED, _DATE_ADDED = "offer.published", "run.added"


@dataclass(frozen=True)
class News:
    """What to tell of one search: offers that are new, then new dates of offers that are not; ``more`` are left out."""

    search: SavedSearch
    offers: list[Offer] = field(default_factory=list)
    dates: list[CourseRun] = field(default_factory=list)
    more: int = 0


def news_of(searches: Iterable[SavedSearch], *, until: datetime, on: date) -> list[News]:
    """The news of each search from its ``told_at`` up to ``until``; searches without any are left out.

    Read from the event log, so that an offer that was drafted long ago is new on the day on which it is published.
    """
    wanted = list(searches)
    if not wanted:
        return []
    since = min(one.told_at for one in wanted)
    happened = list(
        Event.objects.filter(kind__in=[_PUBLISHED, _DATE_ADDED], at__gt=since, at__lte=until).values_list(
            "kind", "subject", "at"
        )
    )
    found = (_of(one, happened, until, on) for one in wanted)
    return [news for news in found if news.offers or news.dates]


def _of(search: SavedSearch, happened: list[tuple[str, str, datetime]], until: datetime, on: date) -> News:
    recent = [(kind, subject) for kind, subject, at in happened if search.told_at < at <= until]
    published = {subject for kind, subject in recent if kind == _PUBLISHED}
    added = {subject for kind, subject in recent if kind == _DATE_ADDED}
    if not recent:
        return News(search)
    fits = matching(text=search.text, on=on, filters=filters_of(search))
    offers = list(fits.filter(code__in=published).select_related("provider__organisation").order_by("title", "pk"))
    dates = list(
        CourseRun.objects.filter(code__in=added, state=CourseRun.State.OPEN, starts_at__gt=until, offer__in=fits)
        .exclude(offer__in=offers)
        .select_related("offer")
        .order_by("starts_at", "pk")
    )
    if search.mode:
        dates = [run for run in dates if run.mode == search.mode]
    told_dates = dates[: max(0, MOST_TOLD - len(offers))]
    told_offers = offers[:MOST_TOLD]
    return News(search, told_offers, told_dates, len(offers) + len(dates) - len(told_offers) - len(told_dates))
