"""A cluster's purse: paid in by members, drawn by orders, settled by allocation; never below nought."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from catalogue.rules.classes import PriceClass
from invoicing.documents.models import Document
from invoicing.models import UnallocatedItem
from invoicing.services import run_billing
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.periods import Period
from marketplace.trading.models import Basket, Order
from marketplace.trading.services import (
    Paying,
    add_to_basket,
    ask_approval,
    cancel_booking,
    check_basket,
    place_order,
    withdraw,
)
from marketplace.trading.services.paying import PurseRefused
from subscriptions.membership.rules.methods import Method
from subscriptions.models import PurseDraw, PurseMember, PurseMovement
from subscriptions.purses.opening import PurseExists
from subscriptions.purses.queries import members_of, offered_to, standings_of, statement_of
from subscriptions.services import Joining, MayNotDraw, PurseTooSmall, open_purse, pay_in, set_limit, settle_draws
from tests.invoicing.books import receive
from tests.shop import buyer, person
from tests.subscriptions.sharing import schools_of
from tests.trading.conftest import ON

pytestmark = pytest.mark.django_db
YEAR = Period(ON, date(2027, 9, 1))
DAY = date(2026, 11, 2)


@pytest.fixture
def cluster(school, actor):
    """Two schools beside Oakfield; the first of them leads."""
    return schools_of([100, 300], actor)


def opened(school, cluster, actor, *, pence=3_000_00, method=Method.EQUAL, **given):
    values = {
        "code": "harbour", "name": "Harbour cluster purse", "term": YEAR, "lead": cluster[0],
        "members": [Joining(cluster[1]), Joining(school)], "pence": pence, "method": method, "on": ON,
    } | given  # fmt: skip
    return open_purse(**values, actor=actor)


def fill(purse, actor, *, of=None):
    """Each member's agreed contribution, received and put into the purse."""
    for member in members_of(purse):
        if of is None or member.organisation in of:
            money = receive(member.organisation, member.agreed_pence, key=f"purse:{member.pk}", on=ON)
            pay_in(purse=purse, source=money, pence=member.agreed_pence, on=ON, actor=actor)


@pytest.fixture
def purse(school, cluster, actor):
    made = opened(school, cluster, actor)
    fill(made, actor)
    return made


def standing(purse):
    purse.refresh_from_db()
    [found] = standings_of([purse])
    return found.paid_pence, found.drawn_pence, found.left_pence


def drawn(buying, sam, school, offer, run, places, **more):
    basket = buying.add(sam, school, offer, places, run=run)
    seen = check_basket(basket=basket, on=ON, actor=sam, purse="harbour").total.gross.pence
    return place_order(
        basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=sam, paying=Paying(purse="harbour"), **more
    )


@pytest.mark.parametrize(
    ("pence", "method", "shares"),
    [
        (3_000_00, Method.EQUAL, [1_000_00, 1_000_00, 1_000_00]),
        (8_120_01, Method.PUPILS, [1_000_00, 3_000_00, 4_120_01]),
    ],
)
def test_what_is_paid_in_is_divided_to_the_penny_and_stands_on_an_account_of_its_own(
    school, cluster, actor, pence, method, shares
):
    purse = opened(school, cluster, actor, pence=pence, method=method)
    agreed = {row.organisation_id: row.agreed_pence for row in members_of(purse)}
    assert [agreed[one.pk] for one in [*cluster, school]] == shares
    assert standing(purse) == (0, 0, 0)
    fill(purse, actor)
    assert standing(purse) == (pence, 0, pence)
    assert [row.paid_pence for row in members_of(purse)] == [agreed[row.organisation_id] for row in members_of(purse)]
    assert not Document.objects.exists()
    call_command("verify_ledger")


