"""Whoever joins or leaves a shared cost, from any day on: not a penny is lost, and nobody bears less than nothing."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.periods import Period
from subscriptions.membership.rules.methods import Method, Sharer, shares_of
from subscriptions.shared.rules.resplitting import Borne, Falls, LeadBearsTooLittle, joined, left

YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
FIRST = YEAR.start
PEOPLE = st.lists(st.integers(1, 900), min_size=3, max_size=8)


@given(st.integers(1, 10**8), PEOPLE, st.sampled_from([Falls.LEAD, Falls.AGAIN]), st.integers(1, 364), st.booleans())
def test_not_a_penny_is_lost_from_any_day_on(total, pupils, falls, day, leaves):
    people = [Sharer(i, f"S{i}", pupils=p, lead=i == 0) for i, p in enumerate(pupils)]
    shares = shares_of(pence=total, method=Method.PUPILS, terms={}, sharers=people)
    borne = [Borne(one, FIRST, share.pence) for one, share in zip(people, shares, strict=True)]
    on = date.fromordinal(FIRST.toordinal() + day)
    common = {"on": on, "end": YEAR.end, "falls": falls, "lead": people[0]}
    if leaves:
        moved = left(title="Days", borne=borne, method=Method.PUPILS, leaving=1, **common)
        assert next(one.after for one in moved if one.id == 1) == 0
    else:
        try:
            moved = joined(borne=borne, method=Method.PUPILS, joining=Sharer(99, "New", pupils=5), **common)
        except LeadBearsTooLittle:
            assert falls == Falls.LEAD
            return
    assert sum(one.after - one.before for one in moved) == 0
    assert all(one.after >= 0 for one in moved)
