"""What search reads of the offers: kept with them by the database, and counted in one pass as one by one."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pytest
from django.db import connection

from catalogue.models import CourseRun, ListedOffer, Offer, TagSet
from catalogue.queries import Filters, count_matching, matching, search
from catalogue.rules.classes import PriceClass
from catalogue.services import withdraw_offer
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from providers.models import Provider
from providers.services import add_provider
from tests.shop import START, Shop

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
Mode = CourseRun.Mode
_DUE = """
SELECT id, provider_id, kind, themes::varchar[], phases::varchar[], last_face_to_face, last_online, last_hybrid, title,
    to_tsvector('english', title),
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', keywords), 'B')
    || setweight(to_tsvector('english', summary), 'C') || setweight(to_tsvector('english', description), 'D')
FROM catalogue_offer WHERE state = 'published'
"""
_LISTED = """
SELECT offer_id, provider_id, kind, t.tags, p.tags, last_face_to_face, last_online, last_hybrid, title, title_words, words
FROM catalogue_listedoffer JOIN catalogue_tagset t ON t.id = themes_id JOIN catalogue_tagset p ON p.id = phases_id
"""


def amiss() -> int:
    """How many published offers are not listed as they stand, or stand otherwise than listed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (({_DUE} EXCEPT ALL {_LISTED}) UNION ALL ({_LISTED} EXCEPT ALL {_DUE})) found"
        )
        [count] = cursor.fetchone()
        return int(count)


@pytest.fixture
def course(shop: Shop) -> Offer:
    return shop.course(themes=["Reading", "Leadership"], phases=["primary"], summary="For leaders", description="Aloud")


def test_an_offer_is_listed_from_its_publication_to_its_withdrawal(shop: Shop, actor: Actor) -> None:
    draft = shop.offer("audit", title="Audit", prices={}, published=False)
    assert not ListedOffer.objects.filter(offer=draft).exists()
    Offer.objects.filter(pk=draft.pk).update(state=Offer.State.PUBLISHED)
    assert ListedOffer.objects.get(offer=draft).title == "Audit"
    withdraw_offer(offer=Offer.objects.get(pk=draft.pk), actor=actor)
    assert not ListedOffer.objects.exists()
    assert search(text="audit", on=ON).total == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Reading in the nursery"},
        {"summary": "For governors"},
        {"description": "With phonics"},
        {"keywords": "safeguarding"},
        {"kind": "service"},
        {"themes": ["Leadership", "Reading"]},
        {"themes": [], "phases": []},
        {"phases": ["a phase that nobody had", "primary"], "title": "Both at once"},
    ],
)
def test_whatever_changes_of_an_offer_changes_in_the_list(course: Offer, changed: dict[str, object]) -> None:
    assert amiss() == 0
    Offer.objects.filter(pk=course.pk).update(**changed)
    assert ListedOffer.objects.count() == 1 and amiss() == 0


def test_dates_and_the_provider_are_followed_too(shop: Shop, course: Offer, actor: Actor) -> None:
    shop.run(course)
    late = shop.run(course, day=date(2027, 5, 11), mode=Mode.ONLINE)
    assert ListedOffer.objects.get().last_online == late.starts_at and amiss() == 0
    Offer.objects.update(provider=another_provider(actor))
    CourseRun.objects.all().delete()
    assert ListedOffer.objects.get().last_online is None and amiss() == 0


def test_an_offer_that_is_deleted_leaves_the_list(shop: Shop) -> None:
    draft = shop.offer("audit", prices={}, published=False)
    Offer.objects.filter(pk=draft.pk).update(state=Offer.State.PUBLISHED)
    assert ListedOffer.objects.filter(offer=draft).exists()
    draft.delete()
    assert not ListedOffer.objects.exists()


def test_an_update_that_changes_nothing_writes_nothing(course: Offer) -> None:
    before = version()
    course.account_code = "4210"
    course.save()
    assert version() == before
    course.title = "Another"
    course.save()
    assert version() != before