def test_an_order_is_invoiced_to_the_lead_with_vat_and_settled_from_the_purse(
    purse, cluster, shop, school, sam, course, buying, actor
):
    run = shop.run(course)
    order = drawn(buying, sam, school, course, run, 3)
    assert (order.organisation, order.invoice_to, order.total_pence) == (school, cluster[0], 420_00)
    assert standing(purse) == (3_000_00, 420_00, 2_580_00)
    assert not settle_draws(on=ON, actor=actor)  # nothing is invoiced yet
    run_billing(on=DAY, actor=actor)
    assert settle_draws(on=DAY, actor=actor) == 1
    assert not settle_draws(on=DAY, actor=actor)
    invoice = Document.objects.get()
    assert (invoice.customer, invoice.gross_pence, invoice.items.get().outstanding_pence) == (cluster[0], 420_00, 0)
    assert standing(purse) == (3_000_00, 420_00, 2_580_00)
    found = PurseDraw.objects.get()
    assert (found.settled_pence, found.open_pence, found.member.organisation) == (420_00, 0, school)
    last = statement_of(purse)[-1]
    assert (last.who, last.pence, last.left_pence) == (school.name, -420_00, 2_580_00)
    assert last.text.startswith(f"{order.number}: Safeguarding for new leaders")
    call_command("verify_ledger")


def test_a_purse_pays_the_sum_with_vat(purse, shop, school, sam, buying, actor):
    visit = shop.offer("site-visit", prices={PriceClass.ANY: {"flat": "100"}})
    drawn(buying, sam, school, visit, None, 1)
    assert standing(purse)[1] == 120_00
    run_billing(on=DAY, actor=actor)
    settle_draws(on=DAY, actor=actor)
    assert Document.objects.get().items.get().outstanding_pence == 0
    call_command("verify_ledger")


def test_the_last_penny_of_a_purse_pays_its_invoice(school, cluster, shop, sam, course, buying, actor):
    purse = opened(school, cluster, actor, pence=420_00)
    fill(purse, actor)
    drawn(buying, sam, school, course, shop.run(course), 3)
    run_billing(on=DAY, actor=actor)
    settle_draws(on=DAY, actor=actor)
    assert (standing(purse), Document.objects.get().items.get().outstanding_pence) == ((420_00, 420_00, 0), 0)
    call_command("verify_ledger")


def test_an_order_of_more_than_is_left_is_refused_and_nothing_is_ordered(
    school, cluster, shop, sam, course, buying, actor
):
    purse = opened(school, cluster, actor, pence=300_00)
    fill(purse, actor)
    run = shop.run(course)
    with pytest.raises(PurseTooSmall, match=r"Only £300.00 is left in Harbour cluster purse, not £420.00") as refused:
        drawn(buying, sam, school, course, run, 3)
    assert refused.value.facts == {"left": 300_00}
    assert not Order.objects.exists()
    assert Basket.objects.get().state == Basket.State.OPEN
    assert standing(purse) == (300_00, 0, 300_00)


def test_what_is_not_paid_in_cannot_be_drawn(school, cluster, shop, sam, course, buying, actor):
    purse = opened(school, cluster, actor)
    fill(purse, actor, of=[cluster[1]])
    with pytest.raises(PurseTooSmall, match=r"Only £1,000.00 is left"):
        drawn(buying, sam, school, course, shop.run(course), 8)
    assert standing(purse) == (1_000_00, 0, 1_000_00)


def test_the_lead_says_who_may_draw_and_how_much(purse, cluster, shop, school, sam, course, buying):
    member = PurseMember.objects.get(purse=purse, organisation=school)
    with pytest.raises(NotAllowed, match="decides who may draw"):
        set_limit(member=member, may_draw=True, most_pence=None, actor=sam)
    lead = buyer(cluster[0], role=Role.APPROVER)
    set_limit(member=member, may_draw=True, most_pence=300_00, actor=lead)
    run = shop.run(course)
    drawn(buying, sam, school, course, run, 2)
    [offered] = offered_to(school, ON)
    assert (offered.left_pence, offered.paid_pence) == (20_00, 3_000_00)
    with pytest.raises(MayNotDraw, match=r"may draw £20.00 more"):
        drawn(buying, sam, school, course, shop.run(course, day=date(2027, 5, 11)), 1)
    set_limit(member=PurseMember.objects.get(pk=member.pk), may_draw=False, most_pence=None, actor=lead)
    assert offered_to(school, ON) == []
    assert standing(purse)[1] == 280_00


def test_nobody_outside_pays_from_it(purse, oakfield, outsider, course, shop, buying):
    basket = buying.add(outsider, oakfield, course, 1, run=shop.run(course))
    with pytest.raises(MayNotDraw):
        check_basket(basket=basket, on=ON, actor=outsider, purse="harbour")
    assert offered_to(oakfield, ON) == []
    assert not PurseDraw.objects.exists()


