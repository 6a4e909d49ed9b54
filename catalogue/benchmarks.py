"""The benchmark of search: 200 fixed searches over 50,000 offers, each answered as the page shows it.

What is measured is all that the page asks of the catalogue: `search` (one page of results and the counts of every
facet), the prices and the next dates of the offers on it. Its floor is the bare SELECT that counts the offers matching
the same words and filters, by the same indexes: without order, facets, rows or prices nothing could say less.
"""

import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from catalogue.listing import next_dates, prices_on_page
from catalogue.models import CourseRun, Offer, Price
from catalogue.queries import Filters, count_matching, search
from catalogue.rules.cancellation import DEFAULT_POLICY
from catalogue.rules.classes import PriceClass
from catalogue.rules.phases import PHASES
from catalogue.services import refresh_search_words
from marketplace.core.actors import platform
from marketplace.core.benchmarks import Benchmark, Round, percentiles, register
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from providers.models import Provider
from providers.services import add_provider

ON = date(2026, 9, 1)
PROVIDERS = 40
THEMES = (
    "Safeguarding", "Leadership", "Reading", "Mathematics", "Inclusion", "Governance", "Behaviour", "Early years",
    "Assessment", "Wellbeing", "Finance", "Technology", "Science", "Music",
)  # fmt: skip
# The most used first.
WORDS = [
    "schools",
    "pupils",
    "training",
    "leaders",
    "teaching",
    "staff",
    "support",
    "practice",
    "learning",
    "planning",
    "children",
    "teachers",
    "curriculum",
    "assessment",
    "safeguarding",
    "progress",
    "behaviour",
    "inclusion",
    "governors",
    "reading",
    "primary",
    "secondary",
    "phonics",
    "attendance",
    "mathematics",
    "science",
    "writing",
    "wellbeing",
    "coaching",
    "budget",
    "policy",
    "review",
    "induction",
    "mentoring",
    "recruitment",
    "payroll",
    "moderation",
    "transition",
    "language",
    "vocabulary",
    "geography",
    "history",
    "computing",
    "drama",
    "music",
    "nursery",
    "parents",
    "families",
    "trauma",
    "autism",
    "dyslexia",
    "speech",
    "counselling",
    "supervision",
    "appraisal",
    "procurement",
    "catering",
    "premises",
    "cleaning",
    "insurance",
    "clerking",
    "finance",
    "forecasting",
    "benchmarking",
    "cybersecurity",
    "networks",
    "broadband",
    "printing",
    "swimming",
    "orienteering",
    "gardening",
    "pottery",
    "astronomy",
    "robotics",
    "debating",
    "chess",
    "ukulele",
    "orchestra",
    "choir",
    "falconry",
]
# Syllables of the names that make up the long tail: most words stand in few offers, and begin in many ways.
_BEGIN = ("b", "br", "c", "ch", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "th", "w")
_MIDDLE = ("a", "e", "i", "o", "u")
_END = (
    "bell", "by", "combe", "dale", "den", "fold", "ford", "gate", "ham", "hurst", "land", "ley", "mere", "mouth",
    "ness", "shaw", "stead", "ton", "wick", "worth",
)  # fmt: skip
COMMON = WORDS[:10]


def prepare(size: int) -> Round:
    """``size`` published offers, once for all rounds: half courses with three dates each, all with two prices."""
    if not Offer.objects.exists():
        _stock(size)
    asked = _searches()

    def work() -> dict[str, float]:
        taken = []
        for text, filters in asked:
            begun = time.perf_counter()
            _show(text, filters)
            taken.append(time.perf_counter() - begun)
        return percentiles(taken)

    def floor() -> None:
        for text, filters in asked:
            count_matching(text=text, on=ON, filters=filters)

    return Round(work=work, floor=floor, units=len(asked))


def _show(text: str, filters: Filters) -> None:
    page = search(text=text, on=ON, filters=filters)
    prices_on_page(offers=page.results, organisation=None, price_class=PriceClass.NON_MEMBER, on=ON)
    next_dates(offers=page.results, after=datetime.combine(ON, datetime.min.time(), UTC))


def _searches() -> list[tuple[str, Filters]]:
    """The fixed 200: 80 of two words, 40 of one common word, 40 of a word's beginning, 40 of filters alone."""
    chance = random.Random(20260901)  # noqa: S311  the same 200 on every machine
    two = [(" ".join(chance.sample(WORDS[:60], 2)), Filters()) for _ in range(80)]
    common = [(COMMON[n % len(COMMON)], Filters()) for n in range(40)]
    beginnings = [(chance.choice(WORDS)[: chance.randint(3, 5)], Filters()) for _ in range(40)]
    narrowed = [("", _filters(chance)) for _ in range(40)]
    return [*two, *common, *beginnings, *narrowed]


