"""How a sum is divided: every method adds up to the penny, with the working and refusals in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import WrongInput
from subscriptions.membership.rules.methods import (
    Method,
    NobodyToShare,
    PupilsNotKnown,
    Sharer,
    clean_terms,
    shares_of,
)

BANDS = {"bands": [{"up_to": 200, "weight": "1"}, {"up_to": 400, "weight": "1.5"}, {"weight": "2.25"}]}
FORMULA = {"fixed": "100", "per_pupil": "2", "phases": {"secondary": "1.2"}}


def sharers(*pupils, phase="primary"):
    return [
        Sharer(id=i, name=f"School {i}", pupils=p, source="October 2025 census", phase=phase)
        for i, p in enumerate(pupils)
    ]


def pence(total, method, terms, who):
    return [one.pence for one in shares_of(pence=total, method=method, terms=clean_terms(method, terms), sharers=who)]


def test_each_method_by_hand():
    who = sharers(200, 201, 401)
    assert pence(100_00, Method.EQUAL, {}, who) == [33_34, 33_33, 33_33]
    assert pence(802_00, Method.PUPILS, {}, who) == [200_00, 201_00, 401_00]
    assert pence(475_00, Method.BANDS, BANDS, who) == [100_00, 150_00, 225_00]
    # 100 + 2 × 200 = 500; 502; (100 + 2 × 401) × 1.2 = 1,082.4
    mixed = [*who[:2], *sharers(401, phase="secondary")]
    assert pence(2_084_40, Method.FORMULA, FORMULA, mixed) == [500_00, 502_00, 1_082_40]


def test_the_working_is_told():
    [first, *_] = shares_of(pence=95_000_00, method=Method.PUPILS, terms={}, sharers=sharers(210, 1653))
    assert first.steps == ("210 pupils, October 2025 census", "210 of 1,863 of £95,000.00 = £10,708.53")
    terms = clean_terms(Method.FORMULA, FORMULA)
    [one] = shares_of(pence=10_00, method=Method.FORMULA, terms=terms, sharers=sharers(50, phase="secondary"))
    assert one.steps[1] == "Formula: 100 + 2 × 50, × 1.2 for secondary = 240"


def test_what_cannot_be_divided_is_refused():
    with pytest.raises(PupilsNotKnown, match="No pupils are on record for School 0"):
        shares_of(pence=1, method=Method.PUPILS, terms={}, sharers=[Sharer(0, "School 0")])
    with pytest.raises(NobodyToShare):
        shares_of(pence=1, method=Method.EQUAL, terms={}, sharers=[])
    with pytest.raises(NobodyToShare):
        shares_of(pence=1, method=Method.PUPILS, terms={}, sharers=sharers(0))
    for method, terms, words in (
        (Method.BANDS, {"bands": [{"up_to": 200, "weight": "1"}]}, "the last one must have no end"),
        (Method.BANDS, {"bands": [{"up_to": 9, "weight": 1}, {"up_to": 9, "weight": 2}, {"weight": 1}]}, "must rise"),
        (Method.BANDS, {"bands": [{"weight": "-1"}]}, "Weight must be a number"),
        (Method.FORMULA, {"fixed": "0"}, "above 0"),
        (Method.FORMULA, {"fixed": "1", "phases": {"college": "2"}}, "no phase college"),
    ):
        with pytest.raises(WrongInput, match=words):
            clean_terms(method, terms)


@given(
    st.integers(1, 10**10),
    st.lists(st.integers(1, 2000), min_size=1, max_size=40),
    st.sampled_from([Method.EQUAL, Method.PUPILS, Method.BANDS, Method.FORMULA]),
)
def test_shares_always_add_up(total, pupils, method):
    terms = {Method.BANDS: BANDS, Method.FORMULA: FORMULA}.get(method, {})
    found = shares_of(pence=total, method=method, terms=clean_terms(method, terms), sharers=sharers(*pupils))
    assert sum(one.pence for one in found) == total
    whole = sum(one.weight for one in found)
    assert all(abs(Decimal(total) * one.weight / whole - one.pence) < 1 for one in found)
