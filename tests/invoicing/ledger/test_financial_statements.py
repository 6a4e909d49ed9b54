"""Income and expenditure of any period, and the balance sheet of any day, against sums made another way."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from invoicing.ledger.chart import seed_chart
from invoicing.ledger.financial_statements import balance_sheet, income_and_expenditure, period_of_days
from invoicing.ledger.models import LedgerAccount
from invoicing.ledger.posting import NewEntry, NewMovement, post
from invoicing.services import spend
from marketplace.core.actors import Actor, platform
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.invoicing.books import bill, receive
from tests.invoicing.funds.granted import approved, cast_of, granted
from tests.invoicing.journals.beyond_sales import TODAY

FIRST, AFTER = date(2026, 4, 1), date(2027, 4, 1)
YEAR = Period(FIRST, AFTER)


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
def test_a_year_with_a_grant_a_cost_and_sales_of_two_years(partnership: Organisation, oakfield, charges, actor: Actor):
    priya, morgan, _, _, health, minds = cast_of(partnership, actor)
    granted(minds, health, 600_000)
    cost = spend(
        fund=minds, pence=41_150, cost_account="7900", against="2450", on=date(2026, 8, 31), reason="Staff of the programme",
        today=TODAY, actor=priya,
    )  # fmt: skip
    approved(cost, morgan)
    charges(oakfield, 10_000, on=date(2025, 9, 1))
    charges(oakfield, 25_000, on=date(2026, 9, 1))
    charges(oakfield, 3_000, on=date(2026, 9, 2), stream_code="SI", account_code="4100")
    for day in (date(2025, 9, 1), date(2026, 9, 2)):
        bill(on=day)
    receive(oakfield, 20_000, key="test:receipt", on=date(2026, 9, 20))

    found = income_and_expenditure(period=YEAR)
    assert found.earlier == Period(date(2025, 4, 1), date(2026, 4, 1))
    assert [(one.source, one.pence, one.earlier_pence) for one in found.income] == [
        ("schools", 28_000, 10_000),
        ("grants", 600_000, 0),
    ]
    assert [(row.code, row.pence, row.earlier_pence) for row in found.income[0].accounts] == [
        ("4100", 3_000, 0),
        ("4200", 25_000, 10_000),
    ]
    assert [(row.code, row.pence) for row in found.costs] == [("7900", 41_150)]
    assert (found.surplus_pence, found.earlier_surplus_pence) == (586_850, 10_000)
    months = {one.period.start: (one.income_pence, one.cost_pence) for one in found.months}
    assert len(months) == 12 and months[date(2026, 9, 1)] == (28_000, 0) and months[date(2026, 8, 1)] == (0, 41_150)
    assert sum(one.surplus_pence for one in found.months) == found.surplus_pence

    sheet = balance_sheet(on=date(2027, 3, 31))
    assert (sheet.begun_on, sheet.surplus_pence) == (date(2025, 9, 1), 596_850)
    assert sheet.net_assets_pence == sheet.reserves_pence == 596_850
    assert (sheet.restricted_pence, sheet.designated_pence, sheet.free_pence) == (558_850, 0, 38_000)
    assert {row.code: row.pence for row in sheet.assets} == {"1000": 20_000, "1100": 645_600}
    before = balance_sheet(on=date(2025, 8, 31))
    assert (before.begun_on, before.net_assets_pence, before.assets, before.reserves) == (None, 0, [], [])


@pytest.mark.django_db
def test_a_leap_day_and_periods_that_cannot_be_drawn():
    leap = period_of_days(date(2028, 2, 29), date(2028, 2, 29))
    assert income_and_expenditure(period=leap).earlier == Period(date(2027, 2, 28), date(2027, 3, 1))
    assert period_of_days(date(2020, 1, 1), date(2029, 12, 31)).days == 3_653
    for first, last, words in (
        (date(2026, 2, 1), date(2026, 1, 31), "on or after the first day"),
        (date(2020, 1, 1), date(2030, 1, 1), "at most 10 years"),
        (date(1, 1, 1), date(1, 2, 1), "between 1901 and 2199"),
        (date(9999, 1, 1), date(9999, 12, 31), "between 1901 and 2199"),
    ):
        with pytest.raises(WrongInput, match=words):
            period_of_days(first, last)


_OPEN = ("1000", "2200", "2450", "3000", "4100", "4200", "4500", "4900", "6000", "7900")
_DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
_ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(_OPEN), st.sampled_from(_OPEN), st.integers(1, 10**9), _DAYS,
        st.sampled_from([None, "CC", "SI", "BS", "OT"]),
    ).filter(lambda one: one[0] != one[1]),
    max_size=25,
)  # fmt: skip


class AnyBooks(TestCase):
    """Postings between any accounts on any days: statements of touching periods add up, and the balance sheet agrees."""

    @settings(max_examples=40)
    @given(_ENTRIES, _DAYS, _DAYS)
    def test_statements_add_up(self, entries: list[tuple], one: date, other: date) -> None:
        seed_chart()
        results = set(LedgerAccount.objects.filter(type__in=["income", "expense"]).values_list("code", flat=True))
        told: Counter[tuple[str, date]] = Counter()
        with transaction.atomic():
            made = []
            for number, (debit, credit, pence, on, stream) in enumerate(entries):
                named = stream if len({debit, credit} & results) == 1 else None
                made.append(
                    NewEntry("test", f"any:{number}", on, "Any", [NewMovement(debit, credit, pence, stream=named)])
                )
                told[debit, on] += pence
                told[credit, on] -= pence
            if made:
                post(entries=made, actor=platform("test"))
        first, last = sorted((one, other))
        found = income_and_expenditure(period=period_of_days(first, last))
        assert found.surplus_pence == -sum(
            pence for (code, on), pence in told.items() if code in results and first <= on <= last
        )
        assert found.surplus_pence == sum(month.surplus_pence for month in found.months)
        middle = first + (last - first) // 2
        if middle < last:
            parts = [period_of_days(first, middle), period_of_days(middle + timedelta(days=1), last)]
            halves = [income_and_expenditure(period=part) for part in parts]
            assert found.income_pence == sum(half.income_pence for half in halves)
            assert found.cost_pence == sum(half.cost_pence for half in halves)
        sheet = balance_sheet(on=last)
        assert sheet.net_assets_pence == sheet.reserves_pence
        assert sheet.surplus_pence == -sum(
            pence for (code, on), pence in told.items() if code in results and on <= last
        )


@pytest.mark.django_db
def test_a_statement_costs_the_same_however_much_was_posted(partnership, oakfield, charges, django_assert_num_queries):
    for count in (1, 30):
        for _ in range(count):
            charges(oakfield, 100, on=date(2026, 9, 1))
        bill(on=date(2026, 9, 1))
        with django_assert_num_queries(2):
            income_and_expenditure(period=YEAR)
        with django_assert_num_queries(3):
            balance_sheet(on=date(2026, 9, 30))
