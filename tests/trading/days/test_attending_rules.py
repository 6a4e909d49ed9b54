"""Who attended, what earns a certificate, and which figures about people are shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.trading.rules.attending import (
    Satisfaction,
    attended,
    digest_of,
    earns_certificate,
    hours_words,
    part_shown,
)


def test_coming_late_is_coming():
    assert attended(["here", "late", "absent", "not_asked"]) == 2


@pytest.mark.parametrize(
    ("seen", "meetings", "earned"),
    [
        (1, 1, True),
        (0, 1, False),
        (2, 3, False),
        (3, 3, True),
        (4, 5, True),
        (3, 5, False),
        (8, 10, True),
        (0, 0, False),
    ],
)
def test_four_fifths_of_the_meetings_earn_a_certificate(seen, meetings, earned):
    assert earns_certificate(seen=seen, meetings=meetings) is earned


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(60, "1 hour"), (45, "45 minutes"), (330, "5 hours 30 minutes"), (0, "0 minutes"), (61, "1 hour 1 minute")],
)
def test_time_in_words(minutes, words):
    assert hours_words(minutes) == words


def test_the_digest_is_of_what_is_printed():
    facts = {
        "number": "CPD-1", "course": "Phonics", "provider": "Fern", "first": date(2026, 9, 1), "last": date(2026, 9, 8),
        "minutes": 300,
    }  # fmt: skip
    assert (
        len({digest_of(**facts), digest_of(**facts | {"minutes": 301}), digest_of(**facts | {"course": "Maths"})}) == 3
    )


def test_four_answers_show_nothing_and_five_show_the_mean():
    assert Satisfaction(4, 20, 4).tenths is None
    assert Satisfaction(5, 21, 5).tenths == 42
    assert Satisfaction(7, 30, 7).percent == 100


@pytest.mark.parametrize(("people", "recommend"), [(9, 7), (9, 2), (6, 5), (5, 1)])
def test_a_share_that_gives_one_to_four_people_away_is_not_shown(people, recommend):
    assert Satisfaction(people, people * 3, recommend).percent is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_neither_a_part_nor_the_rest_of_its_whole_is_ever_one_to_four_people(part, rest):
    small, whole = Satisfaction(part, part * 3, part), Satisfaction(part + rest, (part + rest) * 3, part)
    if part_shown(small, whole):
        assert part >= 5
        assert (whole - small).people == 0 or (whole - small).people >= 5
