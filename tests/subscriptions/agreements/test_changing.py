"""Upgrades, downgrades, pauses and early ends: what is shown is what is done."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.receivables.models import Charge, Reduction
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, CreditRule, Every, Prorate
from subscriptions.agreements.services.changing import AmountChanged, WrongPause
from subscriptions.services import (
    change,
    charge_due,
    end,
    end_those_over,
    preview_change,
    preview_end,
    preview_resume,
    preview_suspend,
    resume,
    suspend,
)
from tests.shop import buyer
from tests.subscriptions.agreements.terms import SCHOOL_YEAR, YEAR, agreed, line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
FEBRUARY = date(2027, 2, 1)
GOLD = line(200_000, SCHOOL_YEAR, title="Gold", valid=Period(FEBRUARY, SCHOOL_YEAR.end))
SILVER = line(120_000, SCHOOL_YEAR, title="Silver")


def owed() -> int:
    return sum(charge.net_pence for charge in Charge.objects.all()) - sum(r.pence for r in Reduction.objects.all())


def test_an_upgrade_is_paid_by_what_was_charged_before(oakfield: Organisation, actor: Actor) -> None:
    silver = agreed(oakfield, SILVER, actor=actor, term=SCHOOL_YEAR)
    asked = {"agreement": silver, "lines": [GOLD], "on": FEBRUARY, "today": FEBRUARY}
    shown = preview_change(**asked)  # type: ignore[arg-type]
    assert (shown.net_pence, shown.vat_pence, shown.gross_pence) == (46_667, 9_333, 56_000)
    assert "Gold, 1 February 2027 to 31 August 2027: £466.67 to pay." in shown.sentences
    with pytest.raises(AmountChanged):
        change(**asked, actor=actor, expected_pence=46_666)  # type: ignore[arg-type]
    assert change(**asked, actor=actor, expected_pence=46_667) == shown  # type: ignore[arg-type]
    assert [c.net_pence for c in Charge.objects.order_by("pk")] == [120_000, 46_667]
    assert not Reduction.objects.exists()


def test_an_upgrade_at_another_vat_rate_is_charged_whole_and_the_rest_comes_back(
    oakfield: Organisation, actor: Actor
) -> None:
    silver = agreed(oakfield, SILVER, actor=actor, term=SCHOOL_YEAR)
    exempt = line(
        200_000, SCHOOL_YEAR, title="Gold", valid=GOLD.valid, vat=("E", Decimal(0), "training by an eligible body")
    )
    shown = change(agreement=silver, lines=[exempt], on=FEBRUARY, today=FEBRUARY, actor=actor)
    assert [part.pence for part in shown.charged] == [116_667]
    assert [part.pence for part in shown.given_back] == [70_000]
    assert shown.vat_pence == -14_000
    assert owed() == 120_000 + 116_667 - 70_000


def test_a_downgrade_gives_the_difference_back(oakfield: Organisation, actor: Actor) -> None:
    gold = agreed(oakfield, line(200_000, SCHOOL_YEAR, title="Gold"), actor=actor, term=SCHOOL_YEAR)
    silver = line(120_000, SCHOOL_YEAR, title="Silver", valid=Period(FEBRUARY, SCHOOL_YEAR.end))
    shown = change(agreement=gold, lines=[silver], on=FEBRUARY, today=FEBRUARY, actor=actor)
    assert shown.gross_pence == -56_000
    assert Reduction.objects.get().pence == 46_667


def _cheaper_by_month(customer: Organisation, actor: Actor) -> Agreement:
    """Gold paid monthly, on 11 September exchanged for a plan a tenth as dear: £5.00 a day, then £0.50."""
    monthly = Billing(Every.MONTH, prorate=Prorate.DAYS)
    gold = agreed(customer, line(182_500, SCHOOL_YEAR, title="Gold"), actor=actor, term=SCHOOL_YEAR, billing=monthly)
    day = date(2026, 9, 11)
    bronze = line(18_250, SCHOOL_YEAR, title="Bronze", valid=Period(day, SCHOOL_YEAR.end))
    shown = change(agreement=gold, lines=[bronze], on=day, today=day, actor=actor)
    assert shown.net_pence == 0 and owed() == 15_000  # September was charged; £90.00 of it pay for Bronze
    return Agreement.objects.get(pk=gold.pk)


def test_what_paid_for_later_months_comes_back_when_they_are_given_up(oakfield: Organisation, actor: Actor) -> None:
    found = _cheaper_by_month(oakfield, actor)
    day = date(2026, 9, 21)
    shown = end(agreement=found, on=day, given_on=day, credit=CreditRule.DAYS, reason="Closing", actor=actor)
    assert shown.net_pence == -9_500
    assert shown.sentences == ("Bronze, 21 September 2026 to 31 March 2027: £95.00 comes back.",)
    assert owed() == 10 * 500 + 10 * 50
    assert charge_due(on=SCHOOL_YEAR.end, actor=actor) == 0


def test_where_nothing_comes_back_what_paid_for_later_months_stays(oakfield: Organisation, actor: Actor) -> None:
    found = _cheaper_by_month(oakfield, actor)
    day = date(2026, 9, 21)
    shown = end(agreement=found, on=day, given_on=day, credit=CreditRule.NONE, reason="Closing", actor=actor)
    assert shown.net_pence == 0 and owed() == 15_000
    assert charge_due(on=SCHOOL_YEAR.end, actor=actor) == 0


def test_an_end_after_an_upgrade_goes_back_through_both_charges(oakfield: Organisation, actor: Actor) -> None:
    silver = agreed(oakfield, SILVER, actor=actor, term=SCHOOL_YEAR)
    change(agreement=silver, lines=[GOLD], on=FEBRUARY, today=FEBRUARY, actor=actor)
    may = date(2027, 5, 1)
    shown = end(agreement=silver, on=may, given_on=may, credit=CreditRule.MONTHS, reason="Closing", actor=actor)
    assert shown.net_pence == -66_667
    assert [r.pence for r in Reduction.objects.order_by("pk")] == [46_667, 20_000]
    assert owed() == 50_000 + 50_000


def test_an_upgrade_over_the_buyers_limit_is_refused(oakfield: Organisation, actor: Actor) -> None:
    silver = agreed(oakfield, SILVER, actor=actor, term=SCHOOL_YEAR)
    with pytest.raises(Exception, match="over your limit"):
        change(agreement=silver, lines=[GOLD], on=FEBRUARY, today=FEBRUARY, actor=buyer(oakfield, limit=55_999))
    assert Charge.objects.count() == 1


def test_a_service_is_added_and_another_stopped(oakfield: Organisation, actor: Actor) -> None:
    both = agreed(oakfield, line(120_000), line(60_000, slot=2, title="Clerking"), actor=actor)
    october = date(2026, 10, 1)
    added = line(24_000, slot=3, title="Legal", valid=Period(october, YEAR.end))
    shown = change(agreement=both, lines=[added], stop=[2], on=october, today=october, actor=actor)
    assert ([p.pence for p in shown.charged], [p.pence for p in shown.given_back]) == ([12_000], [30_000])
    assert owed() == 120_000 + 30_000 + 12_000


def test_a_pause_costs_nothing_and_what_is_left_is_charged_again(oakfield: Organisation, actor: Actor) -> None:
    found = agreed(oakfield, line(120_000), actor=actor)
    july, october = date(2026, 7, 1), date(2026, 10, 1)
    assert preview_suspend(agreement=found, on=july, today=july).net_pence == -90_000
    suspend(agreement=found, on=july, today=july, reason="Building closed", actor=actor)
    found.refresh_from_db()
    with pytest.raises(WrongPause):
        suspend(agreement=found, on=july, today=july, reason="Again", actor=actor)
    assert preview_resume(agreement=found, on=october, today=october).net_pence == 60_000
    resume(agreement=found, on=october, today=october, actor=actor)
    assert owed() == 30_000 + 60_000


def test_a_month_that_was_begun_is_paid_once_however_short_the_pause(oakfield: Organisation, actor: Actor) -> None:
    found = agreed(oakfield, line(120_000), actor=actor)
    suspend(agreement=found, on=date(2026, 7, 10), today=date(2026, 7, 10), reason="Flood", actor=actor)
    found.refresh_from_db()
    resume(agreement=found, on=date(2026, 7, 20), today=date(2026, 7, 20), actor=actor)
    assert owed() == 120_000


def test_late_notice_stays_due_up_to_the_full_cost(oakfield: Organisation, actor: Actor) -> None:
    found = agreed(oakfield, line(120_000), actor=actor, notice_weeks=12)
    october = date(2026, 10, 1)
    shown = preview_end(agreement=found, on=october, given_on=date(2026, 9, 1), credit=CreditRule.MONTHS)
    # Notice given on 1 September runs until 24 November: what comes back begins with December.
    assert (shown.net_pence, [part.pence for part in shown.kept]) == (-40_000, [20_000])
    assert shown.sentences[0] == (
        "Notice for 1 October 2026 was due by 9 July 2026, so it is paid until 23 November 2026."
    )
    end(agreement=found, on=october, given_on=date(2026, 9, 1), credit=CreditRule.MONTHS, reason="Left", actor=actor)
    assert owed() == 80_000


def test_late_notice_of_what_is_paid_monthly_is_charged_at_once(oakfield: Organisation, actor: Actor) -> None:
    found = agreed(oakfield, line(120_000), actor=actor, notice_weeks=8, billing=Billing(Every.MONTH))
    october = date(2026, 10, 1)
    charge_due(on=date(2026, 9, 1), actor=actor)
    end(agreement=found, on=october, given_on=date(2026, 9, 20), credit=CreditRule.MONTHS, reason="Left", actor=actor)
    assert owed() == 60_000 + 20_000  # until 15 November: October and November
    assert charge_due(on=YEAR.end, actor=actor) == 0


@pytest.mark.parametrize(
    ("credit", "back"), [(CreditRule.NONE, 0), (CreditRule.MONTHS, 60_000), (CreditRule.DAYS, 59_836)]
)
def test_what_comes_back_at_an_early_end_is_chosen(oakfield: Organisation, actor: Actor, credit, back) -> None:
    found = agreed(oakfield, line(120_000), actor=actor)
    october = date(2026, 10, 1)
    end(agreement=found, on=october, given_on=october, credit=credit, reason="Agreed", actor=actor)
    assert owed() == 120_000 - back


def test_joining_late_costs_the_full_year_and_a_pause_gives_nothing_back(oakfield: Organisation, actor: Actor) -> None:
    late = line(120_000, valid=Period(date(2026, 9, 1), YEAR.end))
    found = agreed(oakfield, late, actor=actor, billing=Billing(prorate=Prorate.FULL), on=date(2026, 9, 1))
    assert owed() == 120_000
    october = date(2026, 10, 1)
    suspend(agreement=found, on=october, today=october, reason="Pause", actor=actor)
    found.refresh_from_db()
    resume(agreement=found, on=date(2026, 11, 1), today=date(2026, 11, 1), actor=actor)
    assert owed() == 120_000


def test_what_is_over_ends_and_does_not_change_any_more(oakfield: Organisation, actor: Actor) -> None:
    found = agreed(oakfield, line(120_000), actor=actor)
    assert end_those_over(on=YEAR.last_day, actor=actor) == 0
    assert end_those_over(on=YEAR.end, actor=actor) == 1
    assert end_those_over(on=YEAR.end, actor=actor) == 0
    with pytest.raises(Exception, match="not running"):
        end(agreement=found, on=date(2026, 10, 1), given_on=YEAR.start, credit=CreditRule.NONE, reason="x", actor=actor)
    assert Agreement.objects.get().state == "ended"
    assert BillingPeriod.objects.get().valid_to == YEAR.end


def test_a_line_must_end_with_its_agreement(oakfield: Organisation, actor: Actor) -> None:
    found = agreed(oakfield, line(120_000), actor=actor)
    longer = Period(date(2027, 4, 1), date(2028, 4, 1))
    with pytest.raises(WrongInput):
        preview_change(agreement=found, lines=[line(1, longer, slot=2)], on=YEAR.start, today=YEAR.start)
