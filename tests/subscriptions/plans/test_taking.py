"""Taking a level, moving to another, and what that does to places and prices."""

from datetime import date

import pytest

from catalogue.rules.classes import PriceClass
from invoicing.receivables.models import Charge, ReceivableItem
from invoicing.services import run_billing
from marketplace.core.actors import NotAllowed, Role
from marketplace.core.errors import DomainError
from subscriptions.agreements.rules.forms import CreditRule
from subscriptions.agreements.services import accept as engine_accept
from subscriptions.models import Agreement, Allowance
from subscriptions.plans.services import (
    LowerLevelLater,
    NotForSale,
    SameLevel,
    SubscribedAlready,
    SubscriptionPriceMoved,
)
from subscriptions.queries import included_on, price_class_on, subscription_on
from subscriptions.services import (
    accept,
    change_level,
    charge_due,
    end,
    end_those_over,
    expire_allowances,
    keep_entitlements,
    preview_level,
    preview_subscription,
    set_membership,
    subscribe,
    withdraw_plan,
)
from tests.conftest import finance
from tests.subscriptions.plans.levels import buyer, places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
START, FEBRUARY = date(2026, 9, 1), date(2027, 2, 1)


def units(school) -> dict[str, tuple[int, int]]:
    rows = Allowance.objects.filter(organisation=school)
    return {row.unit: (row.granted, row.left) for row in rows}


def test_a_school_takes_a_level_for_the_year_and_has_its_places_and_its_price_class(oakfield, level):
    silver = level("silver", "1200", [places(4)], price_class=PriceClass.MEMBER)
    shown = preview_subscription(organisation=oakfield, version=silver, starts=START)
    assert (shown.whole.net.pence, shown.whole.vat.pence, shown.whole.gross.pence) == (120000, 24000, 144000)
    made = subscribe(
        organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield), expected_pence=144000
    )
    assert (made.state, made.term_from, made.term_to) == ("active", START, date(2027, 9, 1))
    charge = Charge.objects.get()
    assert (charge.net_pence, charge.vat_category, charge.cfr_code) == (120000, "S", "E22")
    assert included_on([oakfield.pk], START)[oakfield.pk].left == 4
    assert price_class_on(oakfield, START) == PriceClass.MEMBER
    assert price_class_on(oakfield, date(2027, 9, 1)) == PriceClass.NON_MEMBER
    silver.refresh_from_db()
    assert silver.used
    again = subscribe(organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield))
    assert (again, Charge.objects.count()) == (made, 1)


def test_who_joins_in_february_pays_seven_months_and_is_shown_it_before(oakfield, level):
    silver = level("silver", "1200")
    shown = preview_subscription(organisation=oakfield, version=silver, starts=FEBRUARY)
    assert (shown.part_of_a_year, shown.year.net.pence, shown.whole.net.pence) == (True, 120000, 70000)
    made = subscribe(organisation=oakfield, version=silver, starts=FEBRUARY, on=FEBRUARY, actor=buyer(oakfield))
    assert (made.term_to, Charge.objects.get().net_pence) == (date(2027, 9, 1), 70000)


def test_another_subscription_in_the_same_year_is_refused(oakfield, level):
    silver, gold = level("silver", "1200"), level("gold", "2000")
    subscribe(organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield))
    with pytest.raises(SubscribedAlready):
        subscribe(organisation=oakfield, version=gold, starts=FEBRUARY, on=FEBRUARY, actor=buyer(oakfield))
    assert Agreement.objects.count() == 1


def test_a_price_that_moved_since_it_was_shown_agrees_nothing(oakfield, level):
    silver = level("silver", "1200")
    with pytest.raises(SubscriptionPriceMoved):
        subscribe(
            organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield), expected_pence=1
        )
    assert not Agreement.objects.exists()
    assert not Charge.objects.exists()


def test_over_ones_limit_it_is_refused_in_words_and_prepared_for_an_approver(oakfield, level, actor):
    gold = level("gold", "2000", [places(6)])
    small = buyer(oakfield, limit=100000)
    with pytest.raises(DomainError) as refused:
        subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=small)
    assert (refused.value.code, refused.value.facts["over"]) == ("term_over_limit", 140000)
    offered = subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=small, prepare=True)
    assert (offered.state, units(oakfield), Charge.objects.count()) == ("offered", {}, 0)
    head = buyer(oakfield, role=Role.APPROVER)
    assert accept(agreement=offered, on=START, actor=head).state == "active"
    assert (units(oakfield), Charge.objects.get().net_pence) == ({"place": (6, 6)}, 200000)


def test_nobody_subscribes_for_another_school(oakfield, council, level):
    gold = level("gold", "2000")
    with pytest.raises(NotAllowed):
        subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(council))
    assert not Agreement.objects.exists()


def test_finance_offers_a_level_or_runs_it_on_a_signed_paper(oakfield, council, partnership, level):
    gold, officer = level("gold", "2000"), finance(partnership)
    assert subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=officer).state == "offered"
    signed = subscribe(organisation=council, version=gold, starts=START, on=START, actor=officer, on_paper="Minute 14")
    assert (signed.state, signed.accepted_by_person_id) == ("active", None)


def test_a_draft_and_a_withdrawn_level_cannot_be_taken(oakfield, level, actor):
    gold = level("gold", "2000")
    withdraw_plan(plan=gold.plan, on=START, actor=actor)
    gold.plan.refresh_from_db()
    with pytest.raises(NotForSale):
        subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    assert not Agreement.objects.exists()


