"""The weekly e-mail with what is new of the searches that a person keeps. Nothing is sent where nothing is new.

From 8am on the first working day of a week. A search remembers up to when it was told, in the transaction of its
e-mail, so a sender that takes over goes on where the last one stopped and nothing is told twice.
"""

import logging
from datetime import datetime, time, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from catalogue.models import SavedSearch
from catalogue.news import News, news_of
from catalogue.services.keeping import mark_told
from frontend.formats import plural, short_date
from frontend.me.kept import search_query, search_words
from frontend.notices.readers import absolute, to_person
from frontend.notices.topics_of_finding import SEARCHES
from marketplace.core import periodic
from marketplace.core.working_days import is_working_day
from marketplace.messaging.services import send
from marketplace.organisations.models import Person
from providers.models import Provider

logger = logging.getLogger(__name__)

FROM = time(8)
CHUNK = 50


def week_of(moment: datetime) -> datetime | None:
    """When this week's e-mails begin: 8am in London on its first working day; None where that lies ahead."""
    local = timezone.localtime(moment)
    monday = local.date() - timedelta(days=local.weekday())
    days = [monday + timedelta(days=step) for step in range(7)]
    first = next((day for day in days if is_working_day(day)), None)
    begins = timezone.make_aware(datetime.combine(first, FROM)) if first else None
    return begins if begins is not None and begins <= moment else None


def send_search_news(*, moment: datetime) -> int:
    """Queues the e-mails of the next 50 people whose searches were not told this week; returns of how many it did.

    Any number of callers may run at once: each takes searches that no other holds.
    """
    begins = week_of(moment)
    if begins is None:
        return 0
    due = SavedSearch.objects.filter(by_email=True, told_at__lt=begins)
    people = list(due.order_by("person_id").values_list("person_id", flat=True).distinct()[:CHUNK])
    told = 0
    for person in Person.objects.filter(pk__in=people).select_related("user").order_by("pk"):
        with transaction.atomic():
            held = list(due.filter(person=person).select_for_update(skip_locked=True).order_by("pk"))
            if held:
                _tell(person, held, begins, moment)
                told += 1
    return told


def _tell(person: Person, searches: list[SavedSearch], begins: datetime, moment: datetime) -> None:
    """One person's e-mail. What goes wrong in it is logged and keeps nobody else's; that person is written to again next
    week, with what is new from this week on."""
    try:
        with transaction.atomic():
            found = news_of(searches, until=moment, on=timezone.localdate(moment))
            if found:
                _write(person, found, begins)
            mark_told(searches=searches, until=moment)
    except (OperationalError, InterfaceError):
        raise  # the database itself is away: everybody waits for the next call
    except Exception:
        logger.exception("the news for person %s were not written", person.pk)
        mark_told(searches=searches, until=begins)


def _write(person: Person, found: list[News], begins: datetime) -> None:
    codes = {news.search.provider for news in found if news.search.provider}
    names = dict(Provider.objects.filter(code__in=codes).values_list("code", "organisation__name"))
    count = sum(len(news.offers) + len(news.dates) + news.more for news in found)
    for to in to_person(person):
        send(
            key=f"searches:{timezone.localdate(begins).isoformat()}",
            topic=SEARCHES,
            to=to,
            template="mail/search_news.jinja",
            context={
                "on": begins,
                "said": f"{plural(count, 'course or service', 'courses or services')} new in what you look for",
                "searches": [_search(news, names) for news in found],
                "link": absolute(reverse("me-kept")),
            },
        )


def _search(news: News, names: dict[str, str]) -> dict[str, Any]:
    new = [
        {"text": one.title, "amount": "", "next": f"New, by {one.provider.organisation.name}"} for one in news.offers
    ]
    dates = [
        {"text": one.offer.title, "amount": "", "next": f"New date: {short_date(one.starts_at)}"} for one in news.dates
    ]
    return {
        "words": search_words(news.search, names),
        "items": new + dates,
        "more": news.more,
        "link": absolute(f"{reverse('find')}?{search_query(news.search)}"),
    }


def send_due_search_news() -> int:
    """The duty: the e-mails of this week once it is time."""
    return send_search_news(moment=timezone.now())


periodic.every(300, "notices.searches", send_due_search_news, until_idle=True)
