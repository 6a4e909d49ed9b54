"""At a month's end the expected cost is posted and taken back on the next day; nothing becomes payable by it."""

from datetime import date

import pytest

from invoicing.ledger.models import JournalEntry, Movement
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.periods import Period
from marketplace.core.verification import verify
from subscriptions.outcomes.models import OutcomeAccrual
from subscriptions.outcomes.rules.accruing import Amount, expected
from subscriptions.outcomes.services.accruing import accrue_expected, expected_costs
from subscriptions.outcomes.services.stating import freeze_statement
from subscriptions.outcomes.statement_duties import accrue_last_month
from tests.subscriptions.outcomes.hub_year import hub_cast, hub_contract, open_pence, owed_pence, statement, verified

AUTUMN, YEAR = Period(date(2026, 9, 1), date(2027, 1, 1)), Period(date(2026, 9, 1), date(2027, 9, 1))
CASES = [
    ([Amount("planned", 2_800_00, 0, AUTUMN)], date(2026, 9, 30), 700_00),
    ([Amount("submitted", 2_800_00, 0, AUTUMN)], date(2026, 11, 30), 2_100_00),
    ([Amount("rejected", 2_800_00, 0, AUTUMN)], date(2027, 3, 31), 2_800_00),
    ([Amount("eligible", 2_800_00, 1_400_00, AUTUMN)], date(2026, 9, 30), 1_400_00),
    ([Amount("not_met", 2_800_00, 0, AUTUMN), Amount("payable", 1, 1, AUTUMN)], date(2026, 12, 31), 0),
    ([Amount("planned", 2_800_00, 0, Period(date(2027, 1, 1), date(2027, 5, 1)))], date(2026, 12, 31), 0),
    ([Amount("planned", 122_00, 0, Period(date(2026, 9, 16), date(2026, 10, 16)))], date(2026, 9, 30), 61_00),
    ([Amount("planned", 100, 0, YEAR)] * 3, date(2026, 9, 30), 25),
]


@pytest.mark.parametrize(("amounts", "month_end", "pence"), CASES)
def test_what_is_expected(amounts, month_end, pence):
    assert expected(amounts, month_end) == pence


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.mark.django_db
def test_a_month_end_accrues_the_expected_cost_and_takes_it_back(cast):
    contract = hub_contract(cast)
    # September: £2,800.00 ÷ 4, and a twelfth of £3,600.00
    assert expected_costs(date(2026, 9, 30)) == {contract.pk: 1_000_00}
    assert accrue_expected(month_end=date(2026, 9, 30), on=date(2026, 10, 1), actor=cast.officer) == 1
    made = OutcomeAccrual.objects.get()
    assert (made.pence, made.entry.posted_on, made.reversal.posted_on) == (
        1_000_00, date(2026, 9, 30), date(2026, 10, 1),
    )  # fmt: skip
    assert made.reversal.reverses_id == made.entry_id
    there, back = (Movement.objects.get(entry=one) for one in (made.entry_id, made.reversal_id))
    assert (there.debit_account_id, there.credit_account_id) == ("7900", "2450")
    assert (back.debit_account_id, back.credit_account_id, back.pence) == ("2450", "7900", 1_000_00)
    assert (open_pence(contract), owed_pence(cast.school)) == (0, 0)
    assert accrue_expected(month_end=date(2026, 9, 30), on=date(2026, 10, 2), actor=cast.officer) == 0
    assert (OutcomeAccrual.objects.count(), JournalEntry.objects.filter(kind="outcome_accrual").count()) == (1, 1)
    assert [one.invariant.name for one in verify() if one.violations] == []


@pytest.mark.django_db
def test_what_is_owed_already_is_not_expected_again(cast):
    contract = hub_contract(cast)
    verified(contract, "autumn-1", date(2026, 12, 10), cast)
    assert expected_costs(date(2026, 12, 31)) == {contract.pk: 2_800_00 + 1_200_00}
    freeze_statement(statement=statement(contract, date(2026, 12, 31)), on=date(2027, 1, 1), actor=cast.officer)
    assert expected_costs(date(2026, 12, 31)) == {contract.pk: 1_200_00}


@pytest.mark.django_db
def test_nothing_is_accrued_within_a_month_or_by_another(cast):
    hub_contract(cast)
    for month_end, on in ((date(2026, 9, 29), date(2026, 10, 1)), (date(2026, 9, 30), date(2026, 9, 30))):
        with pytest.raises(WrongInput):
            accrue_expected(month_end=month_end, on=on, actor=cast.officer)
    with pytest.raises(NotAllowed):
        accrue_expected(month_end=date(2026, 9, 30), on=date(2026, 10, 1), actor=cast.organiser)
    assert not OutcomeAccrual.objects.exists()


@pytest.mark.django_db
def test_the_duty_accrues_on_the_first_of_a_month_only(cast):
    hub_contract(cast)
    assert accrue_last_month(date(2026, 10, 2)) == 0
    assert accrue_last_month(date(2026, 10, 1)) == 1
    assert accrue_last_month(date(2026, 10, 1)) == 0
