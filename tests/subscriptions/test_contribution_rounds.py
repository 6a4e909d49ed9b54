"""Rounds of contributions: worked out, agreed once, joined in mid-year; what is agreed stays."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from invoicing.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Authority
from subscriptions.agreements.rules.forms import Every, Prorate
from subscriptions.membership.rounds import (
    FeesAboveBudget,
    InTheRound,
    RoundAgreed,
    RoundChanged,
    RoundExists,
    RoundNotAgreed,
)
from subscriptions.membership.rules.methods import Method, PupilsNotKnown
from subscriptions.models import Agreement, ContributionShare
from subscriptions.queries import contributions_of, last_year_of, shares_in, whole_term
from subscriptions.services import agree_round, draw_up, drop_round, enter_member, join_round, plan_round
from tests.shop import buyer
from tests.subscriptions.sharing import another, enter_all, schools_of

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 9, 1), date(2027, 9, 1))
JANUARY = date(2027, 1, 1)


@pytest.fixture
def three(partnership, actor):
    found = schools_of([100, 200, 300], actor)
    enter_all(found, actor, since=date(2026, 1, 1))
    return found


def planned(actor, **given):
    values = {
        "code": "2026-27", "title": "Contribution 2026-27", "term": YEAR, "budget": Money(60_000_00),
        "method": Method.PUPILS,
    } | given  # fmt: skip
    return plan_round(**values, actor=actor)


def shares(one):
    return [share.whole_pence for share in shares_in(one)]


def test_a_nominal_fee_comes_first_and_the_rest_by_the_method(three, actor):
    one = planned(actor, nominal=Money(25_00))
    # £60,000 less 3 × £25 = £59,925: by pupils 9,987.50, 19,975.00, 29,962.50
    assert shares(one) == [10_012_50, 20_000_00, 29_987_50]
    agree_round(round=one, drawn=one.drawn, on=YEAR.start, actor=actor)
    [agreement] = Agreement.objects.filter(organisation=three[0])
    assert [(line.title, line.base_pence) for line in agreement.lines.order_by("slot")] == [
        ("Contribution 2026-27", 9_987_50),
        ("Contribution 2026-27: membership", 25_00),
    ]
    with pytest.raises(FeesAboveBudget, match="3 nominal fees"):
        planned(actor, code="dear", nominal=Money(20_000_01))


def test_agreeing_twice_adds_nothing_and_charges_each_once(three, actor):
    one = planned(actor, every=Every.TERM)
    first = agree_round(round=one, drawn=1, on=YEAR.start, actor=actor)
    assert agree_round(round=one, drawn=1, on=JANUARY, actor=actor) == first
    assert (Agreement.objects.count(), Charge.objects.count()) == (3, 3)
    assert [whole_term(agreement).net.pence for agreement in first] == [10_000_00, 20_000_00, 30_000_00]
    line = first[0].lines.get()
    assert line.facts == {"pupils": 100, "pupils_source": "October census", "pupils_counted_on": "2025-10-02"}
    assert [one.round.code for one in contributions_of(three[0])] == ["2026-27"]


def test_nobody_agrees_to_shares_that_they_did_not_see(three, actor):
    one = planned(actor)
    newcomer = another(Authority.objects.get(), 4, 400, actor)
    enter_member(
        organisation=newcomer, member_class=three[0].member_entries.get().member_class, valid_from=date(2026, 8, 1),
        actor=actor,
    )  # fmt: skip
    again = draw_up(round=one, actor=actor)
    assert shares(again) == [6_000_00, 12_000_00, 18_000_00, 24_000_00]
    with pytest.raises(RoundChanged):
        agree_round(round=one, drawn=1, on=YEAR.start, actor=actor)
    assert not Agreement.objects.exists()
    agree_round(round=one, drawn=2, on=YEAR.start, actor=actor)
    with pytest.raises(RoundAgreed):
        draw_up(round=one, actor=actor)


@pytest.mark.parametrize(
    ("joining", "charged"), [(Prorate.MONTHS, 26_666_67), (Prorate.DAYS, 26_630_14), (Prorate.FULL, 40_000_00)]
)
def test_who_joins_in_mid_year_pays_as_the_round_says_and_nobody_else_changes(three, actor, joining, charged):
    one = planned(actor, joining=joining)
    newcomer = another(Authority.objects.get(), 4, 400, actor)
    with pytest.raises(RoundNotAgreed):
        join_round(round=one, organisation=newcomer, on=JANUARY, charged_on=JANUARY, actor=actor)
    agree_round(round=one, drawn=1, on=YEAR.start, actor=actor)
    share = join_round(round=one, organisation=newcomer, on=JANUARY, charged_on=JANUARY, actor=actor)
    # As the others: 400 pupils at £100; 8 of 12 months, or 243 of 365 days, or the full year.
    assert share.pence == 40_000_00
    assert whole_term(share.agreement).net.pence == charged
    assert shares(one) == [10_000_00, 20_000_00, 30_000_00, 40_000_00]
    with pytest.raises(InTheRound):
        join_round(round=one, organisation=newcomer, on=JANUARY, charged_on=JANUARY, actor=actor)


def test_the_change_against_last_year(three, actor):
    before = planned(actor)
    after = planned(actor, code="2027-28", term=Period(YEAR.end, date(2028, 9, 1)), previous=before)
    assert last_year_of(after) == dict(zip([one.pk for one in three], shares(before), strict=True))
    drop_round(round=after, actor=actor)
    assert last_year_of(before) == {}


def test_refusals(three, oakfield, actor):
    planned(actor)
    with pytest.raises(RoundExists, match="a round 2026-27 already"):
        planned(actor)
    enter_all([oakfield], actor, since=date(2026, 1, 1), member_class=three[0].member_entries.get().member_class)
    with pytest.raises(PupilsNotKnown, match="Oakfield Primary School"):
        planned(actor, code="other")
    assert len(shares(planned(actor, code="equal", method=Method.EQUAL))) == 4
    officer = buyer(oakfield, role=Role.FINANCE_OFFICER)
    with pytest.raises(NotAllowed, match="agree contributions"):
        agree_round(round=planned(officer, code="fair", method=Method.EQUAL), drawn=1, on=JANUARY, actor=officer)


def test_what_is_agreed_is_frozen_by_the_database(three, actor):
    one = planned(actor)
    agree_round(round=one, drawn=1, on=YEAR.start, actor=actor)
    for change in (
        lambda: ContributionShare.objects.update(pence=1),
        lambda: ContributionShare.objects.all().delete(),
        lambda: type(one).objects.update(budget_pence=1),
    ):
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            change()
