"""Published policies in our form: their days around the bank holidays, their fees, and what the form refuses.

Good Friday is 26 March 2027, Easter Monday 29 March; the May holiday 3 May; Christmas 25 and 28 December, New Year 1 January.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.rules.cancellation import (
    FREE,
    MODES,
    Basis,
    Length,
    WrongPolicy,
    check_policy,
    ladder,
    late_is_absent,
    not_attended,
    rung_on,
    substitution_until,
    waiver_reasons,
)
from marketplace.core.money import Money
from marketplace.trading.rules.cancelling import Place, cancelling
from tests.catalogue.policies_of_the_field import POLICIES

EASTER, MAY, CHRISTMAS = date(2027, 3, 31), date(2027, 5, 7), date(2027, 1, 6)
ONE_DAY, HALF_DAY, PROGRAMME = Length(0, 1), Length(1, 0), Length(2, 1)


@pytest.mark.parametrize("name", POLICIES)
def test_each_is_of_the_form(name):
    check_policy(POLICIES[name])


@pytest.mark.parametrize(
    ("name", "mode", "event", "last_free"),
    [
        ("four working days", "face_to_face", EASTER, date(2027, 3, 22)),
        ("four working days", "face_to_face", MAY, date(2027, 4, 29)),
        ("four working days", "face_to_face", CHRISTMAS, date(2026, 12, 29)),
        ("by mode", "face_to_face", EASTER, date(2027, 3, 15)),
        ("by mode", "online", EASTER, date(2027, 3, 22)),
        ("by mode", "hybrid", MAY, date(2027, 4, 21)),
        ("by mode", "online", CHRISTMAS, date(2026, 12, 28)),
        ("by length", "face_to_face", EASTER, date(2027, 3, 14)),
        ("by length", "face_to_face", MAY, date(2027, 4, 21)),
        ("by length", "face_to_face", CHRISTMAS, date(2026, 12, 17)),
        ("funded", "face_to_face", EASTER, date(2027, 3, 15)),
        ("funded", "online", CHRISTMAS, date(2026, 12, 21)),
        ("weeks", "face_to_face", EASTER, date(2027, 3, 2)),
        ("weeks", "face_to_face", MAY, date(2027, 4, 8)),
        ("five working days", "face_to_face", EASTER, date(2027, 3, 21)),
        ("five working days", "face_to_face", MAY, date(2027, 4, 28)),
        ("five working days", "face_to_face", CHRISTMAS, date(2026, 12, 28)),
    ],
)
def test_the_last_free_day_around_bank_holidays(name, mode, event, last_free):
    first = ladder(POLICIES[name], event, mode=mode)[0]
    assert (first.keeps, first.last) == (FREE, last_free)
    assert not rung_on(POLICIES[name], event, last_free + timedelta(days=1), mode=mode).keeps.nothing


def test_tiers_in_percent():
    funded = [(rung.first, rung.last, rung.percent) for rung in ladder(POLICIES["funded"], EASTER)]
    assert funded == [
        (None, date(2027, 3, 15), 0),
        (date(2027, 3, 16), date(2027, 3, 23), 50),
        (date(2027, 3, 24), date(2027, 3, 29), 75),
        (date(2027, 3, 30), None, 100),
    ]
    weeks = [(rung.first, rung.last, rung.percent) for rung in ladder(POLICIES["weeks"], EASTER)]
    assert weeks[1:] == [(date(2027, 3, 3), date(2027, 3, 16), 50), (date(2027, 3, 17), None, 100)]


@pytest.mark.parametrize(
    ("name", "mode", "basis", "length", "price", "kept"),
    [
        ("four working days", "face_to_face", Basis.CHARGED, ONE_DAY, 14000, 14000),
        ("by mode", "online", Basis.CHARGED, ONE_DAY, 9000, 9000),
        ("by length", "face_to_face", Basis.CHARGED, HALF_DAY, 9000, 3500),
        ("by length", "face_to_face", Basis.CHARGED, ONE_DAY, 14000, 7000),
        ("by length", "face_to_face", Basis.CHARGED, PROGRAMME, 30000, 14000),
        ("by length", "face_to_face", Basis.CHARGED, ONE_DAY, 5000, 5000),  # never more than the price
    ],
)
def test_what_stays_owed_of_a_price_on_the_day(name, mode, basis, length, price, kept):
    rung = rung_on(POLICIES[name], EASTER, EASTER, mode=mode, basis=basis)
    assert rung.keeps.of(Money(price), length) == Money(kept)


@pytest.mark.parametrize(
    ("name", "mode", "basis", "length", "fee"),
    [
        ("four working days", "face_to_face", Basis.INCLUDED, ONE_DAY, 5000),
        ("four working days", "face_to_face", Basis.FREE, PROGRAMME, 15000),
        ("four working days", "face_to_face", Basis.CHARGED, ONE_DAY, 0),  # who paid has paid
        ("by mode", "face_to_face", Basis.FREE, ONE_DAY, 3000),
        ("by mode", "online", Basis.FREE, ONE_DAY, 3000),
        ("by mode", "face_to_face", Basis.INCLUDED, ONE_DAY, 0),
        ("by length", "face_to_face", Basis.FREE, HALF_DAY, 3500),
        ("by length", "hybrid", Basis.INCLUDED, PROGRAMME, 14000),
        ("funded", "face_to_face", Basis.FREE, ONE_DAY, 0),
        ("weeks", "face_to_face", Basis.INCLUDED, ONE_DAY, 0),
        ("five working days", "face_to_face", Basis.FREE, ONE_DAY, 0),
    ],
)
def test_what_not_coming_costs_a_place_without_a_price(name, mode, basis, length, fee):
    assert not_attended(POLICIES[name], mode=mode, basis=basis, length=length) == Money(fee)


def test_not_coming_may_cost_more_than_cancelling_late():
    policy = POLICIES["five working days"] | {"cases": [{"basis": "included", "not_attended": {"fee": "50"}}]}
    check_policy(policy)
    assert not_attended(policy, mode="online", basis=Basis.INCLUDED, length=ONE_DAY) == Money(5000)
    assert rung_on(policy, EASTER, EASTER, basis=Basis.INCLUDED).keeps.fixed(ONE_DAY) == Money(0)


def test_somebody_else_may_be_sent_until_the_day_or_the_hours_before():
    starts = datetime(2027, 3, 31, 9, 30, tzinfo=ZoneInfo("Europe/London"))
    assert substitution_until(POLICIES["five working days"], starts) == EASTER
    # The clocks go forward on 28 March: 48 hours before are still on the 29th.
    assert substitution_until(POLICIES["by mode"], starts) == date(2027, 3, 29)
    two_working_days = {"substitution_until": {"count": 2, "days": "working"}}
    assert substitution_until(two_working_days, starts) == date(2027, 3, 24)


def test_reasons_and_lateness():
    assert list(waiver_reasons(POLICIES["by mode"])) == ["ofsted"]
    assert len(waiver_reasons(POLICIES["weeks"])) == 5
    assert waiver_reasons({"waivers": []}) == {}
    assert late_is_absent(POLICIES["by length"]) and not late_is_absent(POLICIES["weeks"])


def test_a_moved_event_is_free_until_a_day_and_the_ladder_goes_on_from_there():
    rungs = ladder(POLICIES["funded"], EASTER, free_until=date(2027, 3, 25))
    assert [(rung.first, rung.last, rung.percent) for rung in rungs] == [
        (None, date(2027, 3, 25), 0),
        (date(2027, 3, 26), date(2027, 3, 29), 75),
        (date(2027, 3, 30), None, 100),
    ]


def test_half_days_are_meetings_of_at_most_four_hours():
    start = datetime(2027, 3, 31, 9, tzinfo=ZoneInfo("Europe/London"))
    meetings = [(start, start + timedelta(hours=hours)) for hours in (2, 4, 6)]
    assert Length.of(meetings) == Length(half_days=2, days=1)


BASE = {"free_until": {"count": 4, "days": "working"}, "then_percent": "100"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"then": {"percent": "100"}}, "only one"),
        ({"free_until": {"weeks": -1}}, "whole number"),
        ({"free_until": {"weeks": 2, "count": 1}}, "weeks"),
        ({"steps": [{"until": {"weeks": 1}}]}, "percent or a fee"),
        ({"steps": [{"until": {"weeks": 1}, "fee": 35}]}, "text in pounds"),
        ({"steps": [{"until": {"weeks": 1}, "fee": "35.5"}]}, "text in pounds"),
        ({"steps": [{"until": {"weeks": 1}, "percent": "10", "per": "meeting"}]}, "beside a fee"),
        ({"steps": [{"until": {"weeks": 1}, "fee": "35", "per": "hour"}]}, "place or meeting"),
        ({"cases": [{"basis": "free"}]}, "what is different"),
        ({"cases": [{"then_percent": "10"}]}, "mode or a basis"),
        ({"cases": [{"mode": "post", "then_percent": "100"}]}, "mode must be"),
        ({"cases": [{"basis": "gift", "then_percent": "100"}]}, "basis must be"),
        ({"cases": [{"basis": "free", "then": {"fee": "30"}, "not_attended": {"fee": "20"}}]}, "not coming"),
        ({"steps": [{"until": {"count": 1, "days": "calendar"}, "fee": "35"}]}, "must not fall"),
        ({"not_attended": {"percent": "50"}}, "must be 100"),
        ({"substitution_until": {"hours": "48"}}, "hours must be"),
        ({"waivers": ["holiday"]}, "waivers must be"),
        ({"late_is_absent": "yes"}, "true or false"),
    ],
)
def test_what_the_form_refuses(change, says):
    with pytest.raises(WrongPolicy, match=says):
        check_policy(BASE | change)


@given(
    name=st.sampled_from(sorted(POLICIES)),
    event=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    days=st.integers(-10, 120),
    pence=st.integers(0, 200_000),
    credited=st.integers(0, 200_000),
    mode=st.sampled_from(MODES),
    length=st.builds(Length, st.integers(0, 6), st.integers(0, 6)),
    included=st.booleans(),
    moved=st.none() | st.integers(0, 40),
)
@settings(max_examples=150, deadline=None)
def test_back_and_kept_are_the_price_on_every_day_and_the_ladder_has_no_gap(
    name, event, days, pence, credited, mode, length, included, moved
):
    net = Money(0 if included else pence)
    left = Money(max(0, net.pence - credited))
    on = event - timedelta(days=days)
    until = None if moved is None else event - timedelta(days=moved)
    place = Place(net=net, left=left, included=included, vat_rate=Decimal("0.2"), mode=mode, length=length)
    result = cancelling(policy=POLICIES[name], event=event, on=on, place=place, moved_until=until)
    assert sum(step.today for step in result.steps) == 1
    assert result.steps[0].first is None and result.steps[-1].last is None
    for earlier, later in pairwise(result.steps):
        assert later.first == earlier.last + timedelta(days=1)
        assert (later.kept, later.fee) >= (earlier.kept, earlier.fee)
    for step in result.steps:
        assert step.back == min(net - step.kept, left) and Money(0) <= step.kept <= net
        assert not (step.fee and net)
    if until is not None and on <= until:
        assert (result.kept, result.fee, result.back) == (Money(0), Money(0), left)
