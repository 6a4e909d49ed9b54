"""The order of a waiting list and the end of an offer, for any list and any number of places."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.wording import LONDON
from marketplace.trading.rules.waiting import OfferRule, Waits, offered_until, ordinal, plan_offers, position_sentence

RULE = OfferRule(working_days=1, hour=17, least_hours=4)
FAR = datetime(2027, 3, 24, 9, 30, tzinfo=LONDON)
lists = st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=12).map(
    lambda rows: [Waits(pk, seats, together) for pk, (seats, together) in enumerate(rows, start=1)]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lists, st.integers(0, 20))
def test_no_more_is_offered_than_is_free_and_nobody_who_fits_is_left_out(waiting: list[Waits], free: int) -> None:
    plans = plan_offers(waiting, free)
    offered = {plan.pk: plan for plan in plans}
    assert sum(plan.places for plan in plans) <= free and list(offered) == sorted(offered)
    left = free - sum(plan.places for plan in plans)
    for entry in waiting:
        if entry.pk in offered:
            assert offered[entry.pk].places == (
                entry.seats if entry.together else min(entry.seats, offered[entry.pk].free)
            )
        else:
            assert entry.fitting(left) == 0


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lists, st.integers(0, 20))
def test_only_who_wants_more_together_than_is_free_is_passed_over(waiting: list[Waits], free: int) -> None:
    by_pk = {entry.pk: entry for entry in waiting}
    plans = plan_offers(waiting, free)
    for plan in plans:
        earlier = {entry.pk for entry in waiting if entry.pk < plan.pk} - {one.pk for one in plans}
        assert set(plan.passed_over) == earlier
        assert all(by_pk[pk].together and by_pk[pk].seats > plan.free for pk in plan.passed_over)


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2026, 9, 2), datetime(2026, 9, 3, 17, tzinfo=LONDON)),
        (date(2026, 9, 4), datetime(2026, 9, 7, 17, tzinfo=LONDON)),  # a Friday
        (date(2026, 9, 5), datetime(2026, 9, 7, 17, tzinfo=LONDON)),  # a Saturday
        (date(2026, 12, 24), datetime(2026, 12, 29, 17, tzinfo=LONDON)),  # Christmas, its substitute day, a weekend
    ],
)
def test_an_offer_stands_until_five_the_next_working_day(on: date, until: datetime) -> None:
    assert offered_until(on=on, starts_at=FAR, rule=RULE) == until


def test_an_offer_ends_when_the_course_begins_and_is_not_made_in_the_last_hours() -> None:
    assert offered_until(on=date(2027, 3, 23), starts_at=FAR, rule=RULE) == FAR
    assert offered_until(on=date(2027, 3, 24), starts_at=FAR, rule=RULE) is None
    early = FAR.replace(hour=3)
    assert offered_until(on=date(2027, 3, 23), starts_at=early, rule=RULE) is None


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_there_are_always_four_hours_to_answer(on: date) -> None:
    until = offered_until(on=on, starts_at=FAR + timedelta(days=3000), rule=RULE)
    assert until is not None
    assert until - datetime(on.year, on.month, on.day, 23, 59, 59, tzinfo=LONDON) >= timedelta(hours=4)


def test_positions_in_words() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th",
    ]  # fmt: skip
    assert position_sentence(2, 5) == "You are 2nd of 5."