def _filters(chance: random.Random) -> Filters:
    """One to three filters."""
    values: dict[str, Any] = {
        "kind": chance.choice(Offer.Kind.values),
        "theme": chance.choice(THEMES),
        "phase": chance.choice(list(PHASES)),
        "provider": f"provider-{chance.randrange(PROVIDERS)}",
        "mode": chance.choice(CourseRun.Mode.values),
        "from_date": ON + timedelta(days=chance.randrange(200)),
    }
    return Filters(**{name: values[name] for name in chance.sample(sorted(values), chance.randint(1, 3))})


def _stock(size: int) -> None:
    chance = random.Random(1)  # noqa: S311  the same offers on every machine
    providers = _providers()
    ids = next_ids(Offer, size)
    with transaction.atomic():
        copy_rows(Offer, _OFFER_COLUMNS, (_offer(pk, providers, chance) for pk in ids))
        copy_rows(Price, ("offer_id", "price_class", "valid_from", "rule", "pinned"), _prices(ids))
        copy_rows(CourseRun, _RUN_COLUMNS, _runs(ids, chance))
    refresh_search_words()
    with connection.cursor() as cursor:
        # As a catalogue lies that grew over years: its housekeeping reused, date by date, the room of an offer's former
        # versions. All dates at once leave three of each behind, and a table of three times its size.
        cursor.execute("VACUUM (FULL) catalogue_offer")
        cursor.execute("VACUUM (FULL) catalogue_listedoffer")
        cursor.execute("VACUUM ANALYZE")


def _providers() -> list[Provider]:
    actor = platform("bench")
    made = []
    for number in range(PROVIDERS):
        organisation = add_organisation(
            kind=Organisation.Kind.PROVIDER,
            name=f"{_END[number % 20].title()} Advisers {number}",
            valid_from=ON,
            actor=actor,
        )
        made.append(add_provider(organisation=organisation, code=f"provider-{number}", actor=actor))
    return made


_OFFER_COLUMNS = (
    "id", "code", "kind", "title", "summary", "description", "provider_id", "themes", "phases", "keywords", "cfr_code",
    "aar_code", "supply_kind", "vat_category", "vat_reason", "account_code", "stream_code", "cancellation", "state",
)  # fmt: skip


def _offer(pk: int, providers: Sequence[Provider], chance: random.Random) -> tuple[object, ...]:
    themes = chance.sample(THEMES, chance.choice((1, 1, 2)))
    phases = chance.sample(list(PHASES), chance.choice((1, 2, 2, 3)))
    provider = chance.choice(providers)
    return (
        pk, f"offer-{pk}", _kind(pk), _words(chance, 4).capitalize(), _words(chance, 12), _words(chance, 50), provider.pk,
        themes, phases, " ".join([*themes, *phases, provider.organisation.name]), "E09", "BAE090", "training", "S", "",
        "4200", "BS", json.dumps(DEFAULT_POLICY), "published",
    )  # fmt: skip


def _kind(pk: int) -> str:
    return "course" if pk % 2 else "service"


def _vocabulary() -> tuple[list[str], list[float]]:
    """Two thousand words and how often each is used, cumulated: by the law of Zipf and Mandelbrot, 1 / (place + 20).

    The shift stands for the stop words, which no search counts. So one of the first ten stands in two offers of five,
    the hundredth in one of ten, the last in one of a hundred.
    """
    names = [f"{begin}{middle}{end}" for end, middle, begin in itertools.product(_END, _MIDDLE, _BEGIN)]
    words = [*WORDS, *names[: 2000 - len(WORDS)]]
    return words, list(itertools.accumulate(1 / (place + 20) for place in range(1, len(words) + 1)))


_VOCABULARY = _vocabulary()


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(_VOCABULARY[0], cum_weights=_VOCABULARY[1], k=count))


def _prices(ids: Sequence[int]) -> Iterator[tuple[object, ...]]:
    for pk in ids:
        yield pk, PriceClass.MEMBER, date(2020, 1, 1), json.dumps({"rate": "140", "per": "quantity"}), False
        yield pk, PriceClass.NON_MEMBER, date(2020, 1, 1), json.dumps({"rate": "180", "per": "quantity"}), False


_RUN_COLUMNS = ("offer_id", "code", "mode", "venue", "starts_at", "ends_at", "capacity", "taken", "state")


def _runs(ids: Sequence[int], chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Three dates a course, from half a year ago to a year ahead."""
    opening = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    for pk, n in itertools.product((pk for pk in ids if _kind(pk) == "course"), range(3)):
        starts = opening + timedelta(days=chance.randrange(540))
        mode = chance.choice(CourseRun.Mode.values)
        yield pk, f"run-{pk}-{n}", mode, "", starts, starts + timedelta(hours=6), 20, 0, "open"


register(Benchmark("search", "searches", 50_000, prepare))
