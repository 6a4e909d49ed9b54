"""Finding offers: words, facets, dates, and a constant number of queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import CourseRun, Offer, SearchWord
from catalogue.queries import PAGE_SIZE, Filters, search
from catalogue.rules.classes import PriceClass
from catalogue.services import refresh_search_words, withdraw_offer
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from providers.services import add_provider
from tests.shop import START

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


@pytest.fixture
def stocked(shop, actor):
    """Four offers: two courses and two services, one of another provider."""
    other = add_organisation(
        kind=Organisation.Kind.PROVIDER, name="Brightwater Advisers", valid_from=START, actor=actor
    )
    advisers = add_provider(organisation=other, code="brightwater", actor=actor)
    safeguarding = shop.course(
        themes=["Safeguarding"], phases=["primary", "secondary"], summary="For leaders new to keeping children safe"
    )
    shop.run(safeguarding)
    shop.run(safeguarding, day=date(2027, 5, 11), mode=CourseRun.Mode.ONLINE)
    phonics = shop.course("phonics", title="Phonics that works", themes=["Reading"], phases=["primary"])
    shop.run(phonics, day=date(2026, 11, 3), mode=CourseRun.Mode.ONLINE)
    flat = {PriceClass.ANY: {"flat": "1150"}}
    shop.offer("clerking", title="Clerking of governors' meetings", prices=flat, themes=["Governance"])
    shop.offer("payroll", title="Payroll", prices=flat, provider=advisers, summary="Pay on time, safeguarded")
    shop.offer("secret", title="Safeguarding audit, not yet sold", prices=flat, published=False)
    refresh_search_words()
    return shop


def codes(text: str = "", **filters: object) -> list[str]:
    return [offer.code for offer in search(text=text, on=ON, filters=Filters(**filters)).results]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["clerking", "payroll", "phonics", "safeguarding"]),
        ("safeguard", ["safeguarding", "payroll"]),  # the title weighs more than the summary
        ("safeguards leaders", ["safeguarding"]),
        ("phon", ["phonics"]),
        ("governor meet", ["clerking"]),
        ('"new leaders"', ["safeguarding"]),
        ("safeguarding -payroll", ["safeguarding"]),
        ("payroll or phonics", ["payroll", "phonics"]),
        ("brightwater", ["payroll"]),
        ("zebra", []),
        ("' & | ! :* <-> ((", ["clerking", "payroll", "phonics", "safeguarding"]),
        ("\x00phonics", ["phonics"]),
        ("中文 🎈", []),
        ("x" * 5000, []),
    ],
)
def test_words_find_their_offers(stocked, text, expected):
    found = codes(text)
    if text.startswith("'"):
        assert set(found) <= set(expected)  # nothing but operators: no error
    elif text in ("", "payroll or phonics"):
        assert sorted(found) == sorted(expected)
    else:
        assert found == expected


def test_a_mistyped_word_is_corrected_only_when_nothing_is_found(stocked):
    page = search(text="phonix", on=ON)
    assert (page.total, page.did_you_mean) == (0, "phonics")
    assert search(text="safegarding leeders", on=ON).did_you_mean == "safeguarding leaders"
    assert search(text="phonics", on=ON).did_you_mean == ""
    assert search(text="qqqqq", on=ON).did_you_mean == ""


def test_words_of_offers_that_left_are_forgotten(stocked):
    assert SearchWord.objects.filter(word="phonics").exists()
    withdraw_offer(offer=Offer.objects.get(code="phonics"), actor=stocked.actor)
    refresh_search_words()
    assert not SearchWord.objects.filter(word="phonics").exists()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "course"}, ["phonics", "safeguarding"]),
        ({"theme": "Governance"}, ["clerking"]),
        ({"phase": "secondary"}, ["safeguarding"]),
        ({"provider": "brightwater"}, ["payroll"]),
        ({"mode": "online"}, ["phonics", "safeguarding"]),
        ({"mode": "face_to_face"}, ["safeguarding"]),
        ({"from_date": date(2027, 1, 1)}, ["safeguarding"]),
        ({"mode": "online", "from_date": date(2027, 6, 1)}, []),
        ({"kind": "course", "theme": "Reading"}, ["phonics"]),
        ({"theme": "Nothing"}, []),
        ({"mode": "by_post"}, []),
        ({"mode": "by_post", "kind": "course", "from_date": date(2026, 9, 1)}, []),
    ],
)
def test_filters_narrow(stocked, filters, expected):
    assert codes(**filters) == expected


def test_counts_of_a_facet_follow_the_other_filters_not_its_own(stocked):
    facets = search(text="", on=ON, filters=Filters(kind="course", theme="Reading")).facets
    assert {value.value: (value.count, value.chosen) for value in facets["kind"]} == {"course": (1, True)}
    assert {value.value: value.count for value in facets["theme"]} == {"Reading": 1, "Safeguarding": 1}
    assert [(value.label, value.count) for value in facets["mode"]] == [("Online", 1)]
    gone = search(text="", on=ON, filters=Filters(kind="service", theme="Reading")).facets["theme"]
    assert [(value.value, value.count) for value in gone] == [("Governance", 1), ("Reading", 0)]


def test_results_carry_the_next_date_that_has_not_passed(stocked):
    by_date = search(text="", on=ON, sort="date").results
    assert [offer.code for offer in by_date] == ["phonics", "safeguarding", "clerking", "payroll"]
    assert by_date[1].next_starts_at.date() == date(2027, 3, 24)
    later = search(text="safeguarding", on=date(2027, 4, 1)).results[0]
    assert later.next_starts_at.date() == date(2027, 5, 11)


def test_pages_and_queries_do_not_grow_with_the_results(stocked):
    def queries(text: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = search(text=text, on=ON)
            assert [offer.provider.organisation.name for offer in page.results]
        return len(captured)

    before = queries("clerking")
    for number in range(PAGE_SIZE + 3):
        stocked.offer(f"clerking-{number}", prices={PriceClass.ANY: {"flat": "1"}})
    assert queries("clerking") == before == 9  # four of them begin, end and set how offers are read
    page = search(text="clerking", on=ON, page=99)
    assert (page.total, page.pages, page.page, len(page.results)) == (29, 2, 2, 4)