def test_a_difference_would_be_seen(course: Offer) -> None:
    ListedOffer.objects.update(kind="service")
    assert amiss() == 2


def test_the_sets_of_themes_are_kept_once(shop: Shop, course: Offer) -> None:
    shop.course("again", themes=["Reading", "Leadership"], phases=["primary"])
    shop.course("primary", themes=["primary"], phases=["primary"])
    assert sorted(TagSet.objects.values_list("tags", flat=True)) == [["Reading", "Leadership"], ["primary"]]


def test_an_unpublished_provider_is_neither_found_nor_counted(shop: Shop, course: Offer) -> None:
    assert search(text="leaders", on=ON).total == 1
    Provider.objects.filter(pk=course.provider_id).update(published=False)
    page = search(text="leaders", on=ON)
    assert (page.total, page.results, page.facets["kind"]) == (0, [], [])
    assert search(text="", on=ON, sort="title").results == []


@pytest.mark.parametrize("text", ['"reading aloud"', "read-aloud", "café", "reading -nursery"])
def test_words_in_a_row_and_words_left_out_are_looked_for_by_their_places(shop: Shop, text: str) -> None:
    shop.course("row", title="Reading aloud in a school's café", summary="How to read-aloud")
    shop.course("apart", title="Aloud in the nursery", summary="and then reading")
    assert [offer.code for offer in search(text=text, on=ON).results] == ["row"]


def test_every_count_is_what_choosing_the_value_finds(shop: Shop, actor: Actor) -> None:
    """One pass over what fails at most one filter, against a search for each value."""
    stock(shop, actor)
    checked = 0
    for text, filters in questions():
        page = search(text=text, on=ON, filters=filters)
        assert page.total == matching(text=text, on=ON, filters=filters).count()
        assert page.total == count_matching(text=text, on=ON, filters=filters) == len(page.results)
        for facet, values in page.facets.items():
            for value in values:
                narrowed = Filters(**{**filters.__dict__, facet: value.value})
                assert value.count == matching(text=text, on=ON, filters=narrowed).count(), (text, filters, value)
                checked += 1
    assert checked > 300


def stock(shop: Shop, actor: Actor) -> None:
    other = another_provider(actor)
    themes = [["Reading"], ["Leadership"], ["Reading", "Leadership"], []]
    for number in range(12):
        offer = shop.course(
            f"course-{number}",
            title=f"Reading {number}" if number % 3 else f"Budgets {number}",
            themes=themes[number % 4],
            phases=[["primary"], ["primary", "secondary"], ["secondary"]][number % 3],
            **({"provider": other} if number % 5 == 0 else {}),
        )
        if number % 2:
            shop.run(offer, day=date(2026, 10 + number % 3, 4), mode=Mode.values[number % 3])
        if number % 4 == 3:
            shop.run(offer, day=date(2027, 5, 11), mode=Mode.ONLINE)
    shop.offer("payroll", title="Payroll and reading", prices={PriceClass.ANY: {"flat": "1150"}}, themes=["Leadership"])


def questions() -> Iterator[tuple[str, Filters]]:
    """No filter, each alone, each pair, and all; with words and without."""
    values: dict[str, str | date] = {
        "kind": "course",
        "theme": "Reading",
        "phase": "secondary",
        "provider": "brightwater",
        "mode": "online",
        "from_date": date(2026, 11, 1),
    }
    for text in ("", "reading"):
        for count in (0, 1, 2, len(values)):
            for names in combinations(values, count):
                yield text, Filters(**{name: values[name] for name in names})  # type: ignore[arg-type]


def another_provider(actor: Actor) -> Provider:
    organisation = add_organisation(
        kind=Organisation.Kind.PROVIDER, name="Brightwater Advisers", valid_from=START, actor=actor
    )
    return add_provider(organisation=organisation, code="brightwater", actor=actor)


def version() -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, cmin, xmin FROM catalogue_listedoffer")
        return cursor.fetchall()