def test_one_price_for_training_and_services_is_two_charges_that_add_up(oakfield, level):
    parts = [{"kind": "training", "weight": "33.33"}, {"kind": "other", "weight": "66.67"}]
    gold = level("gold", "999.99", apportionment=parts)
    shown = preview_subscription(organisation=oakfield, version=gold, starts=START)
    assert [(part.kind, part.pence) for part in shown.year.parts] == [("training", 33330), ("other", 66669)]
    subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    charges = Charge.objects.order_by("pk")
    assert sum(one.net_pence for one in charges) == 99999
    assert len(charges) == 2


def test_upgrading_costs_the_difference_for_the_months_left_and_adds_the_places(oakfield, level):
    silver, gold = (
        level("silver", "1200", [places(4)]),
        level("gold", "2000", [places(6)], price_class=PriceClass.MEMBER),
    )
    made = subscribe(organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield))
    shown = preview_level(agreement=made, version=gold, on=FEBRUARY, today=FEBRUARY)
    assert (shown.change.net_pence, shown.change.vat_pence, shown.change.gross_pence) == (46667, 9333, 56000)
    assert shown.includes == ("Places on courses: 6 instead of 4",)
    assert units(oakfield) == {"place": (4, 4)}
    done = change_level(
        agreement=made, version=gold, on=FEBRUARY, today=FEBRUARY, actor=buyer(oakfield), expected_pence=56000
    )
    assert done.change == shown.change
    assert units(oakfield) == {"place": (6, 6)}
    assert sorted(Charge.objects.values_list("net_pence", flat=True)) == [46667, 120000]
    assert price_class_on(oakfield, FEBRUARY) == PriceClass.MEMBER
    has = subscription_on(oakfield, FEBRUARY)
    assert has is not None
    assert (has.version, has.agreement.title) == (gold, "Gold subscription")
    with pytest.raises(SameLevel):
        change_level(agreement=made, version=gold, on=FEBRUARY, today=FEBRUARY, actor=buyer(oakfield))


def test_an_upgrade_to_come_gives_its_places_on_its_day(oakfield, level):
    silver, gold = level("silver", "1200", [places(4)]), level("gold", "2000", [places(6)])
    made = subscribe(organisation=oakfield, version=silver, starts=START, on=START, actor=buyer(oakfield))
    change_level(agreement=made, version=gold, on=FEBRUARY, today=date(2027, 1, 10), actor=buyer(oakfield))
    left = Allowance.objects.filter(organisation=oakfield).order_by("valid_from")
    assert [(row.granted, row.valid_from) for row in left] == [(4, START), (2, FEBRUARY)]


def test_downgrading_gives_back_the_difference_and_takes_no_place_that_was_used(oakfield, level):
    silver, gold = level("silver", "1200", [places(4)]), level("gold", "2000", [places(6)])
    made = subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    Allowance.objects.update(taken=5)
    with pytest.raises(LowerLevelLater):
        preview_level(agreement=made, version=silver, on=FEBRUARY, today=date(2027, 1, 10))
    shown = preview_level(agreement=made, version=silver, on=FEBRUARY, today=FEBRUARY)
    assert shown.change.gross_pence == -56000
    change_level(
        agreement=made, version=silver, on=FEBRUARY, today=FEBRUARY, actor=buyer(oakfield), expected_pence=-56000
    )
    assert units(oakfield) == {"place": (5, 0)}
    Allowance.objects.update(taken=0)


def test_a_subscription_that_ends_takes_what_is_left_with_it_and_the_class_before_holds_again(
    oakfield, level, partnership, actor
):
    set_membership(organisation=oakfield, price_class=PriceClass.ASSOCIATE, valid_from=date(2024, 9, 1), actor=actor)
    gold = level("gold", "2000", [places(6)], price_class=PriceClass.MEMBER)
    made = subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    assert price_class_on(oakfield, date(2027, 8, 31)) == PriceClass.MEMBER
    assert price_class_on(oakfield, date(2027, 9, 1)) == PriceClass.ASSOCIATE
    end(
        agreement=made,
        on=FEBRUARY,
        given_on=FEBRUARY,
        credit=CreditRule.MONTHS,
        reason="Closes",
        actor=finance(partnership),
    )
    assert units(oakfield) == {"place": (0, 0)}
    assert price_class_on(oakfield, FEBRUARY) == PriceClass.ASSOCIATE
    assert keep_entitlements(on=date(2027, 3, 1)) == 0


def test_what_was_accepted_elsewhere_is_granted_by_the_duty_once(oakfield, level, partnership):
    gold = level("gold", "2000", [places(6)])
    offered = subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=finance(partnership))
    engine_accept(agreement=offered, on=START, actor=buyer(oakfield))
    assert units(oakfield) == {}
    assert (keep_entitlements(on=START), keep_entitlements(on=START)) == (1, 0)
    assert units(oakfield) == {"place": (6, 6)}


def test_an_overdue_invoice_never_pauses_or_ends_a_subscription_by_itself(oakfield, level, partnership):
    gold = level("gold", "2000", [places(6)])
    made = subscribe(organisation=oakfield, version=gold, starts=START, on=START, actor=buyer(oakfield))
    run_billing(on=START, actor=finance(partnership))
    item = ReceivableItem.objects.get()
    assert item.outstanding_pence == 240000
    much_later = date(2027, 6, 30)
    assert item.due_on < much_later
    for step in (charge_due, end_those_over):
        step(on=much_later, actor=finance(partnership))
    expire_allowances(on=much_later)
    keep_entitlements(on=much_later)
    made.refresh_from_db()
    assert (made.state, made.suspensions.count()) == ("active", 0)
    assert included_on([oakfield.pk], much_later)[oakfield.pk].left == 6
