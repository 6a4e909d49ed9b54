"""A council's contract pays a share of an offer for its schools: the price falls everywhere alike, the package is drawn with
the order and given back where a place is not used."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command

from catalogue.models import CourseRun, Offer
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Approval, Booking, Order
from marketplace.trading.services import cancel_booking, check_basket, place_order, withdraw
from subscriptions.commissions.models import Package, PackageDraw
from subscriptions.commissions.services.drawing import PackageUsedUp, draw
from subscriptions.commissions.services.packaging import fund_offers
from tests.api.calling import Program
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import LONDON, Shop, person
from tests.subscriptions.commissions.councils import Cast, agreed, area, cast_of, package
from tests.trading.conftest import ON, Buying

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@dataclass(frozen=True)
class Place:
    """Three schools; the first two are on the list of a package of five that pays half of a course at £180.00 a place."""

    schools: list[Organisation]
    package: Package
    course: Offer
    run: CourseRun
    buyers: list[Actor]
    cast: Cast


@pytest.fixture
def place(partnership, actor: Actor, tmp_path) -> Place:
    council, schools = area(tmp_path, actor, ["Alder Primary", "Birch Primary", "Cedar Primary"])
    cast = cast_of(council, actor)
    made = package(cast, agreed(cast), schools[:2], allocation=Decimal(5))
    shop = Shop(actor)
    course = shop.course()
    fund_offers(package=made, offers=[(course, Decimal("0.5"))], actor=cast.olga)
    buyers = [person(one, actor, name=f"Bo {one.name.split()[0]}") for one in schools]
    return Place(schools, made, course, shop.run(course), buyers, cast)


def payer(place: Place) -> str:
    return f"{place.package.council.contract.party.name} pays 50% (Inclusion days)"


def ordered(place: Place, buying: Buying, who: int, places: int) -> Order:
    buyer, school = place.buyers[who], place.schools[who]
    return buying.order(buyer, buying.add(buyer, school, place.course, places, run=place.run))


def drawn(place: Place) -> Decimal:
    place.package.refresh_from_db()
    return place.package.drawn


def test_page_list_program_basket_and_order_agree_and_the_package_is_drawn(place, buying):
    school, buyer = place.schools[0], place.buyers[0]
    with time_machine.travel(datetime(2026, 9, 1, 10, tzinfo=LONDON), tick=True):
        base = f"/school/{school.school.urn}/find"
        assert "£90.00" in text_of(signed_in(buyer).get(base))
        page = text_of(signed_in(buyer).get(f"{base}/{place.course.code}", {"run": place.run.code, "people": "2"}))
        assert payer(place) in page
        body = {"organisation": school.number, "offer": place.course.code, "run": place.run.code, "quantity": "2"}
        told = Program(buyer).post("/quotes", body).json()
    assert told["net_pence"] == 180_00
    assert drawn(place) == 0
    line = ordered(place, buying, 0, 2).lines.get()
    assert line.net_pence == 180_00
    assert any(payer(place) in str(step) for step in line.steps)
    assert (drawn(place), PackageDraw.objects.get().school) == (2, school)


def test_a_school_that_is_not_on_the_list_pays_all(place, buying):
    assert ordered(place, buying, 2, 1).net_pence == 180_00
    assert drawn(place) == 0


def test_a_package_pays_for_all_that_is_asked_or_for_nothing(place, buying):
    assert ordered(place, buying, 0, 4).net_pence == 360_00
    assert ordered(place, buying, 1, 2).net_pence == 360_00
    assert ordered(place, buying, 1, 1).net_pence == 90_00
    assert (drawn(place), place.package.left) == (5, 0)
    assert ordered(place, buying, 0, 1).net_pence == 180_00


def test_two_lines_of_a_basket_do_not_use_the_same_units_twice(place, buying, actor):
    buyer, school = place.buyers[0], place.schools[0]
    other = Shop.run(_shop(place, actor), place.course, day=date(2027, 4, 21))
    buying.add(buyer, school, place.course, 3, run=place.run)
    basket = buying.add(buyer, school, place.course, 3, run=other)
    check = check_basket(basket=basket, on=ON, actor=buyer)
    assert sorted(one.quote.net.pence for one in check.lines) == [270_00, 540_00]
    buying.order(buyer, basket)
    assert drawn(place) == 3


def _shop(place: Place, actor: Actor) -> Shop:
    shop = Shop.__new__(Shop)
    shop.actor, shop.provider = actor, place.course.provider
    return shop


def test_units_that_are_taken_meanwhile_are_not_ordered_at_the_lower_price(place, buying, monkeypatch):
    buyer, school = place.buyers[0], place.schools[0]
    basket = buying.add(buyer, school, place.course, 4, run=place.run)
    seen = check_basket(basket=basket, on=ON, actor=buyer)
    monkeypatch.setattr("marketplace.trading.services.ordering.check_basket", lambda **_: seen)
    draw(
        package=place.package, school=place.schools[1], units=Decimal(2), source_key="visit:1", label="A visit", on=ON
    )  # fmt: skip
    with pytest.raises(PackageUsedUp, match=r"3 of Inclusion days is left, not 4\. Nothing was drawn"):
        place_order(basket=basket, on=ON, actor=buyer, purchase_order="", expected_pence=seen.total.gross.pence)
    assert not Order.objects.exists()
    assert drawn(place) == 2


def test_a_place_that_costs_nothing_to_cancel_is_given_back_and_a_late_one_stays_drawn(place, buying):
    order = ordered(place, buying, 0, 2)
    first, second = Booking.objects.filter(order_line__order=order).order_by("pk")
    cancel_booking(booking=first, on=ON, actor=place.buyers[0])
    assert drawn(place) == 1
    cancel_booking(booking=second, on=place.run.starts_on, actor=place.buyers[0])
    assert drawn(place) == 1


def test_an_order_that_is_not_approved_gives_its_units_back(place, buying, actor):
    from marketplace.core.actors import Role
    from marketplace.trading.services import ask_approval

    school = place.schools[0]
    pat = person(school, actor, name="Pat Small", limit=100_00)
    person(school, actor, name="Hana Head", role=Role.APPROVER, limit=5_000_00)
    basket = buying.add(pat, school, place.course, 3, run=place.run)
    seen = check_basket(basket=basket, on=ON, actor=pat).total.gross.pence
    assert seen == 270_00
    order = ask_approval(basket=basket, actor=pat, purchase_order="", expected_pence=seen, on=ON)
    assert drawn(place) == 3
    withdraw(approval=Approval.objects.get(order=order), on=ON, actor=pat)
    assert drawn(place) == 0


def test_a_confidential_package_is_not_named_where_the_price_is_read(place, buying, actor):
    council = place.package.council
    cast = place.cast
    secret = package(
        cast, council, place.schools[2:], code="concern", title="Schools causing concern", confidential=True
    )
    fund_offers(package=secret, offers=[(place.course, Decimal(1))], actor=cast.olga)
    order = ordered(place, buying, 2, 1)
    line = order.lines.get()
    assert order.net_pence == 0
    assert f"{council.contract.party.name} pays all" in str(line.steps)
    assert "concern" not in str(line.steps).lower()
    call_command("verify_ledger")