def test_what_is_cancelled_before_the_invoice_is_left_again(purse, shop, school, sam, course, buying, actor):
    order = drawn(buying, sam, school, course, shop.run(course), 3)
    cancel_booking(booking=order.lines.get().bookings.first(), on=ON, actor=sam)
    run_billing(on=DAY, actor=actor)
    settle_draws(on=DAY, actor=actor)
    found = PurseDraw.objects.get()
    assert (found.settled_pence, found.released_pence, found.cost_pence) == (280_00, 140_00, 280_00)
    assert standing(purse) == (3_000_00, 280_00, 2_720_00)
    call_command("verify_ledger")


def test_what_is_credited_afterwards_goes_back_into_the_purse(purse, cluster, shop, school, sam, course, buying, actor):
    order = drawn(buying, sam, school, course, shop.run(course), 3)
    run_billing(on=DAY, actor=actor)
    settle_draws(on=DAY, actor=actor)
    cancel_booking(booking=order.lines.get().bookings.first(), on=DAY, actor=sam)
    assert settle_draws(on=DAY, actor=actor) == 1
    assert not settle_draws(on=DAY, actor=actor)
    assert standing(purse) == (3_000_00, 280_00, 2_720_00)
    on_account = UnallocatedItem.objects.filter(organisation=cluster[0])
    assert sum(on_account.values_list("remaining_pence", flat=True)) == 0
    assert statement_of(purse)[-1].left_pence == 2_720_00
    assert list(PurseMovement.objects.order_by("pk").values_list("kind", "pence")) == [
        ("reserved", 420_00), ("settled", 420_00), ("returned", 140_00),
    ]  # fmt: skip
    call_command("verify_ledger")


def test_an_order_that_is_withdrawn_gives_the_money_back(purse, school, actor, asking, hana):
    pat = person(school, actor, name="Pat Small", limit=1)
    approval = asking(pat, 2, paying=Paying(purse="harbour"))
    assert standing(purse)[1] == 280_00
    assert not settle_draws(on=ON, actor=actor)  # it waits: nothing is released and nothing settled
    withdraw(approval=approval, on=ON, actor=pat)
    assert standing(purse) == (3_000_00, 0, 3_000_00)
    call_command("verify_ledger")


def test_a_service_for_a_term_and_instalments_are_not_paid_from_a_purse(purse, shop, school, sam, course, buying):
    service = shop.offer("helpdesk", prices={PriceClass.ANY: {"flat": "500"}}, term_months=12)
    with pytest.raises(PurseRefused, match="year by year"):
        drawn(buying, sam, school, service, None, 1)
    assert not PurseDraw.objects.exists()


def test_a_code_belongs_to_one_purse_and_money_of_no_member_stays_out(purse, school, cluster, oakfield, actor):
    with pytest.raises(PurseExists):
        opened(school, cluster, actor)
    with pytest.raises(WrongInput, match="does not belong"):
        pay_in(purse=purse, source=receive(oakfield, 10_00, key="stranger", on=ON), pence=10_00, on=ON, actor=actor)
    assert standing(purse)[0] == 3_000_00


def test_every_approver_path_asks_with_the_purse(purse, school, actor, course, shop, buying, hana):
    pat = person(school, actor, name="Pat Small", limit=1)
    basket = buying.add(pat, school, course, 1, run=shop.run(course))
    order = ask_approval(
        basket=basket, purchase_order="", expected_pence=140_00, on=ON, actor=pat, paying=Paying(purse="harbour")
    )
    assert (order.invoice_to, PurseDraw.objects.get().source_key) == (purse.lead, f"order:{order.number}")


def test_the_same_order_again_draws_once(purse, shop, school, sam, course, buying):
    basket = open_basket_with(sam, school, course, shop, buying)
    given = {"basket": basket, "purchase_order": "", "expected_pence": 140_00, "on": ON, "actor": sam}
    first = place_order(**given, paying=Paying(purse="harbour"))
    assert place_order(**given, paying=Paying(purse="harbour")) == first
    assert PurseDraw.objects.get().pence == 140_00


def open_basket_with(sam, school, course, shop, buying):
    basket = buying.basket(sam, school)
    add_to_basket(
        basket=basket, offer=course, school=school, run=shop.run(course), quantity=Decimal(1), on=ON, actor=sam
    )
    return basket
