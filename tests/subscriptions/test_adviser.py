"""Which level would have cost least: included first, the rest at the level's price, percent off, the cheapest first."""

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.rules.classes import PriceClass
from subscriptions.adviser.rules import Bought, Level, advise

MEMBER, OTHER = PriceClass.MEMBER, PriceClass.NON_MEMBER
NONE = Level("", "Without a level", 0, OTHER)
SILVER = Level("silver", "Silver", 60_000, MEMBER)
GOLD = Level("gold", "Gold", 100_000, MEMBER, {"place": 6, "half_day": 2}, {"Leadership": Decimal(10)})


def places(units: int, day: int, what: str = "Safeguarding", themes: tuple[str, ...] = ()) -> Bought:
    """At £180.00, for members £140.00, paid as no member."""
    at = {OTHER: 18_000 * units, MEMBER: 14_000 * units}
    return Bought(date(2026, 10, day), what, units, "place", 18_000 * units, 18_000 * units, themes, at)


def test_included_places_come_first_in_the_order_in_which_they_were_bought():
    first, second = places(4, 1), places(5, 9, "Leading a team", ("leadership", "Teams"))
    advice = advise(bought=[second, first], levels=[GOLD, SILVER, NONE])
    gold = next(one for one in advice.outcomes if one.level is GOLD)
    # 6 of 9 included; 3 of 5 places at £140.00 = £420.00, less 10% £42.00.
    assert [(line.included, line.class_pence, line.off_pence) for line in gold.lines] == [(4, 0, 0), (2, 42_000, 4_200)]
    assert (gold.used, gold.rest_pence, gold.total_pence) == ({"place": 6, "half_day": 0}, 37_800, 137_800)
    assert [(one.level.name, one.total_pence, one.saving_pence) for one in advice.outcomes] == [
        ("Gold", 137_800, 24_200), ("Without a level", 162_000, 0), ("Silver", 186_000, -24_000),
    ]  # fmt: skip
    assert advice.finding == "Gold would have cost least: £1,378.00, £242.00 less than was paid"
    assert gold.sentences == (
        "Gold for a year: £1,000.00.",
        "6 of 6 places included would have been used.",
        "0 of 1 day included would have been used; 1 would have been left.",
        "The rest at the price for members: £420.00.",
        "10% off leadership: −£42.00.",
        "£1,000.00 + £378.00 = £1,378.00, £242.00 less than was paid.",
    )


def test_a_dear_year_with_one_course_is_cheapest_without_a_level():
    advice = advise(bought=[places(1, 1)], levels=[GOLD, SILVER, NONE])
    assert advice.best is not None
    assert (advice.best.level, advice.best.total_pence) == (NONE, 18_000)
    assert advice.finding == "Without a level it would have cost least: £180.00, as much as was paid"


def test_where_what_was_included_was_paid_with_nothing_no_level_is_called_cheaper():
    free = Bought(date(2026, 10, 1), "Course", 2, "place", 0, 36_000)
    advice = advise(bought=[free], levels=[GOLD])
    assert advice.finding == "Nothing would have cost less than was paid. Gold would have cost least: £1,000.00"
    assert advice.included_free


def test_what_was_paid_for_a_level_counts_as_paid():
    advice = advise(bought=[places(6, 1)], levels=[GOLD], subscribed_pence=120_000)
    [gold] = advice.outcomes
    assert (advice.paid_pence, gold.total_pence, gold.saving_pence) == (228_000, 100_000, 128_000)


def test_days_are_half_days_and_services_are_never_included():
    day = Bought(date(2026, 10, 1), "Adviser", 3, "half_day", 67_500, 67_500)
    service = Bought(date(2026, 10, 2), "Payroll", 0, "", 90_000, 90_000, ("Leadership",))
    [gold] = advise(bought=[day, service], levels=[GOLD]).outcomes
    # one of three half days is left to pay: £225.00; £900.00 less 10%.
    assert [line.pence for line in gold.lines] == [22_500, 81_000]


def test_no_purchases_give_no_finding():
    advice = advise(bought=[], levels=[GOLD])
    assert (advice.best, advice.finding) == (None, "")


AMOUNTS = st.integers(0, 500_000)
BOUGHT = st.builds(
    Bought,
    on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    what=st.just("Course"),
    units=st.integers(1, 12),
    unit=st.sampled_from(["place", "half_day", "download", ""]),
    paid_pence=AMOUNTS,
    usual_pence=AMOUNTS,
    themes=st.sampled_from([(), ("Leadership",), ("SEND", "Leadership")]),
    at=st.dictionaries(st.sampled_from([MEMBER, OTHER]), AMOUNTS),
)
PERCENTS = st.dictionaries(st.sampled_from(["Leadership", "SEND"]), st.integers(1, 100).map(Decimal))
INCLUDES = st.dictionaries(st.sampled_from(["place", "half_day", "download"]), st.integers(1, 20))
LEVELS = st.builds(
    Level, code=st.just("x"), name=st.sampled_from(["A", "B"]), price_pence=AMOUNTS,
    price_class=st.sampled_from([MEMBER, OTHER]), includes=INCLUDES, percent_off=PERCENTS,
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(bought=st.lists(BOUGHT, max_size=6), levels=st.lists(LEVELS, min_size=1, max_size=4))
def test_nothing_is_included_twice_and_the_cheapest_stands_first(bought, levels):
    advice = advise(bought=bought, levels=levels)
    totals = [one.total_pence for one in advice.outcomes]
    assert totals == sorted(totals)
    for one in advice.outcomes:
        for unit, units in one.level.includes.items():
            taken = sum(line.included for line in one.lines if line.bought.unit == unit)
            assert taken == one.used[unit] == min(units, sum(b.units for b in bought if b.unit == unit))
        assert all(0 <= line.off_pence <= line.class_pence for line in one.lines)
        assert one.total_pence + one.saving_pence == advice.paid_pence
        assert one.total_pence == one.level.price_pence + sum(line.pence for line in one.lines)
