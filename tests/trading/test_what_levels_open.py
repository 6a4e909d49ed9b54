"""What a subscription level opens beside places: downloads that cost nothing, networks to join, group deals."""

from datetime import date

import pytest
from django.core.management import call_command

from catalogue.models import Offer, Resource
from catalogue.rules.classes import PriceClass
from catalogue.services import MeetingTimes
from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotFound
from marketplace.trading.models import Approval, Licence, NetworkMember
from marketplace.trading.services import ask_approval, check_basket, withdraw
from marketplace.trading.services.network_members import end_membership, join_by_level
from marketplace.trading.services.networks import NotForMembersYet, add_meeting, book_meeting, open_network
from subscriptions.agreements.models import Agreement
from subscriptions.allowances.rules.units import Unit
from subscriptions.models import Allowance, AllowanceUse
from subscriptions.plans.rules.includes import Included, Kind
from subscriptions.services import grant_allowance, subscribe
from tests.shop import person
from tests.subscriptions.plans.levels import published_level
from tests.trading.conftest import ON
from tests.trading.days.conftest import at
from tests.trading.licences.kits import kit

pytestmark = pytest.mark.django_db
MEETING, DOWNLOAD = date(2026, 10, 6), Resource.Form.DOWNLOAD


@pytest.fixture
def downloads(school, actor) -> Allowance:
    """Two downloads a year."""
    return grant_allowance(
        source_key="gold", organisation=school, name="Gold", places=2, unit=Unit.DOWNLOAD, valid_from=ON,
        valid_to=date(2027, 9, 1), actor=actor,
    )  # fmt: skip


def has_level(school, actor, *includes):
    """The school has Gold, which includes this."""
    version = published_level(actor, "gold", "100", includes)
    return subscribe(organisation=school, version=version, starts=ON, on=ON, actor=actor, on_paper="Order form 2026-G")


def left(allowance: Allowance) -> int:
    allowance.refresh_from_db()
    return allowance.left


@pytest.mark.parametrize("price", ["45", "12.50"])
def test_an_included_download_costs_nothing_and_is_used_at_once(downloads, shop, school, sam, buying, price):
    offer = kit(shop, code="reading-kit", form=DOWNLOAD, price=price)
    order = buying.order(sam, buying.add(sam, school, offer))
    line = order.lines.get()
    assert (line.included, line.net_pence, order.total_pence) == (1, 0, 0)
    assert line.steps[0]["text"] == "1 download from Gold, 2 of 2 left"
    assert (left(downloads), AllowanceUse.objects.get().consumed) == (1, True)
    assert Licence.objects.get().order_line == line
    assert not Charge.objects.exists()
    call_command("verify_ledger")


def test_two_downloads_of_one_basket_share_what_is_left_and_the_third_is_paid(downloads, shop, school, sam, buying):
    for code in ("one-kit", "two-kit", "three-kit"):
        buying.add(sam, school, kit(shop, code=code, form=DOWNLOAD, price="45"))
    order = buying.order(sam, buying.basket(sam, school))
    assert [line.included for line in order.lines.order_by("pk")] == [1, 1, 0]
    assert (order.net_pence, left(downloads)) == (45_00, 0)


def test_the_buyer_may_keep_a_download_for_later_and_a_licence_takes_none(downloads, shop, school, sam, buying):
    offer = kit(shop, code="reading-kit", form=DOWNLOAD, price="45")
    check = check_basket(basket=buying.add(sam, school, offer, use_included=0), on=ON, actor=sam)
    assert [one.quote.net.pence for one in check.lines] == [45_00]
    licence = kit(shop, code="online-library", price="90")
    order = buying.order(sam, buying.add(sam, school, licence))
    assert (order.net_pence, left(downloads)) == (135_00, 2)


def test_a_download_of_an_order_that_does_not_come_about_is_left_again(downloads, shop, school, actor, buying, hana):
    pat = person(school, actor, name="Pat Small", limit=1)
    buying.add(pat, school, kit(shop, code="reading-kit", form=DOWNLOAD, price="45"))
    basket = buying.add(pat, school, shop.offer("visit", prices={PriceClass.ANY: {"flat": "100"}}))
    seen = check_basket(basket=basket, on=ON, actor=pat).total.gross.pence
    order = ask_approval(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=pat)
    assert left(downloads) == 1
    withdraw(approval=Approval.objects.get(order=order), on=ON, actor=pat)
    assert left(downloads) == 2
    call_command("verify_ledger")


@pytest.fixture
def reading(shop, partnership, actor):
    """A network with a meeting, and its organiser."""
    organiser = person(partnership, actor, name="Orla Organiser", role=Role.ORGANISER)
    network = open_network(code="reading", name="Early reading network", on=ON, actor=organiser)
    times = MeetingTimes(at(MEETING, 15), at(MEETING, 17), "Tidewell")
    run = add_meeting(network=network, meeting=times, capacity=20, online=False, actor=organiser)
    return network, run, organiser


def test_a_school_joins_a_network_that_its_level_opens_and_books_as_long_as_it_has_it(reading, school, sam, actor):
    network, run, organiser = reading
    with pytest.raises(NotFound):
        join_by_level(network=network, organisation=school, on=ON, actor=sam)
    gold = has_level(school, actor, Included(Kind.NETWORK, network="Early reading network"))
    member = join_by_level(network=network, organisation=school, on=ON, actor=sam)
    assert (member.by_level, member.kind) == (True, NetworkMember.Kind.MEMBER)
    assert join_by_level(network=network, organisation=school, on=ON, actor=sam) == member
    assert book_meeting(member=member, run=run, name="Ann Lee", on=ON, actor=sam).delegate_name == "Ann Lee"
    Agreement.objects.filter(pk=gold.pk).update(state=Agreement.State.SUSPENDED)
    with pytest.raises(NotForMembersYet, match="does not open"):
        book_meeting(member=member, run=run, name="Bo Ray", on=ON, actor=sam)
    end_membership(member=member, on=date(2026, 9, 2), actor=organiser)


def test_an_outsider_joins_no_network_of_a_school(reading, school, outsider, actor):
    has_level(school, actor, Included(Kind.NETWORK, network="Early reading network"))
    with pytest.raises(NotFound):
        join_by_level(network=reading[0], organisation=school, on=ON, actor=outsider)
    assert not NetworkMember.objects.exists()


def test_a_group_deal_of_a_level_is_for_schools_that_have_it(shop, school, sam, oakfield, outsider, actor, buying):
    deal = shop.offer("energy", kind=Offer.Kind.DEAL, title="Energy deal", prices={PriceClass.ANY: {"flat": "10"}})
    buying.add(outsider, oakfield, deal)  # open to everybody as long as no level includes it
    has_level(school, actor, Included(Kind.GROUP_DEAL, deal="Energy deal"))
    check = check_basket(basket=buying.basket(outsider, oakfield), on=ON, actor=outsider)
    assert check.problems == ["Energy deal comes with Gold. Oakfield Primary School takes that level first."]
    assert buying.order(sam, buying.add(sam, school, deal)).net_pence == 10_00
