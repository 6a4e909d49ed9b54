"""Writing levels in versions: drafts are free, published ones follow one another, used ones are frozen."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import ThemeOff
from catalogue.services import quote_for
from marketplace.core.actors import NotAllowed, Role
from marketplace.core.errors import WrongInput
from subscriptions.models import Entitlement, PlanVersion
from subscriptions.plans.queries import may_join, theme_discounts_on
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.plans.services import PlanExists, VersionInUse, VersionOverlaps
from subscriptions.queries import subscribers_on, versions_on
from subscriptions.services import (
    Terms,
    add_plan,
    change_level,
    change_version,
    draft_version,
    plan_price,
    publish_version,
    subscribe,
)
from tests.conftest import finance
from tests.shop import Shop, schools
from tests.subscriptions.plans.levels import SINCE, buyer, off, places

pytestmark = pytest.mark.django_db
START = date(2026, 9, 1)


def test_a_price_by_phase_and_size_is_worked_out_from_the_register(level, actor, tmp_path):
    by_phase = {"first": [{"when": {"phase": "secondary"}, "flat": "4000"}, {"flat": "2500"}]}
    rule = {"sum": [by_phase, {"rate": "1.14", "per": "pupils"}]}
    gold = level("gold", rule)
    [primary, secondary] = schools(tmp_path, actor, {"NumberOfPupils": "210"}, {"PhaseOfEducation (code)": "4"})
    small, large = plan_price(gold, primary, START), plan_price(gold, secondary, START)
    assert (small.net.pence, large.net.pence) == (273940, 400000 + 412 * 114)
    assert "210 pupils" in small.steps[-1].sentence
    assert sum(step.pence or 0 for step in small.steps) == small.net.pence


def test_a_price_that_asks_the_school_for_something_is_refused(partnership, actor):
    plan = add_plan(code="gold", title="Gold", actor=actor)
    with pytest.raises(WrongInput, match="staff"):
        draft_version(plan=plan, terms=Terms(rule={"rate": "9", "per": "staff"}, valid_from=START), actor=actor)
    with pytest.raises(WrongInput, match="how many are ordered"):
        draft_version(plan=plan, terms=Terms(rule={"rate": "9", "per": "quantity"}, valid_from=START), actor=actor)
    with pytest.raises(PlanExists):
        add_plan(code="gold", title="Gold again", actor=actor)
    assert not PlanVersion.objects.exists()


def test_a_new_version_begins_where_the_old_one_ends_and_a_draft_is_seen_by_nobody(level, actor):
    first = level("gold", "2000")
    later = date(2027, 9, 1)
    second = draft_version(plan=first.plan, terms=Terms(rule={"flat": "2100"}, valid_from=later), actor=actor)
    assert versions_on(later) == [first]
    second = change_version(version=second, terms=Terms(rule={"flat": "2150"}, valid_from=later), actor=actor)
    publish_version(version=second, actor=actor)
    first.refresh_from_db()
    assert (first.valid_to, versions_on(START), versions_on(later)) == (later, [first], [second])
    with pytest.raises(VersionInUse):
        change_version(version=second, terms=Terms(rule={"flat": "1"}, valid_from=later), actor=actor)


def test_one_that_begins_on_the_same_day_takes_its_place_until_a_school_has_it(level, oakfield, actor):
    wrong = level("gold", "200")
    right = draft_version(plan=wrong.plan, terms=Terms(rule={"flat": "2000"}, valid_from=SINCE), actor=actor)
    right = publish_version(version=right, actor=actor)
    wrong.refresh_from_db()
    assert (wrong.state, versions_on(START)) == ("draft", [right])
    subscribe(organisation=oakfield, version=right, starts=START, on=START, actor=buyer(oakfield))
    with pytest.raises(VersionOverlaps):
        publish_version(version=wrong, actor=actor)


def test_what_a_school_has_is_frozen_by_the_database(level, oakfield, actor):
    gold = level("gold", "2000", [places(6)])
    subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    changes = [
        lambda: PlanVersion.objects.filter(pk=gold.pk).update(rule={"flat": "1"}),
        lambda: PlanVersion.objects.filter(pk=gold.pk).update(used=False),
        lambda: Entitlement.objects.filter(version=gold).update(quantity=60),
        lambda: Entitlement.objects.filter(version=gold).delete(),
        lambda: Entitlement.objects.create(version=gold, position=9, kind="downloads", quantity=1),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert PlanVersion.objects.filter(pk=gold.pk).update(valid_to=date(2027, 9, 1)) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanVersion.objects.filter(pk=gold.pk).update(valid_to=None)


def test_only_a_finance_manager_publishes(partnership, actor, level):
    officer, manager = finance(partnership), finance(partnership, Role.FINANCE_MANAGER)
    organiser = finance(partnership, Role.ORGANISER)
    with pytest.raises(NotAllowed):
        add_plan(code="gold", title="Gold", actor=officer)
    plan = add_plan(code="gold", title="Gold", actor=organiser)
    draft = draft_version(plan=plan, terms=Terms(rule={"flat": "2000"}, valid_from=START), actor=organiser)
    with pytest.raises(NotAllowed):
        publish_version(version=draft, actor=organiser)
    assert publish_version(version=draft, actor=manager).state == "published"


def test_a_percentage_off_a_theme_comes_after_the_class_price_and_is_rounded_once(level, oakfield, actor):
    gold = level("gold", "2000", [off("Leadership", "12.5")], price_class=PriceClass.MEMBER)
    subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    shop = Shop(actor)
    course, other = shop.course(member="133.33", themes=["leadership"]), shop.course("reading", themes=["Reading"])
    given = {"run": None, "organisation": oakfield, "quantity": Decimal(3), "on": START}
    given |= {"price_class": PriceClass.MEMBER, "themes_off": theme_discounts_on([oakfield.pk], START)}
    quote = quote_for(offer=course, **given)
    # 3 × 133.33 = 399.99, less 12.5% = 349.99125
    assert (quote.net.pence, quote.steps[-1].sentence) == (34999, "Gold: 12.5% off Leadership: −£50.00")
    assert sum(step.pence or 0 for step in quote.steps) == quote.net.pence
    assert quote_for(offer=other, **given).net.pence == 42000


def test_nothing_is_off_before_the_level_begins_while_it_is_paused_or_for_others(level, oakfield, council, actor):
    silver, gold = level("silver", "1200"), level("gold", "2000", [off("Leadership", "10")])
    made = subscribe(organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield))
    february = date(2027, 2, 1)
    change_level(agreement=made, version=gold, on=february, today=february, actor=buyer(oakfield))
    assert theme_discounts_on([oakfield.pk], date(2027, 1, 31)) == {}
    expected = {oakfield.pk: {"leadership": ThemeOff("Gold", "Leadership", Decimal("10.00"))}}
    assert theme_discounts_on([oakfield.pk, council.pk], february) == expected
    type(made).objects.filter(pk=made.pk).update(state="suspended")
    assert theme_discounts_on([oakfield.pk], february) == {}


def test_networks_and_subscribers_are_read_from_what_runs(level, oakfield, council):
    gold = level("gold", "2000", [Included(Kind.NETWORK, network="SENCO")])
    subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    assert may_join(oakfield, START) == {("network", "SENCO")}
    assert may_join(council, START) == set()
    assert (subscribers_on(START), subscribers_on(date(2027, 9, 1))) == ({gold.plan_id: 1}, {})


def test_many_schools_discounts_are_two_queries(level, oakfield, council, django_assert_num_queries):
    gold = level("gold", "2000", [off("Leadership", "10")])
    for school in (oakfield, council):
        subscribe(organisation=school, version=gold, starts=START, on=START, actor=buyer(school))
    with django_assert_num_queries(2):
        assert len(theme_discounts_on([oakfield.pk, council.pk], START)) == 2
